//! What authorities say of lots, as far as it reaches a facility: recalls, lot facts, same products, successors.

use super::book::Book;
use crate::crypto::Hash;
use crate::ident::{LotNumber, Product};
use crate::record::{Entry, Role, write_value};
use crate::time::Expiry;
use crate::trust::{Scope, Standing};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use hashbrown::HashMap;

/// Facilities that an authority's log reaches, its lines and those above it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Stands {
    all: bool,
    prefixes: BTreeSet<String>,
    codes: BTreeSet<String>,
    lines: BTreeSet<Hash>,
    above: BTreeSet<Hash>,
}

/// Rows of authorities' records, and where their logs stand.
#[derive(Debug, Default)]
pub(super) struct Rules {
    stands: HashMap<Hash, Stands>,
    pub(super) recalls: Vec<u32>,
    /// The same by each product that they name: a list of stock asks for every lot.
    recalls_of: HashMap<Vec<u8>, Vec<u32>>,
    ends: Vec<u32>,
    pub(super) same: Vec<u32>,
    facts: Vec<u32>,
    /// The same by lot number.
    facts_of: HashMap<Vec<u8>, Vec<u32>>,
    facilities: Vec<u32>,
}

impl Rules {
    /// Forgets rows, keeps where logs stand.
    pub(super) fn clear(&mut self) {
        let stands = core::mem::take(&mut self.stands);
        *self = Self { stands, ..Self::default() };
    }

    /// Where another ledger's authorities stand.
    pub(super) fn take_stands(&mut self, of: &Self) {
        self.stands.clone_from(&of.stands);
    }

    /// Takes an authority's record; whether it changes which lots are one.
    pub(super) fn take(&mut self, row: u32, entry: &Entry<'_>) -> bool {
        // With an extension that must be understood it says nothing here, but for a recall: that stops goods.
        if !entry.is_fully_understood() && !matches!(entry, Entry::Recall(_)) {
            return false;
        }
        match entry {
            Entry::Recall(recall) => {
                self.recalls.push(row);
                for product in recall.products.iter() {
                    self.recalls_of.entry(encoding(&product)).or_default().push(row);
                }
            }
            Entry::EndRecall(_) => self.ends.push(row),
            Entry::LotFact(fact) => {
                self.facts.push(row);
                self.facts_of.entry(fact.lot.as_str().into()).or_default().push(row);
            }
            Entry::SameProduct(_) => {
                self.same.push(row);
                return true;
            }
            Entry::Facility(_) => {
                self.facilities.push(row);
                return true;
            }
            _ => {}
        }
        false
    }

    /// Notes where an authority's log stands; whether that is news.
    pub(super) fn stand(&mut self, standing: &Standing<'_, '_, '_>) -> bool {
        let mut now = Stands::default();
        for (scope, facility) in standing.scopes(Role::Regulate) {
            match scope {
                Scope::OwnFacility => drop(now.codes.insert(facility.into())),
                Scope::Prefixes(list) if list.is_empty() => now.all = true,
                Scope::Prefixes(list) => now.prefixes.extend(list.iter().map(|p| String::from(p.0.as_str()))),
            }
        }
        now.lines.extend(standing.lines());
        now.above.extend(standing.above());
        let log = standing.log();
        if self.stands.get(&log) == Some(&now) {
            return false;
        }
        self.stands.insert(log, now);
        true
    }

    #[cfg(test)]
    pub(super) fn reach_all(&mut self, log: Hash) {
        self.stands.insert(log, Stands { all: true, ..Stands::default() });
    }

    /// Whether a record reaches a facility: by its authority's scope, or because it is the facility's own.
    fn reaches(&self, book: &Book, row: u32, facility: &str) -> bool {
        let Some(log) = book.log_of(row) else { return false };
        if !facility.is_empty() && book.facilities.text(log.facility) == facility {
            return true;
        }
        self.stands.get(&log.id).is_some_and(|stands| {
            stands.all
                || stands.codes.contains(facility)
                || stands.prefixes.iter().any(|prefix| facility.as_bytes().starts_with(prefix.as_bytes()))
        })
    }

