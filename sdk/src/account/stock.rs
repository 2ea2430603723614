//! Stock by place and lot, what may be dispensed of it, and what to do about it.

use super::{Account, again, record_json};
use crate::error::Result;
use crate::lang::Lang;
use crate::view;
use medlot_core::ident::{LotNumber, Measure, Product, Store};
use medlot_core::ledger::{Lot, Settled, Shelf, Shipment, together};
use medlot_core::record::{Entry, Record};
use medlot_core::time::{Date, Days, Expiry};
use medlot_core::trust::RecordId;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Which stock is asked for; what stays `None` isn't restricted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StockQuery {
    /// The facility; the own one otherwise.
    pub facility: Option<String>,
    /// Only this store; `main` for the main one.
    pub store: Option<String>,
    /// Only this product, `scheme:value`, under any of its names.
    pub product: Option<String>,
    /// Only this lot number; `none` where none is printed.
    pub lot: Option<String>,
    /// The legal day that decides what is expired; that of now otherwise.
    pub today: Option<Date>,
    /// Only what stands on the shelf and is last usable on this day or before.
    pub until: Option<Date>,
    /// Also where nothing is left and nothing is on the way.
    pub empty_too: bool,
}

/// Parts of a unit that was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartsLeft {
    /// How many; fewer than make a unit. Below 0 where more went out than came in.
    pub count: i64,
    /// How many make a unit.
    pub per_unit: u16,
    /// What one is.
    pub measure: Measure,
}

impl PartsLeft {
    fn json(self) -> Value {
        json!({"count": self.count, "per_unit": self.per_unit, "measure": self.measure.to_string()})
    }
}

/// What is left of an opened unit on the shelf, and what may be done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// How many, and of what.
    pub left: PartsLeft,
    /// What may be dispensed of it. Never below 0.
    pub available: i64,
    /// What is held back.
    pub hold: i64,
    /// What of it is recalled, held or not.
    pub recalled: i64,
    /// What of it is past its last usable day, held or not.
    pub expired: i64,
}

impl Opened {
    fn json(self) -> Value {
        let mut out = self.left.json();
        let Self { available, hold, recalled, expired, .. } = self;
        if let Some(out) = out.as_object_mut() {
            let more = [("available", available), ("hold", hold), ("recalled", recalled), ("expired", expired)];
            out.extend(more.map(|(key, value)| (key.to_owned(), value.into())));
        }
        out
    }
}

/// A recall in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecallNote {
    /// 1 (may kill) to 3.
    pub class: u8,
    /// The notice's number.
    pub notice: String,
    /// The record.
    pub record: RecordId,
}

/// Stock of one lot at one place: store, fund, monitor stage. All numbers are whole smallest units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockRow {
    /// The facility.
    pub facility: String,
    /// The store; `None`: the main one.
    pub store: Option<String>,
    /// The product, as `scheme:value`.
    pub product: String,
    /// The lot number; `None`: none is printed.
    pub lot: Option<String>,
    /// Until when it may be used.
    pub expiry: Expiry,
    /// The notice of a regulator's word on the expiry, and its record.
    pub expiry_notice: Option<(String, RecordId)>,
    /// Whose medicine; `None`: the facility's own.
    pub fund: Option<String>,
    /// Vaccine vial monitor.
    pub vvm: Option<u8>,
    /// Everything that stands there, held or not.
    pub on_hand: i64,
    /// What may be dispensed: on hand, not held, recalled or expired, monitor not at stage 3 or 4. Never below 0.
    pub available: i64,
    /// What is held back.
    pub hold: i64,
    /// What of it is recalled, held or not.
    pub recalled: i64,
    /// What of it is past its last usable day, held or not.
    pub expired: i64,
    /// Sent to this facility and not received, refused units too.
    pub in_transit_in: i64,
    /// Sent from here and neither received nor back.
    pub in_transit_out: i64,
    /// What of it was refused: in transit until the sender takes it back.
    pub refused_in: i64,
    /// What was refused of what was sent from here.
    pub refused_out: i64,
    /// What is left of opened units: what is available first, what is held apart from it.
    pub parts: Vec<Opened>,
    /// Opened units on the way: in, out.
    pub parts_in_transit: (Vec<PartsLeft>, Vec<PartsLeft>),
    /// Recalls in force, the gravest first.
    pub recalls: Vec<RecallNote>,
}

