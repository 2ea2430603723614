//! Adding up records as they come.
//!
//! Without counts and reversals the stock of a lot is a sum, kept up to date by each record. Where something was counted,
//! taken back, or made one with another product, it is worked out from the lot's own rows when asked.

use super::book::Book;
use super::counts::Counted;
use super::part::{Part, Parts};
use super::row::{NONE, does};
use super::rules::Rules;
use super::site::{Site, site_mut};
use super::transit::{self, Transit};
use crate::ident::Party;
use crate::movement::{Direction, reasons};
use crate::record::Entry;
use crate::trust::{RecordId, Standing, Verified};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use hashbrown::HashMap;

/// Everything that counts, and the stock that follows from it.
///
/// A function of the set of records: whatever the order in which they come, twice or not, the answers are the same.
/// [`Ledger::apply`] takes records that count, [`Ledger::lapse`] takes out those that no longer do, and
/// [`Ledger::settled`] gives the stock.
#[derive(Debug, Default)]
pub struct Ledger {
    pub(super) book: Book,
    pub(super) rules: Rules,
    pub(super) parts: Parts,
    pub(super) sites: Vec<Site>,
    pub(super) transit: Transit,
    /// Reversals by what they name, and what is taken back of a row.
    pub(super) reversals: HashMap<([u8; 8], u32), Vec<u32>>,
    pub(super) taken: HashMap<u32, u32>,
    pub(super) counted: HashMap<u32, Counted>,
    pub(super) dirty: BTreeSet<u32>,
    /// The last part of each item.
    pub(super) by_item: Vec<u32>,
    pub(super) attests: Vec<u32>,
    /// Amounts and operators that stand beside a hand-over.
    pub(super) details: Vec<u32>,
    /// Rows that came in from somebody, or were made of other lots, or went into them; each with the one before it of
    /// its part.
    pub(super) sources: Vec<(u32, u32)>,
    pub(super) serials: Vec<u32>,
    /// Everything must be derived anew: a record lapsed, a log forked, products became one.
    pub(super) stale: bool,
}

impl Ledger {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a record that counts; whether it is news. Taking it again changes nothing.
    pub fn apply(&mut self, record: &Verified<'_>) -> bool {
        let Some(added) = self.book.add(record) else { return false };
        self.stale |= added.forks;
        if !self.stale {
            self.derive(added.row, added.facility, added.item, &record.record().entry);
        }
        true
    }

    /// Takes out a record that no longer counts; whether it was here.
    pub fn lapse(&mut self, at: &RecordId) -> bool {
        let gone = self.book.remove(at).is_some();
        self.stale |= gone;
        gone
    }

    /// Notes where an authority's log stands: how far its recalls and lot facts reach. Ask `trust` anew whenever
    /// authorities' records came.
    pub fn stand(&mut self, standing: &Standing<'_, '_, '_>) {
        self.stale |= self.rules.stand(standing);
    }

