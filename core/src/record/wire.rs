//! How each value is written (`spec/wire-format.md` section 1.1): one form each, the other refused.

use super::bytes::{Reader, Writer};
use crate::ident::{
    Code50, DocumentNumber, FacilityCode, Fund, Gln, Gtin, IdentError, LocalReason, LotNumber, NewRegistration,
    Operator, Party, Product, RegistrationNumber, Serial, Sscc, Store,
};
use crate::limits::{MAX_AMOUNT, MAX_OPEN};
use crate::movement::{Amount, Document, MovementError, Reference};
use crate::time::{Date, Expiry, TimeError};
use core::fmt;

/// Why a record was refused: malformed bytes, or a value that cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordError {
    /// The bytes end inside the field named, or a number there is not in its shortest form.
    Truncated(&'static str),
    /// Bytes are left over after the last field.
    LeftOver,
    /// The field named is over its limit, or holds what may not stand there.
    Limit(&'static str),
    /// Presence bits that this kind does not have.
    UnknownBits(u32),
    /// A list that is empty, too long, or not strictly increasing.
    List(&'static str),
    /// A kind in the closed set that does not exist.
    Kind(u8),
    /// A name that is not valid.
    Ident(IdentError),
    /// A date that does not exist.
    Time(TimeError),
    /// A rule of movements.
    Movement(MovementError),
    /// Over 4,096 bytes, or the output is full.
    TooLong,
    /// The field named points at or beyond the record itself, or before the log's beginning.
    Place(&'static str),
}

crate::codes::codes! { RecordError {
    Self::Truncated(_) => 2101, "truncated";
    Self::LeftOver => 2102, "left_over";
    Self::Limit(_) => 2103, "limit";
    Self::UnknownBits(_) => 2104, "unknown_fields";
    Self::List(_) => 2105, "list";
    Self::Kind(_) => 2106, "unknown_kind";
    Self::TooLong => 2107, "too_long";
    Self::Place(_) => 2108, "place";
} from { Self::Ident(e) => e; Self::Time(e) => e; Self::Movement(e) => e; } }

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated(field) => write!(f, "{field}: cut off, or a number not in its shortest form"),
            Self::LeftOver => f.write_str("bytes are left over after the record's last field"),
            Self::Limit(field) => write!(f, "{field}: over its limit, or a value that may not stand there"),
            Self::UnknownBits(bits) => write!(f, "fields that format 1 does not have (bits {bits:#x})"),
            Self::List(field) => write!(f, "{field}: list is empty, too long or not in ascending order"),
            Self::Kind(kind) => write!(f, "entry kind {kind} does not exist"),
            Self::Ident(e) => e.fmt(f),
            Self::Time(e) => e.fmt(f),
            Self::Movement(e) => e.fmt(f),
            Self::Place(field) => write!(f, "{field}: names a record that isn't before this one in its log"),
            Self::TooLong => f.write_str("record exceeds 4,096 bytes or the room given"),
        }
    }
}

impl core::error::Error for RecordError {}

impl From<IdentError> for RecordError {
    fn from(e: IdentError) -> Self {
        Self::Ident(e)
    }
}
impl From<TimeError> for RecordError {
    fn from(e: TimeError) -> Self {
        Self::Time(e)
    }
}
impl From<MovementError> for RecordError {
    fn from(e: MovementError) -> Self {
        Self::Movement(e)
    }
}

pub(super) type Result<T> = core::result::Result<T, RecordError>;

