//! A facility: its lots, and what counts there and products that are one ask of them.

use super::book::Book;
use super::counts::Count;
use super::row::NONE;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use hashbrown::HashMap;

/// Slots on a page.
const PAGE: usize = 64;

/// A number for each of many, in pages: what comes together is mostly one facility's and lies near.
#[derive(Debug, Default)]
struct Pages {
    pages: Vec<u32>,
    slots: Vec<[u32; PAGE]>,
}

impl Pages {
    fn get(&self, at: u32) -> Option<u32> {
        let page = *self.pages.get(at as usize / PAGE)?;
        let number = *self.slots.get(page as usize)?.get(at as usize % PAGE)?;
        (number != NONE).then_some(number)
    }

    /// Puts a number; gives the one that stood there, `NONE` for none.
    fn set(&mut self, at: u32, number: u32) -> u32 {
        if at == NONE {
            return NONE; // nothing has this number
        }
        let page = at as usize / PAGE;
        if self.pages.len() <= page {
            self.pages.resize(page + 1, NONE);
        }
        let Some(page) = self.pages.get_mut(page) else { return NONE };
        if *page == NONE {
            *page = self.slots.len() as u32;
            self.slots.push([NONE; PAGE]);
        }
        let slot = self.slots.get_mut(*page as usize).and_then(|page| page.get_mut(at as usize % PAGE));
        slot.map_or(NONE, |slot| core::mem::replace(slot, number))
    }
}

/// A facility.
#[derive(Debug, Default)]
pub(super) struct Site {
    pub(super) parts: Vec<u32>,
    /// Parts by item.
    by_item: Pages,
    /// The last part of each product, as it was written.
    by_product: Pages,
    pub(super) count_rows: Vec<u32>,
    pub(super) counts: BTreeMap<u32, Count>,
    /// Something was counted here: causes matter.
    pub(super) counting: bool,
    pub(super) all_dirty: bool,
    /// The class of each product that is one with others, by their encodings.
    pub(super) classes: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Whether classes and groups are worked out.
    pub(super) grouped: bool,
    /// The other parts of a lot, by the part that answers for all.
    pub(super) groups: HashMap<u32, Vec<u32>>,
    /// The part that answers, for those that don't answer themselves.
    pub(super) leader: HashMap<u32, u32>,
}

impl Site {
    /// The encodings of the products that are one with this one here, its own first.
    pub(super) fn names_of<'n>(&'n self, name: &'n [u8]) -> impl Iterator<Item = &'n [u8]> {
        // Few products are one with another: nothing is looked through for the rest.
        let others = self.classes.get(name).into_iter().flat_map(move |class| {
            let of_class = self.classes.iter().filter(move |(other, of)| *of == class && other.as_slice() != name);
            of_class.map(|(other, _)| other.as_slice())
        });
        core::iter::once(name).chain(others)
    }

    pub(super) fn part_at(&self, item: u32) -> Option<u32> {
        self.by_item.get(item)
    }

    /// The last part of a product, as it was written.
    pub(super) fn last_of_product(&self, product: u32) -> Option<u32> {
        self.by_product.get(product)
    }

    /// Takes a part that is new here; gives the one before it of its product.
    pub(super) fn put(&mut self, part: u32, item: u32, product: u32) -> u32 {
        self.parts.push(part);
        self.by_item.set(item, part);
        self.grouped &= self.classes.is_empty(); // it may belong to a lot that is there
        self.by_product.set(product, part)
    }

    /// What stands for a product here: the smallest encoding of those that it is one with.
    pub(super) fn class_of<'c>(&'c self, product: &'c [u8]) -> &'c [u8] {
        self.classes.get(product).map_or(product, Vec::as_slice)
    }
}
pub(super) fn site_mut(sites: &mut Vec<Site>, facility: u32) -> &mut Site {
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
