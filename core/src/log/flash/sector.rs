//! Sectors, their headers, and the flash under them.

use crate::crypto::Hash;
use crate::log::LogError;
use crate::log::frame::{FRAME_OVERHEAD, FrameHead, HEAD, Place, Sum, sum_of};
use crate::log::recovery::{Fields, Recovery, STATE_LEN};
use crate::log::unit::{Lane, MIN_ROOM, Next, cut};
use embedded_storage::nor_flash::NorFlash;

const MAGIC: [u8; 4] = *b"MLF\x01";
const HEADER: usize = 64;
/// Fewest bytes of a sector: what is kept for a mark and seals fits one.
const MIN_SECTOR: u32 = 1_024;
/// Bytes written at once: a page of common chips, and the longest word that a driver may have.
const PAGE: usize = 256;
/// Bytes read at once.
pub(super) const CHUNK: usize = 64;

/// How a log lies on a flash chip, chosen once by the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Bytes of a sector: at least 1,024, a multiple of what the chip erases at once.
    pub sector: u32,
    /// Most bytes of the application's table in a checkpoint; room for it is kept.
    pub blob: u32,
}

/// A place of the log on flash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) sequence: u32,
    pub(super) byte: u32,
}

impl Spot {
    pub(super) const fn place(self) -> Place {
        Place::Flash { sequence: self.sequence, byte: self.byte }
    }
    pub(super) const fn plus(self, bytes: u32) -> Self {
        Self { sequence: self.sequence, byte: self.byte.saturating_add(bytes) }
    }
}

/// What a sector begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) sequence: u32,
    pub(super) log: [u8; 8],
    /// Index of the first record that begins in it, and the chain's value before it.
    pub(super) index: u32,
    pub(super) head: Hash,
    /// Where the good part of the sector before it ends.
    pub(super) before: u32,
    /// Bytes at its front that belong to a record begun before.
    pub(super) skip: u16,
    /// Whether a unit begun before goes on in it.
    pub(super) goes_on: bool,
}

impl Header {
    fn bytes(&self) -> [u8; HEADER] {
        let mut out = [0; HEADER];
        let mut fields = Fields(&mut out);
        fields.put(&MAGIC).put(&self.sequence.to_le_bytes()).put(&self.log).put(&self.index.to_le_bytes());
        fields.put(&self.head.0).put(&self.before.to_le_bytes()).put(&self.skip.to_le_bytes());
        fields.put(&[u8::from(self.goes_on), 0]);
        let sum = out.split_last_chunk::<4>().map(|(front, _)| sum_of(front)).unwrap_or_default();
        if let Some(last) = out.last_chunk_mut::<4>() {
            *last = sum;
        }
        out
    }
    fn read(bytes: &[u8; HEADER]) -> Option<Self> {
        let rest = bytes.strip_prefix(&MAGIC)?;
        let (sequence, rest) = rest.split_first_chunk::<4>()?;
        let (log, rest) = rest.split_first_chunk::<8>()?;
        let (index, rest) = rest.split_first_chunk::<4>()?;
        let (head, rest) = rest.split_first_chunk::<32>()?;
        let (before, rest) = rest.split_first_chunk::<4>()?;
        let (skip, rest) = rest.split_first_chunk::<2>()?;
        let found = Self {
            sequence: u32::from_le_bytes(*sequence),
            log: *log,
            index: u32::from_le_bytes(*index),
            head: Hash(*head),
            before: u32::from_le_bytes(*before),
            skip: u16::from_le_bytes(*skip),
            goes_on: *rest.first()? == 1,
        };
        (found.bytes() == *bytes).then_some(found)
    }
    /// Recovery from this sector on.
    pub(super) fn anchor(&self) -> Recovery {
        let mut log = Hash::ZERO;
        log.0.iter_mut().zip(self.log).for_each(|(l, b)| *l = b);
        Recovery::anchored(log, self.index, self.head, self.goes_on.then_some(self.skip))
    }
}

