//! At the counter: what a person is told before something is written. Nothing recorded is ever refused by others, so it
//! is here that a hand is stopped before a recalled or expired pack goes out.

use crate::account::{Account, RecallNote};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::fields::Fields;
use crate::lang::Lang;
use crate::{count, stock};
use medlot_core::crypto::Hash;
use medlot_core::ident::{Product, Quantity};
use medlot_core::ledger::{Place, together};
use medlot_core::movement::{Bucket, Direction, Movement};
use medlot_core::record::{Entry, Record};
use medlot_core::time::{Date, Expiry};
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// Why a pack isn't to be dispensed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopKind {
    /// A recall in force reaches it.
    Recalled,
    /// Its last usable day has passed.
    Expired,
    /// All that is left of it is held back.
    Held,
    /// Its vial monitor is at stage 3 or 4.
    Monitor,
}

impl StopKind {
    /// Its name in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recalled => "recalled",
            Self::Expired => "expired",
            Self::Held => "held",
            Self::Monitor => "vvm",
        }
    }
}

/// What is known of a pack that is about to be dispensed.
#[derive(Debug, Clone, Default)]
pub struct PackCheck {
    /// Why not, with what a person is told; empty: go on.
    pub stops: Vec<(StopKind, String)>,
    /// Its last usable day, where one is known.
    pub last_usable: Option<Date>,
    /// The notice by which a regulator said its expiry, where one governs.
    pub expiry_notice: Option<String>,
    /// What to dispense instead, the first first: lines as [`Account::pick`] gives them.
    pub propose: Vec<Value>,
}

impl PackCheck {
    /// As JSON: `usable`, `stops`, `last_usable`, `expiry_notice`, `propose`.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut out = Map::new();
        out.insert("usable".into(), self.stops.is_empty().into());
        let stop = |(kind, message): &(StopKind, String)| json!({"name": kind.name(), "message": message});
        out.insert("stops".into(), self.stops.iter().map(stop).collect());
        if let Some(day) = self.last_usable {
            out.insert("last_usable".into(), day.to_string().into());
        }
        if let Some(notice) = &self.expiry_notice {
            out.insert("expiry_notice".into(), notice.clone().into());
        }
        out.insert("propose".into(), self.propose.clone().into());
        Value::Object(out)
    }

    /// The refusal that it is, with the way out; `None` where nothing stops.
    #[must_use]
    pub fn refusal(&self, lang: Lang) -> Option<Error> {
        let (_, first) = self.stops.first()?;
        let others = self.stops.iter().skip(1).map(|(_, text)| text.as_str());
        let why = std::iter::once(first.as_str()).chain(others).collect::<Vec<_>>().join("; ");
        let instead = match self.propose.first() {
            Some(line) => {
                let what = proposal(line, lang);
                lang.pick(format!("Dùng thay: {what}"), format!("Take instead: {what}"))
            }
            None => lang.pick(
                "Ở đây không còn lô nào khác dùng được".to_owned(),
                "No other lot of it that may be used is here".to_owned(),
            ),
        };
        let anyway = lang.pick("vẫn ghi việc đã xảy ra: --anyway", "to record what happened all the same: --anyway");
        Some(Error::stopped(format!("{why}. {instead}; {anyway}")))
    }
}

/// A line of a proposal, for people.
#[must_use]
pub fn proposal(line: &Value, lang: Lang) -> String {
    let text = |key: &str| line.get(key).and_then(Value::as_str);
    let lot = text("lot").unwrap_or(lang.pick("không số lô", "no lot number"));
    let mut out = lang.pick(format!("lô {lot}"), format!("lot {lot}"));
    if let Some(day) = text("expiry") {
        out += &lang.pick(format!(", hạn dùng {day}"), format!(", expiry {day}"));
    }
    if let Some(store) = text("store") {
        out += &lang.pick(format!(", kho {store}"), format!(", store {store}"));
    }
    if let Some(stage) = line.get("vvm").and_then(Value::as_u64) {
        out += &format!(", VVM {stage}");
    }
    out
}

