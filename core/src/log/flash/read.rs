//! Reading records and the application's table back from flash.

use super::sector::{Chip, Spot};
use super::{FlashLog, STATE_LEN};
use crate::crypto::{ChainStep, Hash};
use crate::log::LogError;
use crate::log::frame::{FrameHead, HEAD, Kind};
use crate::log::head::LogHead;
use crate::log::recovery::{SEAL_LEN, read_seal};
use crate::log::unit::{GroupPart, GroupReader};
use crate::record::Seal;
use embedded_storage::nor_flash::NorFlash;

/// Goes over the payloads of units of one kind, frame by frame, up to the log's end.
#[derive(Debug, Clone)]
pub(super) struct Walk {
    /// The next byte to read.
    at: Spot,
    /// Bytes of the frame's payload that are left.
    left: usize,
    /// Where the good part of this sector ends.
    limit: u32,
    end: Spot,
    kind: Kind,
    head: Option<FrameHead>,
}

impl Walk {
    fn new<F: NorFlash>(chip: &mut Chip<F>, at: Spot, end: Spot, kind: Kind) -> Result<Self, LogError> {
        let mut walk = Self { at, left: 0, limit: 0, end, kind, head: None };
        walk.limit = walk.limit_of(chip, at.sequence)?;
        Ok(walk)
    }
    fn limit_of<F: NorFlash>(&self, chip: &mut Chip<F>, sequence: u32) -> Result<u32, LogError> {
        if sequence >= self.end.sequence {
            return Ok(self.end.byte);
        }
        let next = chip.header(sequence + 1)?;
        Ok(next.ok_or(LogError::Damaged(Spot { sequence: sequence + 1, byte: 0 }.place()))?.before)
    }
    /// Goes to the next frame of its kind; `None` at the log's end.
    fn frame<F: NorFlash>(&mut self, chip: &mut Chip<F>) -> Result<Option<FrameHead>, LogError> {
        if self.head.take().is_some() {
            self.at = chip.shape.aligned(self.at.plus(self.left as u32 + 4));
        }
        loop {
            if self.at.byte >= self.limit {
                if self.at.sequence >= self.end.sequence {
                    return Ok(None);
                }
                self.at = Spot { sequence: self.at.sequence + 1, byte: chip.shape.header };
                self.limit = self.limit_of(chip, self.at.sequence)?;
                continue;
            }
            let head = chip.frame(self.at, self.limit)?.ok_or(LogError::Damaged(self.at.place()))?;
            if head.kind() == Some(self.kind) {
                (self.at, self.left, self.head) = (self.at.plus(HEAD as u32), head.length(), Some(head));
                return Ok(Some(head));
            }
            self.at = chip.shape.aligned(self.at.plus(head.whole()));
        }
    }
    /// Reads on in the frame; 0 at its end.
    fn piece<F: NorFlash>(&mut self, chip: &mut Chip<F>, out: &mut [u8]) -> Result<usize, LogError> {
        let now = self.left.min(out.len());
        chip.read(self.at, out.get_mut(..now).unwrap_or_default())?;
        self.took(now);
        Ok(now)
    }
    const fn took(&mut self, bytes: usize) {
        self.at = self.at.plus(bytes as u32);
        self.left -= bytes;
    }
    /// Reads on in the unit, over its frames; fewer bytes than asked for only at its end.
    pub(super) fn read<F: NorFlash>(&mut self, chip: &mut Chip<F>, out: &mut [u8]) -> Result<usize, LogError> {
        let mut done = 0;
        loop {
            done += self.piece(chip, out.get_mut(done..).unwrap_or_default())?;
            if done == out.len() || self.left > 0 || !self.head.is_some_and(FrameHead::more) {
                return Ok(done);
            }
            self.frame(chip)?;
        }
    }
}

/// Where reading of records stands. It holds no buffer, and is given the log each time.
#[derive(Debug, Clone)]
pub struct RecordCursor {
    walk: Walk,
    group: GroupReader,
    /// Index of the next record.
    index: u32,
}

