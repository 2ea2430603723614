//! Units: cutting them into frames, and reading the records of a group back.
//!
//! ```text
//! group = n × ( length u16 1 … 4,096 │ record ) │ 0 u16 │ first 8 bytes of the head after them
//! ```
//!
//! A unit may be cut anywhere but in a group's last 10 bytes, so that records and tables of any length go through small buffers and sectors.

use super::LogError;
use super::frame::{FRAME_OVERHEAD, FrameHead, Kind, MAX_PAYLOAD, Place, Sum};
use crate::crypto::Hash;
use crate::limits::MAX_RECORD_BYTES;

/// Bytes of a group besides its records and their lengths.
pub(super) const GROUP_END: usize = 10;
/// Fewest bytes of a frame's payload before a unit is cut: shorter ones would be nearly all overhead.
pub(super) const MIN_ROOM: usize = 32;

/// Of the next record to begin, wherever a unit is cut: what a sector's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Next {
    pub(super) index: u32,
    pub(super) head: Hash,
    /// Bytes of the record begun before that are still to come.
    pub(super) skip: u16,
    /// Whether a frame of the unit was written before.
    pub(super) inside: bool,
}

/// Where frames go, in order.
pub(super) trait Lane {
    /// Begins a frame of a unit of which this many bytes are left: its place, and room for its payload there, at least
    /// [`MIN_ROOM`] bytes or what is left.
    fn begin(&mut self, left: usize, next: &Next) -> Result<(Place, usize), LogError>;
    /// The frame's next bytes.
    fn put(&mut self, bytes: &[u8]) -> Result<(), LogError>;
    /// The frame is whole.
    fn end(&mut self) -> Result<(), LogError>;
}

/// Bytes of a unit that the next frame takes, where this many are left.
pub(super) fn cut(left: usize, room: usize) -> usize {
    let now = left.min(room).min(MAX_PAYLOAD);
    // A group's end is never cut, so that one can begin to read at any sector.
    if (1..GROUP_END).contains(&(left - now)) { left - GROUP_END } else { now }
}

/// A unit, or a part of one, on its way into frames.
pub(super) struct Part<'l, L: Lane> {
    pub(super) lane: &'l mut L,
    kind: Kind,
    /// Bytes of this part that are still to come.
    left: usize,
    /// Of these, in the frame that is open.
    in_frame: usize,
    sum: Option<Sum>,
    /// Whether the unit goes on after this part.
    more: bool,
    next: Next,
    /// The record of which no byte has been cut off yet: its index, and the chain's value before it.
    untouched: Option<(u32, Hash)>,
}

impl<'l, L: Lane> Part<'l, L> {
    /// A part of this many bytes.
    pub(super) fn new(
        lane: &'l mut L,
        kind: Kind,
        length: usize,
        (inside, more): (bool, bool),
        at: (u32, Hash),
    ) -> Self {
        let next = Next { index: at.0, head: at.1, skip: 0, inside };
        Self { lane, kind, left: length, in_frame: 0, sum: None, more, next, untouched: None }
    }
    /// A record, after which the chain stands here.
    pub(super) fn record(&mut self, record: &[u8], after: (u32, Hash)) -> Result<(), LogError> {
        let length = u16::try_from(record.len()).map_err(|_| LogError::Empty)?;
        self.untouched = Some((self.next.index, self.next.head));
        self.next = Next { index: after.0, head: after.1, skip: length.saturating_add(2), ..self.next };
        self.feed(&length.to_le_bytes())?;
        self.feed(record)
    }
    /// What ends a group.
    pub(super) fn group_end(&mut self, head: &Hash) -> Result<(), LogError> {
        self.feed(&[0, 0])?;
        self.feed(&head.log_id())
    }
    /// The next bytes.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> Result<(), LogError> {
        while !bytes.is_empty() {
            if self.in_frame == 0 {
                let whole = self.untouched.map(|(index, head)| Next { index, head, skip: 0, ..self.next });
                let (place, room) = self.lane.begin(self.left, &whole.unwrap_or(self.next))?;
                self.in_frame = cut(self.left, room);
                let more = self.more || self.in_frame < self.left;
                let head = FrameHead::new(self.kind, self.in_frame, self.next.inside, more);
                self.next.inside = true;
                self.lane.put(&head.bytes())?;
                self.sum = Some(Sum::of(place, head));
            }
            let Some((now, later)) = bytes.split_at_checked(self.in_frame.min(bytes.len())) else { break };
            let Some(sum) = self.sum.as_mut().filter(|_| !now.is_empty()) else { return Err(LogError::Order) };
            sum.update(now);
            self.lane.put(now)?;
            self.untouched = None;
            self.left = self.left.saturating_sub(now.len());
            self.in_frame -= now.len();
            self.next.skip = self.next.skip.saturating_sub(u16::try_from(now.len()).unwrap_or(u16::MAX));
            bytes = later;
            if self.in_frame == 0
                && let Some(sum) = self.sum.take()
            {
                self.lane.put(&sum.finish())?;
                self.lane.end()?;
            }
        }
        Ok(())
    }
}