/// Sizes of sectors and words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) sector: u32,
    /// How many.
    pub(super) sectors: u32,
    /// Bytes of a sector's header with what fills its last word.
    pub(super) header: u32,
    /// Bytes that are written at once, at least.
    pub(super) word: u32,
}

impl Shape {
    pub(super) fn of<F: NorFlash>(flash: &F, layout: Layout) -> Result<Self, LogError> {
        let size = |bytes: usize| u32::try_from(bytes).ok().filter(|n| *n > 0).ok_or(LogError::Layout);
        let (word, erase, capacity) = (size(F::WRITE_SIZE)?, size(F::ERASE_SIZE)?, size(flash.capacity())?);
        let sector = layout.sector;
        let fits = sector >= MIN_SECTOR
            && sector.is_multiple_of(erase)
            && sector.is_multiple_of(word)
            && PAGE.is_multiple_of(F::WRITE_SIZE)
            && CHUNK.is_multiple_of(size(F::READ_SIZE)? as usize)
            && sector.is_multiple_of(CHUNK as u32);
        if !fits {
            return Err(LogError::Layout);
        }
        Ok(Self { sector, sectors: capacity / sector, header: (HEADER as u32).next_multiple_of(word), word })
    }
    /// The next place where a frame may begin.
    pub(super) const fn aligned(&self, spot: Spot) -> Spot {
        Spot { sequence: spot.sequence, byte: spot.byte.next_multiple_of(self.word) }
    }
    /// Room for a payload at this byte of a sector; `None` where the next sector is to be begun.
    pub(super) fn room(&self, byte: u32, left: usize) -> Option<usize> {
        let room = (self.sector.saturating_sub(byte) as usize).checked_sub(FRAME_OVERHEAD)?;
        (room >= left.min(MIN_ROOM)).then_some(room)
    }
    /// Sectors that a unit of this many bytes begins, where the next frame would stand at this byte of a sector.
    pub(super) fn begun(&self, byte: u32, mut left: usize) -> u32 {
        let (mut byte, mut begun) = (byte, 0);
        while left > 0 {
            let room = self.room(byte, left).unwrap_or_else(|| {
                (byte, begun) = (self.header, begun + 1);
                self.room(byte, left).unwrap_or(MIN_ROOM)
            });
            let now = cut(left, room);
            byte = (byte + (now + FRAME_OVERHEAD) as u32).next_multiple_of(self.word);
            left -= now;
        }
        begun
    }
    /// Sectors that a checkpoint with this much of the application's takes at most.
    pub(super) fn checkpoint(&self, head: usize, blob: u32) -> u32 {
        self.begun(self.sector, checkpoint_length(head, blob as usize))
    }
}

pub(super) const fn checkpoint_length(head: usize, blob: usize) -> usize {
    STATE_LEN + 2 + head + blob
}

/// The flash, by sectors.
#[derive(Debug)]
pub(super) struct Chip<F> {
    pub(super) flash: F,
    pub(super) shape: Shape,
}

fn medium<E>(_: E) -> LogError {
    LogError::Medium
}

