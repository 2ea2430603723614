//! Opening a log on flash: which sectors are there, what of them is needed, whether all of that is whole.

use super::FlashLog;
use super::sector::{Chip, Header, Layout, Shape, Spot};
use crate::log::frame::Kind;
use crate::log::recovery::Recovery;
use crate::log::{Fault, LogError, Place};
use crate::record::Tip;
use embedded_storage::nor_flash::NorFlash;

/// What reading all sectors found.
struct Scan {
    recovery: Recovery,
    /// From this sector on all is whole.
    sound: u32,
    /// Whether reading begins anew at the next sector.
    lost: bool,
    /// Why not before.
    fault: Option<LogError>,
    /// Where the unit being read begins; `None` where that stands before what is read.
    unit: Option<Spot>,
    /// Where the last whole unit ends.
    end: Spot,
    checkpoint: Option<(Spot, u32)>,
    /// Whether something that isn't whole stands behind the end.
    spoilt: bool,
}

impl Scan {
    /// Reads a sector; the limit is where its good part ends, where the next one says so.
    fn sector<F: NorFlash>(&mut self, chip: &mut Chip<F>, header: &Header, limit: Option<u32>) -> Result<(), LogError> {
        let front = Spot { sequence: header.sequence, byte: 0 };
        if !self.lost && !self.recovery.expect(header.index, header.head, header.goes_on) {
            (self.fault, self.lost) = (Some(LogError::OffChain(front.place())), true);
        }
        if core::mem::take(&mut self.lost) {
            (self.recovery, self.sound, self.unit) = (header.anchor(), header.sequence, None);
        }
        let mut at = front.plus(chip.shape.header);
        if !header.goes_on {
            self.end = at;
        }
        while at.byte < limit.unwrap_or(chip.shape.sector) {
            let Some(head) = chip.frame(at, limit.unwrap_or(chip.shape.sector))? else { break };
            if !head.continued() {
                self.unit = Some(at);
            }
            let recovery = &mut self.recovery;
            let fed = match recovery.begin(head) {
                Ok(()) => chip.payload(at, head, |bytes| recovery.feed(bytes, &mut ()).map_err(Stop::Fault)),
                Err(fault) => Err(Stop::Fault(fault)),
            };
            let ended = match fed {
                Ok(()) => recovery.end(head, &mut ()).map_err(Stop::Fault),
                Err(stop) => Err(stop),
            };
            let ended = match ended {
                Ok(ended) => ended,
                Err(Stop::Fault(fault)) => return self.broken(fault.at(at.place()), header.sequence),
                Err(Stop::Medium(error)) => return Err(error),
            };
            at = chip.shape.aligned(at.plus(head.whole()));
            if let Some(kind) = ended {
                self.end = at;
                if let (Kind::Checkpoint, Some(unit)) = (kind, self.unit) {
                    self.checkpoint = Some((unit, self.recovery.tip().count()));
                }
            }
        }
        match limit {
            Some(limit) if at.byte == limit => Ok(()),
            Some(_) => self.broken(LogError::Damaged(at.place()), header.sequence),
            None => {
                let blank = chip.is_blank(at)?;
                self.spoilt = !blank || self.recovery.is_open();
                let behind = chip.shape.aligned(at.plus(1));
                if !blank && chip.finds_frame(behind, |frame| !frame.continued())? {
                    return self.broken(LogError::Damaged(at.place()), header.sequence);
                }
                Ok(())
            }
        }
    }
    /// Nothing up to and in this sector is relied on.
    fn broken(&mut self, fault: LogError, sequence: u32) -> Result<(), LogError> {
        (self.fault, self.lost, self.sound) = (Some(fault), true, sequence.saturating_add(1));
        Ok(())
    }
}

/// Why reading a frame ended.
enum Stop {
    Fault(Fault),
    Medium(LogError),
}

impl From<LogError> for Stop {
    fn from(error: LogError) -> Self {
        Self::Medium(error)
    }
}