/// The later answer of two: the regulator's word, else the earlier of what the lot's records and this pack say.
fn governs(fact: Option<Expiry>, lot: Option<Expiry>, pack: Expiry) -> Expiry {
    let dated = [lot.unwrap_or(Expiry::NotRead), pack].into_iter().filter(|expiry| expiry.last_usable().is_some());
    fact.or_else(|| dated.min_by_key(|expiry| expiry.last_usable())).unwrap_or(pack)
}

impl Account {
    /// What is known of a pack that is about to be dispensed from this facility: stops, and what to take instead. `today`:
    /// the legal day on which it is given; that of now where absent.
    ///
    /// # Errors
    /// No day; a root's folder.
    pub fn check(&mut self, movement: &Movement<'_>, today: Option<Date>, lang: Lang) -> Result<PackCheck> {
        let given = today;
        let today = given.map_or_else(|| self.today(), Ok)?;
        let later = given.filter(|_| self.today().ok() != given);
        let facility = self.facility().to_owned();
        let (product, number) = (&movement.product, movement.lot.as_ref());
        let settled = self.settled();
        let lot = settled.lot(&facility, product, number);
        let fact = settled.expiry_fact(&facility, product, number);
        let expiry = governs(fact.map(|(expiry, _)| expiry), lot.map(|lot| lot.expiry()), movement.expiry);
        let mut check = PackCheck { last_usable: expiry.last_usable(), ..PackCheck::default() };
        check.expiry_notice = fact.and_then(|(_, record)| crate::account::fact_notice(settled, record)).map(|(n, _)| n);
        let recalls = settled.recalls(&facility, product, number);
        if let Some(RecallNote { class, notice, .. }) =
            recalls.into_iter().find_map(|record| crate::account::recall_note(settled, record))
        {
            let text = lang.pick(
                format!("THU HỒI mức {class}, công văn {notice}: không cấp phát"),
                format!("RECALLED, class {class}, notice {notice}: don't dispense"),
            );
            check.stops.push((StopKind::Recalled, text));
        }
        if let Some(day) = check.last_usable.filter(|day| *day < today) {
            let text = match later {
                Some(given) => lang.pick(
                    format!("HẾT HẠN: dùng được đến hết {day}, ngày cấp phát {given}"),
                    format!("EXPIRED: usable through {day}, given on {given}"),
                ),
                None => lang.pick(
                    format!("HẾT HẠN: dùng được đến hết {day}, hôm nay {today}"),
                    format!("EXPIRED: usable through {day}, today is {today}"),
                ),
            };
            check.stops.push((StopKind::Expired, text));
        }
        let at = |hold: bool| {
            let shelf = lot.map(|lot| lot.shelf()).unwrap_or_default();
            let store = movement.store.map(|s| s.as_str().to_owned());
            let here =
                shelf.into_iter().filter(move |s| s.place.hold == hold && s.place.store.map(str::to_owned) == store);
            here.map(|s| s.units).sum::<i64>()
        };
        if movement.bucket == Bucket::Hold || at(false) <= 0 && at(true) > 0 {
            let text = lang.pick("ĐANG GIỮ LẠI: chưa được cấp phát", "HELD BACK: not released to be dispensed");
            check.stops.push((StopKind::Held, text.to_owned()));
        }
        if movement.vvm.is_some_and(|stage| stage >= 3) {
            let text =
                lang.pick("VVM giai đoạn 3–4: không dùng, hủy", "vial monitor at stage 3 or 4: don't use, discard");
            check.stops.push((StopKind::Monitor, text.to_owned()));
        }
        let quantity = movement.quantity.with_count(movement.quantity.count().max(1));
        let query = crate::account::StockQuery {
            product: Some(product.to_string()),
            store: Some(movement.store.map_or_else(|| "main".to_owned(), |store| store.as_str().to_owned())),
            today: Some(today),
            ..Default::default()
        };
        check.propose = self.pick(&query, &quantity.to_string())?.lines;
        Ok(check)
    }
}

/// Whether a movement gives the medicine to be used: what a recalled or expired pack must not be.
#[must_use]
pub fn gives(movement: &Movement<'_>) -> bool {
    medlot_core::ledger::gives(movement)
}

