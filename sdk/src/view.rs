//! Records as JSON, with the keys that programs rely on (`spec/json/`).
use crate::folder::hex;
use medlot_core::crypto::Hash;
use medlot_core::ident::{Product, Quantity};
use medlot_core::movement::{Amount, Bucket, Direction, Document, Group, Movement, Reference, reasons};
use medlot_core::record::{Cut, Entry, KeyOf, Record, Reversed, Role, Roles};
use medlot_core::time::{Expiry, Timestamp};
use medlot_core::trust::{Counts, Judged};
use serde_json::{Map, Value, json};

/// Roles as they are named for people and programs, in the order of their bits.
pub const ROLES: [(&str, Role); 6] = [
    ("enrol", Role::Enrol),
    ("regulate", Role::Regulate),
    ("move", Role::Move),
    ("supply", Role::Supply),
    ("attest", Role::Attest),
    ("report", Role::Report),
];

/// An object under construction: what is absent is left out.
#[derive(Default)]
struct Out(Map<String, Value>);

impl Out {
    fn put(&mut self, key: &str, value: impl Into<Value>) {
        self.0.insert(key.into(), value.into());
    }
    fn maybe(&mut self, key: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }
    fn set(&mut self, key: &str, value: bool) {
        self.maybe(key, value.then_some(true));
    }
}

/// `yes`, `no` or `unknown`.
#[must_use]
pub const fn counts(counts: Counts) -> &'static str {
    match counts {
        Counts::Yes => "yes",
        Counts::No => "no",
        Counts::Unknown => "unknown",
    }
}

/// An open number's name, or "other (n)".
fn named(names: reasons::Names, number: u16) -> String {
    names.name(number).map_or_else(|| format!("other ({number})"), str::to_owned)
}

/// `{scheme: value}`.
#[must_use]
pub fn product(product: &Product<'_>) -> Value {
    let text = product.to_string();
    let (scheme, value) = text.split_once(':').unwrap_or(("other", &text));
    json!({ scheme: value })
}

/// A quantity's parts; whole units are one number.
pub(crate) fn put_quantity(map: &mut Map<String, Value>, of: &Quantity) {
    let mut out = Out::default();
    quantity(&mut out, of);
    map.extend(out.0);
}

fn quantity(out: &mut Out, quantity: &Quantity) {
    match *quantity {
        Quantity::Units(n) => out.put("quantity", n),
        Quantity::Parts { parts, per_unit, measure } => {
            out.put("parts", parts);
            out.put("parts_per_unit", per_unit);
            out.put("measure", measure.to_string());
        }
    }
}

/// `expiry` and `expiry_whole_month`.
pub(crate) fn put_expiry(map: &mut Map<String, Value>, of: Expiry) {
    let mut out = Out::default();
    expiry(&mut out, of);
    map.extend(out.0);
}

fn expiry(out: &mut Out, expiry: Expiry) {
    match expiry {
        Expiry::NotRead => {}
        Expiry::None => out.put("expiry", "none"),
        Expiry::Day(_) | Expiry::Month { .. } => {
            out.maybe("expiry", expiry.last_usable().map(|d| d.to_string()));
            out.put("expiry_whole_month", matches!(expiry, Expiry::Month { .. }));
        }
    }
}

pub(crate) fn document(document: &Document<'_>) -> Value {
    json!({"kind": named(reasons::DOCUMENT, document.kind), "number": document.number.as_str()})
}

/// An amount.
#[must_use]
pub fn amount(amount: &Amount) -> Value {
    json!({"value": amount.value, "tax_included": amount.tax_included})
}

/// A reference: the index in the own log, or log, index and identity of another's.
fn reference(reference: &Reference) -> Value {
    match reference {
        Reference::Own(index) => json!({"index": index}),
        Reference::Other { log, index, identity } => {
            json!({"log": hex(log), "index": index, "id": hex(identity)})
        }
    }
}

const fn bucket(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Available => "available",
        Bucket::Hold => "hold",
        Bucket::Transit => "transit",
    }
}

fn group(out: &mut Out, group: Group) {
    match group {
        Group::None => {}
        Group::Head(lines) => out.put("group", json!({"lines": lines})),
        Group::Line(back) => out.put("group", json!({"back": back})),
    }
}