impl<F: NorFlash> Chip<F> {
    fn address(&self, spot: Spot) -> u32 {
        (spot.sequence % self.shape.sectors) * self.shape.sector + spot.byte
    }
    /// Reads within a sector, whatever the driver's alignment.
    pub(super) fn read(&mut self, spot: Spot, out: &mut [u8]) -> Result<(), LogError> {
        let (mut address, mut out) = (self.address(spot), out);
        while !out.is_empty() {
            let skip = address as usize % F::READ_SIZE;
            let mut chunk = [0; CHUNK];
            let length = (skip + out.len()).next_multiple_of(F::READ_SIZE).min(CHUNK);
            let read = chunk.get_mut(..length).ok_or(LogError::Medium)?;
            self.flash.read(address - skip as u32, read).map_err(medium)?;
            let found = read.get(skip..).unwrap_or_default();
            let (now, later) = out.split_at_mut(found.len().min(out.len()));
            now.iter_mut().zip(found).for_each(|(o, f)| *o = *f);
            address += now.len() as u32;
            out = later;
        }
        Ok(())
    }
    /// A sector's header, where it is whole and stands at its place of the ring.
    pub(super) fn header_at(&mut self, position: u32) -> Result<Option<Header>, LogError> {
        let mut bytes = [0; HEADER];
        self.read(Spot { sequence: position, byte: 0 }, &mut bytes)?;
        let place = position % self.shape.sectors;
        Ok(Header::read(&bytes).filter(|header| header.sequence % self.shape.sectors == place))
    }
    /// The header of the sector with this sequence number.
    pub(super) fn header(&mut self, sequence: u32) -> Result<Option<Header>, LogError> {
        Ok(self.header_at(sequence)?.filter(|header| header.sequence == sequence))
    }
    /// The header with the greatest sequence number.
    pub(super) fn newest(&mut self) -> Result<Option<Header>, LogError> {
        let mut newest: Option<Header> = None;
        for position in 0..self.shape.sectors {
            if let Some(found) = self.header_at(position)?
                && newest.is_none_or(|n| n.sequence < found.sequence)
            {
                newest = Some(found);
            }
        }
        Ok(newest)
    }
    pub(super) fn erase(&mut self, sequence: u32) -> Result<(), LogError> {
        let from = self.address(Spot { sequence, byte: 0 });
        self.flash.erase(from, from + self.shape.sector).map_err(medium)
    }
    /// The front of the frame here, where it is whole and ends before the limit.
    pub(super) fn frame(&mut self, spot: Spot, limit: u32) -> Result<Option<FrameHead>, LogError> {
        if spot.plus(FRAME_OVERHEAD as u32).byte > limit {
            return Ok(None);
        }
        let mut front = [0; HEAD];
        self.read(spot, &mut front)?;
        let Some(head) = FrameHead::read(front).filter(|head| spot.byte + head.whole() <= limit) else {
            return Ok(None);
        };
        let mut sum = Sum::of(spot.place(), head);
        self.payload(spot, head, |bytes| {
            sum.update(bytes);
            Ok::<(), LogError>(())
        })?;
        let mut stored = [0; 4];
        self.read(spot.plus((HEAD + head.length()) as u32), &mut stored)?;
        Ok((sum.finish() == stored).then_some(head))
    }
    /// Hands out a frame's payload in pieces.
    pub(super) fn payload<E: From<LogError>>(
        &mut self,
        spot: Spot,
        head: FrameHead,
        mut piece: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut at, mut left) = (spot.plus(HEAD as u32), head.length());
        while left > 0 {
            let mut chunk = [0; CHUNK];
            let now = left.min(CHUNK);
            let bytes = chunk.get_mut(..now).ok_or(LogError::Medium)?;
            self.read(at, bytes)?;
            piece(bytes)?;
            (at, left) = (at.plus(now as u32), left - now);
        }
        Ok(())
    }
    /// Whether all from here to the sector's end reads as erased.
    pub(super) fn is_blank(&mut self, spot: Spot) -> Result<bool, LogError> {
        let mut at = spot;
        while at.byte < self.shape.sector {
            let mut chunk = [0; CHUNK];
            let now = CHUNK.min((self.shape.sector - at.byte) as usize);
            let bytes = chunk.get_mut(..now).ok_or(LogError::Medium)?;
            self.read(at, bytes)?;
            if bytes.iter().any(|byte| *byte != 0xff) {
                return Ok(false);
            }
            at = at.plus(now as u32);
        }
        Ok(true)
    }
    /// Whether a whole frame like this stands anywhere from here on in the sector.
    pub(super) fn finds_frame(&mut self, from: Spot, is: impl Fn(FrameHead) -> bool) -> Result<bool, LogError> {
        let mut at = from;
        while at.byte < self.shape.sector {
            if self.frame(at, self.shape.sector)?.is_some_and(&is) {
                return Ok(true);
            }
            at = at.plus(self.shape.word);
        }
        Ok(false)
    }
    /// Begins a sector.
    pub(super) fn begin(&mut self, header: &Header) -> Result<(), LogError> {
        self.erase(header.sequence)?;
        let mut padded = [0xff; PAGE];
        padded.iter_mut().zip(header.bytes()).for_each(|(p, b)| *p = b);
        let bytes = padded.get(..self.shape.header as usize).ok_or(LogError::Layout)?;
        let at = self.address(Spot { sequence: header.sequence, byte: 0 });
        self.flash.write(at, bytes).map_err(medium)?;
        if self.header(header.sequence)?.as_ref() == Some(header) { Ok(()) } else { Err(LogError::Medium) }
    }
}

