//! Recovery: frames in, the chain's end out. It needs no buffer for a record: the chain is hashed as bytes come.

use super::frame::{FILE_MAGIC, FrameHead, Frames, Kind, Place};
use super::head::LogHead;
use super::unit::{GroupPart, GroupReader};
use super::{Fault, LogError};
use crate::crypto::{ChainStep, Hash, SIGNATURE_LEN};
use crate::record::{Mark, Seal, Tip};

pub(super) const MARK_LEN: usize = 12;
pub(in crate::log) const SEAL_LEN: usize = 36 + SIGNATURE_LEN;
/// Bytes of a checkpoint before the log's head and the application's bytes.
pub(super) const STATE_LEN: usize = 193;

/// What a checkpoint says of the log: all that recovery would otherwise know from the sectors before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LogState {
    pub(super) log: Hash,
    pub(super) count: u32,
    pub(super) head: Hash,
    pub(super) sealed: u32,
    pub(super) unsealed_bytes: u32,
    pub(super) acknowledged: u32,
    pub(super) mark: Option<Mark>,
    pub(super) seal: Option<Seal>,
}

/// Writes fields one behind the other; a form that doesn't fill its array fails the tests of its bytes.
pub(super) struct Fields<'b>(pub(super) &'b mut [u8]);

impl Fields<'_> {
    pub(super) fn put(&mut self, bytes: &[u8]) -> &mut Self {
        let room = core::mem::take(&mut self.0);
        if let Some((now, rest)) = room.split_at_mut_checked(bytes.len()) {
            now.copy_from_slice(bytes);
            self.0 = rest;
        }
        self
    }
}

pub(super) fn mark_bytes(mark: &Mark) -> [u8; MARK_LEN] {
    let mut out = [0; MARK_LEN];
    Fields(&mut out).put(&mark.count.to_le_bytes()).put(&mark.head);
    out
}

pub(super) fn read_mark(bytes: &[u8]) -> Option<Mark> {
    let (count, head) = bytes.split_first_chunk::<4>()?;
    Some(Mark { count: u32::from_le_bytes(*count), head: head.try_into().ok()? })
}

pub(super) fn seal_bytes(seal: &Seal) -> [u8; SEAL_LEN] {
    let mut out = [0; SEAL_LEN];
    Fields(&mut out).put(&seal.count.to_le_bytes()).put(&seal.head.0).put(&seal.signature);
    out
}

pub(in crate::log) fn read_seal(bytes: &[u8]) -> Option<Seal> {
    let (count, rest) = bytes.split_first_chunk::<4>()?;
    let (head, signature) = rest.split_first_chunk::<32>()?;
    Some(Seal { count: u32::from_le_bytes(*count), head: Hash(*head), signature: signature.try_into().ok()? })
}

impl LogState {
    pub(super) fn bytes(&self) -> [u8; STATE_LEN] {
        let mut out = [0; STATE_LEN];
        let flags = u8::from(self.mark.is_some()) | u8::from(self.seal.is_some()) << 1;
        let mark = self.mark.as_ref().map_or([0; MARK_LEN], mark_bytes);
        let seal = self.seal.as_ref().map_or([0; SEAL_LEN], seal_bytes);
        let mut fields = Fields(&mut out);
        fields.put(&self.log.0).put(&self.count.to_le_bytes()).put(&self.head.0);
        fields.put(&self.sealed.to_le_bytes()).put(&self.unsealed_bytes.to_le_bytes());
        fields.put(&self.acknowledged.to_le_bytes()).put(&[flags]).put(&mark).put(&seal);
        out
    }
    fn read(bytes: &[u8]) -> Option<Self> {
        let number = |bytes: &[u8; 4]| u32::from_le_bytes(*bytes);
        let (log, rest) = bytes.split_first_chunk::<32>()?;
        let (count, rest) = rest.split_first_chunk::<4>()?;
        let (head, rest) = rest.split_first_chunk::<32>()?;
        let (sealed, rest) = rest.split_first_chunk::<4>()?;
        let (unsealed, rest) = rest.split_first_chunk::<4>()?;
        let (acknowledged, rest) = rest.split_first_chunk::<4>()?;
        let (flags, rest) = rest.split_first()?;
        let (mark, seal) = rest.split_at_checked(MARK_LEN)?;
        let (mark, seal) = (read_mark(mark)?, read_seal(seal)?);
        let state = Self {
            log: Hash(*log),
            count: number(count),
            head: Hash(*head),
            sealed: number(sealed),
            unsealed_bytes: number(unsealed),
            acknowledged: number(acknowledged),
            mark: (flags & 1 != 0).then_some(mark),
            seal: (flags & 2 != 0).then_some(seal),
        };
        // One form: what is absent is zero, and no other flag stands.
        (state.sealed.max(state.acknowledged) <= state.count && state.bytes() == bytes).then_some(state)
    }
}