/// Writes one movement. Before a pack that is recalled, expired, held back or spoilt is given to be used, it stops and
/// says what to take instead; `anyway` records what happened all the same, which is then a finding.
///
/// # Errors
/// [`Error::stopped`]; as [`stock::record`].
pub fn record(desk: &mut Desk, direction: Direction, fields: &Fields, anyway: bool, lang: Lang) -> Result<Value> {
    if !anyway {
        stop(desk, direction, fields, lang)?;
    }
    stock::record(desk, direction, fields)
}

/// Writes movements together, all of them or none. Before one that isn't to be given to be used it stops, as [`record`] does.
///
/// # Errors
/// [`Error::stopped`], of which line; as [`stock::record_all`].
pub fn record_all(desk: &mut Desk, direction: Direction, lines: &[Fields], anyway: bool, lang: Lang) -> Result<Value> {
    if !anyway {
        for (at, fields) in (1..).zip(lines) {
            stop(desk, direction, fields, lang).map_err(|error| error.of_line(at, lang))?;
        }
    }
    stock::record_all(desk, direction, lines, lang)
}

/// Stops where a pack isn't to be given to be used.
///
/// # Errors
/// [`Error::stopped`]; a field that can't be; files that can't be read.
pub fn stop(desk: &mut Desk, direction: Direction, fields: &Fields, lang: Lang) -> Result<()> {
    let movement = fields.movement(direction)?;
    if !gives(&movement) {
        return Ok(());
    }
    // What was given before its expiry wasn't expired then.
    let account = desk.account()?;
    let day = account.effective_day(fields)?;
    let check = account.check(&movement, day, lang)?;
    check.refusal(lang).map_or(Ok(()), Err)
}

/// Stops where a line of a hand-over isn't to be given to be used.
///
/// # Errors
/// As [`stop`]; names the line.
pub fn stop_lines(desk: &mut Desk, reason: &str, lines: &[Fields], lang: Lang) -> Result<()> {
    for (at, fields) in (1..).zip(lines) {
        let fields = Fields { reason: Some(reason.to_owned()), ..fields.clone() };
        let movement = fields.movement(Direction::Out)?;
        if !gives(&movement) {
            return Ok(());
        }
        if let Some(error) = desk.account()?.check(&movement, None, lang)?.refusal(lang) {
            return Err(error.of_line(at, lang));
        }
    }
    Ok(())
}

/// Writes a line of a count. Where the balance that the person saw isn't given, it is what the book says without this
/// count, whose lines for one balance add up; in a blind count none.
///
/// # Errors
/// As [`count::line`].
pub fn count_line(desk: &mut Desk, begin: Option<u32>, fields: &Fields, shown: Option<i64>) -> Result<Value> {
    let shown = match shown {
        Some(shown) => Some(shown),
        None => book_balance(desk, begin, fields)?,
    };
    count::line(desk, begin, fields, shown)
}

/// What the book says stands where a line is counted, in the line's measure; `None` in a blind count.
fn book_balance(desk: &mut Desk, begin: Option<u32>, fields: &Fields) -> Result<Option<i64>> {
    let begin = count::begun(desk, begin)?;
    let bytes = desk.log().records().get(begin).unwrap_or_default();
    let Entry::CountBegin(plan) = Record::decode(bytes)?.entry else { return Ok(None) };
    if plan.blind {
        return Ok(None);
    }
    // Earlier lines of this count set the balance already.
    let of_count = |at: u32, bytes: &[u8]| match Record::decode(bytes).map(|record| record.entry) {
        Ok(Entry::CountLine(earlier)) => at.checked_sub(earlier.begin) == Some(begin),
        _ => false,
    };
    let own = (begin..).zip(desk.log().records().iter_from(begin));
    let lines: HashSet<u32> = own.filter(|(at, bytes)| of_count(*at, bytes)).map(|(at, _)| at).collect();
    let log = desk.log().id();
    let line = fields.movement(Direction::Out)?;
    let (store, fund) = (plan.store.map(|s| s.as_str().to_owned()), line.fund.map(|f| f.as_str()));
    let account = desk.account()?;
    let facility = account.facility().to_owned();
    let settled = account.settled();
    let Some(lot) = settled.lot(&facility, &line.product, line.lot.as_ref()) else { return Ok(Some(0)) };
    let place = Place { store: store.as_deref(), fund, vvm: line.vvm, hold: line.bucket == Bucket::Hold };
    let stands = lot.stock().into_iter().filter(|stock| stock.place == place).map(|stock| (stock.count, stock.parts));
    let mut amounts: Vec<_> = stands.collect();
    // What it changed is taken off again: this line is compared with what the count found.
    if !lines.is_empty() {
        let changed = settled.card(&lot).into_iter().filter(|found| {
            found.counted && found.place == place && found.record.log == log && lines.contains(&found.record.index)
        });
        amounts.extend(changed.map(|found| (-found.change, found.parts)));
    }
    let (units, parts) = together(&amounts);
    Ok(match line.quantity {
        Quantity::Units(_) => Some(units),
        Quantity::Parts { per_unit, measure, .. } => {
            let parts = parts.iter().filter(|(_, per, of)| (*per, *of) == (per_unit, measure));
            Some(units.saturating_mul(i64::from(per_unit)) + parts.map(|(left, ..)| left).sum::<i64>())
        }
    })
}

