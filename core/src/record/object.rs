//! Objects: what stands alone as a file, a QR code or a message (`spec/wire-format.md` section 7).
//!
//! ```text
//! 4D 4C │ format version │ type │ …          elements: varint (length × 4 + form) │ bytes
//! ```

use super::bytes::{Reader, Writer};
use crate::limits::{MAX_BUNDLE_ELEMENTS, MAX_SEGMENT_BYTES};
use core::fmt;

/// The two bytes that every object begins with.
pub const MAGIC: [u8; 2] = *b"ML";
/// The format version of this build. Version 0 was a draft and is not read.
pub const FORMAT: u8 = 1;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // named in the specification's table
pub enum ObjectType {
    Root = 1,
    Invitation = 2,
    Request = 3,
    Bundle = 4,
    QrPart = 5,
    ForkProof = 6,
    StateList = 7,
    Frames = 8,
}

impl ObjectType {
    pub(crate) const fn of(n: u8) -> Option<Self> {
        Some(match n {
            1 => Self::Root,
            2 => Self::Invitation,
            3 => Self::Request,
            4 => Self::Bundle,
            5 => Self::QrPart,
            6 => Self::ForkProof,
            7 => Self::StateList,
            8 => Self::Frames,
            _ => return None,
        })
    }
}

/// Why an object was refused, or could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObjectError {
    /// The first two bytes are not `ML`.
    NotMedlot,
    /// Another format version; holds it.
    Version(u8),
    /// A type that this build does not know; holds it.
    Type(u8),
    /// The bytes end inside an element.
    Truncated,
    /// An element over 65,535 bytes, or more than 16 elements.
    TooMany,
    /// The output is full.
    Full,
}

crate::codes::codes! { ObjectError {
    Self::NotMedlot => 2301, "not_medlot";
    Self::Version(_) => 2302, "object_version";
    Self::Type(_) => 2303, "object_type";
    Self::Truncated => 2304, "object_truncated";
    Self::TooMany => 2305, "object_too_many";
    Self::Full => 2306, "object_full";
} }

impl fmt::Display for ObjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotMedlot => f.write_str("these bytes are not medlot's: they do not begin with ML"),
            Self::Version(v) => write!(f, "format version {v}: this build reads version {FORMAT}; use a newer build"),
            Self::Type(t) => write!(f, "object type {t} is not known to this build; use a newer build"),
            Self::Truncated => f.write_str("the object is cut off before its end: read or fetch it again"),
            Self::TooMany => f.write_str("an element exceeds 65,535 bytes, or there are more than 16"),
            Self::Full => f.write_str("the object does not fit where it is written"),
        }
    }
}

impl core::error::Error for ObjectError {}

/// Reads an object's header; gives its type and what follows.
///
/// ```
/// use medlot_core::record::{ObjectError, ObjectType, read_header};
/// assert_eq!(read_header(b"ML\x01\x04"), Ok((ObjectType::Bundle, &[][..])));
/// assert_eq!(read_header(b"ML\x00\x04"), Err(ObjectError::Version(0)));
/// ```
///
/// # Errors
/// Not medlot's, another version, an unknown type.
pub fn read_header(bytes: &[u8]) -> Result<(ObjectType, &[u8]), ObjectError> {
    let (magic, rest) = bytes.split_first_chunk::<2>().ok_or(ObjectError::NotMedlot)?;
    if *magic != MAGIC {
        return Err(ObjectError::NotMedlot);
    }
    let (head, rest) = rest.split_first_chunk::<2>().ok_or(ObjectError::Truncated)?;
    let [version, kind] = *head;
    if version != FORMAT {
        return Err(ObjectError::Version(version));
    }
    ObjectType::of(kind).map(|t| (t, rest)).ok_or(ObjectError::Type(kind))
}

/// The four bytes that begin an object.
#[must_use]
pub const fn header(kind: ObjectType) -> [u8; 4] {
    [MAGIC[0], MAGIC[1], FORMAT, kind as u8]
}

/// One element of a bundle, its frame read and nothing verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Element<'a> {
    /// A segment with its log's id and suite.
    OwnId {
        /// First 8 bytes of h₀.
        log: [u8; 8],
        /// The suite's number.
        suite: u8,
        /// The segment.
        body: &'a [u8],
    },
    /// A segment of the log that the element before enrols.
    Under {
        /// The segment.
        body: &'a [u8],
    },
    /// A segment with its log's suite and key: a root's, a next root's, a request's.
    Keyed {
        /// The suite's number.
        suite: u8,
        /// The key.
        key: &'a [u8],
        /// The segment.
        body: &'a [u8],
    },
    /// An enrolment omitted towards a receiver known to hold it.
    Mark {
        /// First 8 bytes of the h₀ of the log that holds it.
        log: [u8; 8],
        /// Its index there.
        index: u32,
    },
}

/// The elements of an object, in order; ends after the first error.
#[derive(Clone)]
pub struct Elements<'a> {
    reader: Reader<'a>,
    left: usize,
}

