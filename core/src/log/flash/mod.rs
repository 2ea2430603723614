//! The log on a flash chip: sectors in a ring, each written once and erased once a round.
//!
//! ```text
//! sector = header 64 │ frame … │ erased
//! ring   = … │ reclaimable │ first … newest │ free …         sector number modulo the number of sectors
//! ```

mod open;
mod read;
mod sector;

pub use read::{Blob, RecordCursor};
pub use sector::Layout;

use super::frame::Kind;
use super::head::LogHead;
use super::recovery::{LogState, MARK_LEN, SEAL_LEN, STATE_LEN, mark_bytes, seal_bytes};
use super::unit::{GROUP_END, Part, group_length};
use super::{FRAME_OVERHEAD, LogError};
use crate::crypto::{Hash, SIGNATURE_LEN};
use crate::record::{LogKey, Mark, Offer, Seal, Tip, TipError};
use embedded_storage::nor_flash::NorFlash;
use sector::{CHUNK, Chip, FlashLane, Header, Shape, Spot, checkpoint_length};

/// Sectors kept for marks and seals besides the checkpoint's: two, since a cut can cost the rest of one.
const KEPT_FOR_SEALS: u32 = 2;

/// An own log on flash. It keeps no buffer: less than 1 KiB with the chain's end and the last seal in it.
///
/// A call that writes returns when its unit is on the flash and was read back. Where it fails, nothing of it counts:
/// the next call erases what it left, or goes on in the next sector.
///
/// The stock of a device is its own table; [`FlashLog::reclaim`] carries it forward, together with all that the log
/// needs of the sectors it gives up.
#[derive(Debug)]
pub struct FlashLog<F> {
    chip: Chip<F>,
    tip: Tip,
    seal: Option<Seal>,
    mark: Option<Mark>,
    /// Where the last whole unit ends.
    end: Spot,
    /// The newest sector that may hold a header: after a cut, later than the end's.
    top: u32,
    /// Whether something was written behind the end.
    spoilt: bool,
    /// The oldest sector that is needed.
    first: u32,
    /// Where the last whole checkpoint begins, and the records before it.
    checkpoint: Spot,
    as_of: u32,
    /// Records that another device holds, written down or not.
    acknowledged: u32,
    /// Bytes of the log's head in the checkpoint.
    head: u16,
    blob: u32,
    closed: Option<LogError>,
}

impl<F: NorFlash> FlashLog<F> {
    /// Begins a log on a flash that holds none.
    ///
    /// # Errors
    /// [`LogError::NotEmpty`]: open or wipe it; [`LogError::Layout`]; [`LogError::Medium`].
    pub fn create(flash: F, layout: Layout, head: &LogHead<'_>) -> Result<Self, LogError> {
        let shape = Shape::of(&flash, layout)?;
        let length = u16::try_from(head.length()).map_err(|_| TipError::TooLong)?;
        let tip = Tip::new(head.id().ok_or(TipError::TooLong)?);
        let mut flash = flash;
        match FlashLog::open(&mut flash, layout) {
            Err(LogError::NotALog) => {}
            Err(error @ (LogError::Layout | LogError::Medium)) => return Err(error),
            _ => return Err(LogError::NotEmpty),
        }
        let mut chip = Chip { flash, shape };
        let log = tip.log().log_id();
        chip.begin(&Header { sequence: 0, log, index: 0, head: tip.head(), before: 0, skip: 0, goes_on: false })?;
        let end = Spot { sequence: 0, byte: shape.header };
        let mut log = Self {
            chip,
            tip,
            seal: None,
            mark: None,
            end,
            top: 0,
            spoilt: false,
            first: 0,
            checkpoint: end,
            as_of: 0,
            acknowledged: 0,
            head: length,
            blob: layout.blob,
            closed: None,
        };
        log.check_size()?;
        let total = checkpoint_length(head.length(), 0);
        log.unit(Kind::Checkpoint, total, |part, state| {
            part.feed(&state)?;
            part.feed(&length.to_le_bytes())?;
            head.pieces(|piece| part.feed(piece))
        })?;
        Ok(log)
    }

    /// Erases every sector, the oldest first: cut off in between, what is left is the log's end, never a shorter log.
    ///
    /// # Errors
    /// [`LogError::Layout`]; [`LogError::Medium`].
    pub fn wipe(flash: F, layout: Layout) -> Result<F, LogError> {
        let shape = Shape::of(&flash, layout)?;
        let mut chip = Chip { flash, shape };
        let newest = chip.newest()?.map_or(0, |header| header.sequence % shape.sectors);
        for sector in 1..=shape.sectors {
            chip.erase((newest + sector) % shape.sectors)?;
        }
        Ok(chip.flash)
    }

