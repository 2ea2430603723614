//! The ledger as its users see it: shelves, deliveries, counts, recalls, in any order of arrival.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
mod complaints;
mod deliveries;
mod naive;
mod order;
mod report_properties;
mod reports;
mod shelf;

use super::{Asked, Ledger, Settled};
use crate::crypto::{Hash, chain_next};
use crate::ident::{LotNumber, Operator, Party, Product, Quantity};
use crate::movement::{Direction, Movement, Reference};
use crate::record::{CountBegin, CountEnd, CountLine, Entry, Observed, Record, Refuse, Reversal, Reversed};
use crate::time::{Date, Expiry, Timestamp};
use crate::trust::{RecordId, Verified};
use std::string::String;
use std::vec::Vec;

pub(super) const A: &str = "gtin:08936098966893";
pub(super) const B: &str = "local:PARA500";

/// A record as trust hands it over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Made {
    pub(super) at: RecordId,
    previous: Hash,
    facility: String,
    bytes: Vec<u8>,
}

impl Made {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
    pub(super) fn verified(&self) -> Verified<'_> {
        let record = Record::decode(&self.bytes).unwrap();
        Verified::for_test(self.at, self.previous, &self.facility, record, &self.bytes)
    }
}

/// A device's log.
#[derive(Clone, Debug)]
pub(super) struct Log {
    pub(super) id: Hash,
    pub(super) facility: String,
    pub(super) records: Vec<Made>,
}

impl Log {
    pub(super) fn new(number: u8, facility: &str) -> Self {
        Self { id: Hash([number; 32]), facility: facility.into(), records: Vec::new() }
    }
    pub(super) fn head(&self) -> Hash {
        self.records.last().map_or(self.id, |r| r.at.identity)
    }
    /// Appends; gives a reference for other logs.
    pub(super) fn say(&mut self, time: u32, entry: Entry<'_>) -> Reference {
        self.write(Record::new(Timestamp::from_secs(time), entry))
    }
    /// Appends what took place earlier.
    pub(super) fn say_late(&mut self, time: u32, effective: u32, entry: Entry<'_>) -> Reference {
        let record = Record::new(Timestamp::from_secs(time), entry);
        self.write(Record { effective: Some(time - effective), ..record })
    }
    /// Appends by a clock that was lost: its time is how long the device has been running.
    pub(super) fn say_unset(&mut self, uptime: u32, entry: Entry<'_>) -> Reference {
        self.write(Record { clock_unset: true, ..Record::new(Timestamp::from_secs(uptime), entry) })
    }
    fn write(&mut self, record: Record<'_>) -> Reference {
        let mut bytes = [0; 4_096];
        let length = record.encode(&mut bytes).unwrap();
        let (previous, index) = (self.head(), self.records.len() as u32);
        record.check_place(index).unwrap();
        let identity = chain_next(&previous, index, &bytes[..length]).unwrap();
        let at = RecordId { log: self.id, index, identity };
        let facility = self.facility.clone();
        self.records.push(Made { at, previous, facility, bytes: bytes[..length].to_vec() });
        reference(&at)
    }
    pub(super) fn observe(&mut self, time: u32, other: &Self, clock: Option<i64>) {
        if other.records.is_empty() {
            return;
        }
        let entry = Observed {
            log: other.id.log16(),
            count: other.records.len() as u32,
            head: other.head().log16(),
            clock,
            extensions: None,
        };
        self.say(time, Entry::Observed(entry));
    }
    pub(super) fn begin_count(&mut self, time: u32) -> u32 {
        let begin = CountBegin {
            operator: None,
            store: None,
            funds: None,
            products: None,
            blind: false,
            document: None,
            extensions: None,
        };
        self.say(time, Entry::CountBegin(begin));
        self.records.len() as u32 - 1
    }
    pub(super) fn count_line(&mut self, time: u32, begin: u32, (product, lot): (&str, &str), units: u32) -> Reference {
        let line = CountLine {
            begin: self.records.len() as u32 - begin,
            product: Product::parse(product).unwrap(),
            lot: LotNumber::parse(lot).ok(),
            expiry: Expiry::NotRead,
            quantity: Quantity::Units(units),
            shown: None,
            operator: None,
            bucket: crate::movement::Bucket::Available,
            fund: None,
            vvm: None,
            made_on: None,
            serial: None,
            extensions: None,
        };
        self.say(time, Entry::CountLine(line))
    }
    pub(super) fn end_count(&mut self, time: u32, begin: u32, rest_is_zero: bool) {
        let begin = self.records.len() as u32 - begin;
        self.say(time, Entry::CountEnd(CountEnd { begin, lines: 1, rest_is_zero, operator: None, extensions: None }));
    }
    /// Takes back a movement of this or another log of the facility.
    pub(super) fn take_back(&mut self, time: u32, of: &Log, index: usize, total: u32) -> Reference {
        let target = if of.id == self.id { Reference::Own(index as u32) } else { reference(&of.records[index].at) };
        let record = of.records[index].verified();
        let of = match &record.record().entry {
            Entry::Movement { movement, .. } => {
                Reversed::Movement(Movement { operator: None, document: None, local_reason: None, ..*movement })
            }
            Entry::Refuse(refuse) => Reversed::Refuse(*refuse),
            other => panic!("{other:?}"),
        };
        self.say(time, Entry::Reversal(Reversal { target, total, of, extensions: None }))
    }
}

