//! Adding up records as they come.
//!
//! Without counts and reversals the stock of a lot is a sum, kept up to date by each record. Where something was counted,
//! taken back, or made one with another product, it is worked out from the lot's own rows when asked.

use super::book::{Book, NONE, does};
use super::counts::{Count, Counted, Lot as CountedLot, Sum, counts_of};
use super::rules::Rules;
use super::transit::{self, Transit, With};
use crate::ident::Party;
use crate::movement::{Direction, reasons};
use crate::record::{Entry, Record};
use crate::time::Expiry;
use crate::trust::{RecordId, Standing, Verified};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use hashbrown::HashMap;

/// One product (as it was written) and lot number at one facility. As long as a line of the processor's cache, and on
/// one: most records touch one part each, and nothing else that isn't at hand.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Part {
    pub(super) facility: u32,
    pub(super) item: u32,
    /// Its rows, the last that came first.
    pub(super) head: u32,
    sum: Sum,
    /// Sums at other places.
    #[allow(clippy::box_collection)] // 8 bytes in every part instead of 24, for what few have
    more: Option<Box<Vec<Sum>>>,
    /// The part before it of its product at its facility, and of its product and lot anywhere.
    next_of_product: u32,
    next_of_item: u32,
    /// The last of its sources: see [`Ledger::sources_of`].
    source: u32,
    /// The earliest last usable day claimed, as packed; and whether claims differ.
    pub(super) expiry: u16,
    pub(super) expiries_differ: bool,
    /// Whether something was counted or taken back.
    counted: bool,
    taken_back: bool,
}

impl Part {
    fn add(&mut self, place: u32, measure: u32, count: i64) {
        if self.sum.place == place && self.sum.measure == measure || self.sum.place == NONE {
            (self.sum.place, self.sum.measure) = (place, measure);
            self.sum.count = self.sum.count.saturating_add(count);
            return;
        }
        let more = self.more.get_or_insert_default();
        match more.iter_mut().find(|sum| sum.place == place && sum.measure == measure) {
            Some(sum) => sum.count = sum.count.saturating_add(count),
            None => more.push(Sum { place, measure, count }),
        }
    }

    pub(super) fn sums(&self) -> impl Iterator<Item = Sum> + '_ {
        let more = self.more.iter().flat_map(|more| more.iter().copied());
        Some(self.sum).into_iter().filter(|sum| sum.place != NONE).chain(more)
    }

    /// The only sum, where there is one and nothing else is known of the lot: neither counts nor differing expiries.
    pub(super) fn plain(&self) -> Option<Sum> {
        let plain = self.more.is_none() && !self.counted && !self.expiries_differ;
        plain.then_some(self.sum)
    }

    /// Notes an expiry seen on the pack: the earliest last usable day governs.
    fn claim(&mut self, packed: u16) {
        let not_read = Expiry::NotRead.packed();
        if packed == not_read || packed == self.expiry {
            return;
        }
        let day = |packed| Expiry::from_packed(packed).ok().and_then(Expiry::last_usable);
        if self.expiry == not_read {
            self.expiry = packed;
            return;
        }
        match (day(packed), day(self.expiry)) {
            (Some(new), Some(held)) => {
                self.expiries_differ |= new != held;
                if (new, packed) < (held, self.expiry) {
                    self.expiry = packed;
                }
            }
            (Some(_), None) => {
                self.expiries_differ = true;
                self.expiry = packed;
            }
            (None, _) => self.expiries_differ = true,
        }
    }
}

/// Items on a page of a facility's table.
const PAGE: usize = 64;

/// A facility.
#[derive(Debug, Default)]
pub(super) struct Site {
    pub(super) parts: Vec<u32>,
    /// Parts by item, in pages of 64 items: what comes together is mostly one facility's and lies near.
    pages: Vec<u32>,
    by_item: Vec<[u32; PAGE]>,
    /// The last part of each product, as it was written.
    by_product: HashMap<u32, u32>,
    pub(super) count_rows: Vec<u32>,
    pub(super) counts: BTreeMap<u32, Count>,
    /// Something was counted here: causes matter.
    counting: bool,
    all_dirty: bool,
    /// The class of each product that is one with others, by their encodings.
    pub(super) classes: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Whether classes and groups are worked out.
    grouped: bool,
    /// The other parts of a lot, by the part that answers for all.
    pub(super) groups: HashMap<u32, Vec<u32>>,
    /// The part that answers, for those that don't answer themselves.
    pub(super) leader: HashMap<u32, u32>,
}

