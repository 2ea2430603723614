//! QR parts: an object cut into pieces that each fit one code (`spec/wire-format.md` section 7, type 5).
//!
//! ```text
//! 4D 4C │ format version │ 05 │ SHA-256 of the whole, first 4 bytes │ part from 0 │ parts │ part's bytes
//! ```

use super::bytes::{Reader, Writer};
use super::object::{ObjectError, ObjectType, header, read_header};
use crate::crypto::object_front;
use core::fmt;

/// Fewest and most parts of an object.
pub const QR_PARTS: core::ops::RangeInclusive<u16> = 2..=1_024;

/// One piece of an object. Only the whole is verified: a part says nothing that could be trusted alone.
///
/// ```
/// use medlot_core::record::QrPart;
/// let whole = b"ML\x01\x04 and so on";
/// let part = QrPart { front: QrPart::front_of(whole), part: 1, parts: 2, bytes: &whole[8..] };
/// let mut out = [0; 40];
/// let length = part.write(&mut out).unwrap();
/// assert_eq!(QrPart::read(&out[..length]), Ok(part));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct QrPart<'a> {
    /// First 4 bytes of SHA-256 of the whole object: tells apart the parts of two objects.
    pub front: [u8; 4],
    /// Its place, from 0.
    pub part: u16,
    /// How many there are: [`QR_PARTS`].
    pub parts: u16,
    /// Its bytes of the whole.
    pub bytes: &'a [u8],
}

/// Why bytes are no QR part, or one could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QrPartError {
    /// The object's header.
    Object(ObjectError),
    /// An object of another type.
    Another(ObjectType),
    /// Cut off before its bytes begin, or a number that is not written in its shortest form.
    Form,
    /// Fewer than 2 parts or more than 1,024; holds the number.
    Parts(u64),
    /// A place that is not below the number of parts.
    Place {
        /// The place, from 0.
        part: u64,
        /// The number of parts.
        parts: u16,
    },
    /// The output is full.
    Full,
}

impl fmt::Display for QrPartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(e) => e.fmt(f),
            Self::Another(t) => write!(f, "an object of type {} is no part of a series of codes", *t as u8),
            Self::Form => f.write_str("the part is cut off, or a number in it has needless bytes: scan the code again"),
            Self::Parts(n) => write!(f, "{n} parts: an object has 2 to 1,024"),
            Self::Place { part, parts } => write!(f, "part {part} (counted from 0) of {parts}: there is no such part"),
            Self::Full => f.write_str("the part does not fit where it is written"),
        }
    }
}

impl core::error::Error for QrPartError {}

impl<'a> QrPart<'a> {
    /// What the parts of `whole` carry in front.
    #[must_use]
    pub fn front_of(whole: &[u8]) -> [u8; 4] {
        object_front(whole)
    }

    /// Reads a part, its header included.
    ///
    /// # Errors
    /// Another object, a number of parts outside [`QR_PARTS`], a place that does not exist.
    pub fn read(object: &'a [u8]) -> Result<Self, QrPartError> {
        let bytes = match read_header(object).map_err(QrPartError::Object)? {
            (ObjectType::QrPart, rest) => rest,
            (other, _) => return Err(QrPartError::Another(other)),
        };
        let mut r = Reader::new(bytes, 0);
        let front = r.array().ok_or(QrPartError::Form)?;
        let part = r.varint().ok_or(QrPartError::Form)?;
        let parts = r.varint().ok_or(QrPartError::Form)?;
        let (part, parts) = checked(part, parts)?;
        Ok(Self { front, part, parts, bytes: bytes.get(r.at()..).unwrap_or_default() })
    }

