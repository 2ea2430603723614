//! Findings: disagreement as data, each naming its records (`spec/ledger.md`).
//!
//! Nothing that was recorded is refused or lost because of one.

use super::add::{Site, lot_of_row, same_class};
use super::book::{Row, does};
use super::counts::further_ends;
use super::effect::gives;
use super::names::{lot_of, product_of};
use super::quick::Quick;
use super::rules::encoding;
use super::settled::{Lot, Settled, same};
use super::transit::With;
use crate::ident::{LotNumber, Party, Product};
use crate::movement::{Bucket, Direction, Movement, reasons};
use crate::record::{Entry, Reversed};
use crate::time::{Date, Expiry, Timestamp};
use crate::trust::RecordId;
use alloc::collections::{BTreeMap, BTreeSet};
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

/// A clock may be this much ahead before it is a finding: seconds.
const AHEAD: i64 = 600;
const DAY: i64 = 86_400;
/// NĐ 163/2025 (Form 07): losses of specially controlled medicines are reported within 48 hours.
const REPORT_WITHIN: i64 = 2 * DAY;
/// People who stand for a destruction.
const WITNESSES: usize = 3;

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
        let name = |f: &Finding<'_>| f.product.as_ref().map(encoding);
        let mut found = search.found;
        found.retain(|f| asked.facility.is_none_or(|only| f.facility == only || f.other == Some(only)));
        found.sort_by(|a, b| {
            let records =
                |f: &Finding<'_>| -> Vec<_> { f.records.iter().map(|r| (r.log, r.index, r.identity)).collect() };
            let lots = a.lot.map(|l| l.as_str()).cmp(&b.lot.map(|l| l.as_str()));
            (a.facility, a.kind.code(), name(a))
                .cmp(&(b.facility, b.kind.code(), name(b)))
                .then(lots)
                .then_with(|| records(a).cmp(&records(b)))
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

    /// Forks and clocks, and what went out and shouldn't have.
    fn logs(&mut self, quick: &mut Quick<'l>) {
        let ledger = self.settled.ledger;
        let book = &ledger.book;
        let mut closer: Vec<(u32, u32)> = Vec::new();
        for log in &book.logs {
            if self.asked.facility.is_some_and(|only| book.facilities.text(log.facility) != only) {
                continue;
            }
            if let Some(fork) = log.fork() {
                let mut rows: Vec<u32> = log.at(fork).collect();
                if rows.len() == 1 {
                    rows.extend(log.at(fork.saturating_add(1)));
                }
                rows.sort_by_key(|row| book.identity(*row));
                self.put(FindingKind::Fork, &rows, None);
            }
            let mut before: Option<(u32, i64)> = None;
            let mut ahead: Option<(u32, i64)> = None;
            let now = self.asked.now.map(|now| i64::from(now.as_secs()));
            for row in log.rows() {
                let Some(r) = book.row(row) else { continue };
                let set_after = log.set_after(i64::from(r.index));
                if quick.may_matter(r, i64::from(r.time).saturating_add(set_after)) {
                    closer.push((ledger.leader(r.part), row));
                }
                if r.is(does::CLOCK_UNSET) {
                    continue;
                }
                let time = i64::from(book.recorded(row)).saturating_add(set_after);
                if let Some((last, was)) = before.filter(|(_, was)| *was > time && !log.is_forked()) {
                    self.put(FindingKind::ClockBack, &[row, last], Some(was - time));
                }
                if let Some(by) = now.map(|now| time - now).filter(|by| *by > AHEAD) {
                    // Of branches that are equally far ahead always the same.
                    let further = ahead
                        .is_none_or(|(first, most)| by > most || by == most && book.order(row) < book.order(first));
                    ahead = if further { Some((row, by)) } else { ahead };
                }
                before = Some((row, time));
            }
            if let Some((row, by)) = ahead {
                self.put(FindingKind::ClockAhead, &[row], Some(by));
            }
        }
        closer.sort_unstable();
        for rows in closer.chunk_by(|a, b| a.0 == b.0) {
            if let Some((leader, _)) = rows.first() {
                self.dispensing(&self.settled.lot_at(*leader), rows.iter().map(|(_, row)| *row));
            }
        }
    }

    fn lots(&mut self, quick: &Quick<'l>) {
        let ledger = self.settled.ledger;
        for (facility, site) in (0u32..).zip(&ledger.sites) {
            let name = ledger.book.facilities.text(facility);
            if name.is_empty() || self.asked.facility.is_some_and(|only| only != name) {
                continue;
            }
            for part in site.parts.iter().copied().filter(|part| quick.lot_may_matter(*part)) {
                if ledger.leader(part) == part {
                    self.lot(&self.settled.lot_at(part));
                }
            }
        }
    }

    /// Second ends of counts.
    fn ends(&mut self) {
        let ledger = self.settled.ledger;
        let further: Vec<u32> =
            ledger.sites.iter().flat_map(|site| further_ends(&ledger.book, &site.count_rows, &site.counts)).collect();
        for row in further {
            self.put(FindingKind::AfterEndOfCount, &[row], None);
        }
    }

    fn lot(&mut self, lot: &Lot<'l>) {
        let ledger = self.settled.ledger;
        let book = &ledger.book;
        let mut rows: Option<Vec<u32>> = None;
        let mut in_order = |lot: &Lot<'l>| -> Vec<u32> {
            rows.get_or_insert_with(|| {
                let mut all: Vec<u32> = lot.rows().collect();
                all.sort_by_key(|row| (book.time(*row), book.order(*row)));
                all
            })
            .clone()
        };
        let sums = lot.sums();
        for below in super::shelf::below(&sums) {
            let (mut left, mut named) = (below.total, Vec::new());
            for row in in_order(lot).into_iter().rev() {
                let Some(r) = book.row(row).filter(|r| !r.is(does::LINE)) else { continue };
                let Some(weight) = below.weight(r.measure) else { continue };
                let net = i64::from(ledger.net(row)).saturating_mul(weight);
                let (takes, puts) =
                    (r.is(does::TAKES) && r.from == below.place, r.is(does::PUTS) && r.into == below.place);
                if !(takes || puts) || net == 0 || self.settled.covering(row, below.place, puts).is_some() {
                    continue;
                }
                if takes {
                    named.push(row);
                    left += net;
                } else {
                    left -= net;
                }
                if left >= 0 {
                    break;
                }
            }
            named.reverse();
            if let Some(counted) = ledger.counted.get(&lot.part()) {
                named.extend(counted.governs.iter().filter(|(place, _)| *place == below.place).map(|(_, line)| *line));
            }
            self.put(FindingKind::NegativeStock, &named, Some(below.units()));
        }
        let mut measures: Vec<u32> =
            sums.iter().filter(|sum| sum.measure != 0 && sum.count != 0).map(|sum| sum.measure).collect();
        measures.sort_unstable();
        measures.dedup();
        if measures.len() > 1 {
            let first = |measure: &u32| {
                let has = |row: &u32| {
                    let r = book.row(*row).filter(|r| r.measure == *measure);
                    r.is_some_and(|r| r.is(does::LINE) || ledger.net(*row) > 0)
                };
                let with = in_order(lot).into_iter().find(has);
                with.into_iter()
            };
            let named: Vec<u32> = measures.iter().flat_map(first).collect();
            self.put(FindingKind::PartsConflict, &named, None);
        }
        if lot.expiries_differ() && !lot.is_settled_by_fact() {
            let mut claims: BTreeMap<Option<Date>, u32> = BTreeMap::new();
            for row in in_order(lot) {
                let Some(r) = book.row(row).filter(|r| r.expiry != Expiry::NotRead.packed()) else { continue };
                if r.is(does::LINE) || ledger.net(row) > 0 {
                    let day = Expiry::from_packed(r.expiry).ok().and_then(Expiry::last_usable);
                    claims.entry(day).or_insert(row);
                }
            }
            let named: Vec<u32> = claims.into_values().collect();
            self.put(FindingKind::ExpiryConflict, &named, None);
        }
        if let Some(counted) = ledger.counted.get(&lot.part()) {
            for (row, line) in &counted.absorbed {
                self.put(FindingKind::AbsorbedByCount, &[*row, *line], None);
            }
            for (a, b) in &counted.overlapping {
                self.put(FindingKind::OverlappingCounts, &[*a, *b], None);
            }
            for row in &counted.after_end {
                self.put(FindingKind::AfterEndOfCount, &[*row], None);
            }
        }
    }

    /// What of these rows of a lot went out and shouldn't have.
    fn dispensing(&mut self, lot: &Lot<'l>, rows: impl Iterator<Item = u32>) {
        let ledger = self.settled.ledger;
        let book = &ledger.book;
        let last_usable = lot.expiry().last_usable();
        let recalls = lot.recalls_ever();
        for row in rows {
            let Some(r) = book.row(row).filter(|r| r.is(does::TAKES) && !r.is(does::PUTS)) else { continue };
            let held = book.places.get(r.from).hold;
            let time = book.time(row);
            let day = day_of(time, self.asked.utc_offset);
            let expired = last_usable.zip(day).is_some_and(|(last, day)| day > last);
            let recalled = recalls.iter().find(|(_, from, until)| *from <= time && until.is_none_or(|end| time < end));
            let out = ledger.is_out_of_note(row);
            if !(held || expired || recalled.is_some() || out) || ledger.net(row) == 0 {
                continue;
            }
            let Some(Entry::Movement { movement, .. }) = book.record(row).map(|r| r.entry) else { continue };
            let net = Some(i64::from(ledger.net(row)));
            if gives(&movement) {
                if expired {
                    self.put(FindingKind::ExpiredDispensed, &[row], net);
                }
                if let Some((recall, ..)) = recalled {
                    self.put(FindingKind::RecalledDispensed, &[row, *recall], net);
                }
                if held && movement.bucket == Bucket::Hold {
                    self.put(FindingKind::HeldDispensed, &[row], net);
                }
            }
            match reasons::OUT.name(movement.reason) {
                Some("destroy") => self.destruction(row, &movement),
                _ if super::report::is_loss(&movement) && (self.asked.controlled)(&movement.product) => {
                    self.loss(row, time)
                }
                _ => {}
            }
        }
    }

    fn attests_of(&self, rows: &[u32]) -> Vec<(u32, u16, Option<&'l str>)> {
        let book = &self.settled.ledger.book;
        let attests = self.settled.ledger.attests.iter().filter_map(|attest| {
            let Some(Entry::Attest(said)) = book.record(*attest).map(|r| r.entry) else { return None };
            let about = book.named(*attest, &said.record).is_some_and(|named| rows.contains(&named));
            (about && !said.refused).then_some((*attest, said.capacity, said.operator.map(|o| o.as_str())))
        });
        attests.collect()
    }

    fn destruction(&mut self, row: u32, movement: &Movement<'l>) {
        let book = &self.settled.ledger.book;
        let head = book.group_head(row, movement).unwrap_or(row);
        let mut people: BTreeSet<&str> = movement.operator.iter().map(|o| o.as_str()).collect();
        for (_, capacity, operator) in self.attests_of(&[row, head]) {
            if [reasons::CAPACITY_WITNESS, reasons::CAPACITY_PHARMACIST, reasons::CAPACITY_INSPECTOR]
                .contains(&capacity)
            {
                people.extend(operator);
            }
        }
        if people.len() < WITNESSES {
            self.put(FindingKind::DestructionUnwitnessed, &[row], Some(people.len() as i64));
        }
    }

    fn loss(&mut self, row: u32, time: i64) {
        let book = &self.settled.ledger.book;
        let reported = |capacity: u16| reasons::CAPACITY.name(capacity) == Some("loss_reported");
        let mut attests = self.attests_of(&[row]).into_iter().filter(|(_, capacity, _)| reported(*capacity));
        let in_time = attests.any(|(attest, ..)| book.time(attest) <= time + REPORT_WITHIN);
        let due = self.asked.now.is_some_and(|now| i64::from(now.as_secs()) > time + REPORT_WITHIN);
        if due && !in_time {
            self.put(FindingKind::LossNotReported, &[row], Some(i64::from(self.settled.ledger.net(row))));
        }
    }

    fn shipments(&mut self) {
        let ledger = self.settled.ledger;
        let book = &ledger.book;
        let rows: Vec<u32> = ledger.transit.sent.keys().copied().collect();
        for row in rows {
            let Some(sent) = ledger.transit.sent.get(&row).filter(|_| book.row(row).is_some_and(Row::counts)) else {
                continue;
            };
            let to = (sent.to != super::book::NONE).then(|| book.facilities.text(sent.to));
            let from = book.facilities.text(book.facility_of(row));
            let concerns = |only: &str| only == from || Some(only) == to;
            if self.asked.facility.is_some_and(|only| !concerns(only)) {
                continue;
            }
            let mut all = alloc::vec![row];
            all.extend(&sent.answers);
            let surplus = i64::try_from(sent.surplus()).unwrap_or(i64::MAX);
            if surplus > 0 {
                let taken = i64::from(ledger.taken_back(row));
                let kind = if taken >= surplus { FindingKind::ReversalTooLate } else { FindingKind::OverReceipt };
                self.put(kind, &all, Some(surplus));
                self.between(to);
                self.twice(row, &sent.answers, to);
            }
            let remaining = i64::try_from(sent.remaining()).unwrap_or(i64::MAX);
            if remaining > 0 && !sent.answers.is_empty() {
                self.put(FindingKind::Shortage, &all, Some(remaining));
                self.between(to);
            }
            let waited = self.asked.now.map(|now| i64::from(now.as_secs()) - book.time(row));
            if remaining > 0
                && sent.answers.is_empty()
                && waited.is_some_and(|waited| waited > i64::from(self.asked.answer_days) * DAY)
            {
                self.put(FindingKind::NotReceived, &[row], Some(remaining));
                self.between(to);
            }
            for stranger in &sent.strangers {
                self.put(FindingKind::AnsweredByAnother, &[*stranger, row], None);
                self.between(Some(from));
            }
            for answer in &sent.other_measure {
                self.put(FindingKind::PartsConflict, &[*answer, row], None);
                self.between(Some(from));
            }
        }
    }

    /// Names the other facility of the finding just put.
    fn between(&mut self, other: Option<&'l str>) {
        if let Some(last) = self.found.last_mut() {
            last.other = other.filter(|other| *other != last.facility);
        }
    }

    fn twice(&mut self, sent: u32, answers: &[u32], to: Option<&'l str>) {
        let book = &self.settled.ledger.book;
        let log = |row: u32| book.row(row).map(|r| r.log);
        let receipts: Vec<u32> = answers
            .iter()
            .copied()
            .filter(|row| {
                book.row(*row).is_some_and(|r| r.is(does::PUTS)) && book.facility_of(*row) != book.facility_of(sent)
            })
            .collect();
        for (at, a) in receipts.iter().enumerate() {
            for b in receipts.iter().skip(at + 1) {
                if log(*a) != log(*b) && !book.knows(*a, *b) && !book.knows(*b, *a) {
                    let (first, last) = if book.identity(*a) < book.identity(*b) { (*a, *b) } else { (*b, *a) };
                    self.put(FindingKind::ReceivedTwice, &[sent, first, last], None);
                    self.between(to);
                }
            }
        }
    }

    fn receipts(&mut self) {
        let ledger = self.settled.ledger;
        let book = &ledger.book;
        let has_device = |code: &str| {
            let facility = book.facilities.find(code.as_bytes());
            facility.is_some_and(|facility| book.logs.iter().any(|log| log.facility == facility && log.records > 0))
        };
        let unmatched: Vec<u32> = ledger.transit.unmatched().collect();
        for row in unmatched {
            let from = ledger.transit_party(row);
            if let Some(Party::Facility(code)) = from.filter(|_| ledger.net(row) > 0)
                && has_device(code.as_str())
            {
                self.put(FindingKind::ReceiptWithoutShipment, &[row], Some(i64::from(ledger.net(row))));
                self.between(book.facilities.find(code.as_str().as_bytes()).map(|f| book.facilities.text(f)));
            }
        }
        let net = |row| ledger.net(row);
        let one = |facility, a, b| a == b || same_class(book, &ledger.sites, facility, a, b);
        let lot = |row| lot_of_row(book, &ledger.parts, row);
        let with = With { book, rules: &ledger.rules, net: &net, one: &one, lot: &lot };
        let answers: Vec<u32> = ledger.transit.answers_to_what_was_not_sent(&with).collect();
        for row in answers.into_iter().filter(|row| ledger.net(*row) > 0) {
            self.put(FindingKind::ReceiptWithoutShipment, &[row], Some(i64::from(ledger.net(row))));
        }
    }

    fn reversals(&mut self) {
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
    fn serials(&mut self) {
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