impl Site {
    fn part_at(&self, item: u32) -> Option<u32> {
        let page = *self.pages.get(item as usize / PAGE)?;
        let part = *self.by_item.get(page as usize)?.get(item as usize % PAGE)?;
        (part != NONE).then_some(part)
    }

    fn set_part(&mut self, item: u32, part: u32) {
        let number = item as usize / PAGE;
        if self.pages.len() <= number {
            self.pages.resize(number + 1, NONE);
        }
        let Some(page) = self.pages.get_mut(number) else { return };
        if *page == NONE {
            *page = self.by_item.len() as u32;
            self.by_item.push([NONE; PAGE]);
        }
        if let Some(slot) = self.by_item.get_mut(*page as usize).and_then(|page| page.get_mut(item as usize % PAGE)) {
            *slot = part;
        }
    }

    /// What stands for a product here: the smallest encoding of those that it is one with.
    pub(super) fn class_of<'c>(&'c self, product: &'c [u8]) -> &'c [u8] {
        self.classes.get(product).map_or(product, Vec::as_slice)
    }
}

/// Everything that counts, and the stock that follows from it.
///
/// A function of the set of records: whatever the order in which they come, twice or not, the answers are the same.
/// [`Ledger::apply`] takes records that count, [`Ledger::lapse`] takes out those that no longer do, and
/// [`Ledger::settled`] gives the stock.
#[derive(Debug, Default)]
pub struct Ledger {
    pub(super) book: Book,
    pub(super) rules: Rules,
    pub(super) parts: Vec<Part>,
    pub(super) sites: Vec<Site>,
    pub(super) transit: Transit,
    /// Reversals by what they name, and what is taken back of a row.
    reversals: HashMap<([u8; 8], u32), Vec<u32>>,
    taken: HashMap<u32, u32>,
    pub(super) counted: HashMap<u32, Counted>,
    dirty: BTreeSet<u32>,
    /// The last part of each item.
    by_item: Vec<u32>,
    pub(super) attests: Vec<u32>,
    /// Amounts and operators that stand beside a hand-over.
    pub(super) details: Vec<u32>,
    /// Rows that came in from somebody, or were made of other lots, or went into them; each with the one before it of
    /// its part.
    sources: Vec<(u32, u32)>,
    pub(super) serials: Vec<u32>,
    /// Everything must be derived anew: a record lapsed, a log forked, products became one.
    stale: bool,
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
        let part = self.parts.len() as u32;
        site.set_part(item, part);
        let product = self.book.of_item.get(item as usize).map_or(NONE, |of| of.0);
        site.grouped &= site.classes.is_empty(); // it may belong to a lot that is there
        site.parts.push(part);
        if self.by_item.len() <= item as usize {
            self.by_item.resize(item as usize + 1, NONE);
        }
        self.parts.push(Part {
            facility,
            item,
            head: NONE,
            sum: Sum { place: NONE, measure: 0, count: 0 },
            more: None,
            next_of_product: site.by_product.insert(product, part).unwrap_or(NONE),
            next_of_item: self.by_item.get_mut(item as usize).map_or(NONE, |last| core::mem::replace(last, part)),
            source: NONE,
            expiry: Expiry::NotRead.packed(),
            expiries_differ: false,
            counted: false,
            taken_back: false,
        });
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
        self.chain(site.by_product.get(&product).copied().unwrap_or(NONE), |part| part.next_of_product)
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
    fn derive(&mut self, row: u32, facility: u32, item: Option<u32>, entry: &Entry<'_>) {
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

    // ----- settling

    fn settle(&mut self) {
        self.book.find_branches();
        if core::mem::take(&mut self.stale) {
            self.derive_all();
        }
        self.group_sites();
        for site in self.sites.iter_mut().filter(|site| site.all_dirty) {
            site.counts = counts_of(&self.book, &site.count_rows);
        }
        let Self { book, rules, sites, transit, taken, parts, .. } = self;
        let with = With {
            book,
            rules,
            net: &|row| {
                let taken = taken.get(&row).copied().unwrap_or(0);
                book.row(row).map_or(0, |r| r.quantity.saturating_sub(taken))
            },
            one: &|facility, a, b| a == b || same_class(book, sites, facility, a, b),
            lot: &|row| lot_of_row(book, parts, row),
        };
        transit.settle(&with);
        let mut dirty: BTreeSet<u32> = core::mem::take(&mut self.dirty);
        for site in &mut self.sites {
            if core::mem::take(&mut site.all_dirty) {
                dirty.extend(site.parts.iter().copied());
            }
        }
        let leaders: BTreeSet<u32> = dirty.iter().map(|part| self.leader(*part)).collect();
        for part in leaders {
            self.settle_lot(part);
        }
    }

    /// Everything anew, from the rows that count.
    fn derive_all(&mut self) {
        let mut old = core::mem::take(self);
        old.rules.clear();
        *self = Self { book: old.book, rules: old.rules, ..Self::default() };
        for r in &mut self.book.rows {
            (r.part, r.next) = (NONE, NONE);
        }
        for row in 0..self.book.rows.len() as u32 {
            if self.book.row(row).is_none_or(|r| !r.counts()) {
                continue;
            }
            let (bytes, facility) = (self.book.bytes_of(row).to_vec(), self.book.facility_of(row));
            let Ok(record) = Record::decode(&bytes) else { continue };
            let item = self.book.item_of(&record.entry);
            self.derive(row, facility, item, &record.entry);
        }
        self.stale = false;
        for site in &mut self.sites {
            site.all_dirty = true;
        }
    }

    /// Which lots of each facility are one.
    fn group_sites(&mut self) {
        for (facility, site) in (0u32..).zip(self.sites.iter_mut()).filter(|(_, site)| !site.grouped) {
            site.grouped = true;
            site.classes = self.rules.classes(&self.book, self.book.facilities.text(facility));
            if site.classes.is_empty() {
                continue;
            }
            site.all_dirty = true;
            (site.groups, site.leader) = Default::default();
            let mut lots: BTreeMap<(&[u8], u32), Vec<u32>> = BTreeMap::new();
            for part in &site.parts {
                let Some(item) = self.parts.get(*part as usize).map(|part| part.item) else { continue };
                let Some((product, lot)) = self.book.of_item.get(item as usize) else { continue };
                if let Some(class) = site.classes.get(self.book.products.get(*product)) {
                    lots.entry((class, *lot)).or_default().push(*part);
                }
            }
            let product = |part: &u32| {
                let item = self.parts.get(*part as usize).map_or(NONE, |part| part.item);
                self.book.of_item.get(item as usize).map(|of| self.book.products.get(of.0))
            };
            for mut parts in lots.into_values().filter(|parts| parts.len() > 1) {
                parts.sort_by(|a, b| product(a).cmp(&product(b)));
                let Some(leader) = parts.first().copied() else { continue };
                site.leader.extend(parts.iter().map(|part| (*part, leader)));
                site.groups.insert(leader, parts);
            }
        }
    }

    /// The part that answers for a lot.
    pub(super) fn leader(&self, part: u32) -> u32 {
        let site = self.parts.get(part as usize).and_then(|p| self.sites.get(p.facility as usize));
        site.and_then(|site| site.leader.get(&part)).copied().unwrap_or(part)
    }

    /// All parts of a lot, by the one that answers.
    pub(super) fn group(&self, leader: u32) -> impl Iterator<Item = u32> + '_ {
        let site = self.parts.get(leader as usize).and_then(|p| self.sites.get(p.facility as usize));
        let others = site.and_then(|site| site.groups.get(&leader));
        let alone = others.is_none().then_some(leader);
        alone.into_iter().chain(others.into_iter().flatten().copied())
    }

