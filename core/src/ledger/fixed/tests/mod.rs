//! The table against the ledger that keeps every record.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
mod rules;
mod same;

use super::{FixedError, FixedLedger, Held, Pick, Source, Table};
use crate::crypto::Hash;
use crate::ident::{LotNumber, Measure, Product, Quantity};
use crate::ledger::tests::{A, B, Log, Made, day};
use crate::ledger::{Ledger, Picking, Settled};

use std::string::{String, ToString};
use std::vec::Vec;

pub(super) const SHOP: &str = "HN-0417";

/// A host's logs, as far as they can still be read.
pub(super) struct Shelf<'l> {
    pub(super) logs: &'l [Log],
    /// Below this index records were given up.
    pub(super) gone: u32,
    pub(super) reads: usize,
}

impl<'l> Shelf<'l> {
    pub(super) const fn new(logs: &'l [Log]) -> Self {
        Self { logs, gone: 0, reads: 0 }
    }
    fn made(&self, log: &[u8; 16], index: u32) -> Option<&'l Made> {
        let log = self.logs.iter().find(|l| l.id.log16() == *log)?;
        log.records.get(index as usize).filter(|_| index >= self.gone)
    }
}

impl Source for Shelf<'_> {
    fn record(&mut self, log: &[u8; 16], index: u32) -> Option<&[u8]> {
        self.reads += 1;
        self.made(log, index).map(Made::bytes)
    }
    fn identity(&mut self, log: &[u8; 16], index: u32) -> Option<Hash> {
        self.made(log, index).map(|made| made.at.identity)
    }
}

/// Lot, place, measure, and what stands there.
pub(super) type Line =
    (String, Option<String>, (Option<String>, Option<String>, Option<u8>, bool), Option<(u16, Measure)>, i64, u16);

pub(super) fn line(held: &Held<'_>) -> Line {
    let text = |t: Option<&str>| t.map(String::from);
    let place = (text(held.store), text(held.fund), held.vvm, held.hold);
    let lot = held.lot.map(|lot| lot.as_str().to_string());
    (held.product.to_string(), lot, place, held.parts, held.count, held.expiry.packed())
}

/// What the reference says of a facility, where anything stands.
pub(super) fn expected(settled: Settled<'_>) -> Vec<Line> {
    let mut all = Vec::new();
    for lot in settled.lots(SHOP) {
        for stock in lot.stock().into_iter().filter(|stock| stock.count != 0) {
            let text = |t: Option<&str>| t.map(String::from);
            let p = stock.place;
            let place = (text(p.store), text(p.fund), p.vvm, p.hold);
            let number = lot.number().map(|n| n.as_str().to_string());
            all.push((
                lot.product().unwrap().to_string(),
                number,
                place,
                stock.parts,
                stock.count,
                lot.expiry().packed(),
            ));
        }
    }
    all.sort();
    all
}

pub(super) fn lines(table: &Table<'_>) -> Vec<Line> {
    let mut all: Vec<Line> = table.balances().filter(|held| held.count != 0).map(|held| line(&held)).collect();
    all.sort();
    all
}

/// Lot number, place and units of everything that may be picked, in order.
pub(super) type Picked = (Option<String>, Option<String>, Option<String>, Option<u8>, i64);

pub(super) fn expected_pick(settled: Settled<'_>, product: &str) -> Vec<Picked> {
    let product = Product::parse(product).unwrap();
    let (quantity, today) = (Quantity::Units(u32::MAX), day("2027-02-01"));
    let wanted = Picking { facility: SHOP, product, quantity, opened: false, store: None, fund: None, today };
    let text = |t: Option<&str>| t.map(String::from);
    let picked = settled.pick(&wanted).0;
    let of = picked.iter().map(|p| {
        let lot = p.lot.number().map(|n| n.as_str().to_string());
        (lot, text(p.place.store), text(p.place.fund), p.place.vvm, i64::from(p.quantity.count()))
    });
    of.collect()
}

pub(super) fn picked(table: &mut Table<'_>, product: &str) -> Vec<Picked> {
    let product = Product::parse(product).unwrap();
    let wanted = Pick { product: &product, store: None, fund: None, today: day("2027-02-01") };
    let mut all = Vec::new();
    let text = |t: Option<&str>| t.map(String::from);
    let took = table.pick(&wanted, &mut |held| {
        let lot = held.lot.map(|lot| lot.as_str().to_string());
        all.push((lot, text(held.store), text(held.fund), held.vvm, held.count));
        true
    });
    took.unwrap();
    all
}

pub(super) fn units(table: &mut Table<'_>, (product, lot): (&str, &str)) -> Result<i64, FixedError> {
    let lot = LotNumber::parse(lot).ok();
    table.units(&Product::parse(product).unwrap(), lot.as_ref()).map(|(available, _)| available)
}

/// A table of a common handheld, with these logs applied one after the other and settled.
pub(super) fn with<T>(logs: &[Log], ask: impl FnOnce(&mut Table<'_>) -> T) -> T {
    let mut memory: std::boxed::Box<FixedLedger<64, 2_048, 8>> = std::boxed::Box::default();
    let mut table = memory.table(SHOP);
    let mut shelf = Shelf::new(logs);
    for record in logs.iter().flat_map(|log| &log.records) {
        assert_eq!(table.apply(&record.verified(), &mut shelf), Ok(true));
    }
    table.settle(&mut shelf).unwrap();
    assert!(table.is_complete());
    ask(&mut table)
}

/// The reference of the records applied so far.
pub(super) fn reference(records: &[&Made]) -> Ledger {
    let mut ledger = Ledger::new();
    for record in records {
        ledger.apply(&record.verified());
    }
    ledger
}

pub(super) const LOTS: [(&str, &str); 4] = [(A, "L1"), (A, "L2"), (B, "L1"), (B, "L9")];