/// Where a unit ends in a sector that was begun after the newest one found: then that one's header was lost, since frames
/// are written after it, and what a cut leaves there of an unfinished unit has no end.
///
/// Sectors are begun in their order: none was after one that is erased, or still as the round before left it.
fn headless<F: NorFlash>(chip: &mut Chip<F>, newest: u32) -> Result<Option<Place>, LogError> {
    for ahead in 1..chip.shape.sectors {
        let Some(sequence) = newest.checked_add(ahead) else { break };
        let front = Spot { sequence, byte: 0 };
        if chip.header_at(sequence)?.is_some() || chip.is_blank(front)? {
            break;
        }
        if chip.finds_frame(front.plus(chip.shape.header), |frame| !frame.more())? {
            return Ok(Some(front.place()));
        }
    }
    Ok(None)
}

impl<F: NorFlash> FlashLog<F> {
    /// Opens the log on a flash. It writes nothing; what a cut left unfinished is cleared before the next unit.
    ///
    /// Where the medium lost what was acknowledged, the log is [`FlashLog::closed`] for appending and can be read.
    ///
    /// # Errors
    /// [`LogError::NotALog`]; [`LogError::Layout`]; [`LogError::Medium`]; where not even a checkpoint is whole, why.
    pub fn open(flash: F, layout: Layout) -> Result<Self, LogError> {
        let shape = Shape::of(&flash, layout)?;
        let mut chip = Chip { flash, shape };
        let newest = chip.newest()?.ok_or(LogError::NotALog)?;
        let mut oldest = newest;
        while newest.sequence - oldest.sequence + 1 < shape.sectors
            && let Some(before) = oldest.sequence.checked_sub(1)
            && let Some(header) = chip.header(before)?.filter(|header| header.log == newest.log)
        {
            oldest = header;
        }
        let mut scan = Scan {
            recovery: oldest.anchor(),
            sound: oldest.sequence,
            lost: false,
            fault: None,
            unit: None,
            end: Spot { sequence: oldest.sequence, byte: shape.header },
            checkpoint: None,
            spoilt: false,
        };
        let mut header = oldest;
        for sequence in oldest.sequence..=newest.sequence {
            let next = if sequence < newest.sequence { chip.header(sequence + 1)? } else { None };
            scan.sector(&mut chip, &header, next.map(|next| next.before))?;
            header = next.unwrap_or(header);
        }
        if let Some(place) = headless(&mut chip, newest.sequence)? {
            scan.broken(LogError::Damaged(place), newest.sequence)?;
        }
        let lost = LogError::Damaged(Spot { sequence: oldest.sequence, byte: 0 }.place());
        let Some((checkpoint, as_of)) = scan.checkpoint else {
            // Cut off while it was begun: no log yet. Else every checkpoint is lost.
            let begun = newest.sequence == 0 && scan.fault.is_none();
            return Err(if begun { LogError::NotALog } else { scan.fault.unwrap_or(lost) });
        };
        // A sector in which no unit is whole is begun anew, so that cuts don't use up the ring.
        let mut end = scan.end;
        if scan.spoilt
            && end.byte == shape.header
            && end.sequence > oldest.sequence
            && let Some(header) = chip.header(end.sequence)?.filter(|header| !header.goes_on)
        {
            end = Spot { sequence: end.sequence - 1, byte: header.before };
        }
        let recovery = &scan.recovery;
        let tip: Tip = *recovery.tip();
        let mut log = Self {
            chip,
            tip,
            seal: recovery.seal().copied(),
            mark: recovery.mark(),
            end,
            top: newest.sequence,
            spoilt: scan.spoilt,
            first: oldest.sequence,
            checkpoint,
            as_of,
            acknowledged: recovery.acknowledged(),
            head: 0,
            blob: layout.blob,
            closed: scan.fault.or(Some(lost)),
        };
        log.head = log.head_length()?;
        let first = log.sector_of(log.acknowledged)?.min(checkpoint.sequence);
        // A sector that is needed may be missing before the oldest one found.
        let reaches = oldest.index <= log.acknowledged;
        if scan.sound <= first && recovery.is_known() && reaches {
            log.closed = None;
            log.first = first;
        }
        log.check_size()?;
        Ok(log)
    }
}
