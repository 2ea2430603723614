//! Names as small numbers: each text once, compared as a number afterwards.

use crate::ident::{Fund, LotNumber, Party, Product, Store};
use crate::movement::Bucket;
use crate::record::{read_value, write_value};
use alloc::vec::Vec;
use core::hash::BuildHasher;
use hashbrown::{DefaultHashBuilder, HashTable};

/// Byte strings, numbered in the order in which they came. The numbers never reach an answer: answers are ordered by
/// the strings.
#[derive(Debug, Default)]
pub(super) struct Names {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    table: HashTable<Known>,
    hash: DefaultHashBuilder,
}

/// As long as most products with their lot numbers.
const FRONT: usize = 24;

/// A name's number, its length and what it begins with: looked up for every record, so a short name is known by this
/// alone, which is in one line of the processor's cache.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
struct Known {
    id: u32,
    length: u32,
    front: [u8; FRONT],
}

impl Known {
    fn new(id: u32, name: &[u8]) -> Self {
        let mut front = [0; FRONT];
        let short = name.len().min(FRONT);
        if let (Some(to), Some(from)) = (front.get_mut(..short), name.get(..short)) {
            to.copy_from_slice(from);
        }
        Self { id, length: name.len() as u32, front }
    }

    /// Whether it has this name's length and front: of a short one, whether it is this name.
    fn begins_as(&self, name: &Self) -> bool {
        self.length == name.length && self.front == name.front
    }

    const fn is_short(&self) -> bool {
        self.length as usize <= FRONT
    }
}

/// A name by its number.
fn name_at<'b>(bytes: &'b [u8], ends: &[u32], id: u32) -> &'b [u8] {
    let from = id.checked_sub(1).and_then(|before| ends.get(before as usize)).copied().unwrap_or(0);
    let to = ends.get(id as usize).copied().unwrap_or(from);
    bytes.get(from as usize..to as usize).unwrap_or_default()
}

impl Names {
    pub(super) fn get(&self, id: u32) -> &[u8] {
        name_at(&self.bytes, &self.ends, id)
    }

    pub(super) fn find(&self, name: &[u8]) -> Option<u32> {
        self.known(self.hash.hash_one(name), name, &Known::new(0, name))
    }

    fn known(&self, hashed: u64, name: &[u8], as_known: &Known) -> Option<u32> {
        let is = |known: &Known| known.begins_as(as_known) && (known.is_short() || self.get(known.id) == name);
        self.table.find(hashed, is).map(|known| known.id)
    }

    /// The number of a name, and whether it is new.
    pub(super) fn put(&mut self, name: &[u8]) -> (u32, bool) {
        let new = Known::new(self.ends.len() as u32, name);
        let hashed = self.hash.hash_one(name);
        if let Some(id) = self.known(hashed, name, &new) {
            return (id, false);
        }
        let Self { bytes, ends, table, hash } = self;
        bytes.extend_from_slice(name);
        ends.push(bytes.len() as u32);
        table.insert_unique(hashed, new, |known| hash.hash_one(name_at(bytes, ends, known.id)));
        (new.id, true)
    }

    pub(super) fn text(&self, id: u32) -> &str {
        core::str::from_utf8(self.get(id)).unwrap_or_default()
    }
}

/// Room for a product and a lot number.
pub(super) const ITEM_ROOM: usize = 160;

/// A product and a lot number as one name: the product's encoding, then the lot's.
pub(super) fn item_name<'b>(
    product: &Product<'_>,
    lot: &Option<LotNumber<'_>>,
    room: &'b mut [u8; ITEM_ROOM],
) -> (&'b [u8], usize) {
    let first = write_value(product, room).unwrap_or(0);
    let rest = room.get_mut(first..).and_then(|rest| write_value(lot, rest)).unwrap_or(0);
    (room.get(..first + rest).unwrap_or_default(), first)
}

/// The encoding of a lot number.
pub(super) fn lot_name(lot: &Option<LotNumber<'_>>) -> Vec<u8> {
    let mut room = [0; ITEM_ROOM];
    let length = write_value(lot, &mut room).unwrap_or(0);
    room.get(..length).unwrap_or_default().to_vec()
}