fn movement(out: &mut Out, m: &Movement<'_>) {
    let direction = match m.direction {
        Direction::In => "in",
        Direction::Out => "out",
        Direction::Move => "move",
    };
    out.put("direction", direction);
    out.put("reason", named(reasons::of(m.direction), m.reason));
    out.put("product", product(&m.product));
    out.maybe("lot", m.lot.map(|l| l.as_str()));
    expiry(out, m.expiry);
    out.maybe("serial", m.serial.map(|s| s.as_str()));
    quantity(out, &m.quantity);
    out.maybe("store", m.store.map(|s| s.as_str()));
    out.maybe("fund", m.fund.map(|f| f.as_str()));
    out.maybe("vvm", m.vvm);
    let moves = m.direction == Direction::Move;
    if moves || m.bucket != Bucket::Available {
        out.put("from", bucket(m.bucket));
    }
    out.maybe("to", m.to_bucket.map(bucket));
    out.maybe("to_store", m.to_store.map(|s| s.map_or("", |s| s.as_str())));
    out.maybe("to_fund", m.to_fund.map(|f| f.map_or("", |f| f.as_str())));
    out.maybe("to_vvm", m.to_vvm.map(|v| v.unwrap_or(0)));
    out.maybe("counterparty", m.counterparty.map(|p| p.to_string()));
    out.set("sent", m.sent);
    out.maybe("answers", m.answers.as_ref().map(reference));
    group(out, m.group);
    let documents: Vec<Value> = m.document.iter().chain(&m.second_document).map(document).collect();
    out.maybe("documents", (!documents.is_empty()).then_some(documents));
    out.maybe("amount", m.amount.as_ref().map(amount));
    out.maybe("operator", m.operator.map(|o| o.as_str()));
    out.maybe("logistic_unit", m.logistic_unit.map(|s| s.to_string()));
    out.set("prescription", m.prescription.is_some());
    out.maybe("local_reason", m.local_reason.map(|r| r.as_str()));
    out.maybe("made_on", m.made_on.map(|d| d.to_string()));
}

/// Role names, with bits that this build doesn't name as "other (n)".
#[must_use]
pub fn roles(roles: Roles) -> Value {
    let mut left = roles.0;
    let mut names = Vec::new();
    for (name, role) in ROLES {
        if roles.contains(Roles::of(&[role])) {
            names.push(Value::from(name));
            left &= !Roles::of(&[role]).0;
        }
    }
    names.extend((0..14).filter(|bit| left >> bit & 1 == 1).map(|bit| Value::from(format!("other ({bit})"))));
    names.into()
}

fn cut(cut: &Cut) -> Value {
    json!({"log": hex(&cut.log), "count": cut.count, "head": cut.head.to_string()})
}

fn key(key: &KeyOf<'_>) -> Value {
    json!({"suite": key.suite, "key": hex(key.key), "format": key.format})
}

fn date(days: Option<medlot_core::time::Days>) -> Option<String> {
    days.and_then(medlot_core::time::Days::date).map(|d| d.to_string())
}