/// The answer: rows, how far they go, and what is missing for them to be whole.
#[derive(Debug, Clone, PartialEq)]
pub struct StockAnswer {
    /// The facility.
    pub facility: String,
    /// The legal day of the answer.
    pub today: Date,
    /// By product, then what is to be dispensed first.
    pub rows: Vec<StockRow>,
    /// Up to which record of which device it goes.
    pub as_of: Value,
    /// What is unknown here, with what to ask for.
    pub incomplete: Vec<Value>,
}

impl StockAnswer {
    /// Rows with exactly the keys of `spec/json/stock.schema.json`.
    #[must_use]
    pub fn rows_json(&self) -> Vec<Value> {
        self.rows.iter().map(|row| self.row_json(row)).collect()
    }

    fn row_json(&self, row: &StockRow) -> Value {
        let mut out = row.json();
        out.insert("as_of".into(), self.as_of.clone());
        if !self.incomplete.is_empty() {
            out.insert("incomplete".into(), self.incomplete.clone().into());
        }
        Value::Object(out)
    }
}

impl StockRow {
    fn json(&self) -> Map<String, Value> {
        let mut out = Map::new();
        out.insert("facility".into(), self.facility.clone().into());
        let mut maybe = |key: &str, value: Option<Value>| value.map(|value| out.insert(key.into(), value));
        maybe("store", self.store.clone().map(Value::from));
        let product = Product::parse(&self.product).map(|p| view::product(&p));
        maybe("product", product.ok());
        maybe("lot", self.lot.clone().map(Value::from));
        maybe("fund", self.fund.clone().map(Value::from));
        maybe("vvm", self.vvm.map(Value::from));
        view::put_expiry(&mut out, self.expiry);
        if let Some((notice, record)) = &self.expiry_notice {
            out.insert("expiry_notice".into(), json!({"notice": notice, "record": record_json(record)}));
        }
        for (key, value) in [
            ("on_hand", self.on_hand),
            ("available", self.available),
            ("hold", self.hold),
            ("recalled", self.recalled),
            ("expired", self.expired),
            ("in_transit_in", self.in_transit_in),
            ("in_transit_out", self.in_transit_out),
        ] {
            out.insert(key.into(), value.into());
        }
        for (key, refused) in [("refused_in", self.refused_in), ("refused_out", self.refused_out)] {
            if refused > 0 {
                out.insert(key.into(), refused.into());
            }
        }
        if !self.parts.is_empty() {
            out.insert("parts".into(), self.parts.iter().map(|parts| parts.json()).collect());
        }
        let (way_in, way_out) = &self.parts_in_transit;
        for (key, parts) in [("in_transit_in_parts", way_in), ("in_transit_out_parts", way_out)] {
            if !parts.is_empty() {
                out.insert(key.into(), parts.iter().map(|parts| parts.json()).collect());
            }
        }
        if !self.recalls.is_empty() {
            let json = |r: &RecallNote| json!({"class": r.class, "notice": r.notice, "record": record_json(&r.record)});
            out.insert("recalls".into(), self.recalls.iter().map(json).collect());
        }
        out
    }

    fn is_empty(&self) -> bool {
        let (way_in, way_out) = &self.parts_in_transit;
        self.on_hand == 0
            && self.hold == 0
            && self.in_transit_in == 0
            && self.in_transit_out == 0
            && self.parts.is_empty()
            && way_in.is_empty()
            && way_out.is_empty()
    }

    /// Days from a day to the last usable one; below 0 where it has passed.
    #[must_use]
    pub fn days_left(&self, today: Date) -> Option<i64> {
        let day = |date| Days::of(date).map(|days| i64::from(days.get()));
        Some(day(self.expiry.last_usable()?)? - day(today)?)
    }

