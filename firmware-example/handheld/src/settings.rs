//! What a device keeps besides its log: who it is, and the authorities' objects that it took.
//!
//! ```text
//! page = "MLS" │ layout u8 = 1 │ kind u8 │ 0 │ length u16 │ CRC-32 of what is before and of the bytes │ bytes
//! ```
//!
//! One thing a page, written once. A page whose CRC doesn't hold was cut off while it was written, and is free.

use crate::refusal::Refusal;
use crc::{CRC_32_ISO_HDLC, Crc, NoTable};
use embedded_storage::nor_flash::NorFlash;

const MAGIC: [u8; 4] = *b"MLS\x01";
const FRONT: usize = 12;
/// Bytes read and written at once: a multiple of the words of common chips.
const CHUNK: usize = 64;
const CRC: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);

/// What a page holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Seed, parent, facility, root.
    Identity = 0,
    /// A bundle of an authority: the own enrolment, recalls, cuts.
    Object = 1,
    /// Nothing may be appended any more: another copy of this log was written on.
    Stopped = 2,
    /// How far the authorities' logs were gone through.
    Seen = 3,
}

/// Pages of flash.
#[derive(Debug)]
pub(crate) struct Settings<S> {
    flash: S,
}

fn medium<E>(_: E) -> Refusal {
    Refusal::own("settings_medium")
}

impl<S: NorFlash> Settings<S> {
    pub(crate) const fn new(flash: S) -> Self {
        Self { flash }
    }
    /// Number of pages.
    pub(crate) fn pages(&self) -> u32 {
        u32::try_from(self.flash.capacity() / S::ERASE_SIZE).unwrap_or(0)
    }
    fn address(page: u32) -> u32 {
        page * S::ERASE_SIZE as u32
    }
    /// Hands out the bytes of a page's content, in pieces.
    fn pieces(
        &mut self,
        page: u32,
        length: usize,
        mut piece: impl FnMut(&[u8]) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        const {
            assert!(FRONT.is_multiple_of(S::READ_SIZE) && CHUNK.is_multiple_of(S::READ_SIZE));
            assert!(CHUNK.is_multiple_of(S::WRITE_SIZE) && S::ERASE_SIZE.is_multiple_of(CHUNK));
        }
        let mut at = 0;
        while at < length {
            let mut chunk = [0; CHUNK];
            let now = CHUNK.min(length - at);
            let room = chunk.get_mut(..now.next_multiple_of(S::READ_SIZE)).unwrap_or_default();
            self.flash.read(Self::address(page) + (FRONT + at) as u32, room).map_err(medium)?;
            piece(chunk.get(..now).unwrap_or_default())?;
            at += now;
        }
        Ok(())
    }
    /// Kind and length of what a page holds, where it is whole.
    pub(crate) fn page(&mut self, page: u32) -> Result<Option<(Kind, usize)>, Refusal> {
        let mut front = [0; FRONT];
        self.flash.read(Self::address(page), &mut front).map_err(medium)?;
        let [m0, m1, m2, m3, kind, _, low, high, sum @ ..] = front;
        let length = usize::from(u16::from_le_bytes([low, high]));
        let kind = match kind {
            0 => Kind::Identity,
            1 => Kind::Object,
            2 => Kind::Stopped,
            3 => Kind::Seen,
            _ => return Ok(None),
        };
        if [m0, m1, m2, m3] != MAGIC || length > S::ERASE_SIZE - FRONT {
            return Ok(None);
        }
        let mut digest = CRC.digest();
        digest.update(front.get(..8).unwrap_or_default());
        self.pieces(page, length, |bytes| {
            digest.update(bytes);
            Ok(())
        })?;
        Ok((digest.finalize().to_le_bytes() == sum).then_some((kind, length)))
    }
    /// Reads a page's content to the front of this buffer; gives its length.
    pub(crate) fn read(&mut self, page: u32, length: usize, out: &mut [u8]) -> Result<usize, Refusal> {
        let mut at = 0;
        self.pieces(page, length, |bytes| {
            let room = out.get_mut(at..at + bytes.len()).ok_or(Refusal::own("buffer_full"))?;
            room.copy_from_slice(bytes);
            at += bytes.len();
            Ok(())
        })?;
        Ok(length)
    }
    /// The first page of a kind.
    pub(crate) fn find(&mut self, wanted: Kind) -> Result<Option<(u32, usize)>, Refusal> {
        for page in 0..self.pages() {
            if let Some((_, length)) = self.page(page)?.filter(|(kind, _)| *kind == wanted) {
                return Ok(Some((page, length)));
            }
        }
        Ok(None)
    }
    /// Whether a page holds exactly these bytes.
    fn holds(&mut self, page: u32, kind: Kind, bytes: &[u8]) -> Result<bool, Refusal> {
        if self.page(page)? != Some((kind, bytes.len())) {
            return Ok(false);
        }
        let (mut rest, mut same) = (bytes, true);
        self.pieces(page, bytes.len(), |piece| {
            same &= rest.starts_with(piece);
            rest = rest.get(piece.len()..).unwrap_or_default();
            Ok(())
        })?;
        Ok(same)
    }
    /// Keeps bytes in a free page, unless a page holds them already. They are read back before this returns.
    pub(crate) fn keep(&mut self, kind: Kind, bytes: &[u8]) -> Result<(), Refusal> {
        let length = u16::try_from(bytes.len()).ok().filter(|_| bytes.len() <= S::ERASE_SIZE - FRONT);
        let length = length.ok_or(Refusal::own("object_too_long"))?;
        let mut free = None;
        for page in 0..self.pages() {
            if self.holds(page, kind, bytes)? {
                return Ok(());
            }
            if free.is_none() && self.page(page)?.is_none() {
                free = Some(page);
            }
        }
        let page = free.ok_or(Refusal::own("settings_full"))?;
        let at = Self::address(page);
        self.flash.erase(at, at + S::ERASE_SIZE as u32).map_err(medium)?;
        let [low, high] = length.to_le_bytes();
        let [m0, m1, m2, m3] = MAGIC;
        let front = [m0, m1, m2, m3, kind as u8, 0, low, high];
        let mut digest = CRC.digest();
        digest.update(&front);
        digest.update(bytes);
        let sum = digest.finalize().to_le_bytes();
        let (mut chunk, mut filled, mut written) = ([0xff; CHUNK], 0, at);
        for byte in front.iter().chain(&sum).chain(bytes) {
            if let Some(place) = chunk.get_mut(filled) {
                (*place, filled) = (*byte, filled + 1);
            }
            if filled == CHUNK {
                self.flash.write(written, &chunk).map_err(medium)?;
                (chunk, filled, written) = ([0xff; CHUNK], 0, written + CHUNK as u32);
            }
        }
        if filled > 0 {
            let last = chunk.get(..filled.next_multiple_of(S::WRITE_SIZE)).unwrap_or_default();
            self.flash.write(written, last).map_err(medium)?;
        }
        if self.holds(page, kind, bytes)? { Ok(()) } else { Err(Refusal::own("settings_medium")) }
    }

    /// Keeps bytes in place of what pages of this kind held. Cut off in between, both are there.
    pub(crate) fn replace(&mut self, kind: Kind, bytes: &[u8]) -> Result<(), Refusal> {
        self.keep(kind, bytes)?;
        for page in 0..self.pages() {
            let is_older =
                self.page(page)?.is_some_and(|(found, _)| found == kind) && !self.holds(page, kind, bytes)?;
            if is_older {
                let at = Self::address(page);
                self.flash.erase(at, at + S::ERASE_SIZE as u32).map_err(medium)?;
            }
        }
        Ok(())
    }
}