    /// Number of records held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.book.logs.iter().map(|log| log.records as usize).sum()
    }

    /// Whether none is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Works out what follows from everything applied.
    pub fn settled(&mut self) -> super::Settled<'_> {
        self.settle();
        super::Settled { ledger: self }
    }

    fn part_put(&mut self, facility: u32, item: u32) -> u32 {
        let site = site_mut(&mut self.sites, facility);
        if let Some(part) = site.part_at(item) {
            return part;
        }
        let part = self.parts.len();
        let product = self.book.of_item.get(item as usize).map_or(NONE, |of| of.0);
        let next_of_product = site.put(part, item, product);
        if self.by_item.len() <= item as usize {
            self.by_item.resize(item as usize + 1, NONE);
        }
        let next_of_item = self.by_item.get_mut(item as usize).map_or(NONE, |last| core::mem::replace(last, part));
        self.parts.push(Part { next_of_product, next_of_item, ..Part::new(facility, item) });
        part
    }

    pub(super) fn part_at(&self, facility: u32, item: u32) -> Option<u32> {
        self.sites.get(facility as usize)?.part_at(item)
    }

    /// Follows parts from one to the next.
    fn chain(&self, first: u32, next: fn(&Part) -> u32) -> impl Iterator<Item = u32> + '_ {
        let mut at = first;
        core::iter::from_fn(move || {
            let part = (at != NONE).then_some(at)?;
            at = self.parts.get(part as usize).map_or(NONE, next);
            Some(part)
        })
    }

    /// The parts of a product at a facility, as it was written.
    pub(super) fn parts_of_product(&self, site: &Site, product: u32) -> impl Iterator<Item = u32> + '_ {
        self.chain(site.last_of_product(product).unwrap_or(NONE), |part| part.next_of_product)
    }

    /// The parts of a product and lot, as they were written, at any facility.
    pub(super) fn parts_of_item(&self, item: u32) -> impl Iterator<Item = u32> + '_ {
        self.chain(self.by_item.get(item as usize).copied().unwrap_or(NONE), |part| part.next_of_item)
    }

    /// Of a part what came in from somebody, or was made of other lots, or went into them.
    pub(super) fn sources_of(&self, part: u32) -> impl Iterator<Item = u32> + '_ {
        let mut at = self.parts.get(part as usize).map_or(NONE, |part| part.source);
        core::iter::from_fn(move || {
            let (row, next) = *self.sources.get(at as usize)?;
            at = next;
            Some(row)
        })
    }

    /// What follows from one record.
    pub(super) fn derive(&mut self, row: u32, facility: u32, item: Option<u32>, entry: &Entry<'_>) {
        if let Some(item) = item {
            let at = self.part_put(facility, item);
            if let (Some(part), Some(r)) = (self.parts.get_mut(at as usize), self.book.rows.get_mut(row as usize)) {
                r.part = at;
                r.next = part.head;
                part.head = row;
            }
            let site = site_mut(&mut self.sites, facility);
            if site.counting || !site.groups.is_empty() {
                self.dirty.insert(at);
            }
        }
        match entry {
            Entry::Movement { movement, .. } => {
                self.moved(row);
                if transit::concerns(movement) {
                    if let Some(Party::Facility(code)) = movement.counterparty {
                        self.book.facilities.put(code.as_str().as_bytes());
                    }
                    self.transit.touch(row);
                }
                let used =
                    || movement.direction == Direction::Out && reasons::OUT.name(movement.reason) == Some("used_up");
                if movement.direction == Direction::In || used() {
                    let part = self.book.row(row).map_or(NONE, |r| r.part);
                    if let Some(part) = self.parts.get_mut(part as usize) {
                        let next = core::mem::replace(&mut part.source, self.sources.len() as u32);
                        self.sources.push((row, next));
                    }
                }
                if movement.serial.is_some() {
                    self.serials.push(row);
                }
            }
            Entry::Refuse(_) => {
                self.taken_of(row);
                self.transit.touch(row);
            }
            Entry::Reversal(reversal) => {
                let key = self.book.key(row, &reversal.target);
                self.reversals.entry(key).or_default().push(row);
                if let Some(target) = self.book.named(row, &reversal.target) {
                    self.retake(target);
                }
            }
            Entry::CountLine(_) => {
                let part = self.book.row(row).map_or(NONE, |r| r.part);
                let packed = self.book.row(row).map_or(0, |r| r.expiry);
                if let Some(part) = self.parts.get_mut(part as usize) {
                    part.counted = true;
                    part.claim(packed);
                }
                self.dirty.insert(part);
                self.counting(facility);
            }
            Entry::CountBegin(_) | Entry::CountEnd(_) => {
                site_mut(&mut self.sites, facility).count_rows.push(row);
                self.counting(facility);
            }
            Entry::Observed(_) | Entry::ClockSet(_) => {
                let site = site_mut(&mut self.sites, facility);
                site.all_dirty |= site.counting;
            }
            Entry::Attest(_) => self.attests.push(row),
            Entry::Detail(_) => self.details.push(row),
            Entry::Facility(f) => {
                for code in [Some(f.code), f.successor].into_iter().flatten() {
                    self.book.facilities.put(code.as_str().as_bytes());
                }
                self.stale |= self.rules.take(row, entry);
            }
            _ => self.stale |= self.rules.take(row, entry),
        }
        // What stands before an effective time may have come after it.
        let in_order = self.book.row(row).zip(self.book.log_of(row)).is_some_and(|(r, log)| log.end == r.index + 1);
        if !in_order {
            let site = site_mut(&mut self.sites, facility);
            site.all_dirty |= site.counting;
        }
    }

    fn counting(&mut self, facility: u32) {
        let site = site_mut(&mut self.sites, facility);
        site.counting = true;
        site.all_dirty = true;
    }

    /// Adds a movement's deltas to its part.
    fn moved(&mut self, row: u32) {
        let taken = if self.reversals.is_empty() { 0 } else { self.taken_of(row) };
        let Some(r) = self.book.row(row).copied() else { return };
        let Some(part) = self.parts.get_mut(r.part as usize) else { return };
        let net = i64::from(r.quantity.saturating_sub(taken));
        if r.is(does::TAKES) {
            part.add(r.from, r.measure, -net);
        }
        if r.is(does::PUTS) {
            part.add(r.into, r.measure, net);
        }
        if net > 0 {
            part.claim(r.expiry);
        }
        part.taken_back |= taken > 0;
    }

    /// What is taken back of a row: the largest total of a reversal by a device of its facility, at most its quantity.
    fn taken_of(&mut self, row: u32) -> u32 {
        let Some(named) = self.reversals.get(&self.book.own_key(row)) else { return 0 };
        let facility = self.book.facility_of(row);
        let totals = named.iter().filter_map(|reversal| {
            let Some(Entry::Reversal(said)) = self.book.record(*reversal).map(|r| r.entry) else { return None };
            let may = self.book.row(*reversal)?.counts()
                && self.book.facility_of(*reversal) == facility
                && self.book.named(*reversal, &said.target) == Some(row);
            may.then_some(said.total)
        });
        let quantity = self.book.row(row).map_or(0, |r| r.quantity);
        let taken = totals.max().unwrap_or(0).min(quantity);
        if taken > 0 {
            self.taken.insert(row, taken);
        } else {
            self.taken.remove(&row);
        }
        taken
    }

    /// A reversal of this row came.
    fn retake(&mut self, row: u32) {
        let before = self.taken.get(&row).copied().unwrap_or(0);
        let more = i64::from(self.taken_of(row)) - i64::from(before);
        let Some(r) = self.book.row(row).copied().filter(|r| r.is(does::MOVES) && more != 0) else { return };
        if let Some(part) = self.parts.get_mut(r.part as usize) {
            if r.is(does::TAKES) {
                part.add(r.from, r.measure, more);
            }
            if r.is(does::PUTS) {
                part.add(r.into, r.measure, -more);
            }
            part.taken_back = true;
            self.dirty.insert(r.part);
        }
        self.transit.changed(&self.book, row);
    }

    /// The quantity of a row less what was taken back.
    pub(super) fn net(&self, row: u32) -> u32 {
        let taken = self.taken.get(&row).copied().unwrap_or(0);
        self.book.row(row).map_or(0, |r| r.quantity.saturating_sub(taken))
    }

    /// Whether somebody must stand for this row: destroyed, missing, stolen.
    pub(super) fn is_out_of_note(&self, row: u32) -> bool {
        self.book.row(row).is_some_and(|r| r.is(does::NOTED))
    }

    /// What is taken back of a row.
    pub(super) fn taken_back(&self, row: u32) -> u32 {
        self.taken.get(&row).copied().unwrap_or(0)
    }

    /// The counterparty of a movement, its own or its group's.
    pub(super) fn transit_party(&self, row: u32) -> Option<Party<'_>> {
        transit::part_of(&self.book, row).and_then(|part| part.party)
    }

    /// Reversals, whatever they name.
    pub(super) fn reversals(&self) -> impl Iterator<Item = u32> + '_ {
        self.reversals.values().flatten().copied()
    }
}
