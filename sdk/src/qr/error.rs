use core::fmt;
use medlot_core::record::{ObjectError, QrPartError};

/// Why a text, a series of codes or a picture was refused. Positions count from 1, in characters of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QrError {
    /// The text does not begin with `MEDLOT1:`.
    Prefix,
    /// The text begins with `MEDLOT` and another number of the text form.
    TextForm,
    /// A character that Base45 (RFC 9285, table 1) does not have.
    Character {
        /// Where it stands.
        position: usize,
    },
    /// Characters that no bytes are written as; one left over at the end counts as such.
    Base45 {
        /// Where the group of three (at the end two) begins.
        position: usize,
    },
    /// The bytes are no object, or one that is cut off.
    Object(ObjectError),
    /// A bundle or root without any element: cut off after its header.
    Empty,
    /// The part's header, or its place in the series.
    Part(QrPartError),
    /// A part of another object than the one being collected.
    OtherObject {
        /// How many parts of the first object were read.
        have: u16,
        /// How many it has.
        of: u16,
    },
    /// Other bytes at a place that was already read.
    Conflict {
        /// The place, from 1.
        part: u16,
    },
    /// All parts are there, and the whole isn't what they announced.
    Mismatch,
    /// A part within a part, or a part given where a whole object is needed.
    Nested,
    /// More codes than a loop has ([`MAX_CODES`](super::MAX_CODES)), or than a series has.
    TooManyCodes {
        /// Bytes of the object.
        bytes: usize,
        /// How many bytes that many codes hold.
        most: usize,
        /// How many codes.
        codes: u16,
    },
    /// A code of a long series that is damaged.
    Series,
    /// A text longer than a QR code of version 40 holds at level L.
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// A number of pixels per module outside [`SCALES`](super::SCALES).
    Scale {
        /// What was asked.
        asked: u32,
    },
    /// The picture could not be written.
    Write,
    /// Neither PNG nor JPEG, or damaged.
    Format,
    /// The picture's sides are beyond [`MAX_PICTURE_SIDE`](super::MAX_PICTURE_SIDE) or
    /// [`MAX_PICTURE_PIXELS`](super::MAX_PICTURE_PIXELS).
    Size {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// No QR code on the picture.
    NoCode,
    /// Codes are there, and none could be read.
    Unreadable {
        /// How many were seen.
        seen: usize,
    },
}

impl fmt::Display for QrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix => f.write_str("this code is not medlot's: its text does not begin with MEDLOT1:"),
            Self::TextForm => f.write_str("the text begins with MEDLOT and another number than 1: use a newer build"),
            Self::Character { position } => write!(
                f,
                "character {position} cannot stand in such a text: scan again, or copy it whole; \
                 capitals must stay capitals and lines must not be broken"
            ),
            Self::Base45 { position } => {
                write!(f, "the text is damaged or cut off at character {position}: scan again, or copy it whole")
            }
            Self::Object(e) => e.fmt(f),
            Self::Empty => f.write_str("nothing stands after the object's header: scan again, or copy it whole"),
            Self::Part(e) => e.fmt(f),
            Self::OtherObject { have, of } => write!(
                f,
                "this code belongs to another series; {have} of {of} codes of the first are read: \
                 go on with those, or start again"
            ),
            Self::Conflict { part } => {
                write!(f, "code {part} was read before with other content: start again with all codes of one series")
            }
            Self::Mismatch => f.write_str(
                "all codes are read, but together they are not what was sent: start again with all codes of one series",
            ),
            Self::Nested => f.write_str("a part of a series stands where a whole object is needed"),
            Self::TooManyCodes { bytes, most, codes } => write!(
                f,
                "{bytes} bytes do not fit {codes} codes of this size, which hold {most}: hand over a file instead"
            ),
            Self::Series => f.write_str("this code of a long series is damaged: scan it again"),
            Self::TooLong { length } => write!(
                f,
                "{length} characters do not fit one QR code ({} at most): use several codes or a file",
                super::MAX_CODE_CHARACTERS
            ),
            Self::Scale { asked } => write!(f, "{asked} pixels per module: choose 1 to 32"),
            Self::Write => f.write_str("the picture could not be written: choose a smaller scale"),
            Self::Format => f.write_str("the picture is neither PNG nor JPEG, or is damaged: save it as one of them"),
            Self::Size { width, height } => write!(
                f,
                "the picture has {width} × {height} pixels: at most 16,384 on a side and 64 million in all; make it \
                 smaller or cut out the code"
            ),
            Self::NoCode => {
                f.write_str("no QR code found: hold it flat, whole and with its white margin in the picture")
            }
            Self::Unreadable { seen } => {
                write!(f, "{seen} QR codes seen, none readable: come closer, avoid glare, hold the camera still")
            }
        }
    }
}

impl core::error::Error for QrError {}

impl From<ObjectError> for QrError {
    fn from(e: ObjectError) -> Self {
        Self::Object(e)
    }
}

impl From<QrPartError> for QrError {
    fn from(e: QrPartError) -> Self {
        match e {
            QrPartError::Object(e) => Self::Object(e),
            e => Self::Part(e),
        }
    }
}
