//! A facility: its lots, and what counts there and products that are one ask of them.

use super::book::Book;
use super::counts::Count;
use super::row::NONE;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use hashbrown::HashMap;

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
    pub(super) by_product: HashMap<u32, u32>,
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
    pub(super) fn part_at(&self, item: u32) -> Option<u32> {
        let page = *self.pages.get(item as usize / PAGE)?;
        let part = *self.by_item.get(page as usize)?.get(item as usize % PAGE)?;
        (part != NONE).then_some(part)
    }

    pub(super) fn set_part(&mut self, item: u32, part: u32) {
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