    /// Products that are one at a facility: each that has others, with the smallest encoding among them.
    pub(super) fn classes(&self, book: &Book, facility: &str) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let mut classes: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        for row in self.same.iter().filter(|row| self.reaches(book, **row, facility)) {
            let Some(Entry::SameProduct(same)) = book.record(*row).map(|r| r.entry) else { continue };
            let of = |p: &Product<'_>, classes: &BTreeMap<Vec<u8>, Vec<u8>>| {
                let name = encoding(p);
                classes.get(&name).cloned().unwrap_or(name)
            };
            let (a, b) = (of(&same.a, &classes), of(&same.b, &classes));
            let (least, other) = if a <= b { (a, b) } else { (b, a) };
            for class in classes.values_mut().filter(|class| **class == other) {
                class.clone_from(&least);
            }
            for product in [encoding(&same.a), encoding(&same.b)] {
                classes.insert(product, least.clone());
            }
        }
        classes
    }

    /// The regulator's expiry of a lot at a facility: the latest word, by time, then by place.
    pub(super) fn expiry(
        &self,
        book: &Book,
        facility: &str,
        is: &dyn Fn(&Product<'_>) -> bool,
        lot: Option<&LotNumber<'_>>,
    ) -> Option<(Expiry, u32)> {
        let of_lot = lot.and_then(|lot| self.facts_of.get(lot.as_str().as_bytes()));
        let facts = of_lot.into_iter().flatten().filter_map(|row| {
            let Some(Entry::LotFact(fact)) = book.record(*row).map(|r| r.entry) else { return None };
            let about = is(&fact.product) && self.reaches(book, *row, facility);
            about.then_some((fact.expiry, *row))
        });
        facts.max_by_key(|(_, row)| (book.time(*row), book.order(*row)))
    }

    /// Rows of facts of lots.
    pub(super) fn facts(&self) -> &[u32] {
        &self.facts
    }

    /// Whether there is any fact of a lot: asked for each lot of a list.
    pub(super) const fn has_facts(&self) -> bool {
        !self.facts.is_empty()
    }

    /// The recalls of a product at a facility that are not ended, those of the gravest class first: of all lots or some.
    /// `names` are the encodings of the products that are this one there.
    pub(super) fn recalls<'n>(&self, book: &Book, facility: &str, names: impl Iterator<Item = &'n [u8]>) -> Vec<u32> {
        let mut found = self.recalls_ever(book, facility, names);
        found.retain(|row| self.end_of(book, *row).is_none());
        found
    }

    /// The same, ended ones too.
    pub(super) fn recalls_ever<'n>(
        &self,
        book: &Book,
        facility: &str,
        names: impl Iterator<Item = &'n [u8]>,
    ) -> Vec<u32> {
        let mut found: Vec<(u8, u32)> = Vec::new();
        for row in names.filter_map(|name| self.recalls_of.get(name)).flatten() {
            let Some(Entry::Recall(recall)) = book.record(*row).map(|r| r.entry) else { continue };
            // One may name a product by several of its names.
            if !found.contains(&(recall.class, *row)) && self.reaches(book, *row, facility) {
                found.push((recall.class, *row));
            }
        }
        found.sort_by_key(|(class, row)| (*class, book.order(*row)));
        found.into_iter().map(|(_, row)| row).collect()
    }

    /// The record that ends a recall: by its issuer, its line, or a line above.
    pub(super) fn end_of(&self, book: &Book, recall: u32) -> Option<u32> {
        let issuer = book.log_of(recall)?.id;
        let ends = self.ends.iter().copied().filter(|row| {
            let Some(Entry::EndRecall(end)) = book.record(*row).map(|r| r.entry) else { return false };
            let Some(by) = book.log_of(*row).map(|log| log.id) else { return false };
            let may = by == issuer
                || self.stands.get(&by).zip(self.stands.get(&issuer)).is_some_and(|(by, of)| {
                    by.lines.iter().any(|line| of.lines.contains(line) || of.above.contains(line))
                });
            may && book.named(*row, &end.recall) == Some(recall)
        });
        ends.min_by_key(|row| (book.time(*row), book.order(*row)))
    }

    /// Who receives what was sent to a facility: itself, then each of its successors. Where these lead in a circle it has
    /// none.
    pub(super) fn successors(&self, book: &Book, facility: &str) -> Vec<String> {
        let mut chain = alloc::vec![String::from(facility)];
        loop {
            let at = chain.last().map(String::as_str).unwrap_or_default();
            let named = self.facilities.iter().filter_map(|row| match book.record(*row).map(|r| r.entry) {
                Some(Entry::Facility(f)) if f.code.as_str() == at => {
                    Some((f.successor.map(|s| String::from(s.as_str())), *row))
                }
                _ => None,
            });
            // The latest word on the facility.
            let latest: Option<(Option<String>, u32)> =
                named.max_by_key(|(_, row)| (book.time(*row), book.order(*row)));
            match latest.and_then(|(successor, _)| successor) {
                Some(next) if chain.contains(&next) => {
                    chain.truncate(1);
                    return chain;
                }
                Some(next) => chain.push(next),
                None => return chain,
            }
        }
    }
}

/// A product's encoding: what products are compared and ordered by.
pub(super) fn encoding(product: &Product<'_>) -> Vec<u8> {
    let mut room = [0; super::names::ITEM_ROOM];
    let length = write_value(product, &mut room).unwrap_or(0);
    room.iter().take(length).copied().collect()
}
