//! Vietnamese registration numbers (số đăng ký): old families with letters and the new 12 digits.

use super::error::{Field, IdentError, IdentErrorKind};
use super::text;
use crate::limits;
use core::fmt;

/// A registration number; both styles live side by side and no list of prefixes is closed.
///
/// ```
/// use medlot_core::ident::RegistrationNumber;
/// let n = RegistrationNumber::parse("893110495225").unwrap();
/// let RegistrationNumber::New(n) = n else { panic!() };
/// assert_eq!((n.country(), n.prescription(), n.serial(), n.year()), (893, 1, 4952, 2025));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegistrationNumber<'a> {
    /// Twelve digits.
    New(NewRegistration),
    /// Letters, digits, hyphens: `VD-12345-17`, `QLĐB-382-13`, `V268-H12-13`.
    Old(OldRegistration<'a>),
}

impl<'a> RegistrationNumber<'a> {
    /// Twelve digits are always the new style, so one text has one value.
    ///
    /// # Errors
    /// Empty, over 50 bytes, blanks or control characters, no letter, no digit.
    pub fn parse(given: &'a str) -> Result<Self, IdentError> {
        if given.len() == 12 && given.bytes().all(|b| b.is_ascii_digit()) {
            let value = given.bytes().fold(0u64, |n, b| n * 10 + u64::from(b - b'0'));
            return Ok(Self::New(NewRegistration(value)));
        }
        text::any(given, limits::MAX_CODE_BYTES, Field::Registration)?;
        if let Some(at) = given.find(' ') {
            return Err(IdentError::new(Field::Registration, IdentErrorKind::BadCharacter { found: ' ' }, at));
        }
        let letter = given.bytes().any(|b| b.is_ascii_alphabetic() || !b.is_ascii());
        if !letter || !given.bytes().any(|b| b.is_ascii_digit()) {
            let expected = "12 digits, or letters and digits such as VD-12345-17";
            return Err(IdentError::new(Field::Registration, IdentErrorKind::BadForm { expected }, 0));
        }
        Ok(Self::Old(OldRegistration(given)))
    }
}

impl fmt::Display for RegistrationNumber<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New(n) => n.fmt(f),
            Self::Old(o) => f.pad(o.0),
        }
    }
}

/// The new style: country 3, group 1, prescription 1, control type 1, serial 4, year 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NewRegistration(u64);

impl NewRegistration {
    /// From its digits read as one number; none from 10¹² on.
    #[must_use]
    pub const fn from_value(value: u64) -> Option<Self> {
        if value < 1_000_000_000_000 { Some(Self(value)) } else { None }
    }
    /// Its digits read as one number.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.0
    }
    const fn part(self, after: u32, digits: u32) -> u16 {
        (self.0 / 10u64.pow(after) % 10u64.pow(digits)) as u16
    }
    /// GS1 prefix of the country of manufacture; Vietnam is 893.
    #[must_use]
    pub const fn country(self) -> u16 {
        self.part(9, 3)
    }
    /// 1 chemical, 2 herbal, 3 vaccine, 4 biological, 5 raw material; others are accepted.
    #[must_use]
    pub const fn group(self) -> u8 {
        self.part(8, 1) as u8
    }
    /// 0 without prescription, 1 on prescription.
    #[must_use]
    pub const fn prescription(self) -> u8 {
        self.part(7, 1) as u8
    }
    /// 0 none, 1 narcotic, 2 psychotropic, 3 precursor, 4 poison, 5 banned list, 6 radioactive.
    #[must_use]
    pub const fn control_type(self) -> u8 {
        self.part(6, 1) as u8
    }
    /// Serial number within its year.
    #[must_use]
    pub const fn serial(self) -> u16 {
        self.part(2, 4)
    }
    /// Year of registration; the style exists since 2022, so two digits are of this century.
    #[must_use]
    pub const fn year(self) -> u16 {
        2000 + self.part(0, 2)
    }
}

impl fmt::Display for NewRegistration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

/// The old style, as printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OldRegistration<'a>(&'a str);

impl<'a> OldRegistration<'a> {
    /// The text as printed.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }
    /// What stands before the first hyphen: the family, `VD`, `VN3`, `QLĐB`, `V268`.
    #[must_use]
    pub fn prefix(self) -> &'a str {
        self.0.split('-').next().unwrap_or(self.0)
    }
    /// What stands between the first and the last hyphen, where there are two.
    #[must_use]
    pub fn serial(self) -> Option<&'a str> {
        let (head, _) = self.0.rsplit_once('-')?;
        head.split_once('-').map(|(_, serial)| serial)
    }
    /// Year of registration, where the last part is two digits (the style ended in 2022).
    #[must_use]
    pub fn year(self) -> Option<u16> {
        let last = self.0.rsplit_once('-')?.1;
        if last.len() != 2 || !last.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let two: u16 = last.parse().ok()?;
        Some(if two < 50 { 2000 + two } else { 1900 + two })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_old_family_is_read_in_its_parts() {
        for (text, prefix, serial, year) in [
            ("VD-22739-15", "VD", "22739", 2015),
            ("VN-16854-13", "VN", "16854", 2013),
            ("VN2-52-13", "VN2", "52", 2013),
            ("VD3-99-21", "VD3", "99", 2021),
            ("QLSP-0705-13", "QLSP", "0705", 2013),
            ("QLĐB-382-13", "QLĐB", "382", 2013),
            ("GC-319-19", "GC", "319", 2019),
            ("VS-4878-14", "VS", "4878", 2014),
            ("V268-H12-13", "V268", "H12", 2013),
            ("ABC-1-99", "ABC", "1", 1999),
        ] {
            let RegistrationNumber::Old(n) = RegistrationNumber::parse(text).unwrap() else { panic!("{text}") };
            assert_eq!((n.prefix(), n.serial(), n.year()), (prefix, Some(serial), Some(year)));
            assert_eq!(RegistrationNumber::Old(n).to_string(), text);
        }
    }

    #[test]
    fn the_new_style_is_read_in_its_parts() {
        let RegistrationNumber::New(n) = RegistrationNumber::parse("840501417225").unwrap() else { panic!() };
        assert_eq!((n.country(), n.group(), n.prescription(), n.control_type()), (840, 5, 0, 1));
        assert_eq!((n.serial(), n.year(), n.to_string().as_str()), (4172, 2025, "840501417225"));
    }

    #[test]
    fn what_is_no_registration_number_is_refused() {
        for text in ["", "VD 12345-17", "12345", "1234567890123", "ABC-DEF", "-", "VD-1\u{7}-17"] {
            assert!(RegistrationNumber::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_new_number_prints_and_reads_back(value in 0u64..1_000_000_000_000) {
            let n = RegistrationNumber::New(NewRegistration::from_value(value).unwrap());
            let text = n.to_string();
            prop_assert_eq!(RegistrationNumber::parse(&text), Ok(n));
        }
        #[test]
        fn every_old_number_with_a_letter_and_a_digit_is_accepted(text in "[A-ZĐ]{1,4}[0-9]{0,3}-H?[0-9]{1,5}-[0-9]{2}") {
            prop_assert_eq!(RegistrationNumber::parse(&text).unwrap().to_string(), text);
        }
        #[test]
        fn what_is_accepted_prints_the_same(text in "[0-9A-ZĐ-]{1,14}") {
            if let Ok(n) = RegistrationNumber::parse(&text) { prop_assert_eq!(n.to_string(), text); }
        }
    }
}
