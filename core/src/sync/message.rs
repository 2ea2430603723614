//! The messages, byte by byte (`spec/sync.md` section 3).

use super::SyncError;
use crate::limits::MAX_FACILITY;
use crate::record::bytes::{Reader, Writer};
use crate::record::{Element, FORMAT, ObjectType};
use crate::time::Timestamp;

/// The version of the messages.
pub const SYNC_VERSION: u8 = 1;
/// The least that every party takes as one message.
pub const MIN_MESSAGE: usize = 256;
/// Facilities that a party may ask for: its own, and those it carries for.
pub const MAX_FACILITIES: usize = 8;
/// Points that a want may name for one offer.
pub const MAX_POINTS: u32 = 32;

pub(super) const HELLO: u8 = 1;
pub(super) const HAVE: u8 = 2;
pub(super) const WANT: u8 = 3;
pub(super) const PIECE: u8 = 4;
pub(super) const MORE: u8 = 5;
pub(super) const TOOK: u8 = 6;
pub(super) const LEFT: u8 = 7;
pub(super) const END: u8 = 8;
/// Messages from here on are passed over by who doesn't know them.
pub(super) const INFORMATIVE: u8 = 64;

/// What a party says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Hello<'h> {
    /// First 16 bytes of the root id.
    pub root: [u8; 16],
    /// First 16 bytes of the own log's h₀; `None` for who writes none: a hub, a carrier.
    pub log: Option<[u8; 16]>,
    /// The own clock; `None` where it was never set.
    pub clock: Option<Timestamp>,
    /// Whose records are asked for: the own facility first, then those that are carried for. None: everything.
    pub facilities: &'h [&'h str],
    /// Pieces that may be on the way here before the first is taken, 1 to 255: 1 for who has a serial port without flow
    /// control.
    pub window: u8,
}

/// Most bytes of a hello.
pub(super) const MAX_HELLO: usize = 46 + 13 + MAX_FACILITIES * (1 + MAX_FACILITY);
const _: () = assert!(MAX_HELLO <= MIN_MESSAGE);

impl Hello<'_> {
    pub(super) fn write(&self, out: &mut [u8], message: usize, piece: usize) -> Option<usize> {
        let facilities = self.facilities.iter().filter(|f| !f.is_empty() && f.len() <= MAX_FACILITY).count();
        if facilities != self.facilities.len() || facilities > MAX_FACILITIES || self.window == 0 {
            return None;
        }
        let mut w = Writer::new(out);
        w.put(&[HELLO, SYNC_VERSION, FORMAT])?;
        w.put(&self.root)?;
        w.put(&self.log.unwrap_or_default())?;
        w.varint(message as u64)?;
        w.varint(piece as u64)?;
        w.byte(self.window)?;
        w.byte(self.clock.is_some().into())?;
        if let Some(clock) = self.clock {
            w.put(&clock.as_secs().to_le_bytes())?;
        }
        w.varint(facilities as u64)?;
        for facility in self.facilities {
            w.varint(facility.len() as u64)?;
            w.put(facility.as_bytes())?;
        }
        Some(w.len())
    }
}

/// What the other party said of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    log: Option<[u8; 16]>,
    clock: Option<u32>,
    pub(super) message: u32,
    pub(super) piece: u32,
    pub(super) window: u8,
    facilities: [[u8; MAX_FACILITY]; MAX_FACILITIES],
    lengths: [u8; MAX_FACILITIES],
}

impl Peer {
    /// Reads a hello, held against the root that is trusted here.
    pub(super) fn read(message: &[u8], root: &[u8; 16]) -> Result<Self, SyncError> {
        let (theirs, rest) = Self::front(message)?;
        if theirs != *root {
            return Err(SyncError::OtherRoot);
        }
        Self::rest(rest).ok_or(SyncError::Form)
    }

    /// Reads a hello of whatever root; gives the root too.
    pub(super) fn of_any_root(message: &[u8]) -> Result<([u8; 16], Self), SyncError> {
        let (root, rest) = Self::front(message)?;
        Ok((root, Self::rest(rest).ok_or(SyncError::Form)?))
    }

