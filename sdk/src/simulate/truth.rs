//! What really happened: goods on shelves and on the way, and every fault with the finding that it must give.

use crate::error::Result;
use crate::folder::hex;
use medlot_core::trust::RecordId;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A place of a facility where a lot stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The lot, by its place in [`Truth::lots`].
    pub lot: usize,
    /// The store, by its place in [`STORES`].
    pub store: usize,
    /// Held back.
    pub hold: bool,
    /// Of the insurance fund [`FUND`], not the facility's own.
    pub fund: bool,
    /// Vaccine vial monitor; 0: none.
    pub vvm: u8,
    /// How many parts make a unit, where parts stand here; 0: whole units.
    pub parts: u16,
}

/// Stores inside a facility: the main one, and two of a hospital.
pub const STORES: [Option<&str>; 3] = [None, Some("K1"), Some("T05")];
/// The fund of some stock.
pub const FUND: &str = "BHYT";

/// A lot.
#[derive(Debug, Clone)]
pub struct LotFacts {
    /// Its medicine's name.
    pub name: &'static str,
    /// Scheme and value of the product.
    pub product: &'static str,
    /// Another name of the product.
    pub alias: Option<&'static str>,
    /// Lot number.
    pub number: String,
    /// Last usable day, as printed.
    pub expiry: medlot_core::time::Date,
    /// Narcotic or psychotropic.
    pub controlled: bool,
    /// Doses of a vial that is opened.
    pub doses: Option<u16>,
}

/// Where units of a lot came from and where they went. Held and in transit aren't sums but what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flow {
    /// Made.
    Manufactured,
    /// Imported.
    Imported,
    /// Came in otherwise: opening balances, found, donated.
    OtherIn,
    /// Made from other units.
    MadeFrom,
    /// Given back by a customer.
    Returned,
    /// Sold, administered, used.
    Dispensed,
    /// Destroyed.
    Destroyed,
    /// Lost, stolen, spoilt, also on the way.
    Lost,
    /// Used up to make other units.
    UsedUp,
}

