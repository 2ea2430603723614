//! Objects as text and as QR codes (`spec/wire-format.md` section 7).
//!
//! ```text
//! object ──to_text──▶ MEDLOT1:… ──svg, png, terminal──▶ ▦ ──camera, read_picture──▶ text ──Collect──▶ object
//!        ──codes────▶ several texts, where one code can't hold it
//! ```
//!
//! A scanner that types like a keyboard, a browser and a phone all return text, so an object travels in
//! Base45 (RFC 9285), whose 45 characters are those of QR's alphanumeric mode (ISO/IEC 18004, 7.3.4).
//! Drawing and reading of pictures needs the feature `qr`; the text form, the parts and [`Collect`] do not.
//!
//! Nothing here verifies anything: what comes out is bytes that still have to be judged.

use medlot_core::record::{ObjectType, QrPart, read_header};

#[cfg(feature = "qr")]
mod canvas;
mod collect;
#[cfg(feature = "qr")]
mod draw;
mod error;
mod fountain;
#[cfg(feature = "qr")]
mod picture;

pub use collect::{Collect, Collected};
#[cfg(feature = "qr")]
pub use draw::{png, svg, terminal};
pub use error::QrError;
pub use fountain::{SERIES_PREFIX, Series};
#[cfg(feature = "qr")]
pub use picture::read_picture;

/// What every text begins with; the 1 numbers the text form, not the format of the object.
pub const PREFIX: &str = "MEDLOT1:";
/// Characters of a code by default: version 25, level L, alphanumeric (ISO/IEC 18004, table 7):
/// 117 × 117 modules.
pub const CODE_CHARACTERS: usize = 1_853;
/// Characters of the largest code: version 40, level L, alphanumeric (ISO/IEC 18004, table 7).
pub const MAX_CODE_CHARACTERS: usize = 4_296;
/// Codes of a loop. Above, a camera that misses one waits too long for it: [`Series`] mixes them.
pub const MAX_CODES: u16 = 20;
/// Pixels per module that `png` draws.
pub const SCALES: core::ops::RangeInclusive<u32> = 1..=32;
/// Pixels of a picture's longer side.
pub const MAX_PICTURE_SIDE: u32 = 16_384;
/// Pixels of a picture: what phones take, and no more than memory bears.
pub const MAX_PICTURE_PIXELS: u64 = 64_000_000;

/// Bytes of a part in front of its piece, at most 127 parts: header 4, hash 4, two numbers.
const PART_FRONT: usize = 10;

/// The text form of an object.
///
/// ```
/// use medlot_sdk::qr::{from_text, to_text};
/// let text = to_text(b"ML\x01\x04");
/// assert_eq!(text, "MEDLOT1:XY9Z50");
/// assert_eq!(from_text(&text).unwrap(), b"ML\x01\x04");
/// ```
#[must_use]
pub fn to_text(object: &[u8]) -> String {
    let mut text = String::from(PREFIX);
    text.push_str(&base45::encode(object));
    text
}