    /// Two checkpoints, what is kept for seals, and room to work must fit.
    fn check_size(&self) -> Result<(), LogError> {
        let least = self.kept().saturating_mul(2).saturating_add(KEPT_FOR_SEALS + 4);
        if self.chip.shape.sectors < least { Err(LogError::Layout) } else { Ok(()) }
    }
    /// Sectors kept for a checkpoint.
    fn kept(&self) -> u32 {
        self.chip.shape.checkpoint(self.head.into(), self.blob)
    }

    /// The chain's end, of what is on the flash.
    #[must_use]
    pub const fn tip(&self) -> &Tip {
        &self.tip
    }
    /// The last released seal.
    #[must_use]
    pub const fn seal(&self) -> Option<&Seal> {
        self.seal.as_ref()
    }
    /// The last head that was offered for signing.
    #[must_use]
    pub const fn mark(&self) -> Option<Mark> {
        self.mark
    }
    /// Records that another device is known to hold.
    #[must_use]
    pub const fn acknowledged(&self) -> u32 {
        self.acknowledged
    }
    /// Why nothing may be appended: the medium lost what was acknowledged. What stands whole is still read.
    #[must_use]
    pub const fn closed(&self) -> Option<LogError> {
        self.closed
    }
    /// Sectors that hold nothing which is needed.
    #[must_use]
    pub const fn free_sectors(&self) -> u32 {
        self.chip.shape.sectors - (self.end.sequence - self.first + 1)
    }
    /// Gives the flash back.
    #[must_use]
    pub fn into_flash(self) -> F {
        self.chip.flash
    }

    fn is_open(&self) -> Result<(), LogError> {
        self.closed.map_or(Ok(()), Err)
    }
    /// The byte of the end's sector at which the next frame would stand.
    const fn next_byte(&self) -> u32 {
        if self.spoilt { self.chip.shape.sector } else { self.end.byte }
    }
    /// Refuses what would leave fewer than so many sectors free.
    fn fits(&self, from: (u32, u32), length: usize, keep: u32) -> Result<(), LogError> {
        let (sequence, byte) = from;
        let live = (sequence - self.first).saturating_add(1).saturating_add(self.chip.shape.begun(byte, length));
        if live.saturating_add(keep) > self.chip.shape.sectors { Err(LogError::Full) } else { Ok(()) }
    }

