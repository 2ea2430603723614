//! One pass over the records of a lot: what each did, before a period or in it. Every report is made of this.

use super::super::row::does;
use super::super::settled::{Lot, Settled};
use super::period::Period;
use super::value::Beside;
use crate::movement::Movement;
use crate::record::Entry;

/// When it took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// Before the period.
    Before,
    /// In it.
    Within,
}

/// What one record did to one lot at the places asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Post {
    pub(super) row: u32,
    pub(super) measure: u32,
    pub(super) time: i64,
    pub(super) when: When,
    /// Whether it is a count's difference.
    pub(super) counted: bool,
    /// How much moved; of a count, the difference.
    pub(super) quantity: i64,
    /// What it added or took: 0 where something only changed its place.
    pub(super) change: i64,
}

/// A period of a facility, ready to be walked through.
pub(super) struct Walk<'l, 'q> {
    pub(super) settled: Settled<'l>,
    pub(super) period: &'q Period<'q>,
    pub(super) beside: Beside<'l>,
    pub(super) start: i64,
    pub(super) end: i64,
}

impl<'l, 'q> Walk<'l, 'q> {
    pub(super) fn new(settled: Settled<'l>, period: &'q Period<'q>) -> Self {
        let (start, end) = period.span.seconds(period.utc_offset);
        let facility = settled.ledger.book.facilities.find(period.facility.as_bytes());
        let beside = facility.map(|facility| Beside::of(settled.ledger, facility)).unwrap_or_default();
        Self { settled, period, beside, start, end }
    }

    /// The lots asked for, by product and lot number.
    pub(super) fn lots(&self) -> impl Iterator<Item = Lot<'l>> + use<'_, 'l, 'q> {
        let wanted = |lot: &Lot<'l>| {
            self.period.products.is_none_or(|wanted| lot.product().is_some_and(|product| wanted(&product)))
        };
        self.settled.lots(self.period.facility).into_iter().filter(wanted)
    }

    /// Whether a place is asked for.
    pub(super) fn passes(&self, place: u32) -> bool {
        if self.period.store.is_none() && self.period.fund.is_none() {
            return true;
        }
        let at = self.settled.ledger.book.places.get(place);
        self.period.store.is_none_or(|store| store == at.store) && self.period.fund.is_none_or(|fund| fund == at.fund)
    }

    fn when(&self, time: i64) -> Option<When> {
        (time < self.end).then_some(if time < self.start { When::Before } else { When::Within })
    }

    /// What each record did up to the end of the period, in no order.
    pub(super) fn each(&self, lot: &Lot<'l>, each: impl FnMut(Post)) {
        self.each_at(lot, |place| self.passes(place), each);
    }

    /// The same of those places from which may be dispensed.
    pub(super) fn each_usable(&self, lot: &Lot<'l>, each: impl FnMut(Post)) {
        let book = &self.settled.ledger.book;
        self.each_at(lot, |place| self.passes(place) && book.places.get(place).may_be_dispensed(), each);
    }

    fn each_at(&self, lot: &Lot<'l>, passes: impl Fn(u32) -> bool, mut each: impl FnMut(Post)) {
        let ledger = self.settled.ledger;
        let book = &ledger.book;
        for row in lot.rows() {
            let Some(r) = book.row(row).filter(|r| !r.is(does::LINE)) else { continue };
            let net = i64::from(ledger.net(row));
            let takes = r.is(does::TAKES) && passes(r.from);
            let puts = r.is(does::PUTS) && passes(r.into);
            if net == 0 || !(takes || puts) {
                continue;
            }
            let time = book.time(row);
            let Some(when) = self.when(time) else { continue };
            let change = i64::from(puts) * net - i64::from(takes) * net;
            each(Post { row, measure: r.measure, time, when, counted: false, quantity: net, change });
        }
        for found in self.settled.found(lot) {
            let time = book.time(found.line);
            if let Some(when) = self.when(time).filter(|_| passes(found.place)) {
                let (row, quantity) = (found.line, found.change);
                each(Post { row, measure: found.measure, time, when, counted: true, quantity, change: quantity });
            }
        }
    }

    /// What a row says, where it is a movement.
    pub(super) fn movement(&self, row: u32) -> Option<Movement<'l>> {
        match self.settled.ledger.book.record(row)?.entry {
            Entry::Movement { movement, .. } => Some(movement),
            _ => None,
        }
    }
}