    /// What a person is to do, the gravest first; empty where all is well. `soon`: from how many days before the expiry it
    /// is said.
    #[must_use]
    pub fn advice(&self, today: Date, soon: u16, lang: Lang) -> Vec<String> {
        let mut out = Vec::new();
        let stands = self.on_hand > 0 || self.hold > 0 || self.parts.iter().any(|parts| parts.left.count > 0);
        if let Some(recall) = self.recalls.first().filter(|_| stands) {
            let (class, notice) = (recall.class, &recall.notice);
            out.push(lang.pick(
                format!("THU HỒI mức {class}, công văn {notice}: không cấp phát, trả lại nơi cung cấp"),
                format!("RECALLED, class {class}, notice {notice}: don't dispense, send it back"),
            ));
        }
        match self.days_left(today).filter(|_| stands) {
            Some(left) if left < 0 => out.push(lang.pick(
                "HẾT HẠN: không cấp phát, để riêng chờ hủy".to_owned(),
                "EXPIRED: don't dispense, set it apart for destruction".to_owned(),
            )),
            Some(left) if left <= i64::from(soon) => {
                out.push(lang.pick(format!("còn {left} ngày: dùng trước"), format!("{left} days left: use it first")))
            }
            _ => {}
        }
        if self.vvm.is_some_and(|stage| stage >= 3) && stands {
            out.push(lang.pick(
                "chỉ thị nhiệt (VVM) giai đoạn 3–4: không dùng, hủy".to_owned(),
                "vial monitor at stage 3 or 4: don't use, discard".to_owned(),
            ));
        } else if self.vvm == Some(2) && stands {
            out.push(lang.pick("VVM giai đoạn 2: dùng trước".to_owned(), "vial monitor at 2: use it first".to_owned()));
        }
        if self.on_hand < 0 || self.parts.iter().any(|parts| parts.left.count < 0) {
            out.push(lang.pick(
                "ÂM: tìm phiếu nhập còn thiếu, hoặc kiểm kê".to_owned(),
                "BELOW 0: find the receipt that is missing, or count".to_owned(),
            ));
        }
        if self.hold > 0 {
            let n = self.hold;
            out.push(lang.pick(format!("{n} đang giữ lại"), format!("{n} held back")));
        }
        for (n, vi, en) in [
            (self.in_transit_in - self.refused_in, "đã gửi đến, chưa nhận", "sent here and not received"),
            (self.refused_in, "đã từ chối, chờ bên gửi nhận lại", "refused, for the sender to take back"),
            (self.in_transit_out - self.refused_out, "đã gửi đi, chưa ai nhận", "sent away and not received"),
            (self.refused_out, "bị từ chối: nhận lại", "refused by the receiver: take it back"),
        ] {
            if n > 0 {
                out.push(format!("{n} {}", lang.pick(vi, en)));
            }
        }
        if let Some((notice, _)) = &self.expiry_notice {
            out.push(lang.pick(format!("hạn dùng theo công văn {notice}"), format!("expiry by notice {notice}")));
        }
        out
    }
}

/// A store as it is asked for: `main` is the main one.
pub(super) fn store_of(text: &str) -> Result<Option<&str>> {
    if text == "main" { Ok(None) } else { Ok(Some(Store::parse(text)?.as_str())) }
}

/// A lot number as it is asked for: `none` where none is printed.
pub(super) fn lot_of(text: &str) -> Result<Option<LotNumber<'_>>> {
    if text == "none" { Ok(None) } else { Ok(Some(LotNumber::parse(text)?)) }
}

fn left(parts: Vec<(i64, u16, Measure)>) -> Vec<PartsLeft> {
    parts.into_iter().map(|(count, per_unit, measure)| PartsLeft { count, per_unit, measure }).collect()
}

/// Store, fund, monitor stage: what a row is of, within a lot.
type At = (Option<String>, Option<String>, Option<u8>);

/// Units, or parts with how many make one.
type Amounts = Vec<(i64, Option<(u16, Measure)>)>;

/// What a row adds up.
#[derive(Default)]
struct Sums {
    available: Amounts,
    hold: Amounts,
    way_in: Amounts,
    way_out: Amounts,
    refused_in: Amounts,
    refused_out: Amounts,
}

/// A lot that is here or on its way here.
struct Item<'l> {
    product: Product<'l>,
    lot: Option<LotNumber<'l>>,
    /// `None`: none of it ever was here.
    held: Option<Lot<'l>>,
    /// As senders saw it: for what never was here.
    seen: Expiry,
    at: BTreeMap<At, Sums>,
}

fn amount(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn shelf_at(shelf: &Shelf<'_>) -> At {
    (shelf.place.store.map(str::to_owned), shelf.place.fund.map(str::to_owned), shelf.place.vvm)
}

/// Where a sent record took its goods from, or where its receipt puts them: receipts go to the main store.
fn way_at(settled: Settled<'_>, at: &RecordId, from: bool) -> At {
    match settled.record(at).and_then(|bytes| Record::decode(bytes).ok()).map(|record| record.entry) {
        Some(Entry::Movement { movement, .. }) => {
            let store = movement.store.filter(|_| from).map(|store| store.as_str().to_owned());
            (store, movement.fund.map(|fund| fund.as_str().to_owned()), movement.vvm)
        }
        _ => At::default(),
    }
}

/// Which lots are asked for; `None`: any.
#[derive(Clone, Copy)]
struct Wanted<'w> {
    product: Option<Product<'w>>,
    lot: Option<Option<LotNumber<'w>>>,
}

