//! Vectors of the ledger: objects in, and what stands where, what is on the way, what to pick and what is found.
//!
//! Cases made by hand state what they are for in their names, and what must come out; writing them fails where this build
//! says something else. Seeded worlds follow: for them only that two readers agree.
mod chance;
mod counts;
mod deliveries;
mod journeys;
pub mod land;
mod say;
mod shelves;
mod words;

use crate::world::Done;
use land::{C, Land, NOON};
use medlot_core::ledger::Ledger;
use medlot_sdk::evidence::{Evidence, Library};
use say::{hex, say};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// What a vector states, besides what it gives.
pub const SAYS: [&str; 5] = ["as_of", "lots", "shipments", "picks", "findings"];

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