/// A unit that isn't whole yet.
#[derive(Debug, Clone)]
struct Open {
    /// `None` where reading began inside it.
    kind: Option<Kind>,
    /// Whether it was read from its beginning.
    whole: bool,
    /// The chain's end behind its records so far.
    tip: Tip,
    group: GroupReader,
    step: Option<(ChainStep, u16)>,
    /// The front of a unit that is no group.
    front: [u8; STATE_LEN],
    length: usize,
}

/// Is shown what a [`Recovery`] reads: the records of a unit also where it turns out not to be whole.
pub(super) trait Watch {
    /// The log's h₀.
    fn log(&mut self, _id: Hash) {}
    /// The next bytes of a record.
    fn bytes(&mut self, _bytes: &[u8]) {}
    /// It is whole, and this is its identity.
    fn end(&mut self, _identity: Hash) {}
    /// A seal that stands at its place of the chain.
    fn seal(&mut self, _seal: &Seal) {}
}

/// Nobody watches.
impl Watch for () {}

/// Reads a log from its frames: each accepted only where what it says stands at its place of the chain.
#[derive(Debug, Clone)]
pub struct Recovery {
    tip: Tip,
    /// Whether all before is known: from the log's beginning, or from a checkpoint on.
    known: bool,
    seal: Option<Seal>,
    mark: Option<Mark>,
    acknowledged: u32,
    open: Option<Open>,
    /// What a sector's header says of the record after the one that is being read.
    expected: Option<(u32, Hash)>,
}

