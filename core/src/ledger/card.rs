//! The stock card of a lot.

use super::names::Place;
use super::row::does;
use super::settled::{Lot, Settled, measure};
use crate::ident::Measure;
use crate::trust::RecordId;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// A line of a stock card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardLine<'l> {
    /// The movement, or the line (or end) of a count that sets the balance.
    pub record: RecordId,
    /// When it took place: seconds since 2020, as its clock was set last.
    pub time: i64,
    /// Where.
    pub place: Place<'l>,
    /// What it adds, less what was taken back; of a count, what it found more or less than the records say.
    pub change: i64,
    /// Whether a count set it.
    pub counted: bool,
    /// What stands at all places of the lot afterwards.
    pub balance: i64,
    /// Parts: how many make a unit, and what one is. Each measure has a balance of its own.
    pub parts: Option<(u16, Measure)>,
}

/// What a count found at a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// Its line, or its end.
    pub(super) line: u32,
    pub(super) place: u32,
    pub(super) measure: u32,
    /// More or less than the records and the count before say.
    pub(super) change: i64,
}

impl<'l> Settled<'l> {
    /// The stock card of a lot: every movement, and every count with what it found against the records and the count
    /// before it, by time, log and index. The last balance is the stock.
    #[must_use]
    pub fn card(self, lot: &Lot<'l>) -> Vec<CardLine<'l>> {
        let (ledger, book) = (self.ledger, &self.ledger.book);
        // Row, place, measure, change, whether counted.
        let mut lines: Vec<(u32, u32, u32, i64, bool)> = Vec::new();
        for row in lot.rows() {
            let Some(r) = book.row(row).filter(|r| !r.is(does::LINE)) else { continue };
            let net = i64::from(ledger.net(row));
            let taken = r.is(does::TAKES).then_some((r.from, -net));
            let put = r.is(does::PUTS).then_some((r.into, net));
            let changes = taken.into_iter().chain(put).filter(|(_, change)| *change != 0);
            lines.extend(changes.map(|(place, change)| (row, place, r.measure, change, false)));
        }
        lines.extend(self.found(lot).into_iter().map(|f| (f.line, f.place, f.measure, f.change, true)));
        let place = |id: u32| book.places.get(id);
        lines.sort_by(|a, b| {
            let key =
                |line: &(u32, u32, u32, i64, bool)| (book.time(line.0), book.order(line.0), line.4, line.2, line.3);
            key(a).cmp(&key(b)).then_with(|| place(a.1).cmp(&place(b.1)))
        });
        let mut balances: BTreeMap<u32, i64> = BTreeMap::new();
        let mut card = Vec::with_capacity(lines.len());
        for (row, at, of, change, counted) in lines {
            let balance = balances.entry(of).or_default();
            *balance += change;
            card.push(CardLine {
                record: book.id(row),
                time: book.time(row),
                place: place(at),
                change,
                counted,
                balance: *balance,
                parts: measure(of),
            });
        }
        card
    }

    /// What counts found of a lot, each against the records and the count before it; a count that reaches a place without
    /// a line for it and finds nothing there says nothing.
    pub(super) fn found(self, lot: &Lot<'l>) -> Vec<Found> {
        let (ledger, book) = (self.ledger, &self.ledger.book);
        let Some(counted) = ledger.counted.get(&lot.part()).filter(|counted| !counted.governs.is_empty()) else {
            return Vec::new();
        };
        let mut found: Vec<Found> = Vec::new();
        // What stands less what the movements sum up to, at each place that one count reaches.
        let mut differs: BTreeMap<(u32, u32), i64> = BTreeMap::new();
        let single = |place: u32| !counted.several.contains(&place);
        for row in lot.rows() {
            let Some(r) = book.row(row).filter(|r| !r.is(does::LINE)) else { continue };
            let net = i64::from(ledger.net(row));
            let taken = r.is(does::TAKES).then_some((r.from, -net));
            let put = r.is(does::PUTS).then_some((r.into, net));
            for (place, change) in taken.into_iter().chain(put).filter(|(place, _)| single(*place)) {
                *differs.entry((place, r.measure)).or_default() -= change;
            }
        }
        for sum in counted.sums.iter().filter(|sum| single(sum.place)) {
            *differs.entry((sum.place, sum.measure)).or_default() += sum.count;
        }
        for ((place, measure), change) in differs {
            if let Some((_, line)) = counted.governs.iter().copied().find(|(counted, _)| *counted == place) {
                found.push(Found { line, place, measure, change });
            }
        }
        if let Some(several) = Some(&counted.several).filter(|several| !several.is_empty())
            && let Some(all) = ledger.counted_lot(lot.part(), counted.lines.clone())
        {
            for place in several.iter().copied() {
                let of = |(line, measure, change)| Found { line, place, measure, change };
                found.extend(all.differences(place).into_iter().map(of));
            }
        }
        found.retain(|f| f.change != 0 || counted.lines.contains(&(f.line, f.place)));
        found
    }

    /// A record's exact bytes, where it is held and counts.
    #[must_use]
    pub fn record(self, at: &RecordId) -> Option<&'l [u8]> {
        let book = &self.ledger.book;
        book.find(at).map(|row| book.bytes_of(row))
    }
}
