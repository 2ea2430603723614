//! The other side of a movement, in an open set of schemes.

use super::error::{Field, IdentError};
use super::product::{open, other, shift, split};
use super::{Code50, FacilityCode, Gln};
use core::fmt;

/// A counterparty.
///
/// ```
/// use medlot_core::ident::Party;
/// assert_eq!(Party::parse("facility:01-008179").unwrap().to_string(), "facility:01-008179");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party<'a> {
    /// Scheme 0: a facility of the same root.
    Facility(FacilityCode<'a>),
    /// Scheme 1.
    Gln(Gln),
    /// Scheme 2: tax code.
    Tax(Code50<'a>),
    /// Scheme 3: national id of a business.
    National(Code50<'a>),
    /// Scheme 4: described in words.
    Described(Code50<'a>),
    /// A scheme of a newer build; shown as "other (n)".
    Other {
        /// 5 … 16,383.
        scheme: u16,
        /// Its value.
        value: Code50<'a>,
    },
}

impl<'a> Party<'a> {
    /// The scheme's number in records.
    #[must_use]
    pub const fn scheme(&self) -> u16 {
        match self {
            Self::Facility(_) => 0,
            Self::Gln(_) => 1,
            Self::Tax(_) => 2,
            Self::National(_) => 3,
            Self::Described(_) => 4,
            Self::Other { scheme, .. } => *scheme,
        }
    }
    /// Of a scheme's number and its value as text.
    ///
    /// # Errors
    /// As the scheme's own type; a scheme over 16,383.
    pub fn of_scheme(scheme: u16, value: &'a str) -> Result<Self, IdentError> {
        Ok(match scheme {
            0 => Self::Facility(FacilityCode::parse(value)?),
            1 => Self::Gln(Gln::parse(value)?),
            2 => Self::Tax(Code50::parse(value)?),
            3 => Self::National(Code50::parse(value)?),
            4 => Self::Described(Code50::parse(value)?),
            _ => Self::Other { scheme: open(scheme, Field::Party)?, value: Code50::parse(value)? },
        })
    }
    /// Reads `facility:…`, `gln:…`, `tax:…`, `national:…`, `described:…`, `other-<n>:…`.
    ///
    /// # Errors
    /// No such scheme, or as the scheme's own type.
    pub fn parse(text: &'a str) -> Result<Self, IdentError> {
        let (name, value) = split(text, Field::Party, "scheme:value, such as facility:01-008179")?;
        let scheme = match name {
            "facility" => 0,
            "gln" => 1,
            "tax" => 2,
            "national" => 3,
            "described" => 4,
            _ => other(name, Field::Party, "facility, gln, tax, national, described or other-<n>")?,
        };
        Self::of_scheme(scheme, value).map_err(|e| shift(e, name))
    }
}

impl fmt::Display for Party<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Facility(v) => write!(f, "facility:{v}"),
            Self::Gln(v) => write!(f, "gln:{v}"),
            Self::Tax(v) => write!(f, "tax:{v}"),
            Self::National(v) => write!(f, "national:{v}"),
            Self::Described(v) => write!(f, "described:{v}"),
            Self::Other { scheme, value } => write!(f, "other-{scheme}:{value}"),
        }
    }
}
