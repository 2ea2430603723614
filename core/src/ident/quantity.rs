//! How much: whole smallest dispensing units, or parts of one. Never a float.

use super::error::{Field, IdentError, IdentErrorKind};
use super::product::{open, other};
use crate::limits;
use core::fmt;

/// What a part is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the names say it
pub enum Measure {
    Dose,
    Ml,
    G,
    Iu,
    Piece,
    /// A measure of a newer build, 5 … 16,383.
    Other(u16),
}

impl Measure {
    /// The number in records.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Dose => 0,
            Self::Ml => 1,
            Self::G => 2,
            Self::Iu => 3,
            Self::Piece => 4,
            Self::Other(n) => n,
        }
    }
    /// Of the number in records.
    ///
    /// # Errors
    /// Over 16,383.
    pub fn of_number(n: u16) -> Result<Self, IdentError> {
        Ok(match n {
            0 => Self::Dose,
            1 => Self::Ml,
            2 => Self::G,
            3 => Self::Iu,
            4 => Self::Piece,
            _ => Self::Other(open(n, Field::Quantity)?),
        })
    }
    /// Reads `dose`, `ml`, `g`, `IU`, `piece`, `other-<n>`.
    ///
    /// # Errors
    /// No such measure.
    pub fn parse(text: &str) -> Result<Self, IdentError> {
        Ok(match text {
            "dose" => Self::Dose,
            "ml" => Self::Ml,
            "g" => Self::G,
            "IU" => Self::Iu,
            "piece" => Self::Piece,
            _ => Self::Other(other(text, Field::Quantity, "a measure: dose, ml, g, IU, piece or other-<n>")?),
        })
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dose => f.write_str("dose"),
            Self::Ml => f.write_str("ml"),
            Self::G => f.write_str("g"),
            Self::Iu => f.write_str("IU"),
            Self::Piece => f.write_str("piece"),
            Self::Other(n) => write!(f, "other-{n}"),
        }
    }
}

/// A quantity. 0 stands only in a count; whether it may is the movement's rule.
///
/// ```
/// use medlot_core::ident::Quantity;
/// assert_eq!(Quantity::parse("31/10 dose").unwrap().to_string(), "31/10 dose");
/// assert_eq!(Quantity::parse("11800").unwrap(), Quantity::units(11_800).unwrap());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// Smallest dispensing units, 0 … 999,999,999.
    Units(u32),
    /// Parts of a unit: 31 of 10 doses a vial is 3.1 vials, exactly.
    Parts {
        /// 0 … 999,999,999.
        parts: u32,
        /// 2 … 65,535.
        per_unit: u16,
        /// What a part is.
        measure: Measure,
    },
}

fn limited(n: u32, min: u32, max: u32) -> Result<u32, IdentError> {
    if (min..=max).contains(&n) {
        return Ok(n);
    }
    Err(IdentError::new(Field::Quantity, IdentErrorKind::OutOfRange { min, max }, 0))
}

impl Quantity {
    /// Whole units.
    ///
    /// # Errors
    /// Over 999,999,999.
    pub fn units(n: u32) -> Result<Self, IdentError> {
        limited(n, 0, limits::MAX_QUANTITY).map(Self::Units)
    }
    /// Parts of a unit.
    ///
    /// # Errors
    /// Parts over 999,999,999, or not 2 … 65,535 parts in a unit.
    pub fn parts(parts: u32, per_unit: u16, measure: Measure) -> Result<Self, IdentError> {
        limited(
            u32::from(per_unit),
            u32::from(*limits::PARTS_PER_UNIT.start()),
            u32::from(*limits::PARTS_PER_UNIT.end()),
        )?;
        Ok(Self::Parts { parts: limited(parts, 0, limits::MAX_QUANTITY)?, per_unit, measure })
    }
    /// The number of units or of parts.
    #[must_use]
    pub const fn count(self) -> u32 {
        match self {
            Self::Units(n) | Self::Parts { parts: n, .. } => n,
        }
    }
    /// So many in the same form; the most that a quantity can say where that is less.
    #[must_use]
    pub const fn with_count(self, n: u32) -> Self {
        let n = if n > limits::MAX_QUANTITY { limits::MAX_QUANTITY } else { n };
        match self {
            Self::Units(_) => Self::Units(n),
            Self::Parts { per_unit, measure, .. } => Self::Parts { parts: n, per_unit, measure },
        }
    }
    /// Reads `120` or `31/10 dose`.
    ///
    /// # Errors
    /// Not a whole number, over a limit, no such measure.
    pub fn parse(text: &str) -> Result<Self, IdentError> {
        let expected = "a whole number of units, or parts such as 31/10 dose";
        let refused = IdentError::new(Field::Quantity, IdentErrorKind::BadForm { expected }, 0);
        // More digits than fit are a number too large, not another form.
        let number = |t: &str| {
            let plain = t == "0" || !t.starts_with('0');
            let digits = !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
            if plain && digits { Ok(t.parse::<u32>().unwrap_or(u32::MAX)) } else { Err(refused) }
        };
        let Some((parts, rest)) = text.split_once('/') else { return Self::units(number(text)?) };
        let (per_unit, measure) = rest.split_once(' ').ok_or(refused)?;
        let at = |e: IdentError, position| IdentError::new(e.field, e.kind, position);
        let (n, per) = (number(parts)?, number(per_unit)?);
        let (min, max) = (u32::from(*limits::PARTS_PER_UNIT.start()), u32::from(*limits::PARTS_PER_UNIT.end()));
        let per = limited(per, min, max).map_err(|e| at(e, parts.len() + 1))?;
        let start = parts.len() + per_unit.len() + 2;
        Self::parts(n, per as u16, Measure::parse(measure).map_err(|e| at(e, start))?)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Units(n) => n.fmt(f),
            Self::Parts { parts, per_unit, measure } => write!(f, "{parts}/{per_unit} {measure}"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn floats_signs_and_padding_are_refused() {
        for text in ["1.5", "-1", "+1", "01", "", "1/10", "1/1 dose", "1/65536 dose", "1000000000", "1/10 cup"] {
            assert!(Quantity::parse(text).is_err(), "{text}");
        }
        assert!(Quantity::parse("0").is_ok());
    }

    #[test]
    fn a_number_too_large_names_its_limit_and_its_place() {
        let over = |text| Quantity::parse(text).map_err(|e| (e.kind, e.position));
        let (whole, per) = ((0, 999_999_999), (2, 65_535));
        for (text, (min, max), place) in [
            ("1000000000", whole, 0),
            ("99999999999999999999", whole, 0),
            ("1000000000/10 dose", whole, 0),
            ("31/65536 dose", per, 3),
            ("31/99999999999 dose", per, 3),
            ("31/1 dose", per, 3),
        ] {
            assert_eq!(over(text), Err((IdentErrorKind::OutOfRange { min, max }, place)), "{text}");
        }
        assert_eq!(Quantity::parse("31/10 cup").unwrap_err().position, 6);
    }

    proptest! {
        #[test]
        fn every_quantity_prints_and_reads_back(n in 0u32..=999_999_999, per in 2u16.., m in 0u16..30) {
            let q = Quantity::parts(n, per, Measure::of_number(m).unwrap()).unwrap();
            prop_assert_eq!(Quantity::parse(&q.to_string()), Ok(q));
            let q = Quantity::units(n).unwrap();
            prop_assert_eq!(Quantity::parse(&q.to_string()), Ok(q));
        }
    }
}
