//! Names that are text: lot, serial, facility, store, fund, operator, document.

use super::error::{Field, IdentError, IdentErrorKind, clamp};
use crate::limits;
use core::fmt;

/// Whether a byte belongs to GS1's set 82 (GenSpecs figure 7.11-1).
#[must_use]
pub const fn is_gs1_82(b: u8) -> bool {
    matches!(b, b'!' | b'"' | b'%'..=b'?' | b'A'..=b'Z' | b'_' | b'a'..=b'z')
}

const fn is_facility(b: u8) -> bool {
    matches!(b, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'/')
}

const fn is_store(b: u8) -> bool {
    matches!(b, b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-')
}

/// Length in bytes, then every character; the ASCII way is the hot one.
fn length(text: &str, limit: usize, field: Field) -> Result<(), IdentError> {
    match text.len() {
        0 => Err(IdentError::new(field, IdentErrorKind::Empty, 0)),
        n if n > limit => {
            let kind = IdentErrorKind::TooLong { limit: clamp(limit), actual: clamp(n) };
            Err(IdentError::new(field, kind, limit))
        }
        _ => Ok(()),
    }
}

/// Text of any script: no control characters, no blank first or last.
pub(crate) fn any(text: &str, limit: usize, field: Field) -> Result<&str, IdentError> {
    length(text, limit, field)?;
    if !text.bytes().all(|b| matches!(b, 0x21..=0x7e)) {
        if let Some((at, found)) = text.char_indices().find(|(_, c)| c.is_control()) {
            return Err(IdentError::new(field, IdentErrorKind::BadCharacter { found }, at));
        }
        if text.starts_with(' ') {
            return Err(IdentError::new(field, IdentErrorKind::Blank, 0));
        }
        if text.ends_with(' ') {
            return Err(IdentError::new(field, IdentErrorKind::Blank, text.len() - 1));
        }
    }
    Ok(text)
}

/// Text of one set of ASCII characters.
pub(crate) fn of(text: &str, limit: usize, field: Field, allowed: fn(u8) -> bool) -> Result<&str, IdentError> {
    length(text, limit, field)?;
    if text.bytes().all(allowed) {
        return Ok(text);
    }
    match text.char_indices().find(|(_, c)| !u8::try_from(*c).is_ok_and(allowed)) {
        Some((at, found)) => Err(IdentError::new(field, IdentErrorKind::BadCharacter { found }, at)),
        None => Ok(text),
    }
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name<'a>(&'a str);

        impl<'a> $name<'a> {
            /// Checks the text.
            ///
            /// # Errors
            /// Empty, too long, or a character that does not belong here, with its position.
            pub fn parse(text: &'a str) -> Result<Self, IdentError> {
                let check: fn(&str) -> Result<&str, IdentError> = $check;
                check(text).map(Self)
            }
            /// The text as given.
            #[must_use]
            pub const fn as_str(self) -> &'a str {
                self.0
            }
        }

        impl fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.0)
            }
        }
    };
}

text_type!(
    /// A lot number: 1–50 bytes of UTF-8; compared byte for byte. See [`LotNumber::is_gs1`].
    LotNumber, |t| any(t, limits::MAX_LOT_BYTES, Field::Lot)
);
text_type!(
    /// A serial number, AI 21: 1–20 characters of GS1's set 82 (GenSpecs 3.5.2).
    Serial, |t| of(t, limits::MAX_SERIAL, Field::Serial, is_gs1_82)
);
text_type!(
    /// A facility's code: 1–20 of `A–Z a–z 0–9 . - _ /`.
    FacilityCode, |t| of(t, limits::MAX_FACILITY, Field::Facility, is_facility)
);
text_type!(
    /// A store inside a facility: 1–12 of `A–Z 0–9 . -`.
    Store, |t| of(t, limits::MAX_STORE, Field::Store, is_store)
);
text_type!(
    /// Whose medicine it is (programme, insurance, consignment owner): 1–20 bytes.
    Fund, |t| any(t, limits::MAX_FUND, Field::Fund)
);
text_type!(
    /// A staff code that the facility gives, never a name: 1–12 bytes.
    Operator, |t| any(t, limits::MAX_OPERATOR, Field::Operator)
);
text_type!(
    /// A facility's own reason code: 1–12 bytes.
    LocalReason, |t| any(t, limits::MAX_LOCAL_REASON, Field::LocalReason)
);
text_type!(
    /// A document's number: 1–50 bytes.
    DocumentNumber, |t| any(t, limits::MAX_CODE_BYTES, Field::Document)
);
text_type!(
    /// A code of a scheme that is not checked further: 1–50 bytes.
    Code50, |t| any(t, limits::MAX_CODE_BYTES, Field::Code)
);

