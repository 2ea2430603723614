//! Vectors of the ledger: objects in, and what stands where, what is on the way, what to pick and what is found.
//!
//! Cases made by hand state what they are for in their names, and what must come out; writing them fails where this build
//! says something else. Seeded worlds follow: for them only that two readers agree.
mod chance;
mod counts;
mod deliveries;
mod journeys;
pub mod land;
mod shelves;
mod words;

use crate::world::Done;
use land::{C, Land, NOON};
use medlot_core::crypto::Hash;
use medlot_core::ident::{LotNumber, Product};
use medlot_core::ledger::{Asked, Ledger, Lot, Picking, Place, Settled};
use medlot_core::time::{Date, Timestamp};
use medlot_core::trust::RecordId;
use medlot_sdk::evidence::{Evidence, Library};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// What is asked of a case.
#[derive(Clone)]
struct Question {
    asked: Value,
}

impl Question {
    /// Everything, a day later.
    fn new() -> Self {
        let asked = json!({"now": NOON + 86_400, "utc_offset": 420, "answer_days": 7, "controlled": [C], "picks": []});
        Self { asked }
    }
    fn with(mut self, key: &str, value: Value) -> Self {
        self.asked[key] = value;
        self
    }
    fn pick(mut self, facility: &str, product: &str, units: u32, today: &str) -> Self {
        let wanted = json!({"facility": facility, "product": product, "units": units, "today": today});
        self.asked["picks"].as_array_mut().into_iter().for_each(|picks| picks.push(wanted.clone()));
        self
    }
}

/// The cases so far.
#[derive(Default)]
struct Set {
    cases: Vec<Value>,
    names: BTreeSet<String>,
    /// What isn't as it must be.
    wrong: Vec<String>,
}

impl Set {
    /// A case: each balance as `facility lot [store] [fund=…] [vvm=…] [hold] units`, and the numbers of findings.
    fn add(&mut self, name: &str, land: &Land, question: &Question, stock: &[&str], findings: &[u16]) -> Done<Value> {
        let said = self.put(name, land, question)?;
        let found: Vec<u64> =
            said["findings"].as_array().into_iter().flatten().filter_map(|f| f["code"].as_u64()).collect();
        if balances(&said) != stock || !found.iter().copied().eq(findings.iter().copied().map(u64::from)) {
            self.wrong.push(format!("{name}: expected {stock:?} {findings:?}, got {:?} {found:?}", balances(&said)));
        }
        Ok(said)
    }

    /// The same, and what must come out of something else.
    fn expect(&mut self, name: &str, what: &str, is: &Value, expected: &Value) {
        if is != expected {
            self.wrong.push(format!("{name}: {what}: expected {expected}, got {is}"));
        }
    }

    /// A world of which only is known that every reader must say the same.
    fn put(&mut self, name: &str, land: &Land, question: &Question) -> Done<Value> {
        if !self.names.insert(name.into()) {
            return Err(format!("{name}: the name stands twice").into());
        }
        let (root, objects) = (land.anchor()?, land.objects()?);
        let said = answer(&root, &objects, &question.asked)?;
        let objects: Vec<String> = objects.iter().map(|object| hex(object)).collect();
        let mut case = json!({"name": name, "root": hex(&root), "objects": objects, "asked": question.asked});
        if let (Value::Object(case), Value::Object(said)) = (&mut case, said.clone()) {
            case.extend(said);
        }
        self.cases.push(case);
        Ok(said)
    }
}