impl Wanted<'_> {
    fn is(&self, item: &Item<'_>) -> bool {
        let is = |product: Product<'_>| item.held.map_or(item.product == product, |lot| lot.is_of(&product));
        self.product.is_none_or(is) && self.lot.is_none_or(|lot| lot == item.lot)
    }
}

/// What of it stands at a facility, and what is on its way there.
fn items<'l>(settled: Settled<'l>, facility: &str, wanted: Wanted<'_>) -> Vec<Item<'l>> {
    let mut all: Vec<Item<'l>> = Vec::new();
    for lot in settled.lots(facility) {
        let Some(product) = lot.product() else { continue };
        let mut item = Item { product, lot: lot.number(), held: Some(lot), seen: Expiry::NotRead, at: BTreeMap::new() };
        if !wanted.is(&item) {
            continue;
        }
        for shelf in lot.shelf() {
            let sums = item.at.entry(shelf_at(&shelf)).or_default();
            let bucket = if shelf.place.hold { &mut sums.hold } else { &mut sums.available };
            bucket.push((shelf.units, None));
            bucket.extend(shelf.parts.iter().map(|(left, per, measure)| (*left, Some((*per, *measure)))));
        }
        for sent in lot.shipments_out().iter().filter(|sent| sent.remaining > 0) {
            let sums = item.at.entry(way_at(settled, &sent.record, true)).or_default();
            sums.way_out.push((amount(sent.remaining), sent.parts));
            sums.refused_out.push((amount(sent.refused.min(sent.remaining)), sent.parts));
        }
        all.push(item);
    }
    // Most are under the name that the lot has here; only what is one with another product has to be looked for.
    let key =
        |product: &Product<'_>, lot: Option<LotNumber<'_>>| (product.to_string(), lot.map(|l| l.as_str().to_owned()));
    let mut known: BTreeMap<_, usize> =
        all.iter().enumerate().map(|(n, item)| (key(&item.product, item.lot), n)).collect();
    for sent in settled.shipments().iter().filter(|sent| sent.to == Some(facility) && sent.remaining > 0) {
        let at = way_at(settled, &sent.record, false);
        let name = key(&sent.product, sent.lot);
        let found = known.get(&name).copied().or_else(|| {
            settled.lot(facility, &sent.product, sent.lot.as_ref())?;
            all.iter().position(|item| is_of(item, sent))
        });
        let found = found.unwrap_or_else(|| {
            let (product, lot) = (sent.product, sent.lot);
            all.push(Item { product, lot, held: None, seen: sent.expiry, at: BTreeMap::new() });
            all.len() - 1
        });
        known.insert(name, found);
        if let Some(item) = all.get_mut(found) {
            let sums = item.at.entry(at).or_default();
            sums.way_in.push((amount(sent.remaining), sent.parts));
            sums.refused_in.push((amount(sent.refused.min(sent.remaining)), sent.parts));
        }
    }
    all
}

fn is_of(item: &Item<'_>, sent: &Shipment<'_>) -> bool {
    item.lot == sent.lot && item.held.map_or(item.product == sent.product, |lot| lot.is_of(&sent.product))
}

impl Account {
    /// Stock of a facility, by product and then by what is to be dispensed first.
    ///
    /// # Errors
    /// A field that can't be; no clock and no day given.
    pub fn stock(&mut self, query: &StockQuery, lang: Lang) -> Result<StockAnswer> {
        let facility = self.asked(query.facility.as_deref())?.to_owned();
        let today = query.today.map_or_else(|| self.today(), Ok)?;
        let store = query.store.as_deref().map(store_of).transpose()?;
        let product = query.product.as_deref().map(Product::parse).transpose()?;
        let lot = query.lot.as_deref().map(lot_of).transpose()?;
        let wanted = Wanted { product, lot };
        let mut rows: Vec<(usize, bool, StockRow)> = Vec::new();
        let settled = self.ledger.settled();
        let mut ranks: BTreeMap<Product<'_>, usize> = BTreeMap::new();
        // What never was here is known only by its shipment.
        for item in items(settled, &facility, wanted).into_iter().filter(|item| wanted.is(item)) {
            let next = ranks.len();
            let rank = *ranks.entry(item.product).or_insert(next);
            for row in rows_of(settled, &facility, item, today) {
                let wanted = store.is_none_or(|store| store == row.store.as_deref());
                let ends = query.until.is_none_or(|until| {
                    row.expiry.last_usable().is_some_and(|day| day <= until)
                        && (row.on_hand > 0 || row.parts.iter().any(|parts| parts.left.count > 0))
                });
                if wanted && ends && (query.empty_too || !row.is_empty()) {
                    rows.push((rank, row.vvm != Some(2), row));
                }
            }
        }
        rows.sort_by(|(a, vvm_a, x), (b, vvm_b, y)| {
            let turn = |row: &StockRow| (row.expiry.last_usable().is_none(), row.expiry.last_usable());
            let place = |row: &StockRow| (row.store.clone(), row.fund.clone(), row.vvm);
            (a, vvm_a, turn(x), &x.lot).cmp(&(b, vvm_b, turn(y), &y.lot)).then_with(|| place(x).cmp(&place(y)))
        });
        let rows = rows.into_iter().map(|(.., row)| row).collect();
        let (as_of, incomplete) = (self.as_of(&facility), self.incomplete(&facility, lang));
        Ok(StockAnswer { facility, today, rows, as_of, incomplete })
    }