impl RecordCursor {
    /// Goes over one record; `false` at the log's end.
    fn step<F: NorFlash>(
        &mut self,
        chip: &mut Chip<F>,
        mut sink: impl FnMut(GroupPart<'_>) -> Result<(), LogError>,
    ) -> Result<bool, LogError> {
        loop {
            let mut chunk = [0; super::CHUNK];
            let mut ahead = self.walk.clone();
            let read = ahead.piece(chip, &mut chunk)?;
            let mut bytes = chunk.get(..read).unwrap_or_default();
            while let Some(part) = self.group.next(&mut bytes).map_err(|()| LogError::Form(self.walk.at.place()))? {
                sink(part)?;
                if part == GroupPart::End {
                    self.walk.took(read - bytes.len());
                    self.index = self.index.saturating_add(1);
                    return Ok(true);
                }
            }
            self.walk = ahead;
            if self.walk.left == 0 {
                match self.walk.frame(chip)? {
                    None => return Ok(false),
                    Some(head) if !head.continued() => self.group = GroupReader::new(0),
                    Some(_) => {}
                }
            }
        }
    }
    /// The next record's index and bytes, written into this buffer; `None` after the last that stood here when reading
    /// began.
    ///
    /// # Errors
    /// [`LogError::Buffer`]; [`LogError::NotHere`] where its sector was reclaimed since; [`LogError::Damaged`];
    /// [`LogError::Medium`].
    pub fn next<'o, F: NorFlash>(
        &mut self,
        log: &mut FlashLog<F>,
        out: &'o mut [u8],
    ) -> Result<Option<(u32, &'o [u8])>, LogError> {
        if self.walk.at.sequence < log.first {
            return Err(LogError::NotHere(self.index));
        }
        let (index, mut length) = (self.index, 0);
        let found = self.step(&mut log.chip, |part| {
            if let GroupPart::Bytes(bytes) = part {
                let room = out.get_mut(length..length + bytes.len()).ok_or(LogError::Buffer)?;
                room.copy_from_slice(bytes);
                length += bytes.len();
            }
            Ok(())
        })?;
        Ok(out.get(..length).filter(|_| found).map(|record| (index, record)))
    }
}

/// The application's bytes of the last checkpoint.
#[derive(Debug, Clone)]
pub struct Blob {
    walk: Walk,
    as_of: u32,
}

impl Blob {
    /// Records before the checkpoint: what came later is to be applied to the table.
    #[must_use]
    pub const fn as_of(&self) -> u32 {
        self.as_of
    }
    /// Fills the buffer with the next bytes; gives fewer only at the end.
    ///
    /// # Errors
    /// [`LogError::Medium`]; [`LogError::Damaged`].
    pub fn read<F: NorFlash>(&mut self, log: &mut FlashLog<F>, out: &mut [u8]) -> Result<usize, LogError> {
        self.walk.read(&mut log.chip, out)
    }
}