impl LotNumber<'_> {
    /// Whether it could stand in AI 10: at most 20 characters of set 82 (GenSpecs 3.4.1).
    #[must_use]
    pub fn is_gs1(self) -> bool {
        self.0.len() <= limits::MAX_GS1_LOT && self.0.bytes().all(is_gs1_82)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refusals_name_limit_and_position() {
        let e = LotNumber::parse(&"x".repeat(51)).unwrap_err();
        assert_eq!(e.to_string(), "lot number: 51 bytes long, at most 50 are allowed");
        let e = Serial::parse("0RP7FƯ9KXP").unwrap_err();
        assert_eq!((e.position, e.kind), (5, IdentErrorKind::BadCharacter { found: 'Ư' }));
        assert!(FacilityCode::parse("01 008179").is_err());
        assert!(Store::parse("k1").is_err());
        assert!(LotNumber::parse(" A").is_err() && LotNumber::parse("A ").is_err() && LotNumber::parse("").is_err());
        assert!(LotNumber::parse("A\u{1d}B").is_err() && LotNumber::parse("A\u{85}").is_err());
        assert!(Operator::parse("DS-0123456789").is_err());
    }

    #[test]
    fn real_lots_are_kept_as_printed() {
        for lot in ["1724847.1", "test", "3669801C", "Lô 12", "A/2 B"] {
            assert_eq!(LotNumber::parse(lot).unwrap().to_string(), lot);
        }
        assert!(!LotNumber::parse("Lô 12").unwrap().is_gs1());
        assert!(LotNumber::parse("B2609-01").unwrap().is_gs1());
    }

    #[test]
    fn set_82_has_82_characters() {
        assert_eq!((0..=255u8).filter(|b| is_gs1_82(*b)).count(), 82);
    }

    proptest! {
        #[test]
        fn what_is_accepted_prints_the_same(text in ".{0,24}") {
            if let Ok(v) = LotNumber::parse(&text) { prop_assert_eq!(v.to_string(), text.as_str()); }
            if let Ok(v) = Serial::parse(&text) { prop_assert_eq!(v.to_string(), text.as_str()); }
            if let Ok(v) = Fund::parse(&text) { prop_assert_eq!(v.to_string(), text.as_str()); }
            if let Ok(v) = Operator::parse(&text) { prop_assert_eq!(v.to_string(), text.as_str()); }
            if let Ok(v) = LocalReason::parse(&text) { prop_assert_eq!(v.to_string(), text.as_str()); }
            if let Ok(v) = DocumentNumber::parse(&text) { prop_assert_eq!(v.to_string(), text.as_str()); }
            if let Ok(v) = Code50::parse(&text) { prop_assert_eq!(v.to_string(), text.as_str()); }
            if let Ok(v) = FacilityCode::parse(&text) { prop_assert_eq!(v.to_string(), text.as_str()); }
        }
        #[test]
        fn every_store_and_facility_code_prints_the_same(store in "[A-Z0-9.-]{1,12}", code in "[A-Za-z0-9._/-]{1,20}") {
            prop_assert_eq!(Store::parse(&store).unwrap().to_string(), store);
            prop_assert_eq!(FacilityCode::parse(&code).unwrap().to_string(), code);
        }
        #[test]
        fn every_set_82_text_is_a_serial(text in "[!\"%-?A-Z_a-z]{1,20}") {
            prop_assert!(Serial::parse(&text).is_ok());
        }
    }
}
