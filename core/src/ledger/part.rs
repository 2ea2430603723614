//! A lot at a facility, as its records add up.

use super::book::Book;
use super::counts::Sum;
use super::row::NONE;
use crate::time::Expiry;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// One product (as it was written) and lot number at one facility. As long as a line of the processor's cache, and on
/// one: most records touch one part each, and nothing else that isn't at hand.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Part {
    pub(super) facility: u32,
    pub(super) item: u32,
    /// Its rows, the last that came first.
    pub(super) head: u32,
    pub(super) sum: Sum,
    /// Sums at other places.
    #[allow(clippy::box_collection)] // 8 bytes in every part instead of 24, for what few have
    pub(super) more: Option<Box<Vec<Sum>>>,
    /// The part before it of its product at its facility, and of its product and lot anywhere.
    pub(super) next_of_product: u32,
    pub(super) next_of_item: u32,
    /// The last of its sources: see [`super::Ledger::sources_of`].
    pub(super) source: u32,
    /// The earliest last usable day claimed, as packed; and whether claims differ.
    pub(super) expiry: u16,
    pub(super) expiries_differ: bool,
    /// Whether something was counted or taken back.
    pub(super) counted: bool,
    pub(super) taken_back: bool,
}

impl Part {
    /// Nothing of it yet.
    pub(super) fn new(facility: u32, item: u32) -> Self {
        Self {
            facility,
            item,
            head: NONE,
            sum: Sum { place: NONE, measure: 0, count: 0 },
            more: None,
            next_of_product: NONE,
            next_of_item: NONE,
            source: NONE,
            expiry: Expiry::NotRead.packed(),
            expiries_differ: false,
            counted: false,
            taken_back: false,
        }
    }

    pub(super) fn add(&mut self, place: u32, measure: u32, count: i64) {
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

    /// The only sum, where there is one.
    pub(super) fn only(&self) -> Option<Sum> {
        (self.more.is_none() && self.sum.place != NONE).then_some(self.sum)
    }

    /// The only sum, where there is one and nothing else is known of the lot: neither counts nor differing expiries.
    pub(super) fn plain(&self) -> Option<Sum> {
        let plain = self.more.is_none() && !self.counted && !self.expiries_differ;
        plain.then_some(self.sum)
    }

    /// Notes an expiry seen on the pack: the earliest last usable day governs.
    pub(super) fn claim(&mut self, packed: u16) {
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
/// Parts in one piece of memory.
const CHUNK: usize = 1 << 10;

/// The parts of all facilities, by number. In pieces: what is there never moves when another comes.
#[derive(Debug, Default)]
pub(super) struct Parts(Vec<Vec<Part>>);

impl Parts {
    pub(super) fn len(&self) -> u32 {
        self.0.last().map_or(0, |last| (self.0.len() - 1) * CHUNK + last.len()) as u32
    }

    pub(super) fn get(&self, part: usize) -> Option<&Part> {
        self.0.get(part / CHUNK)?.get(part % CHUNK)
    }

    pub(super) fn get_mut(&mut self, part: usize) -> Option<&mut Part> {
        self.0.get_mut(part / CHUNK)?.get_mut(part % CHUNK)
    }

    pub(super) fn push(&mut self, part: Part) {
        match self.0.last_mut().filter(|last| last.len() < CHUNK) {
            Some(last) => last.push(part),
            None => {
                // The first grows: most ledgers are a facility's, and small.
                let mut chunk = Vec::with_capacity(if self.0.is_empty() { 1 } else { CHUNK });
                chunk.push(part);
                self.0.push(chunk);
            }
        }
    }
}

/// The lot number that a row is about; `NONE` where it is about none.
pub(super) fn lot_of_row(book: &Book, parts: &Parts, row: u32) -> u32 {
    let part = book.row(row).and_then(|r| parts.get(r.part as usize));
    part.and_then(|part| book.of_item.get(part.item as usize)).map_or(NONE, |of| of.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_more_parts_than_one_piece_holds_is_found_by_its_number() {
        let (mut parts, many) = (Parts::default(), 3 * CHUNK as u32 + 7);
        for item in 0..many {
            assert_eq!(parts.len(), item);
            parts.push(Part::new(1, item));
        }
        if let Some(part) = parts.get_mut(CHUNK) {
            part.facility = 2;
        }
        for item in 0..many {
            let found = parts.get(item as usize).map(|part| (part.facility, part.item));
            assert_eq!(found, Some((if item as usize == CHUNK { 2 } else { 1 }, item)));
        }
        assert!(parts.get(many as usize).is_none() && parts.get_mut(4 * CHUNK).is_none());
    }
}
