//! Findings: disagreement as data, each naming its records (`spec/ledger.md`).
//!
//! Nothing that was recorded is refused or lost because of one.

mod between;
mod lots;
mod single;

use super::names::{lot_of, product_of};
use super::quick::Quick;
use super::rules::encoding;
use super::settled::{Lot, Settled, same};
use crate::ident::{LotNumber, Product};
use crate::time::{Date, Timestamp};
use crate::trust::RecordId;
use alloc::vec::Vec;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// A log has several histories: each of them counts until an authority cuts.
    Fork,
    /// More went out than came in.
    NegativeStock,
    /// More was received, taken back or closed than was sent.
    OverReceipt,
    /// Two devices received the same line, neither of which knew of the other's receipt: reverse the last named.
    ReceivedTwice,
    /// A receipt from a facility with a device that sent no such thing.
    ReceiptWithoutShipment,
    /// Sent long ago, and nobody answered.
    NotReceived,
    /// Less came than was sent; the rest is on the way.
    Shortage,
    /// A facility answers what wasn't sent to it: its stock rises, the shipment stays on the way.
    AnsweredByAnother,
    /// Dispensed after its last usable day.
    ExpiredDispensed,
    /// Dispensed while a recall was in force.
    RecalledDispensed,
    /// Dispensed from what is held back.
    HeldDispensed,
    /// More of one serial number than its pack holds.
    DuplicateSerial,
    /// Records of one lot claim different expiries; the earliest governs.
    ExpiryConflict,
    /// Parts of a unit that can't be added: another number per unit, or another measure.
    PartsConflict,
    /// A record was written before the one before it, by its own clock.
    ClockBack,
    /// A record was written after now.
    ClockAhead,
    /// A record that came late was in the counted quantity already: it isn't added again.
    AbsorbedByCount,
    /// Two devices counted one balance and neither knew of the other's count: the later governs.
    OverlappingCounts,
    /// A line of a count, or a second end, after its count had ended: it has no effect.
    AfterEndOfCount,
    /// A reversal states more than its target, repeats it otherwise, or comes from another facility.
    ReversalExceeds,
    /// A reversal takes back what has been received, taken back or closed already.
    ReversalTooLate,
    /// A destruction that fewer than three people stand for.
    DestructionUnwitnessed,
    /// A controlled medicine is missing or stolen, and nobody attested within 48 hours that it was reported.
    LossNotReported,
}

crate::codes::codes! { FindingKind {
    Self::Fork => 5001, "ledger_fork";
    Self::NegativeStock => 5002, "negative_stock";
    Self::OverReceipt => 5003, "over_receipt";
    Self::ReceivedTwice => 5004, "received_twice";
    Self::ReceiptWithoutShipment => 5005, "receipt_without_shipment";
    Self::NotReceived => 5006, "not_received";
    Self::Shortage => 5007, "shortage";
    Self::AnsweredByAnother => 5008, "answered_by_another";
    Self::ExpiredDispensed => 5009, "expired_dispensed";
    Self::RecalledDispensed => 5010, "recalled_dispensed";
    Self::HeldDispensed => 5011, "held_dispensed";
    Self::DuplicateSerial => 5012, "duplicate_serial";
    Self::ExpiryConflict => 5013, "expiry_conflict";
    Self::PartsConflict => 5014, "parts_conflict";
    Self::ClockBack => 5015, "clock_back";
    Self::ClockAhead => 5016, "clock_ahead";
    Self::AbsorbedByCount => 5017, "absorbed_by_count";
    Self::OverlappingCounts => 5018, "overlapping_counts";
    Self::AfterEndOfCount => 5019, "after_end_of_count";
    Self::ReversalExceeds => 5020, "reversal_exceeds";
    Self::ReversalTooLate => 5021, "reversal_too_late";
    Self::DestructionUnwitnessed => 5022, "destruction_unwitnessed";
    Self::LossNotReported => 5023, "loss_not_reported";
} }

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding<'l> {
    /// What.
    pub kind: FindingKind,
    /// The facility that it is about.
    pub facility: &'l str,
    /// The other one: the sender of a shipment.
    pub other: Option<&'l str>,
    /// The product.
    pub product: Option<Product<'l>>,
    /// Its lot number; `None` also where none is printed.
    pub lot: Option<LotNumber<'l>>,
    /// Units, parts or seconds: the stock below 0, what is missing, by how much a clock differs.
    pub amount: Option<i64>,
    /// The records, in the order that the kind's description gives; else by log and index.
    pub records: Vec<RecordId>,
}