impl<F: NorFlash> FlashLog<F> {
    /// The sector in which the record with this index begins, or would begin.
    pub(super) fn sector_of(&mut self, index: u32) -> Result<u32, LogError> {
        let mut found = self.first;
        for sequence in self.first..=self.end.sequence {
            match self.chip.header(sequence)? {
                Some(header) if header.index <= index => found = sequence,
                // In a closed log a header may be lost; those around it say enough.
                None if self.closed.is_some() => {}
                None => return Err(LogError::Damaged(Spot { sequence, byte: 0 }.place())),
                Some(_) => break,
            }
        }
        Ok(found)
    }
    /// A cursor at a sector that holds this record or stands before it, and the chain's value there.
    fn cursor(&mut self, index: u32) -> Result<(RecordCursor, Hash), LogError> {
        let sequence = self.sector_of(index)?;
        let spot = Spot { sequence, byte: 0 };
        let header = self.chip.header(sequence)?.ok_or(LogError::Damaged(spot.place()))?;
        if header.index > index {
            return Err(LogError::NotHere(index));
        }
        let at = spot.plus(self.chip.shape.header);
        let walk = Walk::new(&mut self.chip, at, self.end, Kind::Group)?;
        let group = GroupReader::new(if header.goes_on { header.skip } else { 0 });
        Ok((RecordCursor { walk, group, index: header.index }, header.head))
    }
    /// Reads records from this index on.
    ///
    /// # Errors
    /// [`LogError::NotHere`]: reclaimed, or not yet written; [`LogError::Damaged`]; [`LogError::Medium`].
    pub fn records(&mut self, from: u32) -> Result<RecordCursor, LogError> {
        if from > self.tip.count() {
            return Err(LogError::NotHere(from));
        }
        let (mut cursor, _) = self.cursor(from)?;
        while cursor.index < from {
            if !cursor.step(&mut self.chip, |_| Ok(()))? {
                return Err(LogError::NotHere(from));
            }
        }
        Ok(cursor)
    }
    /// The first seal here that vouches for more than so many records; the last one where those before were reclaimed.
    ///
    /// # Errors
    /// [`LogError::Damaged`]; [`LogError::Medium`].
    pub fn seal_after(&mut self, count: u32) -> Result<Option<Seal>, LogError> {
        let at = Spot { sequence: self.sector_of(count)?, byte: self.chip.shape.header };
        let mut walk = Walk::new(&mut self.chip, at, self.end, Kind::Seal)?;
        while let Some(head) = walk.frame(&mut self.chip)? {
            let mut bytes = [0; SEAL_LEN];
            // One that was begun in the sector before vouches for what is before it.
            if head.continued() || walk.read(&mut self.chip, &mut bytes)? < SEAL_LEN {
                continue;
            }
            if let Some(seal) = read_seal(&bytes).filter(|seal| seal.count > count) {
                return Ok(Some(seal));
            }
        }
        Ok(self.seal.filter(|seal| seal.count > count))
    }
    /// The chain's value after the first `count` records.
    ///
    /// # Errors
    /// [`LogError::NotHere`]; [`LogError::Damaged`]; [`LogError::Medium`].
    pub fn value_at(&mut self, count: u32) -> Result<Hash, LogError> {
        if count > self.tip.count() {
            return Err(LogError::NotHere(count));
        }
        let (mut cursor, mut head) = self.cursor(count)?;
        while cursor.index < count {
            let (index, mut step) = (cursor.index, None);
            cursor.step(&mut self.chip, |part| {
                match part {
                    GroupPart::Begin(length) => step = ChainStep::begin(&head, index, length),
                    GroupPart::Bytes(bytes) => step.iter_mut().for_each(|step| step.update(bytes)),
                    GroupPart::End | GroupPart::Check(_) => {}
                }
                Ok(())
            })?;
            head = step.ok_or(LogError::NotHere(index))?.finish();
        }
        Ok(head)
    }
    /// Over the checkpoint's bytes, from this many on.
    pub(super) fn checkpoint_walk(&mut self, skip: usize) -> Result<Walk, LogError> {
        let mut walk = Walk::new(&mut self.chip, self.checkpoint, self.end, Kind::Checkpoint)?;
        walk.frame(&mut self.chip)?;
        let mut state = [0; STATE_LEN];
        let read = walk.read(&mut self.chip, state.get_mut(..skip).unwrap_or_default())?;
        if read == skip { Ok(walk) } else { Err(LogError::Damaged(self.checkpoint.place())) }
    }
    /// Bytes of the log's head in the last checkpoint.
    pub(super) fn head_length(&mut self) -> Result<u16, LogError> {
        let (mut walk, mut length) = (self.checkpoint_walk(STATE_LEN)?, [0; 2]);
        walk.read(&mut self.chip, &mut length)?;
        Ok(u16::from_le_bytes(length))
    }
    /// What the log is, read into this buffer: 122 bytes do for the keys of the suites that are built.
    ///
    /// # Errors
    /// [`LogError::Buffer`]; [`LogError::Damaged`]; [`LogError::Medium`].
    pub fn head<'o>(&mut self, out: &'o mut [u8]) -> Result<LogHead<'o>, LogError> {
        let mut walk = self.checkpoint_walk(STATE_LEN)?;
        walk.read(&mut self.chip, &mut [0; 2])?;
        let out = out.get_mut(..self.head.into()).ok_or(LogError::Buffer)?;
        walk.read(&mut self.chip, out)?;
        let head = LogHead::read(out).filter(|head| head.id() == Some(self.tip.log()));
        head.ok_or(LogError::Damaged(self.checkpoint.place()))
    }
    /// The application's bytes as the last checkpoint carries them.
    ///
    /// # Errors
    /// [`LogError::Damaged`]; [`LogError::Medium`].
    pub fn blob(&mut self) -> Result<Blob, LogError> {
        let mut walk = self.checkpoint_walk(STATE_LEN)?;
        let mut left = usize::from(self.head) + 2;
        while left > 0 {
            let mut chunk = [0; super::CHUNK];
            let read = walk.read(&mut self.chip, chunk.get_mut(..left.min(super::CHUNK)).unwrap_or_default())?;
            left = left.checked_sub(read.max(1)).ok_or(LogError::Damaged(self.checkpoint.place()))?;
        }
        Ok(Blob { walk, as_of: self.as_of })
    }
}