    /// The root that it rests on, and what stands behind.
    fn front(message: &[u8]) -> Result<([u8; 16], Reader<'_>), SyncError> {
        let form = SyncError::Form;
        let mut r = Reader::new(message, 1);
        let (version, format) = (r.byte().ok_or(form)?, r.byte().ok_or(form)?);
        if version != SYNC_VERSION {
            return Err(SyncError::Version(version));
        }
        if format != FORMAT {
            return Err(SyncError::Format(format));
        }
        Ok((r.array().ok_or(form)?, r))
    }

    fn rest(mut r: Reader<'_>) -> Option<Self> {
        let log: [u8; 16] = r.array()?;
        let (message, piece, window) = (r.varint32()?, r.varint32()?, r.byte()?);
        let clock = match r.byte()? {
            0 => None,
            1 => Some(u32::from_le_bytes(r.array()?)),
            _ => return None,
        };
        let (mut facilities, mut lengths) = ([[0; MAX_FACILITY]; MAX_FACILITIES], [0; MAX_FACILITIES]);
        let named = usize::try_from(r.varint32()?).ok()?;
        let places = facilities.iter_mut().zip(&mut lengths);
        if named > MAX_FACILITIES || (message as usize) < MIN_MESSAGE || window == 0 {
            return None;
        }
        for (place, length) in places.take(named) {
            let code = r.text().filter(|code| !code.is_empty() && core::str::from_utf8(code).is_ok())?;
            place.get_mut(..code.len())?.copy_from_slice(code);
            *length = u8::try_from(code.len()).ok()?;
        }
        let log = (log != [0; 16]).then_some(log);
        r.is_empty().then_some(Self { log, clock, message, piece, window, facilities, lengths })
    }

    /// First 16 bytes of the h₀ of the log that it writes.
    #[must_use]
    pub const fn log(&self) -> Option<[u8; 16]> {
        self.log
    }
    /// Its clock when it said hello.
    #[must_use]
    pub fn clock(&self) -> Option<Timestamp> {
        self.clock.map(Timestamp::from_secs)
    }
    /// Whether it asks for everything.
    #[must_use]
    pub fn asks_for_everything(&self) -> bool {
        self.facilities().next().is_none()
    }
    /// The facilities that it asks for: its own first, then those that it carries for.
    pub fn facilities(&self) -> impl Iterator<Item = &str> {
        let texts = self.facilities.iter().zip(&self.lengths).take_while(|(_, length)| **length > 0);
        texts.filter_map(|(text, length)| core::str::from_utf8(text.get(..usize::from(*length))?).ok())
    }
    /// The longest message that it takes.
    #[must_use]
    pub const fn longest_message(&self) -> u32 {
        self.message
    }
    /// Pieces that may be on their way to it.
    #[must_use]
    pub const fn window(&self) -> u8 {
        self.window
    }
    /// The longest piece that it takes.
    #[must_use]
    pub const fn longest_piece(&self) -> u32 {
        self.piece
    }
}

/// A place of a log's chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Count of records before it.
    pub count: u32,
    /// First 8 bytes of the chain's value there.
    pub head: [u8; 8],
}

/// Something that may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Offer {
    /// A log from its first record on.
    Whole {
        /// First 16 bytes of h₀.
        log: [u8; 16],
        /// Count of the last seal.
        end: u32,
        /// First 16 bytes of the head there.
        head: [u8; 16],
    },
    /// Some sealed records of a log: a batch handed over, or a branch of a forked log.
    Range {
        /// First 16 bytes of h₀.
        log: [u8; 16],
        /// Index of the first record.
        index: u32,
        /// Count of the seal at its end.
        end: u32,
        /// First 16 bytes of the head there.
        head: [u8; 16],
    },
    /// A State's list or a fork proof.
    Object {
        /// The object's type.
        kind: ObjectType,
        /// First 16 bytes of its SHA-256.
        id: [u8; 16],
        /// Its bytes.
        length: u32,
    },
}