/// The bytes of a text; white space and line ends around it don't matter.
///
/// An object has one text: anything else that would give the same bytes is refused. A text that was cut off
/// can still be the text of fewer bytes, which whoever reads the object refuses; [`Collect`] does.
///
/// # Errors
/// Another beginning, a character or group that Base45 does not have, with its position.
pub fn from_text(text: &str) -> Result<Vec<u8>, QrError> {
    // A space is a character of Base45, but never its last: a group of three ends in at most W
    // (65,535 / 45²), one of two in at most 5 (255 / 45). So no character of the text is lost here.
    let trimmed = text.trim_ascii();
    let lead = text.len() - text.trim_ascii_start().len();
    let Some(body) = trimmed.strip_prefix(PREFIX) else {
        let numbered = trimmed.strip_prefix("MEDLOT").and_then(|rest| rest.split_once(':'));
        let number = numbered.is_some_and(|(n, _)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        return Err(if number { QrError::TextForm } else { QrError::Prefix });
    };
    match base45::decode(body) {
        // The decoder drops the high bits of a last group over 255.
        Ok(bytes) if base45::encode(&bytes) == body => Ok(bytes),
        _ => Err(place_of_damage(body, lead + PREFIX.len())),
    }
}

fn place_of_damage(body: &str, before: usize) -> QrError {
    let foreign = body.chars().position(|c| u8::try_from(c).ok().and_then(base45::alphabet::decode).is_none());
    if let Some(at) = foreign {
        return QrError::Character { position: before + at + 1 };
    }
    let group = |g: &[u8]| base45::decode(g).is_ok_and(|b| base45::encode(b).as_bytes() == g);
    let at = body.as_bytes().chunks(3).position(|g| !group(g)).unwrap_or_default() * 3;
    QrError::Base45 { position: before + at + 1 }
}

/// Bytes whose text has at most so many characters: two bytes take three, a last one two.
const fn bytes_in(characters: usize) -> usize {
    let left = characters.saturating_sub(PREFIX.len());
    left / 3 * 2 + (left % 3 == 2) as usize
}

/// The texts of an object, each for one code: one where it fits, else up to [`MAX_CODES`] parts of equal length
/// (the last may be shorter), which may be shown in any order, again and again.
///
/// `most_characters` is what a code may hold, [`CODE_CHARACTERS`] by default, at most [`MAX_CODE_CHARACTERS`].
///
/// ```
/// use medlot_sdk::qr::{CODE_CHARACTERS, codes};
/// let bundle = [b"ML\x01\x04".as_slice(), &[1; 3_000]].concat();
/// assert_eq!(codes(&bundle[..1_000], CODE_CHARACTERS).unwrap().len(), 1);
/// assert_eq!(codes(&bundle, CODE_CHARACTERS).unwrap().len(), 3);
/// ```
///
/// # Errors
/// Bytes that are no whole object; more codes than [`MAX_CODES`]: a [`Series`] or a file carries it instead.
pub fn codes(object: &[u8], most_characters: usize) -> Result<Vec<String>, QrError> {
    if let (ObjectType::QrPart, _) = read_header(object)? {
        return Err(QrError::Nested);
    }
    let holds = bytes_in(most_characters.min(MAX_CODE_CHARACTERS));
    if object.len() <= holds {
        return Ok(vec![to_text(object)]);
    }
    let most = holds.saturating_sub(PART_FRONT);
    let too_many = QrError::TooManyCodes { bytes: object.len(), most: most * usize::from(MAX_CODES), codes: MAX_CODES };
    let needed = if most == 0 { usize::MAX } else { object.len().div_ceil(most) };
    let parts = u16::try_from(needed).ok().filter(|n| *n <= MAX_CODES).ok_or(too_many)?;
    // Equal pieces: codes of one size, so that the camera can stay where it is. Rounded up, they can be fewer
    // than counted where codes hold only a few bytes; so they are counted again.
    let piece = object.len().div_ceil(parts.into());
    let pieces: Vec<&[u8]> = object.chunks(piece).collect();
    let parts = u16::try_from(pieces.len()).map_err(|_| too_many)?;
    let front = QrPart::front_of(object);
    let mut out = vec![0; piece + PART_FRONT];
    let mut texts = Vec::with_capacity(pieces.len());
    for (part, bytes) in (0..).zip(pieces) {
        let length = QrPart { front, part, parts, bytes }.write(&mut out)?;
        texts.push(to_text(out.get(..length).unwrap_or_default()));
    }
    Ok(texts)
}

/// The texts to show for an object, as few as do: [`codes`], or of a long object the codes of a [`Series`], somewhat more
/// than a reader needs who misses none.
///
/// # Errors
/// As [`codes`] and [`Series::new`].
pub fn texts(object: &[u8], most_characters: usize) -> Result<Vec<String>, QrError> {
    match codes(object, most_characters) {
        Err(QrError::TooManyCodes { .. }) => {
            let series = Series::new(object, most_characters)?;
            let enough = series.pieces() + series.pieces() / 4 + 4;
            Ok(series.take(enough).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use medlot_core::record::ObjectError;
    use proptest::prelude::*;

    #[test]
    fn a_text_is_the_prefix_and_the_base45_of_the_rfc() {
        // RFC 9285, 4.3, examples 1 to 3.
        for (bytes, text) in [("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581")] {
            assert_eq!(to_text(bytes.as_bytes()), format!("MEDLOT1:{text}"));
        }
        assert_eq!(from_text("\r\n MEDLOT1:BB8\n\t").unwrap(), b"AB");
    }

    #[test]
    fn other_beginnings_are_told_apart_from_a_newer_text_form() {
        for other in
            ["", "BB8", "medlot1:BB8", "MEDLOT:BB8", "MEDLOTX:BB8", "https://example.org", "\u{feff}MEDLOT1:BB8"]
        {
            assert_eq!(from_text(other), Err(QrError::Prefix), "{other}");
        }
        assert_eq!(from_text("MEDLOT2:BB8"), Err(QrError::TextForm));
        assert_eq!(from_text("MEDLOT10:BB8"), Err(QrError::TextForm));
    }

    #[test]
    fn damage_is_refused_with_its_position() {
        assert_eq!(from_text("MEDLOT1:BB8bb8"), Err(QrError::Character { position: 12 }));
        assert_eq!(from_text(" MEDLOT1:BB8\nBB8"), Err(QrError::Character { position: 13 }));
        assert_eq!(from_text("MEDLOT1:BB8é"), Err(QrError::Character { position: 12 }));
        assert_eq!(from_text("MEDLOT1:BB8BB8GGW"), Err(QrError::Base45 { position: 15 })); // 65,536
        assert_eq!(from_text("MEDLOT1:BB8B"), Err(QrError::Base45 { position: 12 }));
        assert_eq!(from_text("MEDLOT1:BB8V5"), Err(QrError::Base45 { position: 12 })); // 256
        assert_eq!(from_text("MEDLOT1:BB8U5").unwrap(), b"AB\xff");
    }

    #[test]
    fn a_code_holds_what_the_limit_says_and_one_byte_more_makes_two() {
        let object = [b"ML\x01\x04".as_slice(), &[0xff; 40_000]].concat();
        for (most, holds) in [(CODE_CHARACTERS, 1_230), (MAX_CODE_CHARACTERS, 2_858), (usize::MAX, 2_858)] {
            let one = codes(&object[..holds], most).unwrap();
            assert_eq!(one.len(), 1);
            assert!(one[0].len() <= most && one[0].len() + 3 > most.min(MAX_CODE_CHARACTERS) - 3);
            assert_eq!(codes(&object[..=holds], most).unwrap().len(), 2);
        }
        let most = (1_230 - PART_FRONT) * 20;
        let twenty = codes(&object[..most], CODE_CHARACTERS).unwrap();
        assert_eq!((twenty.len(), twenty.iter().map(String::len).max()), (20, Some(1_853)));
        assert_eq!(
            codes(&object[..=most], CODE_CHARACTERS),
            Err(QrError::TooManyCodes { bytes: most + 1, most, codes: 20 })
        );
        assert!(matches!(codes(&object, 0), Err(QrError::TooManyCodes { most: 0, .. })));
        assert!(matches!(codes(&object, 20), Err(QrError::TooManyCodes { most: 0, .. })));
    }

    #[test]
    fn only_whole_objects_are_cut_in_codes() {
        assert_eq!(codes(b"PK", CODE_CHARACTERS), Err(QrError::Object(ObjectError::NotMedlot)));
        assert_eq!(codes(b"ML\x01\x05abcd\x00\x02xyz", CODE_CHARACTERS), Err(QrError::Nested));
    }

    proptest! {
        #[test]
        fn any_bytes_come_back_from_their_text(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            prop_assert_eq!(from_text(&to_text(&bytes)), Ok(bytes));
        }
        #[test]
        fn no_text_panics_and_bytes_have_one_text(text in "(MEDLOT[12]:)?[0-9A-Z $%*+./:-]{0,40}|\\PC{0,20}|MEDLOT1:\\PC{0,20}") {
            if let Ok(bytes) = from_text(&text) {
                prop_assert_eq!(to_text(&bytes), text.trim_ascii());
            }
        }
        #[test]
        fn a_cut_text_never_gives_the_same_bytes(bytes in proptest::collection::vec(any::<u8>(), 1..100)) {
            let text = to_text(&bytes);
            for cut in 0..text.len() {
                prop_assert_ne!(from_text(&text[..cut]).ok(), Some(bytes.clone()));
            }
        }
        #[test]
        fn every_code_of_a_series_keeps_to_the_limit(length in 4usize..9_000, most in 40usize..5_000) {
            let object = [b"ML\x01\x04".as_slice(), &vec![7; length - 4]].concat();
            if let Ok(texts) = codes(&object, most) {
                prop_assert!(texts.iter().all(|t| t.len() <= most));
                prop_assert!(texts.len() <= usize::from(MAX_CODES));
            }
        }
    }
}
