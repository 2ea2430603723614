//! Record bytes (`spec/wire-format.md` section 5).
//!
//! ```text
//! recorded_at u32 │ head u8: clock unset, effective present, kind │ [effective] │ body
//! ```
//!
//! Reading accepts one form only: shortest numbers, no default behind a presence bit, lists in
//! order, nothing left over. So what is accepted encodes to the same bytes again.

use super::bytes::{Reader, Writer};
use super::entries::*;
use super::entry_codec::Body;
use super::movement;
use super::wire::{RecordError, Result, Wire, full, put_varint, short, varint32};
use crate::limits::MAX_RECORD_BYTES;
use crate::movement::Movement;
use crate::time::Timestamp;

const CLOCK_UNSET: u8 = 0x80;
const EFFECTIVE: u8 = 0x40;
const KIND: u8 = 0x3f;

/// The number of an entry kind; it says what a reader does that does not know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(u8);

impl Kind {
    /// 0 … 63, from a record's head byte.
    #[must_use]
    pub const fn of_head(head: u8) -> Self {
        Self(head & KIND)
    }
    /// The number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
    /// 0–15: a closed set, what stock is made of.
    #[must_use]
    pub const fn is_stock(self) -> bool {
        self.0 < 16
    }
    /// Whether format 1 defines it.
    #[must_use]
    pub const fn is_known(self) -> bool {
        matches!(self.0, 0..=7 | 16..=19 | 32..=43)
    }
    /// 32–63: what rests on an unknown one is *unknown here*.
    #[must_use]
    pub const fn is_critical(self) -> bool {
        self.0 >= 32
    }
}

/// When a record was written, from the first of its bytes.
#[cfg(feature = "alloc")]
pub(crate) fn written(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|time| u32::from_le_bytes(*time))
}

