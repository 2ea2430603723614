//! The frame: the one form in which a log's bytes stand on a medium. Nobody else knows it.

use core::fmt;
use crc::{CRC_32_ISO_HDLC, Crc, Digest};

/// How a log in a file begins: four letters and the layout's number.
pub const FILE_MAGIC: [u8; 5] = *b"MLOG\x02";
/// Most bytes of a frame's payload; a unit that is longer takes several frames.
pub const MAX_PAYLOAD: usize = 4_096;
/// Bytes of a frame besides its payload.
pub const FRAME_OVERHEAD: usize = 7;
/// Length and kind.
pub(super) const HEAD: usize = 3;
/// In the kind's byte: the unit goes on in the next frame.
const MORE: u8 = 0x40;
/// In the kind's byte: the unit began in a frame before.
const CONTINUED: u8 = 0x80;

static CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// What the log is: the first frame of a file.
    Log,
    /// Records, appended together or not at all.
    Group,
    /// A head was offered for signing: durable before the bytes to sign are released.
    Mark,
    /// A released seal.
    Seal,
    /// All that must outlive the sectors before it.
    Checkpoint,
    /// Another device holds the records up to a count.
    Acknowledged,
}

impl Kind {
    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Log => 1,
            Self::Group => 2,
            Self::Mark => 3,
            Self::Seal => 4,
            Self::Checkpoint => 5,
            Self::Acknowledged => 6,
        }
    }
    /// The kind of this number.
    #[must_use]
    pub const fn of_number(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Log,
            2 => Self::Group,
            3 => Self::Mark,
            4 => Self::Seal,
            5 => Self::Checkpoint,
            6 => Self::Acknowledged,
            _ => return None,
        })
    }
}

/// Where a frame stands. On flash its CRC covers this too, so that what an erasure left of another round is no frame.
/// In a file it doesn't: there, a frame that moved because bytes before it were lost must be seen, and close the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// Bytes from a file's front.
    File(u64),
    /// On flash.
    Flash {
        /// The sector's sequence number.
        sequence: u32,
        /// Bytes from the sector's front.
        byte: u32,
    },
}

impl Place {
    /// What the CRC takes of it.
    const fn in_sum(self) -> Option<u64> {
        match self {
            Self::File(_) => None,
            Self::Flash { sequence, byte } => Some(((sequence as u64) << 32) | byte as u64),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(byte) => write!(f, "byte {byte}"),
            Self::Flash { sequence, byte } => write!(f, "byte {byte} of sector number {sequence}"),
        }
    }
}

/// The front of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameHead {
    length: u16,
    kind: u8,
}

impl FrameHead {
    /// Of a frame to write.
    pub(super) fn new(kind: Kind, length: usize, continued: bool, more: bool) -> Self {
        let flags = if continued { CONTINUED } else { 0 } | if more { MORE } else { 0 };
        Self { length: u16::try_from(length).unwrap_or(u16::MAX), kind: kind.number() | flags }
    }
    /// Of a frame that is read; `None` where no frame can begin so.
    pub(super) fn read([low, high, kind]: [u8; HEAD]) -> Option<Self> {
        let length = u16::from_le_bytes([low, high]);
        (usize::from(length) <= MAX_PAYLOAD && kind != 0).then_some(Self { length, kind })
    }
    pub(super) const fn bytes(self) -> [u8; HEAD] {
        let [low, high] = self.length.to_le_bytes();
        [low, high, self.kind]
    }
    /// Bytes of the payload.
    pub(super) fn length(self) -> usize {
        self.length.into()
    }
    /// Bytes of the whole frame.
    pub(super) fn whole(self) -> u32 {
        u32::from(self.length) + FRAME_OVERHEAD as u32
    }
    /// `None` for a newer build's.
    pub(super) fn kind(self) -> Option<Kind> {
        Kind::of_number(self.kind & !(MORE | CONTINUED))
    }
    /// Whether its unit has no other frame.
    pub(super) const fn is_alone(self) -> bool {
        self.kind & (MORE | CONTINUED) == 0
    }
    pub(super) const fn more(self) -> bool {
        self.kind & MORE != 0
    }
    pub(super) const fn continued(self) -> bool {
        self.kind & CONTINUED != 0
    }
}

/// The CRC of a frame, begun with its place and front; or of the ledger's table.
#[derive(Clone)]
pub(crate) struct Sum(Digest<'static, u32>);

impl Sum {
    /// Of nothing yet.
    pub(crate) fn new() -> Self {
        Self(CRC.digest())
    }
    pub(super) fn of(place: Place, head: FrameHead) -> Self {
        let mut sum = Self::new();
        if let Some(place) = place.in_sum() {
            sum.update(&place.to_le_bytes());
        }
        sum.update(&head.bytes());
        sum
    }
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
    pub(crate) fn finish(self) -> [u8; 4] {
        self.0.finalize().to_le_bytes()
    }
}

/// The CRC of bytes that are no frame of a log: a sector's header, a message.
pub(crate) fn sum_of(bytes: &[u8]) -> [u8; 4] {
    CRC.checksum(bytes).to_le_bytes()
}

/// A frame of a log that stands in one piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'b> {
    pub(super) head: FrameHead,
    /// Where it begins.
    pub place: Place,
    /// Its payload.
    pub payload: &'b [u8],
}

impl Frame<'_> {
    /// The kind of its unit; `None` for a newer build's.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        self.head.kind()
    }
    /// Whether its unit goes on in the next frame.
    #[must_use]
    pub const fn more(&self) -> bool {
        self.head.more()
    }
    /// Whether its unit began in a frame before.
    #[must_use]
    pub const fn continued(&self) -> bool {
        self.head.continued()
    }
}

/// The frames of a log that stands in one piece, from the front; it ends before the first that isn't whole.
#[derive(Debug, Clone)]
pub struct Frames<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Frames<'b> {
    /// From a place of the file on.
    #[must_use]
    pub const fn new(bytes: &'b [u8], at: usize) -> Self {
        Self { bytes, at }
    }
    /// Where the next frame would begin.
    #[must_use]
    pub const fn at(&self) -> usize {
        self.at
    }
    /// Whether a whole frame that begins a unit stands anywhere after this place: then what stands here isn't the torn
    /// end of the last write, since no unit is begun before the one before it was acknowledged.
    pub(super) fn unit_begins_later(&self) -> bool {
        let begins = |at| Frames::new(self.bytes, at).next().is_some_and(|frame| !frame.continued());
        (self.at.saturating_add(1)..self.bytes.len()).any(begins)
    }
}

impl<'b> Iterator for Frames<'b> {
    type Item = Frame<'b>;
    fn next(&mut self) -> Option<Self::Item> {
        let (head, rest) = self.bytes.get(self.at..)?.split_first_chunk::<HEAD>()?;
        let head = FrameHead::read(*head)?;
        let (payload, rest) = rest.split_at_checked(head.length())?;
        let (sum, _) = rest.split_first_chunk::<4>()?;
        let place = Place::File(self.at as u64);
        let mut found = Sum::of(place, head);
        found.update(payload);
        if found.finish() != *sum {
            return None;
        }
        self.at = self.at.checked_add(payload.len())?.checked_add(FRAME_OVERHEAD)?;
        Some(Frame { head, place, payload })
    }
}