/// The product of an encoding.
pub(super) fn product_of(name: &[u8]) -> Option<Product<'_>> {
    read_value(name).map(|(product, _)| product)
}

/// The lot number of an encoding.
pub(super) fn lot_of(name: &[u8]) -> Option<LotNumber<'_>> {
    read_value::<Option<LotNumber<'_>>>(name).and_then(|(lot, _)| lot)
}

/// The encoding of a party.
pub(super) fn party_name<'b>(party: &Party<'_>, room: &'b mut [u8; ITEM_ROOM]) -> &'b [u8] {
    let n = write_value(party, room).unwrap_or(0);
    room.get(..n).unwrap_or_default()
}

/// Where a balance stands besides its lot: store, fund, vaccine vial monitor, bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place<'l> {
    /// The store; `None`: the main one.
    pub store: Option<&'l str>,
    /// The fund; `None`: the facility's own.
    pub fund: Option<&'l str>,
    /// Vaccine vial monitor.
    pub vvm: Option<u8>,
    /// Whether it is held back.
    pub hold: bool,
}

impl Place<'_> {
    /// Whether what stands here may be dispensed, as far as the place says: not held, no monitor at stage 3 or 4.
    #[must_use]
    pub fn may_be_dispensed(&self) -> bool {
        !self.hold && self.vvm.is_none_or(|stage| stage < 3)
    }
}

/// Places as numbers: 0 is what most balances have.
#[derive(Debug)]
pub(super) struct Places(Names);

impl Default for Places {
    fn default() -> Self {
        let mut places = Self(Names::default());
        places.put(None, None, None, Bucket::Available);
        places
    }
}

impl Places {
    pub(super) fn put(
        &mut self,
        store: Option<Store<'_>>,
        fund: Option<Fund<'_>>,
        vvm: Option<u8>,
        bucket: Bucket,
    ) -> u32 {
        if store.is_none() && fund.is_none() && vvm.is_none() && bucket == Bucket::Available && !self.0.ends.is_empty()
        {
            return 0;
        }
        // Neither a store nor a fund is longer than 20 bytes.
        let (store, fund) = (store.map_or("", |s| s.as_str()), fund.map_or("", |f| f.as_str()));
        let mut name = [0u8; 96];
        let mut at = 0;
        let head = [u8::from(bucket == Bucket::Hold), vvm.unwrap_or(0), store.len() as u8];
        for byte in head.iter().chain(store.as_bytes()).chain(fund.as_bytes()) {
            if let Some(slot) = name.get_mut(at) {
                *slot = *byte;
                at += 1;
            }
        }
        self.0.put(name.get(..at).unwrap_or_default()).0
    }

    pub(super) fn get(&self, id: u32) -> Place<'_> {
        if id == 0 {
            return Place { store: None, fund: None, vvm: None, hold: false };
        }
        let name = self.0.get(id);
        let (hold, vvm, length, texts) = match name {
            [hold, vvm, length, texts @ ..] => (*hold == 1, *vvm, usize::from(*length), texts),
            _ => (false, 0, 0, &[][..]),
        };
        let (store, fund) = texts.split_at_checked(length).unwrap_or_default();
        let text = |bytes| core::str::from_utf8(bytes).ok().filter(|text: &&str| !text.is_empty());
        Place { store: text(store), fund: text(fund), vvm: (vvm > 0).then_some(vvm), hold }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_that_begin_alike_are_kept_apart_whatever_their_length() {
        let mut names = Names::default();
        let long = [0x41; 2 * FRONT];
        let mut given: Vec<Vec<u8>> = (0..=long.len()).map(|length| long.get(..length).unwrap().to_vec()).collect();
        // Zeros at the end, and others of one length that differ in their last byte alone.
        for length in [1, FRONT - 1, FRONT, FRONT + 1, 2 * FRONT] {
            given
                .extend([0, 0x42].map(|last| [long.get(..length - 1).unwrap(), core::slice::from_ref(&last)].concat()));
        }
        for (id, name) in (0..).zip(&given) {
            assert_eq!((names.find(name), names.put(name)), (None, (id, true)), "{name:?}");
        }
        for (id, name) in (0..).zip(&given) {
            assert_eq!((names.find(name), names.put(name), names.get(id)), (Some(id), (id, false), name.as_slice()));
        }
    }
}