/// Bytes of a group's records with their lengths; refuses what can't be a record.
pub(super) fn group_length<R: AsRef<[u8]>>(records: &[R]) -> Result<usize, LogError> {
    if records.is_empty() {
        return Err(LogError::Empty);
    }
    records.iter().try_fold(0, |sum: usize, record| match record.as_ref().len() {
        0 => Err(LogError::Empty),
        n if n > MAX_RECORD_BYTES => Err(crate::record::TipError::TooLong.into()),
        n => Ok(sum.saturating_add(n).saturating_add(2)),
    })
}

/// Bytes of frames around a unit of this many bytes where no frame is cut shorter than it may be.
pub(super) const fn frames_of(length: usize) -> usize {
    length + length.div_ceil(MAX_PAYLOAD) * FRAME_OVERHEAD
}

/// What stands next in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupPart<'b> {
    /// A record of this many bytes begins.
    Begin(u16),
    /// Its next bytes.
    Bytes(&'b [u8]),
    /// It is whole.
    End,
    /// The group is whole; the first 8 bytes of the head after it.
    Check([u8; 8]),
}

/// Reads the records of a group out of the payloads of its frames, whatever their cuts.
#[derive(Debug, Clone, Copy)]
pub struct GroupReader {
    state: State,
    gathered: [u8; 8],
    have: u8,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Skip(u16),
    Length,
    Body(u16),
    Check,
    Done,
}

impl Default for GroupReader {
    fn default() -> Self {
        Self::new(0)
    }
}

impl GroupReader {
    /// Of a group from this many bytes on: 0 from its beginning.
    #[must_use]
    pub const fn new(skip: u16) -> Self {
        Self { state: State::Skip(skip), gathered: [0; 8], have: 0 }
    }
    /// Whether the group is whole.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }
    /// Whether it stands inside a record.
    pub(super) const fn inside(&self) -> bool {
        matches!(self.state, State::Body(_)) || self.have > 0
    }

    fn gather<const N: usize>(&mut self, bytes: &mut &[u8]) -> Option<[u8; N]> {
        while usize::from(self.have) < N {
            let (byte, rest) = bytes.split_first()?;
            *self.gathered.get_mut(usize::from(self.have))? = *byte;
            (*bytes, self.have) = (rest, self.have + 1);
        }
        self.have = 0;
        self.gathered.first_chunk::<N>().copied()
    }

    /// What stands next in these bytes, which it takes off their front; `Ok(None)` where more bytes are needed.
    ///
    /// # Errors
    /// Bytes in no form: a record over 4,096 bytes, or bytes after the group's end.
    #[allow(clippy::result_unit_err)]
    pub fn next<'b>(&mut self, bytes: &mut &'b [u8]) -> Result<Option<GroupPart<'b>>, ()> {
        loop {
            match self.state {
                State::Skip(0) => self.state = State::Length,
                State::Skip(left) => {
                    let now = bytes.len().min(left.into());
                    *bytes = bytes.get(now..).unwrap_or_default();
                    self.state = State::Skip(left - u16::try_from(now).unwrap_or(left));
                    if now == 0 {
                        return Ok(None);
                    }
                }
                State::Length => {
                    let Some(length) = self.gather::<2>(bytes) else { return Ok(None) };
                    match u16::from_le_bytes(length) {
                        0 => self.state = State::Check,
                        n if usize::from(n) > MAX_RECORD_BYTES => return Err(()),
                        n => {
                            self.state = State::Body(n);
                            return Ok(Some(GroupPart::Begin(n)));
                        }
                    }
                }
                State::Body(0) => {
                    self.state = State::Length;
                    return Ok(Some(GroupPart::End));
                }
                State::Body(left) => {
                    let Some((now, rest)) = bytes.split_at_checked(bytes.len().min(left.into())) else {
                        return Err(());
                    };
                    if now.is_empty() {
                        return Ok(None);
                    }
                    *bytes = rest;
                    self.state = State::Body(left - u16::try_from(now.len()).unwrap_or(left));
                    return Ok(Some(GroupPart::Bytes(now)));
                }
                State::Check => {
                    let Some(check) = self.gather::<8>(bytes) else { return Ok(None) };
                    self.state = State::Done;
                    return Ok(Some(GroupPart::Check(check)));
                }
                State::Done => return if bytes.is_empty() { Ok(None) } else { Err(()) },
            }
        }
    }
}