/// What findings need that no record says.
#[derive(Clone, Copy)]
pub struct Asked<'q> {
    /// Only of this facility, as sender or receiver; `None`: all.
    pub facility: Option<&'q str>,
    /// The time now; without it nothing that depends on it is found.
    pub now: Option<Timestamp>,
    /// The legal day's offset from UTC in minutes (of the root: Vietnam 420).
    pub utc_offset: i16,
    /// After how many days without an answer a shipment is a finding.
    pub answer_days: u16,
    /// Whether a medicine is controlled.
    pub controlled: &'q dyn Fn(&Product<'_>) -> bool,
}

impl core::fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Asked").field("facility", &self.facility).field("now", &self.now).finish_non_exhaustive()
    }
}

const DAY: i64 = 86_400;

/// So many people stand for a destruction: whoever destroys, and those who attest it.
pub const DESTRUCTION_PEOPLE: u8 = 3;

struct Search<'l, 'q> {
    settled: Settled<'l>,
    asked: &'q Asked<'q>,
    found: Vec<Finding<'l>>,
}

impl<'l> Settled<'l> {
    /// Everything found, by facility, code, product and lot, then by records.
    #[must_use]
    pub fn findings(self, asked: &Asked<'_>) -> Vec<Finding<'l>> {
        let mut search = Search { settled: self, asked, found: Vec::new() };
        let mut quick = Quick::new(self.ledger, asked.utc_offset);
        search.logs(&mut quick);
        search.lots(&quick);
        search.ends();
        search.shipments();
        search.receipts();
        search.reversals();
        search.serials();
        let mut found = search.found;
        found.retain(|f| asked.facility.is_none_or(|only| f.facility == only || f.other == Some(only)));
        found.sort_by_cached_key(|f| {
            let records: Vec<_> = f.records.iter().map(|r| (r.log, r.index, r.identity)).collect();
            (f.facility, f.kind.code(), f.product.as_ref().map(encoding), f.lot.map(LotNumber::as_str), records)
        });
        found.dedup();
        found
    }

    fn about(self, row: u32) -> (Option<Product<'l>>, Option<LotNumber<'l>>) {
        let ledger = self.ledger;
        let part = ledger.book.row(row).and_then(|r| ledger.parts.get(r.part as usize));
        let Some((product, lot)) = part.and_then(|part| ledger.book.of_item.get(part.item as usize)) else {
            return (None, None);
        };
        (product_of(ledger.book.products.get(*product)), lot_of(ledger.book.lots.get(*lot)))
    }
}

impl<'l> Search<'l, '_> {
    fn put(&mut self, kind: FindingKind, rows: &[u32], amount: Option<i64>) {
        let book = &self.settled.ledger.book;
        let Some(first) = rows.first() else { return };
        let (product, lot) = self.settled.about(*first);
        self.found.push(Finding {
            kind,
            facility: book.facilities.text(book.facility_of(*first)),
            other: None,
            product,
            lot,
            amount,
            records: rows.iter().map(|row| book.id(*row)).collect(),
        });
    }
}

/// The legal day of a time.
pub(super) fn day_of(time: i64, utc_offset: i16) -> Option<Date> {
    Timestamp::from_secs(u32::try_from(time).ok()?).date_at(utc_offset)
}

impl Lot<'_> {
    /// Whether it is a lot of this product, under any of the names that are one here.
    #[must_use]
    pub fn is_of(&self, product: &Product<'_>) -> bool {
        let site = self.settled_site();
        self.product().is_some_and(|own| same(site, &encoding(&own), &encoding(product)))
    }
}