    /// Writes the part with its header; gives its length.
    ///
    /// # Errors
    /// [`QrPartError::Full`]; numbers that [`Self::read`] would refuse.
    pub fn write(&self, out: &mut [u8]) -> Result<usize, QrPartError> {
        checked(self.part.into(), self.parts.into())?;
        let mut w = Writer::new(out);
        w.put(&header(ObjectType::QrPart))
            .and_then(|()| w.put(&self.front))
            .and_then(|()| w.varint(self.part.into()))
            .and_then(|()| w.varint(self.parts.into()))
            .and_then(|()| w.put(self.bytes))
            .ok_or(QrPartError::Full)?;
        Ok(w.len())
    }
}

fn checked(part: u64, parts: u64) -> Result<(u16, u16), QrPartError> {
    let known = u16::try_from(parts).ok().filter(|n| QR_PARTS.contains(n)).ok_or(QrPartError::Parts(parts))?;
    let place = u16::try_from(part).ok().filter(|n| *n < known);
    place.map(|place| (place, known)).ok_or(QrPartError::Place { part, parts: known })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_part_has_the_bytes_of_the_specification() {
        let mut out = [0; 20];
        let part = QrPart { front: QrPart::front_of(b"abc"), part: 200, parts: 1_024, bytes: b"xyz" };
        let n = part.write(&mut out).unwrap();
        // SHA-256 of "abc" begins BA 78 16 BF (FIPS 180-4, example).
        assert_eq!(&out[..n], b"ML\x01\x05\xba\x78\x16\xbf\xc8\x01\x80\x08xyz");
        assert_eq!(part.write(&mut [0; 14]), Err(QrPartError::Full));
    }

    #[test]
    fn numbers_that_no_series_has_are_refused_in_reading_and_writing() {
        let read = |numbers: &[u8]| QrPart::read(&[b"ML\x01\x05abcd", numbers].concat()).map(|p| (p.part, p.parts));
        assert_eq!(read(&[0, 2]), Ok((0, 2)));
        assert_eq!(read(&[0xff, 7, 0x80, 8]), Ok((1_023, 1_024)));
        assert_eq!(read(&[0, 1]), Err(QrPartError::Parts(1)));
        assert_eq!(read(&[0, 0x81, 8]), Err(QrPartError::Parts(1_025)));
        assert_eq!(read(&[2, 2]), Err(QrPartError::Place { part: 2, parts: 2 }));
        assert_eq!(read(&[0x80, 0x80, 4, 2]), Err(QrPartError::Place { part: 65_536, parts: 2 }));
        assert_eq!(read(&[0x80, 0, 2]), Err(QrPartError::Form));
        let part = QrPart { front: [0; 4], part: 0, parts: 1, bytes: &[] };
        assert_eq!(part.write(&mut [0; 40]), Err(QrPartError::Parts(1)));
        assert_eq!(
            QrPart { parts: 2, part: 2, ..part }.write(&mut [0; 40]),
            Err(QrPartError::Place { part: 2, parts: 2 })
        );
        assert_eq!(QrPart::read(b"ML\x01\x04"), Err(QrPartError::Another(ObjectType::Bundle)));
        assert_eq!(QrPart::read(b"ML\x00\x05"), Err(QrPartError::Object(ObjectError::Version(0))));
    }

    proptest! {
        #[test]
        fn a_part_comes_back_as_written_and_none_cut_in_its_front_is_read(
            front: [u8; 4], parts in 2u16..=1_024, place: u16, bytes in proptest::collection::vec(any::<u8>(), 0..50),
        ) {
            let part = QrPart { front, part: place % parts, parts, bytes: &bytes };
            let mut out = [0; 80];
            let n = part.write(&mut out).unwrap();
            prop_assert_eq!(QrPart::read(&out[..n]), Ok(part));
            for cut in 0..n - bytes.len() {
                prop_assert!(QrPart::read(&out[..cut]).is_err());
            }
        }
        #[test]
        fn what_is_read_is_written_as_the_same_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let object = [b"ML\x01\x05", &bytes[..]].concat();
            if let Ok(part) = QrPart::read(&object) {
                let mut out = [0; 80];
                let n = part.write(&mut out).unwrap();
                prop_assert_eq!(&out[..n], &object[..]);
            }
        }
    }
}
