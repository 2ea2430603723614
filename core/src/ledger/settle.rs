//! Working out what follows from everything applied: which lots are one, what was counted, what is on the way.

use super::add::Ledger;
use super::counts::{Lot as CountedLot, counts_of};
use super::part::{Part, lot_of_row};
use super::row::{NONE, does};
use super::site::same_class;
use super::transit::With;
use crate::record::Record;
use crate::time::Expiry;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

impl Ledger {
    pub(super) fn settle(&mut self) {
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
        let several = site.and_then(|site| site.groups.get(&leader)).map(Vec::as_slice).unwrap_or_default();
        let alone = several.is_empty().then_some(leader);
        alone.into_iter().chain(several.iter().copied())
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