impl Offer {
    /// First 16 bytes of its log's h₀; an object has none.
    #[must_use]
    pub const fn log(&self) -> Option<[u8; 16]> {
        match self {
            Self::Whole { log, .. } | Self::Range { log, .. } => Some(*log),
            Self::Object { .. } => None,
        }
    }
    /// Index of the first record; 0 for an object.
    #[must_use]
    pub const fn index(&self) -> u32 {
        match self {
            Self::Range { index, .. } => *index,
            _ => 0,
        }
    }
    /// Count at its end; an object's is 1.
    #[must_use]
    pub const fn end(&self) -> u32 {
        match self {
            Self::Whole { end, .. } | Self::Range { end, .. } => *end,
            Self::Object { .. } => 1,
        }
    }
    /// The place at its end; an object has none.
    #[must_use]
    pub fn tip(&self) -> Option<Point> {
        match self {
            Self::Whole { end, head, .. } | Self::Range { end, head, .. } => {
                Some(Point { count: *end, head: head.first_chunk().copied()? })
            }
            Self::Object { .. } => None,
        }
    }

    /// Appends it to a page; `None` where it doesn't fit.
    pub(super) fn put(&self, last_log: Option<[u8; 16]>, w: &mut Writer<'_>) -> Option<()> {
        match self {
            Self::Whole { log, end, head } => {
                w.byte(0)?;
                w.put(log)?;
                w.varint(u64::from(*end))?;
                w.put(head)
            }
            Self::Range { log, index, end, head } => {
                if last_log == Some(*log) {
                    w.byte(2)?;
                } else {
                    w.byte(1)?;
                    w.put(log)?;
                }
                w.varint(u64::from(*index))?;
                w.varint(u64::from(end.checked_sub(*index)?))?;
                w.put(head)
            }
            Self::Object { kind, id, length } => {
                w.put(&[3, *kind as u8])?;
                w.put(id)?;
                w.varint(u64::from(*length))
            }
        }
    }

    /// Reads the next of a page.
    pub(super) fn get(last_log: Option<[u8; 16]>, r: &mut Reader<'_>) -> Option<Self> {
        let form = r.byte()?;
        let offer = match form {
            0 => Self::Whole { log: r.array()?, end: r.varint32()?, head: r.array()? },
            1 | 2 => {
                let log = if form == 1 { r.array()? } else { last_log? };
                let (index, count) = (r.varint32()?, r.varint32()?);
                let end = index.checked_add(count).filter(|_| count > 0)?;
                Self::Range { log, index, end, head: r.array()? }
            }
            3 => {
                let kind = ObjectType::of(r.byte()?)?;
                Self::Object { kind, id: r.array()?, length: r.varint32()? }
            }
            _ => return None,
        };
        (offer.end() > 0).then_some(offer)
    }
}

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceForm {
    /// A segment with its log's id and suite: an element of form 0 of a bundle.
    OwnId,
    /// A segment with its log's suite and key: form 2, for a next root's log.
    Keyed,
    /// An object with its header.
    Object,
}

impl PieceForm {
    /// The number of its form.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::OwnId => 0,
            Self::Keyed => 2,
            Self::Object => 4,
        }
    }
    pub(super) const fn of(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::OwnId,
            2 => Self::Keyed,
            4 => Self::Object,
            _ => return None,
        })
    }
}

/// A piece that came: its front read, nothing verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'p> {
    /// A sealed segment.
    Segment {
        /// Its log's id or key, and its body.
        element: Element<'p>,
        /// The element's bytes as they came.
        bytes: &'p [u8],
    },
    /// A State's list or a fork proof, with its header.
    Object(&'p [u8]),
}

impl<'p> Piece<'p> {
    /// Reads its front.
    pub(super) fn read(form: PieceForm, bytes: &'p [u8]) -> Option<Self> {
        let mut r = Reader::new(bytes, 0);
        let element = match form {
            PieceForm::OwnId => Element::OwnId { log: r.array()?, suite: r.byte()?, body: r.rest() },
            PieceForm::Keyed => Element::Keyed { suite: r.byte()?, key: r.text()?, body: r.rest() },
            PieceForm::Object => return Some(Self::Object(bytes)),
        };
        Some(Self::Segment { element, bytes })
    }
}