/// Frames into sectors.
pub(super) struct FlashLane<'c, F> {
    pub(super) chip: &'c mut Chip<F>,
    pub(super) log: [u8; 8],
    /// The oldest sector that is needed.
    pub(super) first: u32,
    /// Where the next frame begins.
    pub(super) at: Spot,
    /// The newest sector that may hold a header.
    pub(super) top: u32,
    /// Whether the rest of this sector may have been touched by a write that was cut off.
    pub(super) spoilt: bool,
    /// Where the unit's first frame stands.
    pub(super) began: Option<Spot>,
    page: [u8; PAGE],
    filled: usize,
    written: u32,
}

impl<'c, F> FlashLane<'c, F> {
    pub(super) const fn new(chip: &'c mut Chip<F>, log: [u8; 8], first: u32, at: Spot, top: u32) -> Self {
        let page = [0xff; PAGE];
        Self { chip, log, first, at, top, spoilt: false, began: None, page, filled: 0, written: 0 }
    }
}

impl<F: NorFlash> FlashLane<'_, F> {
    fn flush(&mut self) -> Result<(), LogError> {
        let length = self.filled.next_multiple_of(self.chip.shape.word as usize);
        let at = self.chip.address(self.at.plus(self.written));
        let bytes = self.page.get(..length).ok_or(LogError::Layout)?;
        self.chip.flash.write(at, bytes).map_err(medium)?;
        self.written += length as u32;
        (self.page, self.filled) = ([0xff; PAGE], 0);
        Ok(())
    }
}

impl<F: NorFlash> Lane for FlashLane<'_, F> {
    fn begin(&mut self, left: usize, next: &Next) -> Result<(Place, usize), LogError> {
        let shape = self.chip.shape;
        let room = shape.room(self.at.byte, left).filter(|_| !self.spoilt);
        let room = match room {
            Some(room) => room,
            None => {
                let sequence = self.at.sequence.checked_add(1).ok_or(LogError::Full)?;
                if sequence - self.first >= shape.sectors {
                    return Err(LogError::Full);
                }
                let (index, head, skip, goes_on) = (next.index, next.head, next.skip, next.inside);
                let before = self.at.byte;
                self.top = sequence;
                self.chip.begin(&Header { sequence, log: self.log, index, head, before, skip, goes_on })?;
                (self.at, self.spoilt) = (Spot { sequence, byte: shape.header }, false);
                shape.room(self.at.byte, left).ok_or(LogError::Layout)?
            }
        };
        self.began = self.began.or(Some(self.at));
        self.written = 0;
        Ok((self.at.place(), room))
    }
    fn put(&mut self, mut bytes: &[u8]) -> Result<(), LogError> {
        while let Some((byte, rest)) = bytes.split_first() {
            *self.page.get_mut(self.filled).ok_or(LogError::Layout)? = *byte;
            (bytes, self.filled) = (rest, self.filled + 1);
            if self.filled == PAGE {
                self.flush()?;
            }
        }
        Ok(())
    }
    fn end(&mut self) -> Result<(), LogError> {
        if self.filled > 0 {
            self.flush()?;
        }
        // A word that a cut left weak can take a write and not keep it: what is acknowledged was read back.
        let frame = self.chip.frame(self.at, self.chip.shape.sector)?.ok_or(LogError::Medium)?;
        self.at = self.chip.shape.aligned(self.at.plus(frame.whole()));
        Ok(())
    }
}