    /// Where the next unit is written, after what a cut left behind the end was erased, the newest sector first.
    fn lane(&mut self) -> Result<FlashLane<'_, F>, LogError> {
        while self.top > self.end.sequence {
            self.chip.erase(self.top)?;
            self.top -= 1;
        }
        let mut lane = FlashLane::new(&mut self.chip, self.tip.log().log_id(), self.first, self.end, self.top);
        (lane.spoilt, self.spoilt) = (self.spoilt, true);
        Ok(lane)
    }
    /// Writes a unit of one part; gives where it begins.
    fn unit(
        &mut self,
        kind: Kind,
        length: usize,
        write: impl FnOnce(&mut Part<'_, FlashLane<'_, F>>, [u8; STATE_LEN]) -> Result<(), LogError>,
    ) -> Result<Spot, LogError> {
        let (state, at) = (self.state().bytes(), (self.tip.count(), self.tip.head()));
        let mut lane = self.lane()?;
        let written = write(&mut Part::new(&mut lane, kind, length, (false, false), at), state);
        let (end, top, began) = (lane.at, lane.top, lane.began);
        self.top = top;
        written?;
        (self.end, self.spoilt) = (end, false);
        began.ok_or(LogError::Empty)
    }
    fn state(&self) -> LogState {
        LogState {
            log: self.tip.log(),
            count: self.tip.count(),
            head: self.tip.head(),
            sealed: self.tip.sealed(),
            unsealed_bytes: self.tip.unsealed_bytes(),
            acknowledged: self.acknowledged,
            mark: self.mark,
            seal: self.seal,
        }
    }

    /// Appends records together: all of them or none. Gives the index of the first.
    ///
    /// # Errors
    /// [`LogError::Full`], before the room for mark, seal and checkpoint is touched; [`TipError::SealDue`];
    /// [`LogError::Empty`]; [`LogError::Medium`]; why the log is closed.
    pub fn append<R: AsRef<[u8]>>(&mut self, records: &[R]) -> Result<u32, LogError> {
        self.is_open()?;
        let length = group_length(records)? + GROUP_END;
        let (first, mut tip) = (self.tip.count(), self.tip);
        records.iter().try_for_each(|record| tip.append(record.as_ref()).map(drop))?;
        self.fits((self.end.sequence, self.next_byte()), length, self.kept() + KEPT_FOR_SEALS)?;
        let mut tip = self.tip;
        self.unit(Kind::Group, length, |part, _| {
            for record in records {
                let head = tip.append(record.as_ref())?;
                part.record(record.as_ref(), (tip.count(), head))?;
            }
            part.group_end(&tip.head())
        })?;
        self.tip = tip;
        Ok(first)
    }
    /// Begins a group whose records come one by one, from a buffer that holds one.
    ///
    /// # Errors
    /// Why the log is closed.
    pub fn group(&mut self) -> Result<FlashGroup<'_, F>, LogError> {
        self.is_open()?;
        Ok(FlashGroup { tip: self.tip, at: None, failed: false, log: self })
    }
    /// Offers what stands now for signing, with its mark on the flash: the offer's bytes may be signed.
    ///
    /// # Errors
    /// [`TipError::NothingToSeal`]; [`TipError::TooManyOffers`]; [`LogError::Full`]; [`LogError::Medium`]; why the log
    /// is closed.
    pub fn offer(&mut self) -> Result<Offer, LogError> {
        self.is_open()?;
        let mut tip = self.tip;
        let offer = tip.prepare()?;
        let mark = offer.mark();
        // Offered before and not settled: its mark is on the flash, behind the last checkpoint.
        if tip != self.tip {
            let both = MARK_LEN + SEAL_LEN + FRAME_OVERHEAD + self.chip.shape.word as usize;
            self.fits((self.end.sequence, self.next_byte()), both, self.kept())?;
            self.unit(Kind::Mark, MARK_LEN, |part, _| part.feed(&mark_bytes(&mark)))?;
            self.mark = Some(mark);
        }
        self.tip = tip;
        Ok(offer)
    }
    /// Gives up the oldest offer, whose signature will not come.
    pub fn forget_oldest(&mut self) -> Option<u32> {
        self.tip.forget_oldest()
    }
    /// Takes the signature of an offer and keeps the seal; after a restart too, where the offer was among the last four.
    ///
    /// # Errors
    /// [`TipError::NotOffered`]; [`TipError::Signature`]; [`LogError::Full`]; [`LogError::Medium`]; why the log is
    /// closed.
    pub fn attach(&mut self, log: &LogKey<'_>, count: u32, signature: &[u8; SIGNATURE_LEN]) -> Result<Seal, LogError> {
        self.is_open()?;
        let mut tip = self.tip;
        let seal = tip.attach(log, count, signature)?;
        self.keep_seal(&seal)?;
        self.tip = tip;
        Ok(seal)
    }
    #[inline(never)] // what writes must not stand under the signature's check
    fn keep_seal(&mut self, seal: &Seal) -> Result<(), LogError> {
        self.fits((self.end.sequence, self.next_byte()), SEAL_LEN, self.kept())?;
        self.unit(Kind::Seal, SEAL_LEN, |part, _| part.feed(&seal_bytes(seal)))?;
        self.seal = self.seal.filter(|before| before.count > seal.count).or(Some(*seal));
        Ok(())
    }

    /// Notes that another device holds the records up to a count, whose head it gave: so that their room may be
    /// reclaimed. Where there is no room to write this down, it is known until the restart or the next checkpoint.
    ///
    /// # Errors
    /// [`LogError::NotThisChain`]: more than is sealed, or another branch; [`LogError::Medium`]; why the log is closed.
    pub fn acknowledge(&mut self, count: u32, head: &Hash) -> Result<(), LogError> {
        self.is_open()?;
        if count <= self.acknowledged {
            return Ok(());
        }
        if count > self.tip.sealed() || self.value_at(count)? != *head {
            return Err(LogError::NotThisChain);
        }
        self.acknowledged = count;
        let room = self.fits((self.end.sequence, self.next_byte()), MARK_LEN, self.kept() + KEPT_FOR_SEALS);
        if room.is_ok() {
            let mark = mark_bytes(&Mark { count, head: head.log_id() });
            self.unit(Kind::Acknowledged, MARK_LEN, |part, _| part.feed(&mark))?;
            self.first = self.checkpoint.sequence.min(self.sector_of(count)?);
        }
        Ok(())
    }
    /// Sectors that the next checkpoint begins, and where it leaves the oldest one needed.
    fn reclaiming(&mut self, blob: usize) -> Result<(u32, u32), LogError> {
        let (shape, byte) = (self.chip.shape, self.next_byte());
        let length = checkpoint_length(self.head.into(), blob);
        let start = self.end.sequence + u32::from(shape.room(byte, length).is_none());
        Ok((shape.begun(byte, length), start.min(self.sector_of(self.acknowledged)?)))
    }
    /// Sectors that [`FlashLog::reclaim`] would gain now with this many bytes of the application's.
    ///
    /// # Errors
    /// [`LogError::Medium`].
    pub fn reclaimable(&mut self, blob: usize) -> Result<u32, LogError> {
        let (begun, first) = self.reclaiming(blob)?;
        Ok((first - self.first).saturating_sub(begun))
    }
    /// Writes a checkpoint, with the application's own bytes as they are after the last record, and gives up the
    /// sectors before it whose records another device holds. Gives the sectors gained. Offers whose signatures are
    /// awaited are given up: offer again.
    ///
    /// # Errors
    /// [`LogError::NothingToReclaim`]: it would take as much room as it frees; [`LogError::BlobTooLong`];
    /// [`LogError::Medium`]; why the log is closed.
    pub fn reclaim<B>(&mut self, blob: B) -> Result<u32, LogError>
    where
        B: IntoIterator<Item: AsRef<[u8]>, IntoIter: Clone>,
    {
        self.is_open()?;
        let blob = blob.into_iter();
        let length = blob.clone().fold(0usize, |sum, piece| sum.saturating_add(piece.as_ref().len()));
        if length > self.blob as usize {
            return Err(LogError::BlobTooLong);
        }
        let (begun, first) = self.reclaiming(length)?;
        let gained = (first - self.first).checked_sub(begun).filter(|gained| *gained > 0);
        let gained = gained.ok_or(LogError::NothingToReclaim)?;
        let (mut old, size) = (self.checkpoint_walk(STATE_LEN)?, usize::from(self.head) + 2);
        let began = self.unit(Kind::Checkpoint, STATE_LEN + size + length, |part, state| {
            part.feed(&state)?;
            let mut left = size;
            while left > 0 {
                let mut chunk = [0; CHUNK];
                let piece = chunk.get_mut(..left.min(CHUNK)).ok_or(LogError::Buffer)?;
                let read = old.read(part.lane.chip, piece)?;
                part.feed(chunk.get(..read).filter(|piece| !piece.is_empty()).ok_or(LogError::Medium)?)?;
                left -= read;
            }
            blob.into_iter().try_for_each(|piece| part.feed(piece.as_ref()))
        })?;
        let state = self.state();
        self.tip = Tip::at(state.log, state.count, state.head, state.sealed, state.unsealed_bytes);
        (self.checkpoint, self.as_of) = (began, state.count);
        self.first = first;
        Ok(gained)
    }
}