impl Recovery {
    /// Of a log from its beginning.
    #[must_use]
    pub const fn new(log: Hash) -> Self {
        let tip = Tip::new(log);
        Self { tip, known: true, seal: None, mark: None, acknowledged: 0, open: None, expected: None }
    }
    /// Of a log from a sector's header on: the place of the first record that begins there, and whether a unit goes on
    /// there, with this many bytes of a record begun before.
    pub(super) fn anchored(log: Hash, index: u32, head: Hash, goes_on: Option<u16>) -> Self {
        let tip = Tip::at(log, index, head, 0, 0);
        let open = goes_on.map(|skip| Open::new(None, false, tip, skip));
        Self { tip, known: false, seal: None, mark: None, acknowledged: 0, open, expected: None }
    }
    /// The chain's end behind the last whole unit.
    #[must_use]
    pub const fn tip(&self) -> &Tip {
        &self.tip
    }
    /// The last released seal.
    #[must_use]
    pub const fn seal(&self) -> Option<&Seal> {
        self.seal.as_ref()
    }
    /// The last durable mark.
    #[must_use]
    pub const fn mark(&self) -> Option<Mark> {
        self.mark
    }
    /// Records that another device is known to hold.
    #[must_use]
    pub const fn acknowledged(&self) -> u32 {
        self.acknowledged
    }
    /// Whether a unit was begun that isn't whole.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open.is_some()
    }
    /// Whether all before is known.
    pub(super) const fn is_known(&self) -> bool {
        self.known
    }

    /// Compares with a sector's header: what its first record must be, and whether a unit goes on.
    pub(super) fn expect(&mut self, index: u32, head: Hash, goes_on: bool) -> bool {
        let at = match &self.open {
            Some(open) if open.kind == Some(Kind::Group) && open.group.inside() => {
                self.expected = Some((index, head));
                return goes_on;
            }
            Some(open) => &open.tip,
            None => &self.tip,
        };
        goes_on == self.open.is_some() && (at.count(), at.head()) == (index, head)
    }

    /// A frame begins.
    pub(super) fn begin(&mut self, head: FrameHead) -> Result<(), Fault> {
        let kind = head.kind().filter(|kind| *kind != Kind::Log).ok_or(Fault::Form)?;
        match &mut self.open {
            Some(open) if head.continued() && open.kind.is_none_or(|k| k == kind) => open.kind = Some(kind),
            None if !head.continued() => self.open = Some(Open::new(Some(kind), true, self.tip, 0)),
            _ => return Err(Fault::Form),
        }
        Ok(())
    }
    /// Its payload's next bytes.
    pub(super) fn feed(&mut self, mut bytes: &[u8], watch: &mut impl Watch) -> Result<(), Fault> {
        let Some(open) = &mut self.open else { return Err(Fault::Form) };
        if open.kind != Some(Kind::Group) {
            return open.gather(bytes);
        }
        while let Some(part) = open.group.next(&mut bytes).map_err(|()| Fault::Form)? {
            match part {
                GroupPart::Begin(length) => {
                    let step = ChainStep::begin(&open.tip.head(), open.tip.count(), length).ok_or(Fault::Form)?;
                    open.step = Some((step, length));
                }
                GroupPart::Bytes(bytes) => {
                    open.step.iter_mut().for_each(|(step, _)| step.update(bytes));
                    watch.bytes(bytes);
                }
                GroupPart::End => {
                    let (step, length) = open.step.take().ok_or(Fault::Form)?;
                    open.tip.advance(step.finish(), length.into()).map_err(|_| Fault::Form)?;
                    let here = (open.tip.count(), open.tip.head());
                    watch.end(here.1);
                    if self.expected.take().is_some_and(|expected| expected != here) {
                        return Err(Fault::Chain);
                    }
                }
                // A group has a record.
                GroupPart::Check(_) if open.whole && open.tip.count() == self.tip.count() => return Err(Fault::Form),
                GroupPart::Check(check) if check == open.tip.head().log_id() && self.expected.is_none() => {}
                GroupPart::Check(_) => return Err(Fault::Chain),
            }
        }
        Ok(())
    }
    /// The frame is whole, and its CRC holds. Gives the kind of the unit that it ends.
    pub(super) fn end(&mut self, head: FrameHead, watch: &mut impl Watch) -> Result<Option<Kind>, Fault> {
        if head.more() {
            return Ok(None);
        }
        let Some(open) = self.open.take() else { return Err(Fault::Form) };
        let front = open.front.get(..open.length).unwrap_or_default();
        let kind = open.kind.ok_or(Fault::Form)?;
        match kind {
            Kind::Log => return Err(Fault::Form),
            Kind::Group if open.group.is_done() => self.tip = open.tip,
            Kind::Group => return Err(Fault::Form),
            // Read from its middle: what it says isn't all here, and what stands before a checkpoint that says it is of no
            // account.
            _ if !open.whole => {}
            Kind::Mark => {
                let mark = read_mark(front).ok_or(Fault::Form)?;
                if (mark.count, mark.head) != (self.tip.count(), self.tip.head().log_id()) {
                    return Err(Fault::MarkLost(mark));
                }
                self.tip.note_offer();
                self.mark = Some(mark);
            }
            Kind::Seal => {
                let seal = read_seal(front).ok_or(Fault::Form)?;
                let settled = self.tip.settle(seal.count, &seal.head);
                if !settled && (self.known || seal.count > self.tip.count()) {
                    return Err(Fault::Chain);
                }
                self.seal = self.seal.filter(|before| before.count > seal.count).or(Some(seal));
                watch.seal(&seal);
            }
            Kind::Checkpoint => {
                let state = LogState::read(open.front.get(..open.length).unwrap_or_default()).ok_or(Fault::Form)?;
                let here = (self.tip.log().log_id(), self.tip.count(), self.tip.head());
                if (state.log.log_id(), state.count, state.head) != here {
                    return Err(Fault::Chain);
                }
                self.tip = Tip::at(state.log, state.count, state.head, state.sealed, state.unsealed_bytes);
                (self.seal, self.mark, self.known) = (state.seal, state.mark, true);
                self.acknowledged = self.acknowledged.max(state.acknowledged);
            }
            Kind::Acknowledged => {
                let acknowledged = read_mark(front).ok_or(Fault::Form)?;
                if acknowledged.count > self.tip.count() {
                    return Err(Fault::Chain);
                }
                self.acknowledged = self.acknowledged.max(acknowledged.count);
            }
        }
        Ok(Some(kind))
    }
}

