//! The movements in everything that is held: own and others', with what each counts.
use crate::error::Result;
use crate::evidence::{Evidence, Unsealed};
use crate::view;
use medlot_core::crypto::Hash;
use medlot_core::movement::Amount;
use medlot_core::record::{Detail, Entry, Record};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Where a record stands: log, index, identity.
type Place = (Hash, u32, Hash);

const fn is_movement(entry: &Entry<'_>) -> bool {
    matches!(entry, Entry::Movement { .. } | Entry::Reversal(_) | Entry::Refuse(_))
}

/// The lines before it that a `Detail` speaks of, by their index, each with its amount.
pub(crate) fn lines_of<'d>(detail: &Detail<'d>, index: u32) -> impl Iterator<Item = (u32, Option<Amount>)> + use<'d> {
    let first = index.checked_sub(detail.first).unwrap_or(index);
    (first..index).zip(detail.amounts.iter().map(|amount| amount.0))
}

/// What a `Detail` says of lines before it, by their index.
fn details(detail: &Detail<'_>, index: u32) -> Vec<(u32, Map<String, Value>)> {
    let said = |amount: Option<Amount>| {
        let mut out = Map::new();
        if let Some(amount) = amount {
            out.insert("amount".into(), view::amount(&amount));
        }
        if let Some(operator) = detail.operator {
            out.insert("operator".into(), operator.as_str().into());
        }
        out
    };
    lines_of(detail, index).map(|(line, amount)| (line, said(amount))).collect()
}

/// The movements in everything that is held, by log and index. Amounts and operators that stand in a `Detail` beside a
/// hand-over are shown with their lines. What the own device wrote and didn't seal yet is its own word: shown, and said to
/// be unsealed.
///
/// # Errors
/// The evaluation has no room.
pub fn movements(evidence: &Evidence<'_>) -> Result<Vec<Value>> {
    let mut rows: BTreeMap<Place, Value> = BTreeMap::new();
    let mut beside: Vec<(Hash, u32, Map<String, Value>)> = Vec::new();
    evidence.judge(|evaluation| {
        for part in evidence.parts() {
            part.judge(evaluation, |_, record, judged| {
                let Ok(said) = &judged.record else { return };
                if let Entry::Detail(detail) = said.entry {
                    beside.extend(details(&detail, judged.at.index).into_iter().map(|(at, d)| (judged.at.log, at, d)));
                }
                if is_movement(&said.entry) {
                    let place = (judged.at.log, judged.at.index, judged.at.identity);
                    rows.entry(place).or_insert_with(|| view::record(judged, record.bytes()));
                }
            });
        }
    })?;
    for tail in evidence.tails() {
        for Unsealed { index, identity: id, bytes, .. } in tail.walk() {
            let Ok(record) = Record::decode(bytes) else { continue };
            if let Entry::Detail(detail) = record.entry {
                beside.extend(details(&detail, index).into_iter().map(|(at, d)| (tail.log, at, d)));
            }
            if !is_movement(&record.entry) {
                continue;
            }
            let mut row = Map::new();
            row.insert("log".into(), tail.log.to_string().into());
            row.insert("index".into(), index.into());
            row.insert("id".into(), id.to_string().into());
            row.insert("facility".into(), tail.facility.clone().into());
            if let Value::Object(said) = view::content(&record) {
                row.extend(said);
            }
            row.insert("unsealed".into(), true.into());
            // An old copy's may be held sealed, from who had it of the device itself.
            rows.entry((tail.log, index, id)).or_insert(Value::Object(row));
        }
    }
    for (log, index, detail) in beside {
        let lines = rows.iter_mut().filter(|((of, at, _), _)| *of == log && *at == index);
        for row in lines.filter_map(|(_, row)| row.as_object_mut()) {
            for (key, value) in &detail {
                row.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
    }
    Ok(rows.into_values().collect())
}