/// A group of records on its way to flash, one by one. Dropped before [`FlashGroup::commit`], it leaves no record.
#[derive(Debug)]
#[must_use = "without commit, no record of it stays"]
pub struct FlashGroup<'l, F> {
    log: &'l mut FlashLog<F>,
    tip: Tip,
    /// Where its next frame begins; `None` before its first.
    at: Option<Spot>,
    failed: bool,
}

impl<F: NorFlash> FlashGroup<'_, F> {
    fn part(
        &mut self,
        length: usize,
        more: bool,
        write: impl FnOnce(&mut Part<'_, FlashLane<'_, F>>) -> Result<(), LogError>,
    ) -> Result<(), LogError> {
        let at = (self.tip.count(), self.tip.head());
        let mut lane = match self.at {
            None => self.log.lane()?,
            Some(spot) => {
                let id = self.tip.log().log_id();
                FlashLane::new(&mut self.log.chip, id, self.log.first, spot, self.log.top)
            }
        };
        let written = write(&mut Part::new(&mut lane, Kind::Group, length, (self.at.is_some(), more), at));
        let (end, top) = (lane.at, lane.top);
        (self.at, self.log.top, self.failed) = (Some(end), top, written.is_err());
        written
    }
    /// Adds a record; gives its index.
    ///
    /// # Errors
    /// As [`FlashLog::append`]. After one of the medium's the group is lost.
    pub fn push(&mut self, record: &[u8]) -> Result<u32, LogError> {
        if self.failed {
            return Err(LogError::Order);
        }
        let (length, index, mut tip) = (group_length(&[record])?, self.tip.count(), self.tip);
        let head = tip.append(record)?;
        let from = self.at.map_or((self.log.end.sequence, self.log.next_byte()), |at| (at.sequence, at.byte));
        let all = length + GROUP_END + FRAME_OVERHEAD + self.log.chip.shape.word as usize;
        self.log.fits(from, all, self.log.kept() + KEPT_FOR_SEALS)?;
        self.part(length, true, |part| part.record(record, (tip.count(), head)))?;
        self.tip = tip;
        Ok(index)
    }
    /// Ends the group: from here on all of its records stay. Gives the index of the next record.
    ///
    /// # Errors
    /// [`LogError::Empty`]; [`LogError::Medium`]: then none of them stays.
    pub fn commit(mut self) -> Result<u32, LogError> {
        if self.failed {
            return Err(LogError::Order);
        }
        if self.at.is_none() {
            return Err(LogError::Empty);
        }
        let head = self.tip.head();
        self.part(GROUP_END, false, |part| part.group_end(&head))?;
        (self.log.tip, self.log.end, self.log.spoilt) = (self.tip, self.at.unwrap_or(self.log.end), false);
        Ok(self.tip.count())
    }
}
