//! Records: entries as bytes, chained and sealed in segments, carried in objects.
//!
//! ```text
//! entry ──▶ record bytes ──SHA-256 chain──▶ head ──signature──▶ segment ──▶ bundle
//! ```
//!
//! One form for every record: what is hashed, stored and forwarded is the exact bytes received.

pub(crate) mod bytes;
mod codec;
mod entries;
mod entry_codec;
mod fork;
mod movement;
mod object;
#[cfg(feature = "alloc")]
mod own;
mod place;
mod qr_part;
mod rows;
#[cfg(feature = "alloc")]
mod run;
#[cfg(feature = "alloc")]
mod seals;
mod segment;
mod tip;
mod wire;

#[cfg(feature = "alloc")]
pub(crate) use codec::written;
pub use codec::{Entry, Kind, Record};
pub use entries::*;
pub use fork::{ForkProof, Witness};
pub use object::{Element, Elements, FORMAT, MAGIC, ObjectError, ObjectType, header, read_header, write_element};
#[cfg(feature = "alloc")]
pub use own::OwnRecords;
pub use qr_part::{QR_PARTS, QrPart, QrPartError};
#[cfg(feature = "alloc")]
pub use run::{Chained, Run, RunRecords};
#[cfg(feature = "alloc")]
pub use seals::{SealMemory, Seals};
pub use segment::{Authentic, AuthenticRecord, LogKey, Records, Segment, SegmentError, SegmentWriter};
pub use tip::{Mark, Offer, Seal, Tip, TipError};
pub use wire::RecordError;

/// A varint of at most 32 bits in its one form, and what follows it.
pub(crate) fn read_varint32(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut r = bytes::Reader::new(bytes, 0);
    let value = r.varint32()?;
    Some((value, bytes.get(r.at()..)?))
}

/// Writes a varint; gives its length.
pub(crate) fn write_varint32(value: u32, out: &mut [u8]) -> Option<usize> {
    let mut w = bytes::Writer::new(out);
    w.varint(u64::from(value))?;
    Some(w.len())
}

/// One value as records write it, and its length: how the ledger names and orders products, lots and parties.
#[allow(private_bounds)] // how a value is written is not for others to implement
pub(crate) fn write_value<'a, T: wire::Wire<'a>>(value: &T, out: &mut [u8]) -> Option<usize> {
    let mut w = bytes::Writer::new(out);
    value.put(&mut w).ok()?;
    Some(w.len())
}

/// The value that [`write_value`] wrote, and what follows it.
#[allow(private_bounds)]
pub(crate) fn read_value<'a, T: wire::Wire<'a>>(from: &'a [u8]) -> Option<(T, &'a [u8])> {
    let mut r = bytes::Reader::new(from, 0);
    let value = T::get(&mut r).ok()?;
    Some((value, from.get(r.at()..)?))
}

/// Whether bytes are a record in its one form: of a known kind, or of a kind that a newer build may write.
#[must_use]
pub fn is_well_formed(bytes: &[u8]) -> bool {
    Record::decode(bytes).is_ok()
}

#[cfg(test)]
#[path = "entry_tests.rs"]
mod tests;