/// What a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant)] // a view on bytes, lives on the stack: there is no allocator to box with
pub enum Entry<'a> {
    /// Kind 0.
    Movement {
        /// What moved.
        movement: Movement<'a>,
        /// The extension block as it stands, where there is one.
        extensions: Option<&'a [u8]>,
    },
    /// Kind 17: stands before a batch that is handed over and stays behind.
    Blind([u8; 16]),
    /// Kind 1.
    Reversal(Reversal<'a>),
    /// Kind 2.
    Refuse(Refuse<'a>),
    /// Kind 3.
    CountBegin(CountBegin<'a>),
    /// Kind 4.
    CountLine(CountLine<'a>),
    /// Kind 5.
    CountEnd(CountEnd<'a>),
    /// Kind 6.
    Observed(Observed<'a>),
    /// Kind 7.
    ClockSet(ClockSet<'a>),
    /// Kind 16.
    Attest(Attest<'a>),
    /// Kind 18.
    Detail(Detail<'a>),
    /// Kind 19.
    Close(Close<'a>),
    /// Kind 32.
    Root(Root<'a>),
    /// Kind 33.
    NextRoot(NextRoot<'a>),
    /// Kind 34.
    Introduce(Introduce<'a>),
    /// Kind 35.
    Enrol(Enrol<'a>),
    /// Kind 37.
    Confirm(Confirm<'a>),
    /// Kind 38.
    State(State<'a>),
    /// Kind 39.
    Recall(Recall<'a>),
    /// Kind 40.
    EndRecall(EndRecall<'a>),
    /// Kind 41.
    SameProduct(SameProduct<'a>),
    /// Kind 42.
    LotFact(LotFact<'a>),
    /// Kind 43.
    Facility(Facility<'a>),
    /// Kind 36: ends a log beneath. No extension, ever.
    Revoke(Cut),
    /// A kind that a newer build wrote: kept and forwarded as it is.
    Unknown {
        /// Its kind, informative or critical.
        kind: Kind,
        /// Its body.
        body: &'a [u8],
    },
}

impl Entry<'_> {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Movement { .. } => Kind(0),
            Self::Blind(_) => Kind(17),
            Self::Reversal(_) => Kind(1),
            Self::Refuse(_) => Kind(2),
            Self::CountBegin(_) => Kind(3),
            Self::CountLine(_) => Kind(4),
            Self::CountEnd(_) => Kind(5),
            Self::Observed(_) => Kind(6),
            Self::ClockSet(_) => Kind(7),
            Self::Attest(_) => Kind(16),
            Self::Detail(_) => Kind(18),
            Self::Close(_) => Kind(19),
            Self::Root(_) => Kind(32),
            Self::NextRoot(_) => Kind(33),
            Self::Introduce(_) => Kind(34),
            Self::Enrol(_) => Kind(35),
            Self::Confirm(_) => Kind(37),
            Self::State(_) => Kind(38),
            Self::Recall(_) => Kind(39),
            Self::EndRecall(_) => Kind(40),
            Self::SameProduct(_) => Kind(41),
            Self::LotFact(_) => Kind(42),
            Self::Facility(_) => Kind(43),
            Self::Revoke(_) => Kind(36),
            Self::Unknown { kind, .. } => *kind,
        }
    }
}

impl<'a> Entry<'a> {
    /// Its extension block, where it has one.
    #[must_use]
    pub const fn extensions(&self) -> Extensions<'a> {
        match self {
            Self::Movement { extensions, .. } => *extensions,
            Self::Blind(_) | Self::Revoke(_) | Self::Unknown { .. } => None,
            Self::Reversal(e) => e.extensions,
            Self::Refuse(e) => e.extensions,
            Self::CountBegin(e) => e.extensions,
            Self::CountLine(e) => e.extensions,
            Self::CountEnd(e) => e.extensions,
            Self::Observed(e) => e.extensions,
            Self::ClockSet(e) => e.extensions,
            Self::Attest(e) => e.extensions,
            Self::Detail(e) => e.extensions,
            Self::Close(e) => e.extensions,
            Self::Root(e) => e.extensions,
            Self::NextRoot(e) => e.extensions,
            Self::Introduce(e) => e.extensions,
            Self::Enrol(e) => e.extensions,
            Self::Confirm(e) => e.extensions,
            Self::State(e) => e.extensions,
            Self::Recall(e) => e.extensions,
            Self::EndRecall(e) => e.extensions,
            Self::SameProduct(e) => e.extensions,
            Self::LotFact(e) => e.extensions,
            Self::Facility(e) => e.extensions,
        }
    }

    /// Whether this build knows its kind and every extension that must be understood (odd ids; format 1 defines none).
    #[must_use]
    pub fn is_fully_understood(&self) -> bool {
        if let Self::Unknown { .. } = self {
            return false;
        }
        let Some(block) = self.extensions() else { return true };
        let mut r = Reader::new(block, 0);
        let Some(n) = r.varint32() else { return false };
        (0..n).all(|_| r.varint32().is_some_and(|id| id % 2 == 0) && r.text().is_some())
    }
}

/// One record of a log.
///
/// ```
/// use medlot_core::ident::{Product, Quantity};
/// use medlot_core::movement::{Direction, Movement};
/// use medlot_core::record::{Entry, Record};
/// use medlot_core::time::{Expiry, Timestamp};
///
/// let product = Product::parse("gtin:08936098966893").unwrap();
/// let sold = Movement::new(Direction::Out, 0, product, None, Expiry::NotRead, Quantity::units(15).unwrap());
/// let record = Record::new(Timestamp::from_secs(217_543_166), Entry::Movement { movement: sold, extensions: None });
/// let mut bytes = [0; 64];
/// let n = record.encode(&mut bytes).unwrap();
/// assert_eq!(n, 18);
/// assert_eq!(Record::decode(&bytes[..n]), Ok(record));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// When it was written; seconds since start-up where the clock was never set.
    pub recorded_at: Timestamp,
    /// Whether the device's clock was never set.
    pub clock_unset: bool,
    /// Since when it holds, in seconds before `recorded_at`; absent where it stands at its own place.
    pub effective: Option<u32>,
    /// What it says.
    pub entry: Entry<'a>,
}

impl<'a> Record<'a> {
    /// A record written by a clock that was set, at its own place.
    #[must_use]
    pub const fn new(recorded_at: Timestamp, entry: Entry<'a>) -> Self {
        Self { recorded_at, clock_unset: false, effective: None, entry }
    }

    /// Writes the record's one form; gives its length.
    ///
    /// # Errors
    /// A rule broken, a value over its limit, no room.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize> {
        let most = out.len().min(MAX_RECORD_BYTES);
        let mut w = Writer::new(out.get_mut(..most).ok_or(RecordError::TooLong)?);
        full(w.put(&self.recorded_at.as_secs().to_le_bytes()))?;
        let flags =
            if self.clock_unset { CLOCK_UNSET } else { 0 } | if self.effective.is_some() { EFFECTIVE } else { 0 };
        full(w.byte(flags | self.entry.kind().number()))?;
        if let Some(before) = self.effective {
            if before > self.recorded_at.as_secs() {
                return Err(RecordError::Limit("effective time"));
            }
            put_varint(&mut w, before)?;
        }
        match &self.entry {
            Entry::Movement { movement, extensions } => {
                movement::put(movement, extensions.is_some(), &mut w)?;
                if let Some(block) = extensions {
                    let mut r = Reader::new(block, 0);
                    extension_block(&mut r)?;
                    full(r.is_empty().then_some(()))?;
                    full(w.put(block))?;
                }
            }
            Entry::Blind(random) => full(w.put(random))?,
            Entry::Reversal(e) => e.put(&mut w)?,
            Entry::Refuse(e) => e.put(&mut w)?,
            Entry::CountBegin(e) => e.put(&mut w)?,
            Entry::CountLine(e) => e.put(&mut w)?,
            Entry::CountEnd(e) => e.put(&mut w)?,
            Entry::Observed(e) => e.put(&mut w)?,
            Entry::ClockSet(e) => e.put(&mut w)?,
            Entry::Attest(e) => e.put(&mut w)?,
            Entry::Detail(e) => e.put(&mut w)?,
            Entry::Close(e) => e.put(&mut w)?,
            Entry::Root(e) => e.put(&mut w)?,
            Entry::NextRoot(e) => e.put(&mut w)?,
            Entry::Introduce(e) => e.put(&mut w)?,
            Entry::Enrol(e) => e.put(&mut w)?,
            Entry::Confirm(e) => e.put(&mut w)?,
            Entry::State(e) => e.put(&mut w)?,
            Entry::Recall(e) => e.put(&mut w)?,
            Entry::EndRecall(e) => e.put(&mut w)?,
            Entry::SameProduct(e) => e.put(&mut w)?,
            Entry::LotFact(e) => e.put(&mut w)?,
            Entry::Facility(e) => e.put(&mut w)?,
            Entry::Revoke(cut) => cut.put(&mut w)?,
            Entry::Unknown { kind, body } => {
                if kind.is_stock() || kind.is_known() {
                    return Err(RecordError::Kind(kind.number()));
                }
                full(w.put(body))?;
            }
        }
        // What no reader takes is not written: after time and head there is at least one byte.
        if w.len() < 6 { Err(RecordError::Truncated("body")) } else { Ok(w.len()) }
    }

    /// Reads a record; it borrows the bytes.
    ///
    /// # Errors
    /// Whatever is not the one form of a record.
    pub fn decode(bytes: &'a [u8]) -> Result<Self> {
        if bytes.len() > MAX_RECORD_BYTES {
            return Err(RecordError::TooLong);
        }
        let mut r = Reader::new(bytes, 0);
        let (recorded_at, head, effective) = front(&mut r)?;
        let kind = Kind::of_head(head);
        let entry = match kind.number() {
            0 => {
                let (movement, has_extensions) = movement::get(&mut r)?;
                let from = r.at();
                let extensions = if has_extensions {
                    extension_block(&mut r)?;
                    r.since(from)
                } else {
                    None
                };
                Entry::Movement { movement, extensions }
            }
            17 => Entry::Blind(short(r.array(), "random bytes")?),
            1 => Entry::Reversal(Body::get(&mut r)?),
            2 => Entry::Refuse(Body::get(&mut r)?),
            3 => Entry::CountBegin(Body::get(&mut r)?),
            4 => Entry::CountLine(Body::get(&mut r)?),
            5 => Entry::CountEnd(Body::get(&mut r)?),
            6 => Entry::Observed(Body::get(&mut r)?),
            7 => Entry::ClockSet(Body::get(&mut r)?),
            16 => Entry::Attest(Body::get(&mut r)?),
            18 => Entry::Detail(Body::get(&mut r)?),
            19 => Entry::Close(Body::get(&mut r)?),
            32 => Entry::Root(Body::get(&mut r)?),
            33 => Entry::NextRoot(Body::get(&mut r)?),
            34 => Entry::Introduce(Body::get(&mut r)?),
            35 => Entry::Enrol(Body::get(&mut r)?),
            37 => Entry::Confirm(Body::get(&mut r)?),
            38 => Entry::State(Body::get(&mut r)?),
            39 => Entry::Recall(Body::get(&mut r)?),
            40 => Entry::EndRecall(Body::get(&mut r)?),
            41 => Entry::SameProduct(Body::get(&mut r)?),
            42 => Entry::LotFact(Body::get(&mut r)?),
            43 => Entry::Facility(Body::get(&mut r)?),
            36 => Entry::Revoke(Cut::get(&mut r)?),
            n @ 8..=15 => return Err(RecordError::Kind(n)),
            _ => {
                let body = bytes.get(r.at()..).unwrap_or_default();
                short(r.take(body.len()), "body")?;
                Entry::Unknown { kind, body }
            }
        };
        if !r.is_empty() {
            return Err(RecordError::LeftOver);
        }
        let recorded_at = Timestamp::from_secs(recorded_at);
        Ok(Self { recorded_at, clock_unset: head & CLOCK_UNSET != 0, effective, entry })
    }
}

/// Time, head, effective time: what every record begins with.
fn front(r: &mut Reader<'_>) -> Result<(u32, u8, Option<u32>)> {
    let recorded_at = u32::from_le_bytes(short(r.array(), "recorded at")?);
    let head = short(r.byte(), "kind")?;
    short((!r.is_empty()).then_some(()), "body")?;
    let effective = if head & EFFECTIVE != 0 { Some(varint32(r, "effective time", 0, recorded_at)?) } else { None };
    Ok((recorded_at, head, effective))
}

/// Whether bytes are a movement in its one form, without extensions: what a row may rebuild. Apart
/// from [`Record::decode`], so that a device that only verifies does not carry every other kind.
pub(super) fn is_row_movement(bytes: &[u8]) -> bool {
    let mut r = Reader::new(bytes, 0);
    front(&mut r).is_ok_and(|(_, head, _)| head & !EFFECTIVE == 0)
        && movement::get(&mut r).is_ok_and(|(_, extensions)| !extensions)
        && r.is_empty()
}

/// Skips an extension block: 1–16 of (id, length, bytes), ids strictly increasing.
pub(super) fn extension_block(r: &mut Reader<'_>) -> Result<()> {
    let n = varint32(r, "extensions", 1, 16)?;
    let mut last = None;
    for _ in 0..n {
        let id = varint32(r, "extension id", 0, 16_383)?;
        if last.is_some_and(|l| l >= id) {
            return Err(RecordError::List("extensions"));
        }
        last = Some(id);
        short(r.text(), "extension")?;
    }
    Ok(())
}
