//! Records: entries as bytes, chained and sealed in segments, carried in objects.
//!
//! ```text
//! entry ──▶ record bytes ──SHA-256 chain──▶ head ──signature──▶ segment ──▶ bundle
//! ```
//!
//! One form for every record: what is hashed, stored and forwarded is the exact bytes received.

mod bytes;
mod codec;
mod entries;
mod entry_codec;
mod movement;
mod object;
mod qr_part;
mod rows;
mod segment;
mod wire;

pub use codec::{Entry, Kind, Record};
pub use entries::*;
pub use object::{Element, Elements, FORMAT, MAGIC, ObjectError, ObjectType, header, read_header, write_element};
pub use qr_part::{QR_PARTS, QrPart, QrPartError};
pub use segment::{Authentic, AuthenticRecord, LogKey, Records, Segment, SegmentError, SegmentWriter};
pub use wire::RecordError;

/// Whether bytes are a record in its one form: of a known kind, or of a kind that a newer build may write.
#[must_use]
pub fn is_well_formed(bytes: &[u8]) -> bool {
    Record::decode(bytes).is_ok()
}

#[cfg(test)]
#[path = "entry_tests.rs"]
mod tests;