    /// Rows of a part.
    pub(super) fn rows_of(&self, part: u32) -> impl Iterator<Item = u32> + '_ {
        let mut at = self.parts.get(part as usize).map_or(NONE, |part| part.head);
        core::iter::from_fn(move || {
            let row = (at != NONE).then_some(at)?;
            at = self.book.row(row).map_or(NONE, |r| r.next);
            Some(row)
        })
    }

    fn settle_lot(&mut self, leader: u32) {
        let Some(part) = self.parts.get(leader as usize) else { return };
        let facility = part.facility;
        let parts: Vec<u32> = self.group(leader).collect();
        let any = |is: fn(&Part) -> bool| parts.iter().filter_map(|p| self.parts.get(*p as usize)).any(is);
        let site = self.sites.get(facility as usize);
        let rest = site.is_some_and(|site| site.counts.values().any(|count| count.rest_is_zero));
        if any(|part| part.taken_back) {
            for part in &parts {
                self.claims(*part);
            }
        }
        let counted = parts.iter().filter_map(|p| self.parts.get(*p as usize)).any(|part| part.counted);
        if !counted && !rest && parts.len() == 1 {
            self.counted.remove(&leader);
            return;
        }
        let rows: Vec<u32> = parts.iter().flat_map(|part| self.rows_of(*part)).collect();
        let Some(site) = self.sites.get(facility as usize) else { return };
        let lines = rows
            .into_iter()
            .filter_map(|row| self.book.place_of_line(row, &site.counts).map(|place| (row, place)))
            .collect();
        if let Some(result) = self.counted_lot(leader, lines).map(|lot| lot.count()) {
            self.counted.insert(leader, result);
        }
    }

    /// A lot with what counting asks of it; `lines` are those of counts, with their places.
    pub(super) fn counted_lot(&self, leader: u32, lines: Vec<(u32, u32)>) -> Option<CountedLot<'_>> {
        let site = self.sites.get(self.parts.get(leader as usize)?.facility as usize)?;
        let rows = self.group(leader).flat_map(|part| self.rows_of(part)).map(|row| (row, self.net(row))).collect();
        let mut products: Vec<Vec<u8>> = Vec::new();
        for part in self.group(leader) {
            let item = self.parts.get(part as usize).map_or(NONE, |part| part.item);
            let Some((product, _)) = self.book.of_item.get(item as usize) else { continue };
            let name = self.book.products.get(*product);
            products.push(name.to_vec());
            // Every product of the class: a count may name one that no record here does.
            if let Some(class) = site.classes.get(name) {
                products.extend(site.classes.iter().filter(|(_, other)| *other == class).map(|(p, _)| p.clone()));
            }
        }
        Some(CountedLot { book: &self.book, counts: &site.counts, rows, lines, products })
    }

    /// The expiries claimed by what isn't taken back.
    fn claims(&mut self, part: u32) {
        let rows: Vec<u32> = self.rows_of(part).collect();
        let claims: Vec<u16> = rows
            .into_iter()
            .filter(|row| self.book.row(*row).is_some_and(|r| r.is(does::LINE)) || self.net(*row) > 0)
            .filter_map(|row| self.book.row(row).map(|r| r.expiry))
            .collect();
        if let Some(part) = self.parts.get_mut(part as usize) {
            (part.expiry, part.expiries_differ) = (Expiry::NotRead.packed(), false);
            claims.into_iter().for_each(|packed| part.claim(packed));
        }
    }
}

fn site_mut(sites: &mut Vec<Site>, facility: u32) -> &mut Site {
    let at = facility as usize;
    if sites.len() <= at {
        sites.resize_with(at + 1, Site::default);
    }
    // Just made long enough.
    #[allow(clippy::indexing_slicing)]
    &mut sites[at]
}

/// Whether two products (by number) are one at a facility.
pub(super) fn same_class(book: &Book, sites: &[Site], facility: u32, a: u32, b: u32) -> bool {
    let Some(site) = sites.get(facility as usize) else { return false };
    site.class_of(book.products.get(a)) == site.class_of(book.products.get(b))
}

/// The lot number that a row is about; `NONE` where it is about none.
pub(super) fn lot_of_row(book: &Book, parts: &[Part], row: u32) -> u32 {
    let part = book.row(row).and_then(|r| parts.get(r.part as usize));
    part.and_then(|part| book.of_item.get(part.item as usize)).map_or(NONE, |of| of.1)
}