impl<'a> Elements<'a> {
    /// Of the bytes after a bundle's header.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { reader: Reader::new(bytes, 0), left: MAX_BUNDLE_ELEMENTS }
    }

    /// The bytes of the elements that weren't read yet.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.reader.rest()
    }

    fn element(&mut self) -> Result<Element<'a>, ObjectError> {
        self.left = self.left.checked_sub(1).ok_or(ObjectError::TooMany)?;
        let frame = self.reader.varint32().ok_or(ObjectError::Truncated)?;
        let length = frame as usize >> 2;
        // A key of an unknown suite may come on top of the longest segment.
        if length > MAX_SEGMENT_BYTES + 2_060 {
            return Err(ObjectError::TooMany);
        }
        let bytes = self.reader.take(length).ok_or(ObjectError::Truncated)?;
        let mut r = Reader::new(bytes, 0);
        let short = ObjectError::Truncated;
        let rest = |r: &Reader<'a>| bytes.get(r.at()..).unwrap_or_default();
        Ok(match frame & 3 {
            0 => {
                let (log, suite) = (r.array().ok_or(short)?, r.byte().ok_or(short)?);
                Element::OwnId { log, suite, body: rest(&r) }
            }
            1 => Element::Under { body: bytes },
            2 => {
                let (suite, key) = (r.byte().ok_or(short)?, r.text().ok_or(short)?);
                Element::Keyed { suite, key, body: rest(&r) }
            }
            _ => {
                let mark = Element::Mark { log: r.array().ok_or(short)?, index: r.varint32().ok_or(short)? };
                if !r.is_empty() {
                    return Err(short);
                }
                mark
            }
        })
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Result<Element<'a>, ObjectError>;
    fn next(&mut self) -> Option<Self::Item> {
        if self.reader.is_empty() {
            return None;
        }
        let element = self.element();
        if element.is_err() {
            self.reader = Reader::new(&[], 0);
        }
        Some(element)
    }
}

/// Appends one element; gives its length with its frame.
///
/// # Errors
/// [`ObjectError::Full`].
pub fn write_element(element: &Element<'_>, out: &mut [u8]) -> Result<usize, ObjectError> {
    let mut small = [0u8; 16];
    let mut front = Writer::new(&mut small);
    let (form, key, body): (u64, &[u8], &[u8]) = match element {
        Element::OwnId { log, suite, body } => {
            front.put(log).and_then(|()| front.byte(*suite)).ok_or(ObjectError::Full)?;
            (0, &[], body)
        }
        Element::Under { body } => (1, &[], body),
        Element::Keyed { suite, key, body } => {
            front.byte(*suite).and_then(|()| front.varint(key.len() as u64)).ok_or(ObjectError::Full)?;
            (2, key, body)
        }
        Element::Mark { log, index } => {
            front.put(log).and_then(|()| front.varint(u64::from(*index))).ok_or(ObjectError::Full)?;
            (3, &[], &[])
        }
    };
    let length = front.len() + key.len() + body.len();
    let mut out = Writer::new(out);
    out.varint(length as u64 * 4 + form)
        .and_then(|()| out.put(front.written()))
        .and_then(|()| out.put(key))
        .and_then(|()| out.put(body))
        .ok_or(ObjectError::Full)?;
    Ok(out.len())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn elements_come_back_as_written() {
        let elements = [
            Element::OwnId { log: [7; 8], suite: 1, body: b"first" },
            Element::Under { body: b"second" },
            Element::Keyed { suite: 0, key: &[9; 32], body: b"third" },
            Element::Mark { log: [3; 8], index: 70_000 },
        ];
        let mut out = [0; 200];
        let mut at = 0;
        for e in &elements {
            at += write_element(e, &mut out[at..]).unwrap();
        }
        let read: Result<Vec<_>, _> = Elements::new(&out[..at]).collect();
        assert_eq!(read.unwrap(), elements);
        assert_eq!(Elements::new(&out[..at - 1]).last(), Some(Err(ObjectError::Truncated)));
    }

    #[test]
    fn more_than_sixteen_elements_are_refused() {
        let seventeen = [1u8; 17]; // seventeen empty elements of form 1
        assert_eq!(Elements::new(&seventeen).last(), Some(Err(ObjectError::TooMany)));
        assert_eq!(Elements::new(&seventeen[..16]).filter(Result::is_ok).count(), 16);
    }

    #[test]
    fn foreign_bytes_newer_versions_and_types_are_named() {
        assert_eq!(read_header(b"PK\x03\x04"), Err(ObjectError::NotMedlot));
        assert_eq!(read_header(b"ML\x02\x04"), Err(ObjectError::Version(2)));
        assert_eq!(read_header(b"ML\x01\x63"), Err(ObjectError::Type(0x63)));
        assert_eq!(read_header(b"ML\x01"), Err(ObjectError::Truncated));
        for t in 1..=8 {
            let kind = ObjectType::of(t).unwrap();
            assert_eq!(read_header(&header(kind)).unwrap().0, kind);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic_and_reading_ends(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(Elements::new(&bytes).count() <= MAX_BUNDLE_ELEMENTS + 1);
        }
    }
}
