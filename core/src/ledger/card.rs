//! The stock card of a lot, and what came and went in a time.

use super::book::does;
use super::names::Place;
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
    /// When it took place: seconds since 2020, in the last clock of its log.
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

/// What came and went between two times, of one lot.
///
/// Where the lot is opened (`parts`), everything is said in parts: 20 vials of ten doses are 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Turnover {
    /// What the numbers are where they aren't whole units: how many make one, and what one is.
    pub parts: Option<(u16, Measure)>,
    /// Before.
    pub opening: i64,
    /// Came in.
    pub came: i64,
    /// Went out.
    pub went: i64,
    /// What counts found, more or less.
    pub counted: i64,
    /// Afterwards: opening + came − went + counted.
    pub closing: i64,
}

impl<'l> Settled<'l> {
    /// The stock card of a lot: every movement and every count that governs, by time, log and index. The last balance is
    /// the stock.
    #[must_use]
    pub fn card(self, lot: &Lot<'l>) -> Vec<CardLine<'l>> {
        let (ledger, book) = (self.ledger, &self.ledger.book);
        // Row, place, measure, change, whether counted.
        let mut lines: Vec<(u32, u32, u32, i64, bool)> = Vec::new();
        let mut raw: BTreeMap<(u32, u32), i64> = BTreeMap::new();
        for row in lot.rows() {
            let Some(r) = book.row(row).filter(|r| !r.is(does::LINE)) else { continue };
            let net = i64::from(ledger.net(row));
            let taken = r.is(does::TAKES).then_some((r.from, -net));
            let put = r.is(does::PUTS).then_some((r.into, net));
            for (place, change) in taken.into_iter().chain(put).filter(|(_, change)| *change != 0) {
                *raw.entry((place, r.measure)).or_default() += change;
                lines.push((row, place, r.measure, change, false));
            }
        }
        let governs = ledger.counted.get(&lot.part()).map(|counted| counted.governs.as_slice()).unwrap_or_default();
        for sum in lot.sums() {
            let by = raw.get(&(sum.place, sum.measure)).copied().unwrap_or(0);
            if let Some((_, line)) = governs.iter().find(|(place, _)| *place == sum.place) {
                lines.push((*line, sum.place, sum.measure, sum.count - by, true));
            }
        }
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

    /// What came and went of a lot from a time to before another (seconds since 2020). A move within the facility is
    /// neither. One answer, but for a lot whose records measure in ways that can't be added (finding 5014): then one for
    /// whole units and one for each measure.
    #[must_use]
    pub fn turnover(self, lot: &Lot<'l>, from: i64, until: i64) -> Vec<Turnover> {
        let card = self.card(lot);
        let mut measures: Vec<(u16, Measure)> = Vec::new();
        for parts in card.iter().filter_map(|line| line.parts) {
            if !measures.contains(&parts) {
                measures.push(parts);
            }
        }
        measures.sort_by_key(|(per, measure)| (*per, measure.number()));
        let sum = |parts: Option<(u16, Measure)>, weight: &dyn Fn(&CardLine<'_>) -> i64| Turnover {
            parts,
            ..turnover_of(card.iter().filter(|line| line.time < until), from, weight)
        };
        match measures.as_slice() {
            [] => [sum(None, &|_| 1)].into(),
            [one] => [sum(Some(*one), &|line| if line.parts.is_none() { i64::from(one.0) } else { 1 })].into(),
            several => {
                let units = sum(None, &|line| i64::from(line.parts.is_none()));
                let each = several.iter().map(|one| sum(Some(*one), &|line| i64::from(line.parts == Some(*one))));
                core::iter::once(units).chain(each).collect()
            }
        }
    }

    /// A record's exact bytes, where it is held and counts.
    #[must_use]
    pub fn record(self, at: &RecordId) -> Option<&'l [u8]> {
        let book = &self.ledger.book;
        book.find(at).map(|row| book.bytes_of(row))
    }
}

/// Adds up lines, each with its weight.
fn turnover_of<'c, 'l: 'c>(
    lines: impl Iterator<Item = &'c CardLine<'l>>,
    from: i64,
    weight: &dyn Fn(&CardLine<'_>) -> i64,
) -> Turnover {
    let mut out = Turnover::default();
    let mut moved: BTreeMap<([u8; 32], u32, [u8; 32]), i64> = BTreeMap::new();
    for line in lines {
        let change = line.change.saturating_mul(weight(line));
        if line.time < from {
            out.opening += change;
        } else if line.counted {
            out.counted += change;
        } else {
            *moved.entry((line.record.log.0, line.record.index, line.record.identity.0)).or_default() += change;
        }
    }
    for change in moved.into_values() {
        out.came += change.max(0);
        out.went += change.min(0).abs();
    }
    out.closing = out.opening + out.came - out.went + out.counted;
    out
}