fn balances(said: &Value) -> Vec<String> {
    let mut all = Vec::new();
    for lot in said["lots"].as_array().into_iter().flatten() {
        for stock in lot["stock"].as_array().into_iter().flatten() {
            let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            let mut line = format!("{} {}", text(&lot["facility"]), text(&lot["lot"]));
            if let Some(store) = stock["store"].as_str() {
                line += &format!(" {store}");
            }
            if let Some(fund) = stock["fund"].as_str() {
                line += &format!(" fund={fund}");
            }
            if let Some(stage) = stock["vvm"].as_u64() {
                line += &format!(" vvm={stage}");
            }
            line += if stock["hold"] == true { " hold" } else { "" };
            line += &format!(" {}", stock["units"]);
            for part in stock["parts"].as_array().into_iter().flatten() {
                line += &format!("+{}/{}", part[0], part[1]);
            }
            all.push(line);
        }
    }
    all
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn short(at: &RecordId) -> String {
    hex(&at.identity.0[..8])
}

/// Leaves out what is null.
fn without_nothing(value: Value) -> Value {
    match value {
        Value::Object(map) => map.into_iter().filter(|(_, v)| !v.is_null()).collect::<Map<_, _>>().into(),
        other => other,
    }
}

/// Verifies, judges and adds up objects, and answers what is asked.
///
/// # Errors
/// A root that is none; a question in no form.
pub fn answer(root: &[u8], objects: &[Vec<u8>], asked: &Value) -> Done<Value> {
    let mut library = Library::of_root(root.to_vec());
    library.objects = objects.to_vec();
    let evidence = Evidence::of(&library)?;
    let mut ledger = Ledger::new();
    evidence.judge(|evaluation| {
        for part in evidence.parts() {
            ledger.stand(&evaluation.standing(part.log.id));
            part.judge(evaluation, |_, _, judged| {
                if let Some(record) = judged.verified() {
                    ledger.apply(&record);
                }
            });
        }
    })?;
    say(ledger.settled(), asked)
}

fn say(settled: Settled<'_>, asked: &Value) -> Done<Value> {
    let as_of = settled.facilities().into_iter().map(|facility| {
        let logs = settled.as_of(facility).into_iter();
        (facility.to_owned(), logs.map(|(log, count): (Hash, u32)| json!([hex(&log.0[..8]), count])).collect())
    });
    let lots = settled.facilities().into_iter().flat_map(|facility| settled.lots(facility));
    let shipments = settled.shipments();
    let shipments = shipments.iter().map(|s| {
        without_nothing(json!({
            "record": short(&s.record), "to": s.to, "sent": s.sent, "received": s.received, "back": s.back,
            "refused": s.refused, "remaining": s.remaining, "answers": s.answers.iter().map(short).collect::<Vec<_>>(),
        }))
    });
    let picks = asked["picks"].as_array().into_iter().flatten().map(|wanted| pick(settled, wanted));
    Ok(json!({
        "as_of": as_of.collect::<Map<_, _>>(),
        "lots": lots.map(|lot| of_lot(&lot)).collect::<Vec<_>>(),
        "shipments": shipments.collect::<Vec<_>>(),
        "picks": picks.collect::<Done<Vec<_>>>()?,
        "findings": findings(settled, asked)?,
    }))
}

fn named(product: Option<Product<'_>>, lot: Option<LotNumber<'_>>) -> Value {
    json!({"product": product.map(|p| p.to_string()), "lot": lot.map(|l| l.as_str())})
}

fn place(at: &Place<'_>) -> Value {
    json!({"store": at.store, "fund": at.fund, "vvm": at.vvm, "hold": at.hold.then_some(true)})
}

/// Several objects as one.
fn joined(objects: impl IntoIterator<Item = Value>) -> Value {
    let maps = objects.into_iter().filter_map(|value| if let Value::Object(map) = value { Some(map) } else { None });
    without_nothing(maps.flatten().collect::<Map<_, _>>().into())
}

fn of_lot(lot: &Lot<'_>) -> Value {
    let stock = lot.shelf().into_iter().filter(|shelf| !shelf.is_empty()).map(|shelf| {
        let parts: Vec<Value> =
            shelf.parts.iter().map(|(left, per, measure)| json!([left, per, measure.number()])).collect();
        joined([place(&shelf.place), json!({"units": shelf.units, "parts": (!parts.is_empty()).then_some(parts)})])
    });
    let mut recalls: Vec<String> = lot.recalls().iter().map(short).collect();
    recalls.sort();
    joined([
        named(lot.product(), lot.number()),
        json!({
            "facility": lot.facility(), "expiry": lot.expiry().to_string(), "stock": stock.collect::<Vec<_>>(),
            "recalls": (!recalls.is_empty()).then_some(recalls),
        }),
    ])
}

fn pick(settled: Settled<'_>, wanted: &Value) -> Done<Value> {
    let text = |key: &str| wanted[key].as_str();
    let wanted = Picking {
        facility: text("facility").ok_or("facility")?,
        product: Product::parse(text("product").ok_or("product")?)?,
        units: u32::try_from(wanted["units"].as_u64().ok_or("units")?)?,
        store: text("store").map(|store| Some(store).filter(|s| !s.is_empty())),
        fund: text("fund").map(|fund| Some(fund).filter(|f| !f.is_empty())),
        today: Date::parse(text("today").ok_or("today")?)?,
    };
    let (picked, short) = settled.pick(&wanted);
    let picked = picked
        .iter()
        .map(|p| joined([named(p.lot.product(), p.lot.number()), place(&p.place), json!({"units": p.units})]));
    Ok(json!({"picked": picked.collect::<Vec<_>>(), "short": short}))
}

fn findings(settled: Settled<'_>, asked: &Value) -> Done<Vec<Value>> {
    let controlled: BTreeSet<&str> =
        asked["controlled"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let now = asked["now"].as_u64().map(u32::try_from).transpose()?;
    let question = Asked {
        facility: asked["facility"].as_str(),
        now: now.map(Timestamp::from_secs),
        utc_offset: i16::try_from(asked["utc_offset"].as_i64().ok_or("utc_offset")?)?,
        answer_days: u16::try_from(asked["answer_days"].as_u64().ok_or("answer_days")?)?,
        controlled: &|product| controlled.contains(product.to_string().as_str()),
    };
    let found = settled.findings(&question);
    let said = found.iter().map(|f| {
        joined([
            named(f.product, f.lot),
            json!({
                "code": f.kind.code(), "facility": f.facility, "other": f.other, "amount": f.amount,
                "records": f.records.iter().map(short).collect::<Vec<_>>(),
            }),
        ])
    });
    Ok(said.collect())
}

/// Writes `ledger.jsonl` into a folder; gives the number of vectors.
///
/// # Errors
/// What isn't as it must be; a file that can't be written.
pub fn write(folder: &Path) -> Done<usize> {
    let mut set = Set::default();
    journeys::add(&mut set)?;
    shelves::add(&mut set)?;
    counts::add(&mut set)?;
    deliveries::add(&mut set)?;
    words::add(&mut set)?;
    if !set.wrong.is_empty() {
        return Err(set.wrong.join("\n").into());
    }
    chance::add(&mut set)?;
    let lines: Vec<String> = set.cases.iter().map(Value::to_string).collect();
    std::fs::write(folder.join("ledger.jsonl"), lines.join("\n") + "\n")?;
    Ok(lines.len())
}
