//! What the medicine is, in an open set of schemes.

use super::error::{Field, IdentError, IdentErrorKind};
use super::{Code50, Gtin, RegistrationNumber};
use crate::limits;
use core::fmt;

/// A product, named by the scheme that was at hand.
///
/// ```
/// use medlot_core::ident::Product;
/// let p = Product::parse("registration:QLĐB-382-13").unwrap();
/// assert_eq!(p.to_string(), "registration:QLĐB-382-13");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product<'a> {
    /// Scheme 0.
    Gtin(Gtin),
    /// Scheme 1: Vietnamese registration number.
    Registration(RegistrationNumber<'a>),
    /// Scheme 2: import permit.
    Permit(Code50<'a>),
    /// Scheme 3: id in the national catalogue.
    National(Code50<'a>),
    /// Scheme 4: code local to the facility.
    Local(Code50<'a>),
    /// A scheme of a newer build; shown as "other (n)".
    Other {
        /// 5 … 16,383.
        scheme: u16,
        /// Its value.
        value: Code50<'a>,
    },
}

impl<'a> Product<'a> {
    /// The scheme's number in records.
    #[must_use]
    pub const fn scheme(&self) -> u16 {
        match self {
            Self::Gtin(_) => 0,
            Self::Registration(_) => 1,
            Self::Permit(_) => 2,
            Self::National(_) => 3,
            Self::Local(_) => 4,
            Self::Other { scheme, .. } => *scheme,
        }
    }
    /// Of a scheme's number and its value as text.
    ///
    /// # Errors
    /// As the scheme's own type; a scheme over 16,383.
    pub fn of_scheme(scheme: u16, value: &'a str) -> Result<Self, IdentError> {
        Ok(match scheme {
            0 => Self::Gtin(Gtin::parse(value)?),
            1 => Self::Registration(RegistrationNumber::parse(value)?),
            2 => Self::Permit(Code50::parse(value)?),
            3 => Self::National(Code50::parse(value)?),
            4 => Self::Local(Code50::parse(value)?),
            _ => Self::Other { scheme: open(scheme, Field::Product)?, value: Code50::parse(value)? },
        })
    }
    /// Reads `gtin:…`, `registration:…`, `permit:…`, `national:…`, `local:…`, `other-<n>:…`.
    ///
    /// # Errors
    /// No such scheme, or as the scheme's own type.
    pub fn parse(text: &'a str) -> Result<Self, IdentError> {
        let (name, value) = split(text, Field::Product, "scheme:value, such as gtin:08936098966893")?;
        let scheme = match name {
            "gtin" => 0,
            "registration" => 1,
            "permit" => 2,
            "national" => 3,
            "local" => 4,
            _ => other(name, Field::Product, "gtin, registration, permit, national, local or other-<n>")?,
        };
        Self::of_scheme(scheme, value).map_err(|e| shift(e, name))
    }
}

impl fmt::Display for Product<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gtin(v) => write!(f, "gtin:{v}"),
            Self::Registration(v) => write!(f, "registration:{v}"),
            Self::Permit(v) => write!(f, "permit:{v}"),
            Self::National(v) => write!(f, "national:{v}"),
            Self::Local(v) => write!(f, "local:{v}"),
            Self::Other { scheme, value } => write!(f, "other-{scheme}:{value}"),
        }
    }
}

/// An open number that no name belongs to.
pub(super) fn open(n: u16, field: Field) -> Result<u16, IdentError> {
    if (5..=limits::MAX_OPEN).contains(&n) {
        return Ok(n);
    }
    let kind = IdentErrorKind::OutOfRange { min: 5, max: u32::from(limits::MAX_OPEN) };
    Err(IdentError::new(field, kind, 0))
}

/// The name of a scheme and what follows its colon.
pub(super) fn split<'a>(text: &'a str, field: Field, expected: &'static str) -> Result<(&'a str, &'a str), IdentError> {
    text.split_once(':').ok_or(IdentError::new(field, IdentErrorKind::BadForm { expected }, 0))
}

/// The n of `other-<n>`, written without leading zeros.
pub(super) fn other(name: &str, field: Field, expected: &'static str) -> Result<u16, IdentError> {
    let refused = IdentError::new(field, IdentErrorKind::BadForm { expected }, 0);
    let digits = name.strip_prefix("other-").ok_or(refused)?;
    if digits.starts_with(['0', '+']) {
        return Err(refused);
    }
    open(digits.parse().map_err(|_| refused)?, field)
}

/// The error's position counted from the scheme's name on.
pub(super) fn shift(e: IdentError, name: &str) -> IdentError {
    IdentError::new(e.field, e.kind, usize::from(e.position) + name.len() + 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::Party;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_scheme_reads_its_own_form() {
        for text in [
            "gtin:08936098966893",
            "registration:893110495225",
            "registration:VD-22739-15",
            "permit:1234/QLD-KD",
            "national:DQG00001234",
            "local:PARA500",
            "other-5:x",
        ] {
            assert_eq!(Product::parse(text).unwrap().to_string(), text);
        }
        assert!(Product::parse("other-4:x").is_err());
        assert!(Product::parse("other-05:x").is_err());
        assert!(Product::parse("08936098966893").is_err());
        assert_eq!(Product::parse("gtin:8935001701113").unwrap_err().position, 17);
    }

    proptest! {
        #[test]
        fn every_product_and_party_prints_and_reads_back(n in 2u16..20_000, value in "[!-~ĐƯ]{1,25}") {
            if let Ok(p) = Product::of_scheme(n, &value) {
                let text = p.to_string();
                prop_assert_eq!(Product::parse(&text), Ok(p));
                prop_assert_eq!(p.scheme(), n);
            }
            if let Ok(p) = Party::of_scheme(n, &value) {
                let text = p.to_string();
                prop_assert_eq!(Party::parse(&text), Ok(p));
                prop_assert_eq!(p.scheme(), n);
            }
        }
    }
}
