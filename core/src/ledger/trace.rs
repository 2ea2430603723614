//! Where a lot went and where it came from, through any number of facilities and through repacking.

use super::row::NONE;
use super::settled::{Lot, Settled};
use crate::ident::{LotNumber, Party, Product};
use crate::movement::{Direction, Movement, reasons};
use crate::record::Entry;
use crate::trust::RecordId;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A facility on the way of a lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its code, or the party as it is named where it isn't a facility of this root.
    pub name: String,
    /// Whether records of it are held: where not, the trace ends in "not known here".
    pub known: bool,
}

/// A step of a lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge<'l> {
    /// The record that says it: what was sent, the receipt of what nobody here sent, the output of a repacking.
    pub record: RecordId,
    /// From whom.
    pub from: String,
    /// To whom; the same facility where one lot was made from another.
    pub to: String,
    /// The product.
    pub product: Product<'l>,
    /// Its lot number.
    pub lot: Option<LotNumber<'l>>,
    /// Units or parts that went.
    pub quantity: u64,
    /// What was received of them; of a receipt or a repacking, all.
    pub received: u64,
    /// The lot that it was made from, where it is a repacking.
    pub made_from: Option<(Product<'l>, Option<LotNumber<'l>>)>,
}

/// The way of a lot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trace<'l> {
    /// Facilities and parties, by name.
    pub nodes: Vec<Node>,
    /// Steps, by log, index and identity of their records.
    pub edges: Vec<Edge<'l>>,
}

/// Whether goods come from outside what was sent here: received, made, imported.
fn source(movement: &Movement<'_>) -> Option<String> {
    if movement.direction != Direction::In {
        return None;
    }
    let own = ["opening_balance", "manufactured", "imported", "found", "customer_return", "made_from"];
    let name = reasons::IN.name(movement.reason).unwrap_or("other");
    movement.counterparty.map(|party| party_text(&party)).or_else(|| own.contains(&name).then(|| String::from(name)))
}

fn party_text(party: &Party<'_>) -> String {
    match party {
        Party::Facility(code) => code.as_str().into(),
        other => other.to_string(),
    }
}

impl<'l> Settled<'l> {
    /// Where a lot went and where it came from.
    #[must_use]
    pub fn trace(self, product: &Product<'_>, lot: Option<&LotNumber<'_>>) -> Trace<'l> {
        let ledger = self.ledger;
        let book = &ledger.book;
        let mut open: Vec<u32> = self.leaders_of(product, lot);
        let mut seen: BTreeSet<u32> = open.iter().copied().collect();
        let mut edges: BTreeMap<(Key, usize), Edge<'l>> = BTreeMap::new();
        let mut names: BTreeSet<String> = BTreeSet::new();
        while let Some(leader) = open.pop() {
            let here = self.lot_at(leader);
            names.insert(here.facility().into());
            // The same lot elsewhere, under each of its names here.
            for part in ledger.group(leader) {
                let item = ledger.parts.get(part as usize).map_or(NONE, |part| part.item);
                for other in ledger.parts_of_item(item) {
                    let other = ledger.leader(other);
                    if seen.insert(other) {
                        open.push(other);
                    }
                }
            }
            for shipment in here.shipments_out() {
                let to = shipment.to.map_or_else(
                    || {
                        book.find(&shipment.record)
                            .and_then(|row| ledger.transit_party(row))
                            .map_or_else(String::new, |p| party_text(&p))
                    },
                    String::from,
                );
                names.insert(to.clone());
                let edge = Edge {
                    record: shipment.record,
                    from: shipment.from.into(),
                    to,
                    product: shipment.product,
                    lot: shipment.lot,
                    quantity: u64::from(shipment.sent),
                    received: shipment.received,
                    made_from: None,
                };
                edges.insert((key(&shipment.record), 0), edge);
            }
            for row in ledger.group(leader).flat_map(|part| ledger.sources_of(part)) {
                let Some(Entry::Movement { movement, .. }) = book.record(row).map(|r| r.entry) else { continue };
                if book.row(row).is_none_or(|r| !r.counts()) || ledger.net(row) == 0 {
                    continue;
                }
                let others = self.repacked(row, &movement);
                for (at, (other, made)) in (1..).zip(others) {
                    if seen.insert(other) {
                        open.push(other);
                    }
                    let from = self.lot_at(other);
                    let (Some(product), true) = (from.product(), made) else { continue };
                    let edge = Edge {
                        record: book.id(row),
                        from: here.facility().into(),
                        to: here.facility().into(),
                        product: movement.product,
                        lot: movement.lot,
                        quantity: u64::from(ledger.net(row)),
                        received: u64::from(ledger.net(row)),
                        made_from: Some((product, from.number())),
                    };
                    edges.insert((key(&edge.record), at), edge);
                }
                let answered = ledger.transit.is_answer(row);
                if let Some(from) = source(&movement).filter(|_| !answered) {
                    names.insert(from.clone());
                    let edge = Edge {
                        record: book.id(row),
                        from,
                        to: here.facility().into(),
                        product: movement.product,
                        lot: movement.lot,
                        quantity: u64::from(ledger.net(row)),
                        received: u64::from(ledger.net(row)),
                        made_from: None,
                    };
                    edges.insert((key(&edge.record), 0), edge);
                }
            }
        }
        let known: BTreeSet<&str> = self.facilities().into_iter().collect();
        names.remove("");
        let nodes = names.into_iter().map(|name| Node { known: known.contains(name.as_str()), name }).collect();
        Trace { nodes, edges: edges.into_values().collect() }
    }

    /// The lots of every facility that are this one.
    fn leaders_of(self, product: &Product<'_>, lot: Option<&LotNumber<'_>>) -> Vec<u32> {
        let found = self.facilities().into_iter().filter_map(|facility| self.lot(facility, product, lot));
        found.map(|lot| lot.part()).collect()
    }

    /// The other lots of a repacking: of an output its inputs (and `true`), of an input the outputs.
    fn repacked(self, row: u32, movement: &Movement<'_>) -> Vec<(u32, bool)> {
        let ledger = self.ledger;
        let book = &ledger.book;
        let made = |m: &Movement<'_>| m.direction == Direction::In && reasons::IN.name(m.reason) == Some("made_from");
        let used = |m: &Movement<'_>| m.direction == Direction::Out && reasons::OUT.name(m.reason) == Some("used_up");
        if !made(movement) && !used(movement) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for line in super::transit::shipment(book, row) {
            let Some(Entry::Movement { movement: other, .. }) = book.record(line).map(|r| r.entry) else { continue };
            let fits = made(movement) && used(&other) || used(movement) && made(&other);
            if let Some(part) = book.row(line).filter(|r| fits && r.part != NONE).map(|r| ledger.leader(r.part)) {
                found.push((part, made(movement)));
            }
        }
        found.sort_by_key(|(part, _)| self.lot_at(*part).order());
        found.dedup();
        found
    }
}

type Key = ([u8; 32], u32, [u8; 32]);

const fn key(at: &RecordId) -> Key {
    (at.log.0, at.index, at.identity.0)
}

/// The names of a lot.
impl<'l> Lot<'l> {
    fn order(&self) -> (Option<Product<'l>>, Option<&'l str>) {
        (self.product(), self.number().map(|lot| lot.as_str()))
    }
}