/// A value with one form on the wire.
pub(super) trait Wire<'a>: Sized {
    fn get(r: &mut Reader<'a>) -> Result<Self>;
    fn put(&self, w: &mut Writer<'_>) -> Result<()>;
}

pub(super) fn short<T>(read: Option<T>, field: &'static str) -> Result<T> {
    read.ok_or(RecordError::Truncated(field))
}
pub(super) fn full(written: Option<()>) -> Result<()> {
    written.ok_or(RecordError::TooLong)
}
/// A varint within its limits.
pub(super) fn varint(r: &mut Reader<'_>, field: &'static str, min: u64, max: u64) -> Result<u64> {
    let n = short(r.varint(), field)?;
    if (min..=max).contains(&n) { Ok(n) } else { Err(RecordError::Limit(field)) }
}
pub(super) fn varint32(r: &mut Reader<'_>, field: &'static str, min: u32, max: u32) -> Result<u32> {
    varint(r, field, u64::from(min), u64::from(max)).map(|n| n as u32)
}
pub(super) fn open(r: &mut Reader<'_>, field: &'static str) -> Result<u16> {
    varint(r, field, 0, u64::from(MAX_OPEN)).map(|n| n as u16)
}
/// Writers judge too: values with public fields or variants can hold what a reader refuses.
pub(super) fn within(n: u64, min: u64, max: u64, field: &'static str) -> Result<()> {
    if (min..=max).contains(&n) { Ok(()) } else { Err(RecordError::Limit(field)) }
}
pub(super) fn put_open(w: &mut Writer<'_>, n: u16, field: &'static str) -> Result<()> {
    within(u64::from(n), 0, u64::from(MAX_OPEN), field)?;
    put_varint(w, n)
}
/// A scheme of a newer build; a number of this build's own would read back as another value.
fn put_other(w: &mut Writer<'_>, scheme: u16, value: &Code50<'_>, field: &'static str) -> Result<()> {
    within(u64::from(scheme), 5, u64::from(MAX_OPEN), field)?;
    put_varint(w, scheme)?;
    value.put(w)
}
pub(super) fn put_varint(w: &mut Writer<'_>, n: impl Into<u64>) -> Result<()> {
    full(w.varint(n.into()))
}
/// Zigzag: signed numbers, small ones short.
pub(super) fn signed(r: &mut Reader<'_>, field: &'static str, most: i64) -> Result<i64> {
    let n = short(r.varint(), field)?;
    let n = (n >> 1).cast_signed() ^ -(n & 1).cast_signed();
    if n.unsigned_abs() <= most.unsigned_abs() { Ok(n) } else { Err(RecordError::Limit(field)) }
}
pub(super) fn put_signed(w: &mut Writer<'_>, n: i64) -> Result<()> {
    full(w.varint(((n << 1) ^ (n >> 63)).cast_unsigned()))
}
pub(super) fn text<'a>(r: &mut Reader<'a>, field: &'static str) -> Result<&'a str> {
    let bytes = short(r.text(), field)?;
    core::str::from_utf8(bytes).map_err(|_| RecordError::Limit(field))
}
pub(super) fn put_text(w: &mut Writer<'_>, text: &str) -> Result<()> {
    put_varint(w, text.len() as u64)?;
    full(w.put(text.as_bytes()))
}
/// Text of which empty means none.
pub(super) fn maybe<'a, T>(
    r: &mut Reader<'a>,
    field: &'static str,
    parse: fn(&'a str) -> core::result::Result<T, IdentError>,
) -> Result<Option<T>> {
    match text(r, field)? {
        "" => Ok(None),
        t => Ok(Some(parse(t)?)),
    }
}

macro_rules! text_wire {
    ($($name:ident, $field:literal;)*) => {$(
        impl<'a> Wire<'a> for $name<'a> {
            fn get(r: &mut Reader<'a>) -> Result<Self> {
                Ok($name::parse(text(r, $field)?)?)
            }
            fn put(&self, w: &mut Writer<'_>) -> Result<()> {
                put_text(w, self.as_str())
            }
        }
    )*};
}
text_wire! {
    LotNumber, "lot number"; Serial, "serial"; FacilityCode, "facility"; Store, "store"; Fund, "fund";
    Operator, "operator"; LocalReason, "local reason"; DocumentNumber, "document"; Code50, "code";
}

impl<'a> Wire<'a> for Option<LotNumber<'a>> {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        maybe(r, "lot number", LotNumber::parse)
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        put_text(w, self.map_or("", LotNumber::as_str))
    }
}

impl<'a, const N: usize> Wire<'a> for [u8; N] {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        short(r.array(), "bytes")
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        full(w.put(self))
    }
}

/// The N low bytes of a number, little-endian.
fn low<const N: usize>(r: &mut Reader<'_>, field: &'static str) -> Result<u64> {
    let bytes: [u8; N] = short(r.array(), field)?;
    Ok(bytes.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b)))
}
fn put_low<const N: usize>(w: &mut Writer<'_>, n: u64) -> Result<()> {
    full(n.to_le_bytes().first_chunk::<N>().and_then(|b| w.put(b)))
}

