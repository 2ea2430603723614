//! Units and parts of units, added without rounding.

use super::super::settled::measure;
use crate::ident::Measure;
use alloc::vec::Vec;

/// A fraction in lowest terms; the denominator is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fraction {
    /// Above the line.
    pub numerator: i128,
    /// Below it.
    pub denominator: i128,
}

const fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Fraction {
    /// `None` where the denominator is 0, or a number too large.
    #[must_use]
    pub fn new(numerator: i128, denominator: i128) -> Option<Self> {
        let divisor = greatest_common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs());
        let divisor = i128::try_from(divisor).ok().filter(|_| denominator != 0)?;
        let (numerator, denominator) = (numerator / divisor, denominator / divisor);
        if denominator < 0 {
            return Some(Self { numerator: numerator.checked_neg()?, denominator: denominator.checked_neg()? });
        }
        Some(Self { numerator, denominator })
    }

    /// The sum; `None` where it doesn't fit.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let left = self.numerator.checked_mul(other.denominator)?;
        let right = other.numerator.checked_mul(self.denominator)?;
        Self::new(left.checked_add(right)?, self.denominator.checked_mul(other.denominator)?)
    }

    /// The product; `None` where it doesn't fit.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        let numerator = self.numerator.checked_mul(other.numerator)?;
        Self::new(numerator, self.denominator.checked_mul(other.denominator)?)
    }

    /// The quotient; `None` where it doesn't fit, or by 0.
    #[must_use]
    pub fn over(self, other: Self) -> Option<Self> {
        self.times(Self::new(other.denominator, other.numerator)?)
    }

    /// Times ten so often, to the nearest whole number, halves away from 0; `None` where it doesn't fit.
    ///
    /// ```
    /// use medlot_core::ledger::report::Fraction;
    /// let wasted = Fraction::new(9, 40).unwrap();
    /// assert_eq!(wasted.rounded(3), Some(225)); // 22.5 %
    /// ```
    #[must_use]
    pub fn rounded(self, decimals: u32) -> Option<i128> {
        let scaled = self.numerator.checked_mul(10i128.checked_pow(decimals)?)?;
        let half = self.denominator / 2;
        let up = if scaled < 0 { scaled.checked_sub(half)? } else { scaled.checked_add(half)? };
        Some(up / self.denominator)
    }
}

/// Parts of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartsOf {
    /// How many make a unit.
    pub per_unit: u16,
    /// What one is.
    pub measure: Measure,
    /// How many.
    pub count: i64,
}

/// Whole units, and parts of units: each measure by itself, so that nothing is rounded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exact {
    /// By measure, whole units (0) first.
    counts: Vec<(u32, i64)>,
}

impl Exact {
    pub(super) fn add(&mut self, measure: u32, count: i64) {
        match self.counts.binary_search_by_key(&measure, |(of, _)| *of) {
            Ok(at) => {
                if let Some((_, sum)) = self.counts.get_mut(at) {
                    *sum += count;
                }
            }
            Err(at) => self.counts.insert(at, (measure, count)),
        }
        self.counts.retain(|(_, count)| *count != 0);
    }

    pub(super) fn counts(&self) -> impl Iterator<Item = (u32, i64)> + '_ {
        self.counts.iter().copied()
    }

    /// Whole units.
    #[must_use]
    pub fn units(&self) -> i64 {
        self.counts.first().filter(|(measure, _)| *measure == 0).map_or(0, |(_, count)| *count)
    }

    /// Parts of units, by how many make one, then by measure: none that is 0.
    #[must_use]
    pub fn parts(&self) -> Vec<PartsOf> {
        let of = |(number, count): (u32, i64)| {
            measure(number).map(|(per_unit, measure)| PartsOf { per_unit, measure, count })
        };
        self.counts().filter_map(of).collect()
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.counts.is_empty()
    }

    /// Everything in units: 40 vials less 3 halves of one are 77/2. `None` where the number is too large.
    #[must_use]
    pub fn in_units(&self) -> Option<Fraction> {
        let zero = Fraction::new(0, 1)?;
        self.counts().try_fold(zero, |sum, (measure, count)| {
            let per_unit = if measure == 0 { 1 } else { i128::from(measure >> 16) };
            sum.plus(Fraction::new(i128::from(count), per_unit)?)
        })
    }

    /// Whether there is something: of a number too large, whether any measure has something.
    pub(super) fn is_more_than_nothing(&self) -> bool {
        match self.in_units() {
            Some(units) => units.numerator > 0,
            None => self.counts().any(|(_, count)| count > 0),
        }
    }
}