    /// The same, kept: the next page of the same question isn't worked out again while nothing more came.
    ///
    /// # Errors
    /// As [`Account::stock`].
    pub(crate) fn stock_in_pages(&mut self, query: StockQuery, lang: Lang) -> Result<&StockAnswer> {
        let of = (query, lang, self.today().ok());
        let kept = again(self.kept.stock.take(), of, |(query, ..)| self.stock(query, lang))?;
        Ok(&self.kept.stock.insert(kept).1)
    }
}

/// The notice of a recall or a lot fact.
pub(crate) fn recall_note(settled: Settled<'_>, record: RecordId) -> Option<RecallNote> {
    match Record::decode(settled.record(&record)?).ok()?.entry {
        Entry::Recall(recall) => Some(RecallNote { class: recall.class, notice: recall.notice.to_owned(), record }),
        _ => None,
    }
}

/// The number of the notice by which a regulator said an expiry.
pub(crate) fn fact_notice(settled: Settled<'_>, record: RecordId) -> Option<(String, RecordId)> {
    match Record::decode(settled.record(&record)?).ok()?.entry {
        Entry::LotFact(fact) => Some((fact.notice.to_owned(), record)),
        _ => None,
    }
}

fn rows_of(settled: Settled<'_>, facility: &str, item: Item<'_>, today: Date) -> Vec<StockRow> {
    let fact = settled.expiry_fact(facility, &item.product, item.lot.as_ref());
    let expiry = match (fact, item.held) {
        (Some((expiry, _)), _) => expiry,
        (None, Some(lot)) => lot.expiry(),
        (None, None) => item.seen,
    };
    let recalls = settled.recalls(facility, &item.product, item.lot.as_ref());
    let recalls: Vec<RecallNote> = recalls.into_iter().filter_map(|recall| recall_note(settled, recall)).collect();
    let is_expired = expiry.last_usable().is_some_and(|day| day < today);
    let notice = fact.and_then(|(_, record)| fact_notice(settled, record));
    let rows = item.at.into_iter().map(|((store, fund, vvm), sums)| {
        let (units, _) = together(&sums.available);
        let (hold, _) = together(&sums.hold);
        // Opened units stand in their bucket: half a vial here and half a held one are no vial.
        let stands = [(false, &sums.available), (true, &sums.hold)];
        let parts =
            stands.into_iter().flat_map(|(held, sums)| left(together(sums).1).into_iter().map(move |l| (held, l)));
        let on_hand = units + hold;
        let usable = recalls.is_empty() && !is_expired && vvm.is_none_or(|stage| stage < 3);
        let opened = |(held, left): (bool, PartsLeft)| Opened {
            left,
            available: if usable && !held { left.count.max(0) } else { 0 },
            hold: if held { left.count } else { 0 },
            recalled: if recalls.is_empty() { 0 } else { left.count.max(0) },
            expired: if is_expired { left.count.max(0) } else { 0 },
        };
        let ((way_in, parts_in), (way_out, parts_out)) = (together(&sums.way_in), together(&sums.way_out));
        StockRow {
            facility: facility.to_owned(),
            store,
            product: item.product.to_string(),
            lot: item.lot.map(|lot| lot.as_str().to_owned()),
            expiry,
            expiry_notice: notice.clone(),
            fund,
            vvm,
            on_hand,
            available: if usable { units.max(0) } else { 0 },
            hold,
            recalled: if recalls.is_empty() { 0 } else { on_hand.max(0) },
            expired: if is_expired { on_hand.max(0) } else { 0 },
            in_transit_in: way_in,
            in_transit_out: way_out,
            refused_in: together(&sums.refused_in).0,
            refused_out: together(&sums.refused_out).0,
            parts: parts.map(opened).collect(),
            parts_in_transit: (left(parts_in), left(parts_out)),
            recalls: recalls.clone(),
        }
    });
    rows.collect()
}
