//! What late facts change in a report that was sent.

use super::super::add::Ledger;
use super::super::settled::{Lot, Settled, measure};
use super::period::Period;
use super::turnover::{Posting, Turnover};
use super::walk::Walk;
use crate::crypto::Hash;
use crate::ident::{LotNumber, Measure, Product};
use crate::record::Entry;
use crate::trust::RecordId;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Why a record adds something else to a report than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// It wasn't known.
    New,
    /// It no longer counts, or is no longer held.
    Gone,
    /// More of it was taken back.
    TakenBack,
    /// Its device's clock was set: it took place at another time.
    ClockSet,
    /// A count's difference, for what it covers or follows changed.
    Recounted,
    /// Its amount became known, or changed.
    Amount,
    /// Its product became one with another, or its lot's line another.
    SameProduct,
}

impl Why {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Gone => "gone",
            Self::TakenBack => "taken_back",
            Self::ClockSet => "clock_set",
            Self::Recounted => "recounted",
            Self::Amount => "amount",
            Self::SameProduct => "same_product",
        }
    }
}

/// A record that adds something else to a line than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The record.
    pub record: RecordId,
    /// What it added; `None`: nothing.
    pub before: Option<Posting>,
    /// What it adds; `None`: nothing.
    pub after: Option<Posting>,
    /// Why.
    pub why: Why,
    /// The records that weren't known and make it so: reversals, settings of the clock, `Detail`s, `SameProduct`s, or of a
    /// count what its devices observed. None where the record itself is what wasn't known.
    pub because: Vec<RecordId>,
}

/// A line that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction<'l> {
    /// The product.
    pub product: Product<'l>,
    /// The lot number; `None`: none is printed.
    pub lot: Option<LotNumber<'l>>,
    /// Parts: how many make a unit, and what one is; `None`: whole units.
    pub parts: Option<(u16, Measure)>,
    /// As it was.
    pub before: Turnover,
    /// As it is. In every column it differs from `before` by what the causes add up to.
    pub after: Turnover,
    /// By log, index and identity.
    pub causes: Vec<Cause>,
}

/// Product, lot number, measure.
type Line<'l> = (&'l [u8], &'l [u8], u32);

type Key = (Hash, u32, Hash);

/// One side: the sums of every line, and where to look closer.
type Side<'l> = BTreeMap<Line<'l>, (Lot<'l>, Turnover)>;

impl<'l> Walk<'l, '_> {
    fn side(&self) -> Side<'l> {
        let mut side = Side::new();
        for lot in self.lots() {
            let (product, number) = lot.name();
            let (lines, _) = self.sums(&lot);
            side.extend(lines.into_iter().map(|(of, turnover)| ((product, number, of), (lot, turnover))));
        }
        side
    }

    /// What each record adds to a line.
    fn postings(&self, lot: &Lot<'l>, of: u32) -> BTreeMap<Key, Posting> {
        let mut all: BTreeMap<Key, Posting> = BTreeMap::new();
        self.each(lot, |post| {
            let Some(posting) = self.posting(&post).filter(|_| post.measure == of) else { return };
            // A count may find something at several places.
            let key = self.settled.ledger.book.order(post.row);
            all.entry(key).and_modify(|sum| sum.change += posting.change).or_insert(posting);
        });
        all.retain(|_, posting| posting.change != 0);
        all
    }
}

/// The two ledgers.
struct Sides<'l, 'q> {
    earlier: &'l Ledger,
    now: &'l Ledger,
    period: &'q Period<'q>,
    /// What isn't in the earlier one, of the facility's logs and of products that are one: by log, index and identity.
    news: Option<Vec<u32>>,
}