/// The name of an entry's kind.
#[must_use]
pub const fn kind(entry: &Entry<'_>) -> &'static str {
    match entry {
        Entry::Movement { .. } => "movement",
        Entry::Blind(_) => "blind",
        Entry::Reversal(_) => "reversal",
        Entry::Refuse(_) => "refuse",
        Entry::CountBegin(_) => "count_begin",
        Entry::CountLine(_) => "count_line",
        Entry::CountEnd(_) => "count_end",
        Entry::Observed(_) => "observed",
        Entry::ClockSet(_) => "clock_set",
        Entry::Attest(_) => "attest",
        Entry::Detail(_) => "detail",
        Entry::Close(_) => "close",
        Entry::Root(_) => "root",
        Entry::NextRoot(_) => "next_root",
        Entry::Introduce(_) => "introduce",
        Entry::Enrol(_) => "enrol",
        Entry::Revoke(_) => "revoke",
        Entry::Confirm(_) => "confirm",
        Entry::State(_) => "state",
        Entry::Recall(_) => "recall",
        Entry::EndRecall(_) => "end_recall",
        Entry::SameProduct(_) => "same_product",
        Entry::LotFact(_) => "lot_fact",
        Entry::Facility(_) => "facility",
        _ => "unknown",
    }
}

/// What an entry says.
fn entry(out: &mut Out, entry: &Entry<'_>) {
    match entry {
        Entry::Movement { movement: m, .. } => movement(out, m),
        Entry::Reversal(r) => {
            out.put("reverses", reference(&r.target));
            out.put("total", r.total);
            match &r.of {
                Reversed::Movement(m) => movement(out, m),
                Reversed::Refuse(r) => entry_refuse(out, r),
            }
        }
        Entry::Refuse(r) => entry_refuse(out, r),
        Entry::CountBegin(c) => {
            out.maybe("operator", c.operator.map(|o| o.as_str()));
            out.maybe("store", c.store.map(|s| s.as_str()));
            let funds = |f: medlot_core::record::List<'_, medlot_core::record::AnyFund<'_>>| -> Vec<String> {
                f.iter().map(|f| f.0.map_or_else(String::new, |f| f.as_str().to_owned())).collect()
            };
            out.maybe("funds", c.funds.map(funds));
            out.maybe("products", c.products.map(|p| p.iter().map(|p| product(&p)).collect::<Vec<_>>()));
            out.set("blind", c.blind);
            out.maybe("documents", c.document.as_ref().map(|d| vec![document(d)]));
        }
        Entry::CountLine(c) => {
            out.put("begin", c.begin);
            out.put("product", product(&c.product));
            out.maybe("lot", c.lot.map(|l| l.as_str()));
            expiry(out, c.expiry);
            quantity(out, &c.quantity);
            out.maybe("shown", c.shown);
            out.maybe("operator", c.operator.map(|o| o.as_str()));
            if c.bucket != Bucket::Available {
                out.put("from", bucket(c.bucket));
            }
            out.maybe("fund", c.fund.map(|f| f.as_str()));
            out.maybe("vvm", c.vvm);
            out.maybe("serial", c.serial.map(|s| s.as_str()));
            out.maybe("made_on", c.made_on.map(|d| d.to_string()));
        }
        Entry::CountEnd(c) => {
            out.put("begin", c.begin);
            out.put("lines", c.lines);
            out.set("rest_is_zero", c.rest_is_zero);
            out.maybe("operator", c.operator.map(|o| o.as_str()));
        }
        Entry::Observed(o) => {
            out.put("observed", json!({"log": hex(&o.log), "count": o.count, "head": hex(&o.head)}));
            out.maybe("clock", o.clock);
        }
        Entry::ClockSet(c) => out.put("change", c.change),
        Entry::Attest(a) => {
            out.put("record", reference(&a.record));
            out.put("capacity", named(reasons::CAPACITY, a.capacity));
            out.set("refused", a.refused);
            out.maybe("operator", a.operator.map(|o| o.as_str()));
            out.maybe("documents", a.document.as_ref().map(|d| vec![document(d)]));
        }
        Entry::Blind(_) | Entry::Close(_) => {}
        Entry::Detail(d) => {
            out.put("first", d.first);
            let amounts: Vec<Value> = d.amounts.iter().map(|a| a.0.as_ref().map_or(Value::Null, amount)).collect();
            out.put("amounts", amounts);
            out.maybe("operator", d.operator.map(|o| o.as_str()));
        }
        authority => entry_of_authority(out, authority),
    }
}

fn entry_refuse(out: &mut Out, r: &medlot_core::record::Refuse<'_>) {
    out.put("answers", reference(&r.shipment));
    quantity(out, &r.quantity);
    out.put("reason", named(reasons::REFUSE, r.reason));
    out.maybe("operator", r.operator.map(|o| o.as_str()));
    out.maybe("documents", r.document.as_ref().map(|d| vec![document(d)]));
    group(out, r.group);
    out.maybe("local_reason", r.local_reason.map(|l| l.as_str()));
}

fn entry_of_authority(out: &mut Out, entry: &Entry<'_>) {
    match entry {
        Entry::Root(r) => {
            out.put("country", String::from_utf8_lossy(&r.country).into_owned());
            out.put("currency", String::from_utf8_lossy(&r.currency).into_owned());
            out.put("utc_offset", r.utc_offset);
            out.put("next_root", r.commitment != [0; 32]);
        }
        Entry::NextRoot(n) => {
            out.put("cut", cut(&n.cut));
            out.put("next_root", n.commitment != [0; 32]);
        }
        Entry::Introduce(i) => {
            out.put("roles", roles(i.roles));
            out.maybe("label", i.label);
        }
        Entry::Enrol(e) => {
            out.put("facility", e.facility.as_str());
            out.put("roles", roles(e.roles));
            let prefixes = |list: medlot_core::record::List<'_, medlot_core::record::Prefix<'_>>| -> Vec<String> {
                list.iter().map(|p| p.0.as_str().to_owned()).collect()
            };
            out.put("scope", e.scope.map_or_else(|| json!("own"), |list| json!(prefixes(list))));
            out.put("key", key(&e.key));
            out.maybe("first", e.first.as_ref().map(key));
            out.maybe("valid_from", date(e.valid_from));
            out.maybe("valid_until", date(e.valid_until));
        }
        Entry::Revoke(c) => out.put("cut", cut(c)),
        Entry::Confirm(c) => out.put("prefix", cut(&c.prefix)),
        Entry::State(s) => {
            out.put("good_for_days", s.good_for_days);
            out.put("entries", s.entries);
            out.put("root", hex(&s.root));
        }
        Entry::Recall(r) => {
            out.put("class", r.class);
            out.put("notice", r.notice);
            out.put("products", r.products.iter().map(|p| product(&p)).collect::<Vec<_>>());
            let lots = |list: medlot_core::record::List<'_, Option<medlot_core::ident::LotNumber<'_>>>| -> Vec<String> {
                list.iter().map(|l| l.map_or_else(String::new, |l| l.as_str().to_owned())).collect()
            };
            out.maybe("lots", r.lots.map(lots));
            out.maybe("since", date(r.from));
        }
        Entry::EndRecall(e) => {
            out.put("recall", reference(&e.recall));
            out.maybe("notice", e.notice);
        }
        Entry::SameProduct(s) => {
            out.put("a", product(&s.a));
            out.put("b", product(&s.b));
        }
        Entry::LotFact(l) => {
            out.put("product", product(&l.product));
            out.put("lot", l.lot.as_str());
            expiry(out, l.expiry);
            out.put("notice", l.notice);
        }
        Entry::Facility(f) => {
            out.put("code", f.code.as_str());
            out.put("facility_kind", named(reasons::FACILITY, f.kind));
            out.maybe("parent", f.parent.map(|p| p.as_str()));
            out.maybe("successor", f.successor.map(|p| p.as_str()));
            out.maybe("since", date(f.from));
        }
        Entry::Unknown { kind, body } => {
            out.put("kind_number", kind.number());
            out.put("body", hex(body));
        }
        _ => {}
    }
}

/// A record: where it stands, what it says, whether it counts.
#[must_use]
pub fn record(judged: &Judged<'_>, bytes: &[u8]) -> Value {
    let mut out = Out::default();
    out.put("log", judged.at.log.to_string());
    out.put("index", judged.at.index);
    out.put("id", judged.at.identity.to_string());
    out.maybe("facility", judged.facility.filter(|f| !f.is_empty()));
    match &judged.record {
        Ok(record) => said(&mut out, record),
        Err(e) => {
            out.put("kind", "malformed");
            out.put("error", e.to_string());
            out.put("bytes", hex(bytes));
        }
    }
    out.put("counts", counts(judged.verdict.counts));
    let why = judged.verdict.reason;
    out.maybe("why", why.map(|r| json!({"code": r.code(), "name": r.name(), "message": r.to_string()})));
    Value::Object(out.0)
}

/// What a record says, without where it stands.
fn said(out: &mut Out, record: &Record<'_>) {
    out.put("kind", kind(&record.entry));
    if record.clock_unset {
        out.put("clock_unset", true);
        out.put("uptime", record.recorded_at.as_secs());
    } else {
        out.put("recorded_at", record.recorded_at.to_string());
    }
    let effective = record.effective.and_then(|before| record.recorded_at.as_secs().checked_sub(before));
    out.maybe("effective_at", effective.map(|at| Timestamp::from_secs(at).to_string()));
    entry(out, &record.entry);
    out.set("not_fully_understood", !record.entry.is_fully_understood());
}

/// A record's own content, for `inspect`.
#[must_use]
pub fn content(record: &Record<'_>) -> Value {
    let mut out = Out::default();
    said(&mut out, record);
    Value::Object(out.0)
}

/// The first hex digits of a log's id, as they are shown to people.
#[must_use]
pub fn short(log: &Hash) -> String {
    hex(&log.log_id())
}
