//! Opening, in, out, closing of a facility: per lot and per product, in the national form.

use super::super::log::Log;
use super::super::settled::{Lot, Settled, measure};
use super::group::{InGroup, OutGroup, is_loss};
use super::span::Span;
use super::turnover::{Column, Posting, Turnover};
use super::value::Value;
use super::walk::{Post, Walk, When};
use crate::crypto::Hash;
use crate::ident::{LotNumber, Measure, Product};
use crate::movement::{Direction, Movement};
use crate::record::Entry;
use crate::time::Expiry;
use alloc::vec::Vec;

/// Which days of which facility a report is about.
#[derive(Clone, Copy)]
pub struct Period<'q> {
    /// The facility.
    pub facility: &'q str,
    /// The legal days.
    pub span: Span,
    /// The legal day's offset from UTC in minutes (of the root: Vietnam 420).
    pub utc_offset: i16,
    /// Only of this store, where given; `Some(None)`: the main one. What moves from or to others came or went.
    pub store: Option<Option<&'q str>>,
    /// Only of this fund, where given; `Some(None)`: the facility's own.
    pub fund: Option<Option<&'q str>>,
    /// Only of these products, where given.
    pub products: Option<&'q dyn Fn(&Product<'_>) -> bool>,
    /// The logs of the facility's devices that are enrolled: the report is provisional until each is held past the end.
    pub devices: &'q [Hash],
}

impl core::fmt::Debug for Period<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Period").field("facility", &self.facility).field("span", &self.span).finish_non_exhaustive()
    }
}

impl<'q> Period<'q> {
    /// Everything of a facility, whatever its devices.
    #[must_use]
    pub const fn new(facility: &'q str, span: Span, utc_offset: i16) -> Self {
        Self { facility, span, utc_offset, store: None, fund: None, products: None, devices: &[] }
    }
}

/// A device's log, as far as it is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// Its log: h₀.
    pub log: Hash,
    /// Records held.
    pub records: u32,
    /// When the last was written, by its clock: seconds since 2020. `None`: nothing is held, or its clock was never set.
    pub last: Option<i64>,
    /// Whether it is held from its beginning without a gap to after the period's end, or to where the device was closed.
    pub complete: bool,
}

/// Whether more may come that changes a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completeness {
    /// The devices asked for and every other of which the facility has records, by log.
    pub devices: Vec<Device>,
    /// Movements and counts of devices whose clock was never set: when they took place isn't known. They stand before
    /// every other.
    pub undated: u64,
}

impl Completeness {
    /// Whether a device may still say something about the period.
    #[must_use]
    pub fn is_provisional(&self) -> bool {
        self.devices.iter().any(|device| !device.complete)
    }
}

/// A lot in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodLine<'l> {
    /// The product; of several that are one, that with the smallest encoding.
    pub product: Product<'l>,
    /// The lot number; `None`: none is printed.
    pub lot: Option<LotNumber<'l>>,
    /// Until when it may be used.
    pub expiry: Expiry,
    /// Parts: how many make a unit, and what one is; `None`: whole units.
    pub parts: Option<(u16, Measure)>,
    /// What came and went.
    pub turnover: Turnover,
}

/// A product in a period: the sum of its lots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProductLine<'l> {
    /// The product.
    pub product: Product<'l>,
    /// Parts: how many make a unit, and what one is; `None`: whole units.
    pub parts: Option<(u16, Measure)>,
    /// What came and went.
    pub turnover: Turnover,
}

/// What came, went and stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodReport<'l> {
    /// By product, lot number, then units before parts; nothing where nothing stood and nothing happened.
    pub lots: Vec<PeriodLine<'l>>,
    /// Their sums, likewise.
    pub products: Vec<ProductLine<'l>>,
    /// What everything that came in was worth.
    pub value_came: Value,
    /// What everything that went out was worth.
    pub value_went: Value,
    /// Whether more may come.
    pub completeness: Completeness,
}