impl<'a> Wire<'a> for Product<'a> {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        Ok(match open(r, "product scheme")? {
            0 => Self::Gtin(Gtin::from_value(low::<6>(r, "GTIN")?)?),
            1 => Self::Registration(match text(r, "registration number")? {
                "" => {
                    let n = NewRegistration::from_value(low::<5>(r, "registration number")?);
                    RegistrationNumber::New(n.ok_or(RecordError::Limit("registration number"))?)
                }
                t => match RegistrationNumber::parse(t)? {
                    old @ RegistrationNumber::Old(_) => old,
                    RegistrationNumber::New(_) => return Err(RecordError::Limit("registration number")),
                },
            }),
            scheme => Self::of_scheme(scheme, text(r, "product")?)?,
        })
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        if let Self::Other { scheme, value } = self {
            return put_other(w, *scheme, value, "product scheme");
        }
        put_varint(w, self.scheme())?;
        match self {
            Self::Gtin(g) => put_low::<6>(w, g.value()),
            Self::Registration(RegistrationNumber::New(n)) => full(w.byte(0)).and_then(|()| put_low::<5>(w, n.value())),
            Self::Registration(RegistrationNumber::Old(n)) => put_text(w, n.as_str()),
            Self::Permit(v) | Self::National(v) | Self::Local(v) | Self::Other { value: v, .. } => v.put(w),
        }
    }
}

impl<'a> Wire<'a> for Party<'a> {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        Ok(match open(r, "party scheme")? {
            1 => Self::Gln(Gln::from_value(low::<6>(r, "GLN")?)?),
            scheme => Self::of_scheme(scheme, text(r, "party")?)?,
        })
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        if let Self::Other { scheme, value } = self {
            return put_other(w, *scheme, value, "party scheme");
        }
        put_varint(w, self.scheme())?;
        match self {
            Self::Gln(g) => put_low::<6>(w, g.value()),
            Self::Facility(f) => f.put(w),
            Self::Tax(v) | Self::National(v) | Self::Described(v) | Self::Other { value: v, .. } => v.put(w),
        }
    }
}

impl<'a> Wire<'a> for Sscc {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        Ok(Self::from_value(low::<8>(r, "SSCC")?)?)
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        put_low::<8>(w, self.value())
    }
}

impl<'a> Wire<'a> for Expiry {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        Ok(Self::from_packed(low::<2>(r, "expiry")? as u16)?)
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        if matches!(self, Self::Month { .. }) && Self::from_packed(self.packed()) != Ok(*self) {
            return Err(RecordError::Limit("expiry")); // packing keeps the low bits of any year and month
        }
        full(w.put(&self.packed().to_le_bytes()))
    }
}

impl<'a> Wire<'a> for Date {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        Ok(Self::from_packed(low::<2>(r, "date")? as u16)?)
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        full(w.put(&self.packed().to_le_bytes()))
    }
}

impl<'a> Wire<'a> for Document<'a> {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        Ok(Self { kind: open(r, "document kind")?, number: DocumentNumber::get(r)? })
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        put_open(w, self.kind, "document kind")?;
        self.number.put(w)
    }
}

impl<'a> Wire<'a> for Amount {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        let n = varint(r, "amount", 0, MAX_AMOUNT * 2 + 1)?;
        Ok(Self { value: n >> 1, tax_included: n & 1 == 1 })
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        within(self.value, 0, MAX_AMOUNT, "amount")?;
        put_varint(w, self.value << 1 | u64::from(self.tax_included))
    }
}

impl<'a> Wire<'a> for Reference {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        let field = "reference";
        Ok(match short(r.byte(), field)? {
            0 => Self::Own(varint32(r, field, 0, u32::MAX)?),
            1 => Self::Other {
                log: short(r.array(), field)?,
                index: varint32(r, field, 0, u32::MAX)?,
                identity: short(r.array(), field)?,
            },
            _ => return Err(RecordError::Limit(field)),
        })
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        match self {
            Self::Own(index) => full(w.byte(0)).and_then(|()| put_varint(w, *index)),
            Self::Other { log, index, identity } => {
                full(w.byte(1))?;
                full(w.put(log))?;
                put_varint(w, *index)?;
                full(w.put(identity))
            }
        }
    }
}
