//! GS1 keys that are numbers with a check digit (GS1 General Specifications 7.9.1).

use super::error::{Field, IdentError, IdentErrorKind, clamp};
use core::fmt;

/// The check digit of GS1's modulo 10 for the digits before it (values 0–9; GenSpecs 7.9.1).
///
/// ```
/// assert_eq!(medlot_core::ident::check_digit(&[0, 3, 4, 0, 0, 9, 3, 5, 9, 5, 5, 8, 3]), 8);
/// ```
#[must_use]
pub fn check_digit(digits: &[u8]) -> u8 {
    let sum: u32 = digits.iter().rev().enumerate().map(|(i, d)| u32::from(*d) * if i % 2 == 0 { 3 } else { 1 }).sum();
    ((10 - sum % 10) % 10) as u8
}

/// Check digit that a number's digits before its last one ask for, and the one that it has.
fn check(value: u64) -> (u8, u8) {
    let (mut rest, mut sum, mut weight) = (value / 10, 0u64, 3u64);
    while rest > 0 {
        sum += rest % 10 * weight;
        weight ^= 2; // 3 and 1 in turn
        rest /= 10;
    }
    (((10 - sum % 10) % 10) as u8, (value % 10) as u8)
}

fn from_value(value: u64, length: u32, expected: &'static str, field: Field) -> Result<u64, IdentError> {
    let last = length as usize - 1;
    if value == 0 {
        return Err(IdentError::new(field, IdentErrorKind::BadForm { expected: "a number that is not zero" }, 0));
    }
    if value >= 10u64.pow(length) {
        let actual = clamp(value.checked_ilog10().map_or(0, |n| n as usize + 1));
        return Err(IdentError::new(field, IdentErrorKind::BadLength { expected, actual }, 0));
    }
    let (expected, found) = check(value);
    if expected != found {
        return Err(IdentError::new(field, IdentErrorKind::CheckDigit { found, expected }, last));
    }
    Ok(value)
}

fn parse(text: &str, lengths: &[usize], expected: &'static str, field: Field) -> Result<u64, IdentError> {
    if text.is_empty() {
        return Err(IdentError::new(field, IdentErrorKind::Empty, 0));
    }
    let mut value = 0u64;
    for (at, c) in text.char_indices() {
        let Some(digit) = c.to_digit(10) else {
            return Err(IdentError::new(field, IdentErrorKind::BadCharacter { found: c }, at));
        };
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
    }
    if !lengths.contains(&text.len()) {
        return Err(IdentError::new(field, IdentErrorKind::BadLength { expected, actual: clamp(text.len()) }, 0));
    }
    Ok(value)
}

macro_rules! gs1_number {
    ($(#[$doc:meta])* $name:ident, $field:expr, $digits:literal, $lengths:expr, $expected:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// Reads the digits.
            ///
            /// # Errors
            /// A length that does not exist, a character that is no digit, a wrong check digit, all zeros.
            pub fn parse(text: &str) -> Result<Self, IdentError> {
                let value = parse(text, &$lengths, $expected, $field)?;
                from_value(value, $digits, $expected, $field).map(Self).map_err(|e| IdentError {
                    position: if matches!(e.kind, IdentErrorKind::CheckDigit { .. }) { clamp(text.len() - 1) } else { 0 },
                    ..e
                })
            }
            /// From its digits read as one number.
            ///
            /// # Errors
            /// Too many digits, zero, a wrong check digit.
            pub fn from_value(value: u64) -> Result<Self, IdentError> {
                from_value(value, $digits, $expected, $field).map(Self)
            }
            /// Its digits read as one number.
            #[must_use]
            pub const fn value(self) -> u64 {
                self.0
            }
            /// Its digits in ASCII, leading zeros included.
            #[must_use]
            pub fn digits(self) -> [u8; $digits] {
                let (mut out, mut rest) = ([b'0'; $digits], self.0);
                for d in out.iter_mut().rev() {
                    *d += (rest % 10) as u8;
                    rest /= 10;
                }
                out
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:0width$}", self.0, width = $digits)
            }
        }
    };
}

gs1_number!(
    /// A trade item: GTIN-8, -12, -13 or -14, kept and printed as 14 digits (GenSpecs 3.3.2).
    ///
    /// ```
    /// use medlot_core::ident::Gtin;
    /// assert_eq!(Gtin::parse("8936098966893").unwrap().to_string(), "08936098966893");
    /// ```
    Gtin, Field::Gtin, 14, [8, 12, 13, 14], "8, 12, 13 or 14 digits"
);
gs1_number!(
    /// A logistic unit, AI 00 (GenSpecs 3.3.1).
    Sscc, Field::Sscc, 18, [18], "18 digits"
);
gs1_number!(
    /// A place or party, AI 410–417 (GenSpecs 3.7).
    Gln, Field::Gln, 13, [13], "13 digits"
);