/// Takes back a record (as [`crate::correct::reverse`]). Where a count covers it already, the answer says so in `note`:
/// then the stock doesn't change, and whether goods moved is for a person to say.
///
/// # Errors
/// As [`crate::correct::reverse`].
pub fn reverse(
    desk: &mut Desk,
    record: &str,
    total: Option<u32>,
    note: &crate::correct::Note,
    lang: Lang,
) -> Result<Value> {
    let mut said = crate::correct::reverse(desk, record, total, note)?;
    let index = said.get("first").and_then(Value::as_u64).and_then(|first| u32::try_from(first).ok());
    let by = match index {
        Some(index) => {
            let own = (desk.log().id(), desk.log().records().get(index).unwrap_or_default().to_vec());
            desk.account()?.counted_target(&own)
        }
        None => None,
    };
    if let (Some(by), Some(said)) = (by, said.as_object_mut()) {
        let text = lang.pick(
            "đã có kiểm kê bao gồm bản ghi này nên tồn kho không đổi. Hàng có thật sự di chuyển không? Nếu có, ghi nhập hoặc xuất",
            "a count covers that record already, so stock doesn't change. Did goods move? Then record that movement",
        );
        said.insert("note".into(), json!({"name": "counted_already", "message": text, "record": by}));
    }
    Ok(said)
}

impl Account {
    /// The count that covers what a reversal in this log takes back.
    fn counted_target(&mut self, (log, reversal): &(Hash, Vec<u8>)) -> Option<Value> {
        let Entry::Reversal(said) = Record::decode(reversal).ok()?.entry else { return None };
        let settled = self.settled();
        let target = settled.named(log, &said.target)?;
        let by = settled.counted_by(&target)?;
        Some(json!({"log": by.log.to_string(), "index": by.index, "id": by.identity.to_string()}))
    }
}

/// What is known of a scanned pack that is about to be dispensed, or was: on `today`, else on the day on which it took
/// place by its fields, else now. Its quantity is what the proposal is for.
///
/// # Errors
/// A scan that holds no lot says so; a field that can't be.
pub fn check_pack(account: &mut Account, fields: &Fields, today: Option<Date>, lang: Lang) -> Result<PackCheck> {
    let given = Fields { quantity: fields.quantity.clone().or_else(|| Some("1".into())), ..fields.clone() };
    let today = today.map_or_else(|| account.effective_day(fields), |day| Ok(Some(day)))?;
    if given.lot.is_none() {
        // Without its lot nothing can be said of the pack: only what to take.
        let product = given.product.as_deref().map(Product::parse).transpose()?;
        let query = crate::account::StockQuery {
            product: product.map(|product| product.to_string()),
            today,
            ..Default::default()
        };
        let propose = account.pick(&query, "1")?.lines;
        return Ok(PackCheck { propose, ..PackCheck::default() });
    }
    account.check(&given.movement(Direction::Out)?, today, lang)
}