impl<'l> Settled<'l> {
    /// Which lines of a report of a period differ from what it said when only `earlier` was known, and by which records.
    ///
    /// `earlier` is a ledger of what the report knew: see [`Settled::earlier`]. Where a record has stopped counting since, it
    /// must be handed a ledger in which it still counts: one that is made of what counts now doesn't have it.
    #[must_use]
    pub fn corrections(self, earlier: Self, period: &Period<'_>) -> Vec<Correction<'l>> {
        let (old, new) = (Walk::new(earlier, period), Walk::new(self, period));
        let (before, after) = (old.side(), new.side());
        let mut lines: Vec<Line<'l>> = before.keys().chain(after.keys()).copied().collect();
        lines.sort_unstable();
        lines.dedup();
        let mut sides = Sides { earlier: earlier.ledger, now: self.ledger, period, news: None };
        let mut all = Vec::new();
        for line in lines {
            let (was, is) = (before.get(&line), after.get(&line));
            let of =
                |side: Option<&(Lot<'l>, Turnover)>| side.map_or_else(Turnover::default, |(_, turnover)| *turnover);
            let (was_turned, is_turned) = (of(was), of(is));
            if was_turned == is_turned {
                continue;
            }
            let postings = |walk: &Walk<'l, '_>, side: Option<&(Lot<'l>, Turnover)>| {
                side.map(|(lot, _)| walk.postings(lot, line.2)).unwrap_or_default()
            };
            let (was, is) = (postings(&old, was), postings(&new, is));
            let mut causes: Vec<Cause> = Vec::new();
            let mut keys: Vec<Key> = was.keys().chain(is.keys()).copied().collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                let (before, after) = (was.get(&key).copied(), is.get(&key).copied());
                if before != after {
                    let (log, index, identity) = key;
                    causes.push(sides.cause(RecordId { log, index, identity }, before, after));
                }
            }
            let Some(product) = super::super::names::product_of(line.0) else { continue };
            let lot = super::super::names::lot_of(line.1);
            let (before, after) = (was_turned, is_turned);
            all.push(Correction { product, lot, parts: measure(line.2), before, after, causes });
        }
        all
    }
}

impl Sides<'_, '_> {
    fn cause(&mut self, record: RecordId, before: Option<Posting>, after: Option<Posting>) -> Cause {
        let (old, new) = (self.earlier.book.find(&record), self.now.book.find(&record));
        let (why, because) = match (old, new) {
            (None, _) => (Why::New, Vec::new()),
            (_, None) => (Why::Gone, Vec::new()),
            (Some(old), Some(new)) => self.why(old, new, before, after),
        };
        let because = because.into_iter().map(|row| self.now.book.id(row)).collect();
        Cause { record, before, after, why, because }
    }

    fn why(&mut self, old: u32, new: u32, before: Option<Posting>, after: Option<Posting>) -> (Why, Vec<u32>) {
        let (earlier, now) = (self.earlier, self.now);
        let book = &now.book;
        let is_movement = book.record(new).is_some_and(|r| matches!(r.entry, Entry::Movement { .. }));
        if !is_movement {
            let is = |_: u32, entry: &Entry<'_>| {
                matches!(
                    entry,
                    Entry::Observed(_)
                        | Entry::ClockSet(_)
                        | Entry::CountBegin(_)
                        | Entry::CountLine(_)
                        | Entry::CountEnd(_)
                        | Entry::SameProduct(_)
                )
            };
            return (Why::Recounted, self.news(is));
        }
        if earlier.net(old) != now.net(new) {
            let names = |row: u32, entry: &Entry<'_>| matches!(entry, Entry::Reversal(reversal) if book.named(row, &reversal.target) == Some(new));
            return (Why::TakenBack, self.news(names));
        }
        if earlier.book.time(old) != book.time(new) {
            let log = book.row(new).map(|r| (r.log, r.index));
            let sets = |row: u32, entry: &Entry<'_>| {
                let at = book.row(row).map(|r| (r.log, r.index));
                let after = at.zip(log).is_some_and(|(at, of)| at.0 == of.0 && at.1 > of.1);
                after && matches!(entry, Entry::ClockSet(_))
            };
            return (Why::ClockSet, self.news(sets));
        }
        let same = before.zip(after).is_some_and(|(before, after)| before.change == after.change);
        if same {
            let beside = |row: u32, entry: &Entry<'_>| match entry {
                Entry::Detail(detail) => book.row(row).zip(book.row(new)).is_some_and(|(r, line)| {
                    let lines = r.index.saturating_sub(detail.first)..r.index;
                    lines.contains(&line.index) && book.ancestor(row, line.index) == Some(new)
                }),
                _ => false,
            };
            return (Why::Amount, self.news(beside));
        }
        (Why::SameProduct, self.news(|_, entry| matches!(entry, Entry::SameProduct(_))))
    }

    /// What wasn't known and is so.
    fn news(&mut self, is: impl Fn(u32, &Entry<'_>) -> bool) -> Vec<u32> {
        let (earlier, now) = (&self.earlier.book, &self.now.book);
        let facility = self.period.facility;
        let all = self.news.get_or_insert_with(|| {
            let own = now.logs.iter().filter(|log| now.facilities.text(log.facility) == facility);
            let rows = own.flat_map(|log| log.rows()).chain(self.now.rules.same.iter().copied());
            let mut rows: Vec<u32> = rows.filter(|row| earlier.find(&now.id(*row)).is_none()).collect();
            rows.sort_by_key(|row| now.order(*row));
            rows.dedup();
            rows
        });
        let said = |row: &u32| now.record(*row).is_some_and(|record| is(*row, &record.entry));
        all.iter().copied().filter(said).collect()
    }
}
