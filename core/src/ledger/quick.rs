//! Which rows and lots a closer look is worth: most give no finding, and that shows without decoding them.
//!
//! What is passed over here gives no finding; what isn't may still give none.

use super::add::Ledger;
use super::names::lot_name;
use super::row::{Row, does};
use super::rules::encoding;
use crate::record::Entry;
use crate::time::{Days, Expiry};
use alloc::vec::Vec;
use hashbrown::HashSet;

const DAY: i64 = 86_400;
/// Not worked out yet.
const OPEN: i64 = 0;

/// What rows are held against.
pub(super) struct Quick<'l> {
    ledger: &'l Ledger,
    /// Seconds of the legal day's offset.
    offset: i64,
    /// By an expiry as packed: the first local second that isn't usable any more.
    ends: Vec<i64>,
    /// Lot numbers that a regulator gave an expiry.
    facts: HashSet<u32>,
    /// Products that were ever recalled.
    recalled: HashSet<u32>,
}

impl<'l> Quick<'l> {
    pub(super) fn new(ledger: &'l Ledger, utc_offset: i16) -> Self {
        let (book, rules) = (&ledger.book, &ledger.rules);
        let mut this = Self {
            ledger,
            offset: i64::from(utc_offset) * 60,
            ends: alloc::vec![OPEN; usize::from(u16::MAX) + 1],
            facts: HashSet::new(),
            recalled: HashSet::new(),
        };
        for row in rules.facts() {
            if let Some(Entry::LotFact(fact)) = book.record(*row).map(|r| r.entry) {
                this.facts.extend(book.lots.find(&lot_name(&Some(fact.lot))));
            }
        }
        for row in &rules.recalls {
            if let Some(Entry::Recall(recall)) = book.record(*row).map(|r| r.entry) {
                this.recalled.extend(recall.products.iter().filter_map(|p| book.products.find(&encoding(&p))));
            }
        }
        this
    }

    fn ends(&mut self, packed: u16) -> i64 {
        let Some(end) = self.ends.get_mut(usize::from(packed)) else { return i64::MIN };
        if *end == OPEN {
            let last = Expiry::from_packed(packed).ok().and_then(Expiry::last_usable);
            *end = match last {
                None => i64::MAX,
                Some(day) => Days::of(day).map_or(i64::MIN, |days| (i64::from(days.get()) + 1) * DAY),
            };
        }
        *end
    }

    /// Whether what went out at this time may not have gone, or somebody must stand for it.
    pub(super) fn may_matter(&mut self, r: &Row, time: i64) -> bool {
        let ledger = self.ledger;
        if !r.is(does::TAKES) || r.is(does::PUTS) {
            return false;
        }
        if r.is(does::NOTED) || r.from != 0 && ledger.book.places.get(r.from).hold {
            return true;
        }
        let Some(part) = ledger.parts.get(r.part as usize) else { return false };
        if time.saturating_add(self.offset) >= self.ends(part.expiry) {
            return true;
        }
        let site = ledger.sites.get(part.facility as usize);
        if site.is_some_and(|site| !site.classes.is_empty()) {
            return true; // other names of the product may be recalled, or expire earlier
        }
        if self.facts.is_empty() && self.recalled.is_empty() {
            return false;
        }
        let of = ledger.book.of_item.get(part.item as usize);
        of.is_some_and(|(product, lot)| self.recalled.contains(product) || self.facts.contains(lot))
    }

    /// Whether the sums of a lot may say something: below 0, in measures that can't be added, with claims that differ,
    /// or counted.
    pub(super) fn lot_may_matter(&self, part: u32) -> bool {
        let ledger = self.ledger;
        let Some(held) = ledger.parts.get(part as usize) else { return false };
        let one = ledger.sites.get(held.facility as usize).is_none_or(|site| site.groups.is_empty());
        let plain = held.plain().filter(|sum| one && sum.count >= 0);
        plain.is_none() || !ledger.counted.is_empty() && ledger.counted.contains_key(&part)
    }
}
