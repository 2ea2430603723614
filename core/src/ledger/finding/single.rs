//! Records held against what they name: reversals against their targets, serial numbers against their packs.

use super::super::effect::gives;
use super::super::row::does;
use super::super::rules::encoding;
use super::super::site::Site;
use super::{FindingKind, Search};
use crate::movement::{Direction, Movement, reasons};
use crate::record::{Entry, Reversed};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

impl Search<'_, '_> {
    pub(super) fn reversals(&mut self) {
        let ledger = self.settled.ledger;
        let book = &ledger.book;
        let mut rows: Vec<u32> = ledger.reversals().collect();
        rows.sort_by_key(|row| book.order(*row));
        for row in rows {
            let Some(Entry::Reversal(reversal)) = book.record(row).map(|r| r.entry) else { continue };
            let Some(target) = book.named(row, &reversal.target) else { continue };
            let quantity = book.row(target).map_or(0, |r| r.quantity);
            let same = match (book.record(target).map(|r| r.entry), &reversal.of) {
                (Some(Entry::Movement { movement, .. }), Reversed::Movement(said)) => repeats(&movement, said),
                (Some(Entry::Refuse(refuse)), Reversed::Refuse(said)) => {
                    refuse.quantity == said.quantity && refuse.reason == said.reason
                }
                _ => false,
            };
            if !same || reversal.total > quantity || book.facility_of(row) != book.facility_of(target) {
                self.put(FindingKind::ReversalExceeds, &[row, target], Some(i64::from(reversal.total)));
            }
        }
    }

    /// Sums of each serial number compared with its pack: the largest quantity that one record gives it.
    pub(super) fn serials(&mut self) {
        struct Serial {
            pack: i64,
            dispensed: i64,
            held: BTreeMap<u32, i64>,
            way: i64,
            rows: Vec<u32>,
        }
        let ledger = self.settled.ledger;
        let book = &ledger.book;
        let mut serials: BTreeMap<(Vec<u8>, &str), Serial> = BTreeMap::new();
        for row in &ledger.serials {
            let Some(r) = book.row(*row).filter(|r| r.counts() && r.measure == 0) else { continue };
            let Some(Entry::Movement { movement, .. }) = book.record(*row).map(|r| r.entry) else { continue };
            let Some(serial) = movement.serial else { continue };
            let site: Option<&Site> = ledger.sites.get(book.facility_of(*row) as usize);
            let name = encoding(&movement.product);
            let class = site.map_or(name.as_slice(), |site| site.class_of(&name)).to_vec();
            let sums = serials.entry((class, serial.as_str())).or_insert_with(|| Serial {
                pack: 0,
                dispensed: 0,
                held: BTreeMap::new(),
                way: 0,
                rows: Vec::new(),
            });
            let net = i64::from(ledger.net(*row));
            sums.pack = sums.pack.max(net);
            sums.rows.push(*row);
            let facility = sums.held.entry(book.facility_of(*row)).or_default();
            match movement.direction {
                Direction::In => *facility += net,
                Direction::Out if r.is(does::TAKES) => *facility -= net,
                _ => {}
            }
            if let Some(sent) = ledger.transit.sent.get(row) {
                sums.way += i64::try_from(sent.remaining()).unwrap_or(0);
            } else if gives(&movement) {
                sums.dispensed += net;
            }
            if movement.direction == Direction::In && reasons::IN.name(movement.reason) == Some("customer_return") {
                sums.dispensed -= net;
            }
        }
        for serial in serials.into_values() {
            let held: i64 = serial.held.values().filter(|held| **held > 0).sum();
            let all = held + serial.way + serial.dispensed.max(0);
            if all > serial.pack {
                let mut rows = serial.rows;
                rows.sort_by_key(|row| book.order(*row));
                self.put(FindingKind::DuplicateSerial, &rows, Some(all - serial.pack));
            }
        }
    }
}

/// Whether a reversal repeats what its target did: everything that moves stock.
fn repeats<'m>(of: &Movement<'m>, said: &Movement<'m>) -> bool {
    fn what<'m>(m: &Movement<'m>) -> Movement<'m> {
        let plain = Movement::new(m.direction, m.reason, m.product, m.lot, crate::time::Expiry::NotRead, m.quantity);
        let sent = Movement { sent: m.sent, bucket: m.bucket, to_bucket: m.to_bucket, ..plain };
        let store = Movement { store: m.store, to_store: m.to_store, fund: m.fund, to_fund: m.to_fund, ..sent };
        Movement { vvm: m.vvm, to_vvm: m.to_vvm, ..store }
    }
    what(of) == what(said)
}
