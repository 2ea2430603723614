//! What movements were worth, where documents say it.

use super::super::add::Ledger;
use super::super::row::NONE;
use super::super::settled::Settled;
use crate::ident::Operator;
use crate::movement::{Amount, Movement};
use crate::record::Entry;
use alloc::vec::Vec;
use hashbrown::HashMap;

/// A sum of amounts in the currency's smallest unit. Those with and without tax are never added to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Value {
    /// Of amounts that include tax.
    pub with_tax: u128,
    /// Of amounts that don't.
    pub without_tax: u128,
    /// Movements for which no amount is known: they stand in neither sum.
    pub unvalued: u64,
}

impl core::iter::Sum for Value {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        let mut sum = Self::default();
        all.for_each(|value| sum.add(value));
        sum
    }
}

impl Value {
    pub(super) fn add(&mut self, other: Self) {
        self.with_tax = self.with_tax.saturating_add(other.with_tax);
        self.without_tax = self.without_tax.saturating_add(other.without_tax);
        self.unvalued = self.unvalued.saturating_add(other.unvalued);
    }
}

/// An amount, and for how much of a lot it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Priced {
    pub(super) amount: Amount,
    /// Units or parts.
    pub(super) count: u32,
    /// Of which measure.
    pub(super) measure: u32,
}

impl Priced {
    /// Its share for so many units or parts: rounded to the nearest, halves up.
    pub(super) fn share(self, count: u32) -> Value {
        let (value, of) = (u128::from(self.amount.value) * u128::from(count), u128::from(self.count.max(1)));
        let share = (value + of / 2) / of;
        match self.amount.tax_included {
            true => Value { with_tax: share, ..Value::default() },
            false => Value { without_tax: share, ..Value::default() },
        }
    }
}

/// What stands beside the lines of hand-overs, of one facility.
#[derive(Debug, Default)]
pub(super) struct Beside<'l> {
    lines: HashMap<u32, (Option<Amount>, Option<Operator<'l>>)>,
}

impl<'l> Beside<'l> {
    /// The `Detail`s of a facility's logs. Of several about one line the first says it, by log, index and identity.
    pub(super) fn of(ledger: &'l Ledger, facility: u32) -> Self {
        let book = &ledger.book;
        let mut details: Vec<u32> =
            ledger.details.iter().copied().filter(|row| book.facility_of(*row) == facility).collect();
        details.sort_by_key(|row| book.order(*row));
        let mut lines = HashMap::new();
        for row in details {
            let Some((Entry::Detail(detail), r)) = book.record(row).map(|r| r.entry).zip(book.row(row)) else {
                continue;
            };
            let Some(first) = r.index.checked_sub(detail.first) else { continue };
            for (index, amount) in (first..r.index).zip(detail.amounts.iter()) {
                if let Some(line) = book.ancestor(row, index) {
                    lines.entry(line).or_insert((amount.0, detail.operator));
                }
            }
        }
        Self { lines }
    }

    /// Who wrote it.
    pub(super) fn operator(&self, row: u32, own: Option<Operator<'l>>) -> Option<Operator<'l>> {
        own.or_else(|| self.lines.get(&row).and_then(|(_, operator)| *operator))
    }

    /// What a movement is worth: its own amount; else that of the `Detail` beside it; else, of a receipt, its share of
    /// what was sent, where the sender's amount is known here.
    pub(super) fn priced(&self, settled: Settled<'l>, row: u32, movement: &Movement<'_>) -> Option<Priced> {
        let own = movement.amount.or_else(|| self.lines.get(&row).and_then(|(amount, _)| *amount));
        let ledger = settled.ledger;
        let at = |row: u32, amount: Amount| {
            let r = ledger.book.row(row)?;
            Some(Priced { amount, count: r.quantity, measure: r.measure })
        };
        if let Some(amount) = own {
            return at(row, amount);
        }
        let part = ledger.parts.get(ledger.book.row(row)?.part as usize)?;
        let lot = ledger.book.of_item.get(part.item as usize).map_or(NONE, |(_, lot)| *lot);
        let sent = ledger.transit.answered_by(&ledger.book, part.facility, lot, row)?;
        let Entry::Movement { movement: sent_as, .. } = ledger.book.record(sent)?.entry else { return None };
        let same = ledger.book.row(sent)?.measure == ledger.book.row(row)?.measure;
        let amount = sent_as.amount.or_else(|| settled.amount_beside(sent)).filter(|_| same)?;
        at(sent, amount)
    }
}

impl Settled<'_> {
    /// The amount that a `Detail` gives one line, of any facility: the first by log, index and identity.
    fn amount_beside(self, line: u32) -> Option<Amount> {
        let book = &self.ledger.book;
        let at = book.row(line)?;
        let about = self.ledger.details.iter().filter_map(|row| {
            let r = book.row(*row).filter(|r| r.log == at.log && r.index > at.index)?;
            let Entry::Detail(detail) = book.record(*row)?.entry else { return None };
            let first = r.index.checked_sub(detail.first)?;
            let amount = detail.amounts.iter().nth(at.index.checked_sub(first)? as usize)?.0;
            (book.ancestor(*row, at.index) == Some(line)).then_some((*row, amount))
        });
        about.min_by_key(|(row, _)| book.order(*row)).and_then(|(_, amount)| amount)
    }
}