impl<'l> Walk<'l, '_> {
    /// What a movement in the period is worth, by what is left of it.
    pub(super) fn value(&self, post: &Post, movement: &Movement<'_>) -> Value {
        let count = u32::try_from(post.quantity).unwrap_or(u32::MAX);
        match self.beside.priced(self.settled, post.row, movement) {
            Some(priced) => priced.share(count),
            None => Value { unvalued: 1, ..Value::default() },
        }
    }

    /// What a record adds to its lot's line. A move inside what is asked for adds nothing.
    pub(super) fn posting(&self, post: &Post) -> Option<Posting> {
        let plain = |column| Posting { column, change: post.change, value: Value::default(), lost: false };
        if post.when == When::Before {
            return Some(plain(Column::Opening));
        }
        if post.counted {
            return Some(plain(Column::Counted));
        }
        if post.change == 0 {
            return None;
        }
        let movement = self.movement(post.row)?;
        Some(match movement.direction {
            Direction::Move if post.change > 0 => plain(Column::Came(InGroup::Moved)),
            Direction::Move => plain(Column::Went(OutGroup::Moved)),
            Direction::In => {
                let came = plain(Column::Came(InGroup::of(movement.reason)));
                Posting { value: self.value(post, &movement), ..came }
            }
            Direction::Out => {
                let went = plain(Column::Went(OutGroup::of(movement.reason)));
                Posting { value: self.value(post, &movement), lost: is_loss(&movement), ..went }
            }
        })
    }

    /// The sums of a lot by measure, and how many of its records aren't dated. Nothing where nothing stood or happened.
    pub(super) fn sums(&self, lot: &Lot<'l>) -> (Vec<(u32, Turnover)>, u64) {
        let (mut lines, mut undated) = (Vec::new(), 0);
        self.each(lot, |post| {
            undated += u64::from(self.is_undated(post.row));
            if let Some(posting) = self.posting(&post) {
                of_measure(&mut lines, post.measure).take(&posting);
            }
        });
        lines.retain(|(_, turnover)| !turnover.is_empty());
        lines.sort_by_key(|(of, _)| *of);
        (lines, undated)
    }

    /// Whether more may come, as far as the logs of the facility show.
    pub(super) fn completeness(&self, undated: u64) -> Completeness {
        let book = &self.settled.ledger.book;
        let of = |log: &&Log| log.records > 0 && book.facilities.text(log.facility) == self.period.facility;
        let mut logs: Vec<Hash> = book.logs.iter().filter(of).map(|log| log.id).collect();
        logs.extend(self.period.devices);
        logs.sort_unstable();
        logs.dedup();
        Completeness { devices: logs.into_iter().map(|log| self.device(log)).collect(), undated }
    }

    fn device(&self, id: Hash) -> Device {
        let book = &self.settled.ledger.book;
        let nothing = Device { log: id, records: 0, last: None, complete: false };
        let Some(log) = book.log_by_id(&id).and_then(|log| book.log(log)).filter(|log| log.records > 0) else {
            return nothing;
        };
        let runs = self.settled.runs(log);
        let whole = |run: &super::Run| run.from == 0 && runs.len() == 1;
        let last = log.end.checked_sub(1).and_then(|last| log.at(last).min_by_key(|row| book.identity(*row)));
        let time = last.and_then(|last| book.clock_time(last));
        let closed = last.and_then(|last| book.record(last)).is_some_and(|r| matches!(r.entry, Entry::Close(_)));
        let past = closed || time.is_some_and(|time| time >= self.end);
        Device { log: id, records: log.records, last: time, complete: past && runs.iter().all(whole) }
    }

    /// Whether its clock was never set, not later either.
    pub(super) fn is_undated(&self, row: u32) -> bool {
        let book = &self.settled.ledger.book;
        let set = |row| book.row(row).zip(book.log_of(row)).is_some_and(|(r, log)| log.is_set_after(r.index));
        book.clock_unset(row) && !set(row)
    }
}

impl<'l> Settled<'l> {
    /// Whether more may come that changes a report of this period, as far as the facility's logs show; without the number
    /// of movements that aren't dated, which the reports count.
    #[must_use]
    pub fn completeness(self, period: &Period<'_>) -> Completeness {
        Walk::new(self, period).completeness(0)
    }

    /// Opening, in, out and closing of every lot and product of a facility: one pass over its records.
    #[must_use]
    pub fn period(self, period: &Period<'_>) -> PeriodReport<'l> {
        let walk = Walk::new(self, period);
        let mut report = PeriodReport {
            lots: Vec::new(),
            products: Vec::new(),
            value_came: Value::default(),
            value_went: Value::default(),
            completeness: Completeness::default(),
        };
        let mut undated = 0u64;
        // Of the product whose lots are walked through.
        let mut sums: (Option<Product<'l>>, Vec<(u32, Turnover)>) = (None, Vec::new());
        for lot in walk.lots() {
            let Some(product) = lot.product() else { continue };
            if sums.0 != Some(product) {
                report.sum_up(&mut sums);
                sums.0 = Some(product);
            }
            let (lines, more) = walk.sums(&lot);
            undated += more;
            let (number, expiry) = (lot.number(), lot.expiry());
            for (of, turnover) in &lines {
                let (parts, turnover) = (measure(*of), *turnover);
                report.lots.push(PeriodLine { product, lot: number, expiry, parts, turnover });
                of_measure(&mut sums.1, *of).add(&turnover);
            }
        }
        report.sum_up(&mut sums);
        report.completeness = walk.completeness(undated);
        report
    }
}

impl<'l> PeriodReport<'l> {
    fn sum_up(&mut self, (product, sums): &mut (Option<Product<'l>>, Vec<(u32, Turnover)>)) {
        let mut sums = core::mem::take(sums);
        sums.sort_by_key(|(of, _)| *of);
        for (product, (of, turnover)) in product.iter().flat_map(|product| sums.iter().map(move |sum| (product, sum))) {
            self.value_came.add(turnover.value_came);
            self.value_went.add(turnover.value_went);
            self.products.push(ProductLine { product: *product, parts: measure(*of), turnover: *turnover });
        }
    }
}

/// The sums in a measure.
pub(super) fn of_measure(lines: &mut Vec<(u32, Turnover)>, measure: u32) -> &mut Turnover {
    let at = lines.iter().position(|(of, _)| *of == measure).unwrap_or(lines.len());
    if at == lines.len() {
        lines.push((measure, Turnover::default()));
    }
    // Just put there where it wasn't.
    #[allow(clippy::indexing_slicing)]
    &mut lines[at].1
}
