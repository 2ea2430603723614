//! What will expire soon, and what it is worth.

use super::super::settled::{Lot, Settled};
use super::exact::{Exact, Fraction};
use super::value::{Beside, Priced};
use crate::ident::{LotNumber, Product};
use crate::movement::Direction;
use crate::record::Entry;
use crate::time::{Date, Days, TimeError};
use crate::trust::RecordId;
use alloc::vec::Vec;

/// A lot that may be used for a short while only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtRisk<'l> {
    /// The product.
    pub product: Product<'l>,
    /// The lot number; `None`: none is printed.
    pub lot: Option<LotNumber<'l>>,
    /// Its last usable day.
    pub last_usable: Date,
    /// What stands, available and held.
    pub on_hand: Exact,
    /// The receipt whose amount gives the price: the latest that has one.
    pub priced_by: Option<RecordId>,
    /// The price of a unit, in the currency's smallest unit.
    pub price: Option<Fraction>,
    /// Whether the price includes tax.
    pub tax_included: bool,
    /// What stands at that price: rounded once to the nearest, halves up.
    pub value: Option<i128>,
}

impl<'l> Settled<'l> {
    /// Lots of a facility that stand there and whose last usable day lies from today on within so many days: by that day,
    /// product and lot number.
    ///
    /// # Errors
    /// Today lies before 2020, or the last day after 2102.
    pub fn at_risk(self, facility: &str, today: Date, days: u16) -> Result<Vec<AtRisk<'l>>, TimeError> {
        let until = Days::of(today).and_then(|day| Days::new(day.get().checked_add(days)?).date());
        let until = until.ok_or(TimeError::Range)?;
        let number = self.ledger.book.facilities.find(facility.as_bytes());
        let beside = number.map(|number| Beside::of(self.ledger, number)).unwrap_or_default();
        let mut all = Vec::new();
        for (last_usable, lot) in self.expiring(facility, until) {
            let Some(product) = lot.product().filter(|_| last_usable >= today) else { continue };
            let mut on_hand = Exact::default();
            lot.sums().into_iter().for_each(|sum| on_hand.add(sum.measure, sum.count));
            if !on_hand.is_more_than_nothing() {
                continue;
            }
            let priced = self.latest_price(&beside, &lot);
            let price = priced.and_then(|(_, priced)| {
                let per_unit = if priced.measure == 0 { 1 } else { i128::from(priced.measure >> 16) };
                let amount = i128::from(priced.amount.value).checked_mul(per_unit)?;
                Fraction::new(amount, i128::from(priced.count))
            });
            let value = price.and_then(|price| on_hand.in_units()?.times(price)?.rounded(0));
            all.push(AtRisk {
                product,
                lot: lot.number(),
                last_usable,
                on_hand,
                priced_by: priced.map(|(row, _)| self.ledger.book.id(row)),
                price,
                tax_included: priced.is_some_and(|(_, priced)| priced.amount.tax_included),
                value,
            });
        }
        Ok(all)
    }

    /// The amount of the latest receipt of a lot that has one, and isn't taken back whole.
    fn latest_price(self, beside: &Beside<'l>, lot: &Lot<'l>) -> Option<(u32, Priced)> {
        let (ledger, book) = (self.ledger, &self.ledger.book);
        let priced = lot.rows().filter(|row| ledger.net(*row) > 0).filter_map(|row| {
            let Entry::Movement { movement, .. } = book.record(row)?.entry else { return None };
            (movement.direction == Direction::In).then(|| beside.priced(self, row, &movement))?.map(|p| (row, p))
        });
        priced.max_by_key(|(row, _)| (book.time(*row), book.order(*row)))
    }
}
