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

/// A name's number, and where it stands: looked up most often, so nothing else is asked for it.
#[derive(Debug, Clone, Copy)]
struct Known {
    id: u32,
    begin: u32,
    length: u32,
}

impl Known {
    fn of(self, bytes: &[u8]) -> &[u8] {
        let begin = self.begin as usize;
        bytes.get(begin..begin + self.length as usize).unwrap_or_default()
    }
}

impl Names {
    pub(super) fn get(&self, id: u32) -> &[u8] {
        let from = id.checked_sub(1).and_then(|before| self.ends.get(before as usize)).copied().unwrap_or(0);
        let to = self.ends.get(id as usize).copied().unwrap_or(from);
        self.bytes.get(from as usize..to as usize).unwrap_or_default()
    }

    pub(super) fn find(&self, name: &[u8]) -> Option<u32> {
        self.table.find(self.hash.hash_one(name), |known| known.of(&self.bytes) == name).map(|known| known.id)
    }

    /// The number of a name, and whether it is new.
    pub(super) fn put(&mut self, name: &[u8]) -> (u32, bool) {
        let Self { bytes, ends, table, hash } = self;
        let hashed = hash.hash_one(name);
        if let Some(known) = table.find(hashed, |known| known.of(bytes) == name) {
            return (known.id, false);
        }
        let known = Known { id: ends.len() as u32, begin: bytes.len() as u32, length: name.len() as u32 };
        bytes.extend_from_slice(name);
        ends.push(bytes.len() as u32);
        table.insert_unique(hashed, known, |known| hash.hash_one(known.of(bytes)));
        (known.id, true)
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