impl Open {
    const fn new(kind: Option<Kind>, whole: bool, tip: Tip, skip: u16) -> Self {
        Self { kind, whole, tip, group: GroupReader::new(skip), step: None, front: [0; STATE_LEN], length: 0 }
    }
    /// Keeps the front: of a checkpoint, what stands before the log's head; of the others all.
    fn gather(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        for byte in bytes {
            match self.front.get_mut(self.length) {
                Some(place) => *place = *byte,
                None if self.kind == Some(Kind::Checkpoint) => break,
                None => return Err(Fault::Form),
            }
            self.length += 1;
        }
        Ok(())
    }
}

/// A log found in one piece: a file, or memory.
#[derive(Debug, Clone)]
pub struct Found<'b> {
    /// What the log is.
    pub head: LogHead<'b>,
    /// Its end, seal and mark.
    pub recovery: Recovery,
    /// Where its first frame after the log's stands.
    pub first: usize,
    /// Where its last whole unit ends: what stands behind was never acknowledged and is to be cut off.
    pub end: usize,
}

/// Reads a log that stands in one piece.
///
/// ```
/// use medlot_core::log::{LogError, recover};
///
/// assert_eq!(recover(b"something else").unwrap_err(), LogError::NotALog);
/// ```
///
/// # Errors
/// [`LogError::NotALog`]; [`LogError::Damaged`] before its end; [`LogError::OffChain`]; [`LogError::Form`];
/// [`crate::record::TipError::MarkLost`]. Then the log is closed: nothing may be appended.
pub fn recover(bytes: &[u8]) -> Result<Found<'_>, LogError> {
    recovered(bytes, &mut ())
}

/// The same, watched.
pub(super) fn recovered<'b>(bytes: &'b [u8], watch: &mut impl Watch) -> Result<Found<'b>, LogError> {
    if !bytes.starts_with(&FILE_MAGIC) {
        let (letters, layout) = (FILE_MAGIC.first_chunk::<4>(), FILE_MAGIC.len() as u64 - 1);
        let other = bytes.len() as u64 > layout && letters.is_some_and(|letters| bytes.starts_with(letters));
        return Err(if other { LogError::Form(Place::File(layout)) } else { LogError::NotALog });
    }
    let mut frames = Frames::new(bytes, FILE_MAGIC.len());
    let head = frames.next().filter(|frame| frame.kind() == Some(Kind::Log) && frame.head.is_alone());
    let Some(head) = head.and_then(|frame| LogHead::read(frame.payload)) else {
        return Err(LogError::NotALog);
    };
    let mut recovery = Recovery::new(head.id().ok_or(LogError::NotALog)?);
    watch.log(recovery.tip.log());
    let first = frames.at();
    let mut end = first;
    while let Some(frame) = frames.next() {
        // In one piece, nothing cuts a unit of fewer bytes than a frame takes.
        if frame.kind() != Some(Kind::Group) && !frame.head.is_alone() {
            return Err(LogError::Form(frame.place));
        }
        let taken = recovery.begin(frame.head).and_then(|()| recovery.feed(frame.payload, watch));
        let ended = taken.and_then(|()| recovery.end(frame.head, watch)).map_err(|fault| fault.at(frame.place))?;
        if ended.is_some() {
            end = frames.at();
        }
    }
    if frames.unit_begins_later() {
        return Err(LogError::Damaged(Place::File(frames.at() as u64)));
    }
    recovery.open = None;
    Ok(Found { head, recovery, first, end })
}