impl Flow {
    /// Every one, with its name.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Manufactured, "manufactured"),
        (Self::Imported, "imported"),
        (Self::OtherIn, "other_in"),
        (Self::MadeFrom, "made_from"),
        (Self::Returned, "returned"),
        (Self::Dispensed, "dispensed"),
        (Self::Destroyed, "destroyed"),
        (Self::Lost, "lost"),
        (Self::UsedUp, "used_up"),
    ];
    /// Whether it brings units in.
    #[must_use]
    pub const fn is_in(self) -> bool {
        matches!(self, Self::Manufactured | Self::Imported | Self::OtherIn | Self::MadeFrom | Self::Returned)
    }
}

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $slug:literal, $rate:literal, $code:expr;)*) => {
        /// A fault that the simulation puts in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault { $($(#[$doc])* $name,)* }

        impl Fault {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// Its name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }
            /// How often: of 1,000 facilities for what happens to a device, of 10,000 acts for the others.
            #[must_use]
            pub const fn rate(self) -> u32 {
                match self { $(Self::$name => $rate,)* }
            }
            /// The finding that it gives; `None`: nothing can be found from the records.
            #[must_use]
            pub const fn code(self) -> Option<u16> {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

faults! {
    /// A clock that is wrong by days all the time, behind.
    ClockBehind = "clock_behind", 60, None;
    /// A clock that is days ahead.
    ClockAhead = "clock_ahead", 40, Some(5016);
    /// A clock that is wrong by days until it is set, and says so.
    ClockSet = "clock_set", 50, None;
    /// A clock that is set back and doesn't say so.
    ClockSetSilently = "clock_set_silently", 30, Some(5015);
    /// A clock that was never set: uptimes.
    ClockNeverSet = "clock_never_set", 30, Some(3016);
    /// A device that is lost with its last records.
    Lost = "lost_device", 40, None;
    /// A device that is stolen, writes on, and is cut off.
    Stolen = "stolen_device", 40, Some(3009);
    /// A device that is cut off at a count that it had passed honestly.
    LateRevocation = "late_revocation", 30, Some(3009);
    /// A copied device: both go on.
    Fork = "fork", 40, Some(5001);
    /// A copied device, one side of which is cut off in the end.
    ForkCut = "fork_cut", 30, Some(3010);
    /// A device that goes on with a new key, in another log: no fault, and nothing is found.
    KeyRenewed = "key_renewed", 60, None;
    /// Somebody who reports for a facility that has a device of its own.
    ReportedBeside = "reported_beside", 30, Some(3019);
    /// A device that synchronises at the very end only.
    Offline = "offline", 60, None;
    /// An enrolment that ended while the device went on.
    OutsideValidity = "outside_validity", 30, Some(3015);
    /// Two phones of a facility receive one delivery.
    ReceivedTwice = "received_twice", 6, Some(5004);
    /// A delivery note's number written wrongly.
    WrongDocument = "wrong_document", 4, Some(5005);
    /// A delivery that another facility receives.
    Misdelivered = "misdelivered", 4, Some(5008);
    /// A delivery that never comes.
    DeliveryLost = "delivery_lost", 5, Some(5006);
    /// More came than was sent.
    OverReceipt = "over_receipt", 5, Some(5003);
    /// A sender takes back what had been received.
    ReversalTooLate = "reversal_too_late", 4, Some(5021);
    /// A reversal that repeats its target otherwise.
    ReversalExceeds = "reversal_exceeds", 4, Some(5020);
    /// Sold after its last day.
    ExpiredDispensed = "expired_dispensed", 5, Some(5009);
    /// Sold while recalled.
    RecalledDispensed = "recalled_dispensed", 6, Some(5010);
    /// Sold from what is held back.
    HeldDispensed = "held_dispensed", 5, Some(5011);
    /// One serial number twice.
    DuplicateSerial = "duplicate_serial", 3, Some(5012);
    /// Another expiry on the same lot.
    ExpiryConflict = "expiry_conflict", 4, Some(5013);
    /// A vial opened in parts of another number.
    PartsConflict = "parts_conflict", 20, Some(5014);
    /// Goods that came and were never written in, then sold.
    NeverWrittenIn = "never_written_in", 4, Some(5002);
    /// Goods gone that nobody wrote out: the next count finds it.
    Shrinkage = "shrinkage", 30, None;
    /// Two devices count one lot and don't know of each other's count.
    OverlappingCounts = "overlapping_counts", 8, Some(5018);
    /// A line after the end of its count.
    AfterEndOfCount = "after_end_of_count", 5, Some(5019);
    /// Destroyed without witnesses.
    DestructionUnwitnessed = "destruction_unwitnessed", 4, Some(5022);
    /// A narcotic missing, and not reported.
    LossNotReported = "loss_not_reported", 10, Some(5023);
    /// A pharmacy says that it made something.
    RoleExceeded = "role_exceeded", 3, Some(3006);
    /// An authority cuts a device that isn't beneath it.
    ForeignCut = "foreign_cut", 1, Some(3012);
    /// An authority's latest word on which cuts are in force leaves out one of its own.
    StateContradicts = "state_contradicts", 0, Some(3017);
}

/// A fault put in.
#[derive(Debug, Clone)]
pub struct Injected {
    /// What.
    pub fault: Fault,
    /// The facility.
    pub facility: String,
    /// When, in true seconds since 2020.
    pub at: u32,
    /// The lot, where it is about one.
    pub lot: Option<usize>,
    /// The records concerned: a finding names at least one of them, or, where none is named, one of `log`.
    pub records: Vec<RecordId>,
    /// The log of a device that something happened to.
    pub log: Option<medlot_core::crypto::Hash>,
    /// Whether its finding must be there: not where it was put right afterwards.
    pub stands: bool,
}

/// A facility, as `truth.json` names it.
pub(super) struct Place<'s> {
    pub(super) code: &'s str,
    pub(super) name: &'s str,
    pub(super) kind: &'static str,
    /// Somebody else writes for it.
    pub(super) reported: bool,
    /// What it was merged into.
    pub(super) successor: Option<&'s str>,
}

/// An authority's word on how long a lot may be used.
#[derive(Debug, Clone)]
pub struct Ruled {
    /// Facilities that it reaches: their codes begin so.
    pub prefix: String,
    /// The lot.
    pub lot: usize,
    /// The last day.
    pub until: medlot_core::time::Date,
}

/// What really happened.
#[derive(Debug, Clone, Default)]
pub struct Truth {
    /// Every lot.
    pub lots: Vec<LotFacts>,
    /// What stands where: facility code, place, units or parts. Where 0 stands something has been.
    pub shelves: BTreeMap<String, BTreeMap<Spot, i64>>,
    /// Units on the way: from, to, lot.
    pub transit: Vec<(String, String, usize, u32)>,
    /// Where units (`false`) and parts (`true`) of a lot came from and where they went.
    pub flows: BTreeMap<(usize, bool, Flow), i64>,
    /// Lots of facilities whose stock may differ from what stands there, and by which fault.
    pub touched: BTreeMap<(String, usize), BTreeSet<Fault>>,
    /// Facilities of which a device's clock is wrong: findings that rest on the time may differ.
    pub wrong_clocks: BTreeSet<String>,
    /// Every fault put in.
    pub injected: Vec<Injected>,
    /// What authorities said of lots, in their order.
    pub rulings: Vec<Ruled>,
    /// Records written later than they took place.
    pub late: BTreeSet<([u8; 32], u32)>,
    /// Sent records whose delivery waits at its door: nobody has written it in yet.
    pub waiting: BTreeSet<([u8; 32], u32)>,
    /// The time at which the country is looked at.
    pub now: u32,
}

impl Truth {
    /// Notes a fault.
    pub(super) fn touch(&mut self, facility: &str, lot: usize, fault: Fault) {
        self.touched.entry((facility.to_owned(), lot)).or_default().insert(fault);
    }

    /// Notes a fault of these records.
    pub(super) fn inject(
        &mut self,
        fault: Fault,
        facility: String,
        at: u32,
        lot: Option<usize>,
        records: Vec<RecordId>,
    ) {
        self.injected.push(Injected { fault, facility, at, lot, records, log: None, stands: true });
    }

    /// A lot's last day at a facility: what an authority said last, or what is printed.
    #[must_use]
    pub fn last_day(&self, facility: &str, lot: usize) -> Option<medlot_core::time::Date> {
        let said = self.rulings.iter().rev().find(|ruled| ruled.lot == lot && facility.starts_with(&ruled.prefix));
        said.map(|ruled| ruled.until).or_else(|| self.lots.get(lot).map(|lot| lot.expiry))
    }

    /// The fault of a device, found again to be completed.
    pub(super) fn of_log(&mut self, log: medlot_core::crypto::Hash) -> Option<&mut Injected> {
        self.injected.iter_mut().rev().find(|injected| injected.log == Some(log))
    }

    /// As JSON, with names of facilities.
    pub(super) fn json(&self, facilities: &[Place<'_>], plan: Value) -> Result<Value> {
        let lot = |at: usize| {
            self.lots.get(at).map(|lot| {
                let (scheme, value) = lot.product.split_once(':').unwrap_or(("local", lot.product));
                json!({"product": {scheme: value}, "lot": lot.number})
            })
        };
        let spot = |spot: &Spot, count: i64| {
            let mut out = Map::new();
            if let Some(Value::Object(of)) = lot(spot.lot) {
                out.extend(of);
            }
            if let Some(Some(store)) = STORES.get(spot.store) {
                out.insert("store".into(), (*store).into());
            }
            out.insert("bucket".into(), if spot.hold { "hold" } else { "available" }.into());
            if spot.fund {
                out.insert("fund".into(), FUND.into());
            }
            if spot.vvm > 0 {
                out.insert("vvm".into(), spot.vvm.into());
            }
            if spot.parts > 0 {
                out.insert("parts_per_unit".into(), spot.parts.into());
            }
            out.insert("quantity".into(), count.into());
            Value::Object(out)
        };
        let shelves = facilities.iter().map(|Place { code, name, kind, reported, successor }| {
            let stock = self.shelves.get(*code).into_iter().flatten().filter(|(_, count)| **count != 0);
            json!({
                "facility": code, "name": name, "kind": kind, "reported": reported, "successor": successor,
                "stock": stock.map(|(at, count)| spot(at, *count)).collect::<Vec<_>>(),
                "may_differ": self.touched.iter().filter(|((of, _), _)| of == *code).map(|((_, at), faults)| {
                    let mut out = lot(*at).unwrap_or_default();
                    put(&mut out, "faults", faults.iter().map(|fault| fault.name()).collect::<Value>());
                    out
                }).collect::<Vec<_>>(),
            })
        });
        let totals = self.lots.iter().enumerate().map(|(at, of)| {
            let mut out = lot(at).unwrap_or_default();
            put(&mut out, "name", of.name);
            put(&mut out, "expiry", of.expiry.to_string());
            for parts in [false, true] {
                let mut sums = Map::new();
                for (flow, name) in Flow::ALL {
                    if let Some(count) = self.flows.get(&(at, parts, flow)).filter(|count| **count != 0) {
                        sums.insert(name.into(), (*count).into());
                    }
                }
                if !sums.is_empty() {
                    sums.insert("held".into(), self.held(at, parts).into());
                    sums.insert("in_transit".into(), self.on_the_way(at, parts).into());
                    put(&mut out, if parts { "parts" } else { "units" }, Value::Object(sums));
                }
            }
            out
        });
        let record =
            |at: &RecordId| json!({"log": at.log.to_string(), "index": at.index, "id": at.identity.to_string()});
        let faults = self.injected.iter().map(|injected| {
            let mut out = Map::new();
            out.insert("fault".into(), injected.fault.name().into());
            if let Some(code) = injected.fault.code() {
                out.insert("code".into(), code.into());
            }
            out.insert("facility".into(), injected.facility.clone().into());
            out.insert("at".into(), medlot_core::time::Timestamp::from_secs(injected.at).to_string().into());
            if let Some(Value::Object(of)) = injected.lot.and_then(lot) {
                out.extend(of);
            }
            if let Some(log) = injected.log {
                out.insert("log".into(), hex(&log.0).into());
            }
            out.insert("records".into(), injected.records.iter().map(record).collect());
            out.insert("put_right".into(), (!injected.stands).into());
            Value::Object(out)
        });
        let transit = self.transit.iter().map(|(from, to, at, quantity)| {
            let mut out = lot(*at).unwrap_or_default();
            put(&mut out, "from", from.clone());
            put(&mut out, "to", to.clone());
            put(&mut out, "quantity", *quantity);
            out
        });
        let rulings = self.rulings.iter().map(|ruled| {
            let mut out = lot(ruled.lot).unwrap_or_default();
            put(&mut out, "facilities", ruled.prefix.clone());
            put(&mut out, "until", ruled.until.to_string());
            out
        });
        Ok(json!({
            "rulings": rulings.collect::<Vec<_>>(),
            "plan": plan, "now": medlot_core::time::Timestamp::from_secs(self.now).to_string(),
            "facilities": shelves.collect::<Vec<_>>(), "in_transit": transit.collect::<Vec<_>>(),
            "totals": totals.collect::<Vec<_>>(), "faults": faults.collect::<Vec<_>>(),
        }))
    }

    /// Units or parts of a lot that stand anywhere.
    #[must_use]
    pub fn held(&self, lot: usize, parts: bool) -> i64 {
        let spots = self.shelves.values().flatten();
        spots.filter(|(spot, _)| spot.lot == lot && (spot.parts > 0) == parts).map(|(_, count)| *count).sum()
    }

    /// Units of a lot on the way; parts never are.
    #[must_use]
    pub fn on_the_way(&self, lot: usize, parts: bool) -> i64 {
        let lines = self.transit.iter().filter(|(_, _, at, _)| *at == lot && !parts);
        lines.map(|(.., quantity)| i64::from(*quantity)).sum()
    }

    /// Whether units are conserved: what came in is what went out, what stands and what is on the way.
    #[must_use]
    pub fn is_conserved(&self, lot: usize, parts: bool) -> bool {
        let flow = |flow: Flow| self.flows.get(&(lot, parts, flow)).copied().unwrap_or(0);
        let signed = |(of, _): (Flow, &str)| if of.is_in() { flow(of) } else { -flow(of) };
        Flow::ALL.into_iter().map(signed).sum::<i64>() == self.held(lot, parts) + self.on_the_way(lot, parts)
    }
}

fn put(out: &mut Value, key: &str, value: impl Into<Value>) {
    if let Some(out) = out.as_object_mut() {
        out.insert(key.into(), value.into());
    }
}
