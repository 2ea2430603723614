//! What is used up: average monthly consumption, months of stock, open-vial wastage.

use super::super::settled::Settled;
use super::exact::{Exact, Fraction};
use super::outs::{Daily, days_in};
use super::period::Period;
use super::walk::{Walk, When};
use crate::ident::Product;
use crate::movement::{Direction, reasons};
use crate::time::Date;
use alloc::vec::Vec;

/// What was used of a product in a period, and what is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage<'l> {
    /// The product.
    pub product: Product<'l>,
    /// Sold to who uses it.
    pub retail: Exact,
    /// Administered.
    pub administered: Exact,
    /// Used in the facility.
    pub used_in_facility: Exact,
    /// Discarded from opened vials: no consumption.
    pub open_vial_wastage: Exact,
    /// May be dispensed today: available, not expired, not recalled, no monitor at stage 3 or 4.
    pub usable: Exact,
    /// Of how many calendar months the period consists; `None`: of no whole ones.
    pub months: Option<u32>,
    /// Days of the period.
    pub days: u32,
    /// Days of the period from the product's first record on that didn't end without anything to dispense.
    pub days_in_stock: u32,
}

impl Usage<'_> {
    /// Consumption: sold by retail, administered, used in the facility; less what was taken back. What customers bring back
    /// isn't subtracted: it isn't dispensed again.
    #[must_use]
    pub fn consumed(&self) -> Exact {
        let mut sum = Exact::default();
        for part in [&self.retail, &self.administered, &self.used_in_facility] {
            part.counts().for_each(|(measure, count)| sum.add(measure, count));
        }
        sum
    }

    /// Average monthly consumption in units: what was consumed by the number of months; `None` where the period consists of
    /// no whole months.
    #[must_use]
    pub fn average(&self) -> Option<Fraction> {
        self.consumed().in_units()?.over(Fraction::new(i128::from(self.months?), 1)?)
    }

    /// The same without the days on which there was nothing to dispense: consumed × days ÷ days in stock ÷ months. `None`
    /// also where there never was anything.
    #[must_use]
    pub fn average_in_stock(&self) -> Option<Fraction> {
        self.average()?.times(Fraction::new(i128::from(self.days), i128::from(self.days_in_stock))?)
    }

    /// For how many months the usable stock lasts at an average; `None` where nothing was consumed.
    #[must_use]
    pub fn months_of_stock(&self, average: Fraction) -> Option<Fraction> {
        self.usable.in_units()?.over(average)
    }

    /// The share of opened vials that was discarded: wasted ÷ (wasted + administered). `None` where neither was.
    #[must_use]
    pub fn wastage(&self) -> Option<Fraction> {
        let wasted = self.open_vial_wastage.in_units()?;
        wasted.over(wasted.plus(self.administered.in_units()?)?)
    }
}

impl<'l> Settled<'l> {
    /// What was used of each product in a period, and what is left `today`. For an average give whole months
    /// ([`super::Span::months_before`]).
    #[must_use]
    pub fn usage(self, period: &Period<'_>, today: Date) -> Vec<Usage<'l>> {
        let walk = Walk::new(self, period);
        let mut all: Vec<(Usage<'l>, Daily)> = Vec::new();
        for lot in walk.lots() {
            let Some(product) = lot.product() else { continue };
            if all.last().is_none_or(|(last, _)| last.product != product) {
                let usage = Usage {
                    product,
                    retail: Exact::default(),
                    administered: Exact::default(),
                    used_in_facility: Exact::default(),
                    open_vial_wastage: Exact::default(),
                    usable: Exact::default(),
                    months: period.span.months(),
                    days: period.span.days(),
                    days_in_stock: 0,
                };
                all.push((usage, Daily::default()));
            }
            let Some((usage, daily)) = all.last_mut() else { continue };
            walk.each(&lot, |post| {
                if post.when == When::Before || post.counted {
                    return;
                }
                let Some(movement) = walk.movement(post.row).filter(|m| m.direction == Direction::Out) else { return };
                let sum = match reasons::OUT.name(movement.reason) {
                    Some("retail") => &mut usage.retail,
                    Some("administered") => &mut usage.administered,
                    Some("used_in_facility") => &mut usage.used_in_facility,
                    Some("open_vial_wastage") => &mut usage.open_vial_wastage,
                    _ => return,
                };
                sum.add(post.measure, -post.change);
            });
            daily.add(&walk, &lot);
            let expired = lot.expiry().last_usable().is_some_and(|last| last < today);
            if !expired && lot.recalls().is_empty() {
                walk.usable(&lot).counts().for_each(|(measure, count)| usage.usable.add(measure, count));
            }
        }
        all.retain(|(usage, daily)| daily.is_known() || !usage.usable.is_zero());
        let finish = |(mut usage, daily): (Usage<'l>, Daily)| {
            let (days, out) = daily.outs(&walk);
            usage.days_in_stock = days.saturating_sub(days_in(&out));
            usage
        };
        all.into_iter().map(finish).collect()
    }
}

impl Walk<'_, '_> {
    /// What stands now of a lot where it may be dispensed, at the places asked for.
    fn usable(&self, lot: &super::super::Lot<'_>) -> Exact {
        let mut sum = Exact::default();
        let book = &self.settled.ledger.book;
        for of in lot.sums() {
            if self.passes(of.place) && book.places.get(of.place).may_be_dispensed() {
                sum.add(of.measure, of.count);
            }
        }
        sum
    }
}