impl Gtin {
    /// Reads a number that a person typed, with the hyphens and blanks that are printed in it, and
    /// whether there were any. What a scanner reads goes to [`Gtin::parse`], which refuses them.
    ///
    /// ```
    /// use medlot_core::ident::Gtin;
    /// let (gtin, separated) = Gtin::parse_typed("868-1801-092092").unwrap();
    /// assert_eq!((gtin.to_string().as_str(), separated), ("08681801092092", true));
    /// ```
    ///
    /// # Errors
    /// As [`Gtin::parse`]; positions count in the text as typed.
    pub fn parse_typed(text: &str) -> Result<(Self, bool), IdentError> {
        let is_separator = |c: char| matches!(c, '-' | ' ');
        if !text.contains(is_separator) {
            return Self::parse(text).map(|gtin| (gtin, false));
        }
        let typed = || text.char_indices().filter(|(_, c)| !is_separator(*c));
        if let Some((at, found)) = typed().find(|(_, c)| !c.is_ascii_digit()) {
            return Err(IdentError::new(Field::Gtin, IdentErrorKind::BadCharacter { found }, at));
        }
        let mut digits = [0u8; 14];
        let mut count = 0usize;
        for (_, c) in typed() {
            if let Some(slot) = digits.get_mut(count) {
                *slot = c as u8; // an ASCII digit, as just seen
            }
            count += 1;
        }
        let Some(Ok(plain)) = digits.get(..count).map(core::str::from_utf8) else {
            let kind = IdentErrorKind::BadLength { expected: "8, 12, 13 or 14 digits", actual: clamp(count) };
            return Err(IdentError::new(Field::Gtin, kind, 0));
        };
        match Self::parse(plain) {
            Ok(gtin) => Ok((gtin, true)),
            Err(e) if matches!(e.kind, IdentErrorKind::CheckDigit { .. }) => {
                Err(IdentError::new(e.field, e.kind, typed().next_back().map_or(0, |(at, _)| at)))
            }
            Err(e) => Err(e),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn real_gtins_are_kept_as_fourteen_digits() {
        for (text, kept) in [
            ("8936098966893", "08936098966893"),
            ("614141123452", "00614141123452"),
            ("10847976000040", "10847976000040"),
            ("96385074", "00000096385074"),
        ] {
            assert_eq!(Gtin::parse(text).unwrap().to_string(), kept);
        }
    }

    #[test]
    fn refusals_name_the_digit_and_its_place() {
        let e = Gtin::parse("8935001701113").unwrap_err();
        assert!(matches!(e.kind, IdentErrorKind::CheckDigit { found: 3, .. }));
        assert_eq!(e.position, 12);
        assert_eq!(Gtin::parse("0356460x11937").unwrap_err().position, 7);
        assert!(matches!(Gtin::parse("1234567").unwrap_err().kind, IdentErrorKind::BadLength { actual: 7, .. }));
        assert!(Gtin::parse("00000000000000").is_err());
        assert!(Gtin::parse("").is_err());
        assert!(Gtin::from_value(100_000_000_000_000).is_err());
        assert!(Sscc::parse("376130321109103421").is_err());
        assert!(Sscc::parse("106141412345678908").is_ok());
        assert!(Gln::parse("0614141123452").is_ok());
    }

    #[test]
    fn typed_separators_are_taken_out_and_reported_and_scanned_ones_refused() {
        let gtin = Gtin::parse("8681801092092").unwrap();
        assert_eq!(Gtin::parse_typed("8681801092092"), Ok((gtin, false)));
        for text in ["868-1801-092092", "868 1801 092092", " 8681801092092", "8-6-8-1-8-0-1-0-9-2-0-9-2"] {
            assert_eq!(Gtin::parse_typed(text), Ok((gtin, true)), "{text}");
            assert!(matches!(Gtin::parse(text).unwrap_err().kind, IdentErrorKind::BadCharacter { .. }), "{text}");
        }
        let e = Gtin::parse_typed("868-1801-092093").unwrap_err();
        assert_eq!((e.position, e.kind), (14, IdentErrorKind::CheckDigit { found: 3, expected: 2 }));
        let e = Gtin::parse_typed("868-18Đ1-092092").unwrap_err();
        assert_eq!((e.position, e.kind), (6, IdentErrorKind::BadCharacter { found: 'Đ' }));
        let e = Gtin::parse_typed("868-1801-0920921-1").unwrap_err();
        assert!(matches!(e.kind, IdentErrorKind::BadLength { actual: 15, .. }));
        assert_eq!(Gtin::parse_typed("- -").unwrap_err().kind, IdentErrorKind::Empty);
        assert!(Gtin::parse_typed("0000-0000-0000-00").is_err());
    }

    #[test]
    fn a_value_of_too_many_digits_is_told_from_zero() {
        let e = Gtin::from_value(100_000_000_000_000).unwrap_err();
        assert!(matches!(e.kind, IdentErrorKind::BadLength { actual: 15, .. }));
        assert!(matches!(Gtin::from_value(0).unwrap_err().kind, IdentErrorKind::BadForm { .. }));
    }

    proptest! {
        #[test]
        fn every_sscc_and_gln_prints_and_reads_back(n in 1u64..100_000_000_000_000_000) {
            let with_check = |base: u64| base * 10 + u64::from(check(base * 10).0);
            let sscc = Sscc::from_value(with_check(n)).unwrap();
            prop_assert_eq!(Sscc::parse(&sscc.to_string()), Ok(sscc));
            let gln = Gln::from_value(with_check(n % 999_999_999_999 + 1)).unwrap();
            prop_assert_eq!(Gln::parse(&gln.to_string()), Ok(gln));
        }
        #[test]
        fn with_its_check_digit_every_number_prints_and_reads_back(n in 1u64..10_000_000_000_000) {
            let base = n * 10;
            let value = base + u64::from(check(base).0);
            let gtin = Gtin::from_value(value).unwrap();
            prop_assert_eq!(Gtin::parse(&gtin.to_string()), Ok(gtin));
            let digits = gtin.digits().map(|d| d - b'0');
            prop_assert_eq!(check_digit(&digits[..13]), digits[13]);
            for wrong in 1..10 {
                prop_assert!(Gtin::from_value(base + (value + wrong) % 10).is_err());
            }
        }
        #[test]
        fn no_text_panics(text in ".{0,30}") {
            let _ = (Gtin::parse(&text), Gtin::parse_typed(&text), Gln::parse(&text), Sscc::parse(&text));
        }
    }
}