pub(super) fn reference(at: &RecordId) -> Reference {
    Reference::Other { log: at.log.log_id(), index: at.index, identity: at.identity.log16() }
}

pub(super) fn moves(
    direction: Direction,
    (product, lot): (&'static str, &'static str),
    units: u32,
) -> Movement<'static> {
    let product = Product::parse(product).unwrap();
    Movement::new(direction, 0, product, LotNumber::parse(lot).ok(), Expiry::NotRead, Quantity::Units(units))
}

pub(super) const fn said(movement: Movement<'_>) -> Entry<'_> {
    Entry::Movement { movement, extensions: None }
}

pub(super) fn goes_in(of: (&'static str, &'static str), units: u32) -> Entry<'static> {
    said(moves(Direction::In, of, units))
}

pub(super) fn goes_out(of: (&'static str, &'static str), units: u32) -> Entry<'static> {
    said(moves(Direction::Out, of, units))
}

pub(super) fn refuses(shipment: Reference, units: u32) -> Entry<'static> {
    Entry::Refuse(Refuse {
        shipment,
        quantity: Quantity::Units(units),
        reason: 1,
        operator: None,
        document: None,
        group: crate::movement::Group::None,
        local_reason: None,
        extensions: None,
    })
}

pub(super) fn ledger_of(logs: &[&Log]) -> Ledger {
    let mut ledger = Ledger::new();
    for record in logs.iter().flat_map(|log| &log.records) {
        assert!(ledger.apply(&record.verified()));
    }
    ledger
}

pub(super) const NOW: u32 = 220_000_000;

/// Questions about everything.
pub(super) fn asked() -> Asked<'static> {
    Asked {
        facility: None,
        now: Some(Timestamp::from_secs(NOW)),
        utc_offset: 420,
        answer_days: 7,
        controlled: &|product| product.to_string() == B,
    }
}

/// The kinds of findings, in order.
pub(super) fn found(settled: Settled<'_>) -> Vec<&'static str> {
    settled.findings(&asked()).iter().map(|finding| finding.kind.name()).collect()
}

/// Units available and held of a lot.
pub(super) fn stock(settled: Settled<'_>, facility: &str, (product, lot): (&str, &str)) -> (i64, i64) {
    let lot = settled.lot(facility, &Product::parse(product).unwrap(), LotNumber::parse(lot).ok().as_ref());
    lot.map_or((0, 0), |lot| (lot.units(false), lot.units(true)))
}

pub(super) fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

pub(super) fn facility(code: &'static str) -> Option<Party<'static>> {
    Some(Party::Facility(crate::ident::FacilityCode::parse(code).unwrap()))
}

pub(super) fn operator(code: &'static str) -> Option<Operator<'static>> {
    Operator::parse(code).ok()
}
