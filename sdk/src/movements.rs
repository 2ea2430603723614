//! The movements in everything that is held: own and others', with what each counts.
use crate::error::Result;
use crate::evidence::{Evidence, Tail, Unsealed};
use crate::view;
use medlot_core::crypto::Hash;
use medlot_core::movement::Amount;
use medlot_core::record::{Detail, Entry, Record};
use medlot_core::trust::Judged;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

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

/// What a `Detail` says of a line before it.
fn beside(detail: &Detail<'_>, amount: Option<Amount>) -> Map<String, Value> {
    let mut out = Map::new();
    if let Some(amount) = amount {
        out.insert("amount".into(), view::amount(&amount));
    }
    if let Some(operator) = detail.operator {
        out.insert("operator".into(), operator.as_str().into());
    }
    out
}

/// A record that is held.
enum Held<'h> {
    /// One that a seal vouches for.
    Sealed(&'h Judged<'h>, &'h [u8]),
    /// One that the own device wrote and didn't seal yet: its own word.
    Unsealed(&'h Tail, &'h Record<'h>),
}

impl Held<'_> {
    fn row(&self, (log, index, id): Place) -> Value {
        match self {
            Self::Sealed(judged, bytes) => view::record(judged, bytes),
            Self::Unsealed(tail, record) => {
                let mut row = Map::new();
                row.insert("log".into(), log.to_string().into());
                row.insert("index".into(), index.into());
                row.insert("id".into(), id.to_string().into());
                row.insert("facility".into(), tail.facility.clone().into());
                if let Value::Object(said) = view::content(record) {
                    row.extend(said);
                }
                row.insert("unsealed".into(), true.into());
                Value::Object(row)
            }
        }
    }
}

/// Goes over every record that is held and can be read.
fn walk(evidence: &Evidence<'_>, each: &mut dyn FnMut(Place, &Entry<'_>, &Held<'_>)) -> Result<()> {
    evidence.judge(|evaluation| {
        for part in evidence.parts() {
            part.judge(evaluation, |_, record, judged| {
                let at = judged.at;
                if let Ok(said) = &judged.record {
                    each((at.log, at.index, at.identity), &said.entry, &Held::Sealed(judged, record.bytes()));
                }
            });
        }
    })?;
    for tail in evidence.tails() {
        for Unsealed { index, identity, bytes, .. } in tail.walk() {
            if let Ok(record) = Record::decode(bytes) {
                each((tail.log, index, identity), &record.entry, &Held::Unsealed(tail, &record));
            }
        }
    }
    Ok(())
}

/// The movements in everything that is held, by log and index. Amounts and operators that stand in a `Detail` beside a
/// hand-over are shown with their lines. What the own device wrote and didn't seal yet is its own word: shown, and said to
/// be unsealed.
///
/// # Errors
/// The evaluation has no room.
pub fn movements(evidence: &Evidence<'_>) -> Result<Vec<Value>> {
    rows(evidence, None)
}

/// The same in pages: how many there are, and those from `offset` on, at most `limit`.
///
/// # Errors
/// As [`movements`].
pub fn movements_page(evidence: &Evidence<'_>, offset: usize, limit: usize) -> Result<(usize, Vec<Value>)> {
    let mut places = BTreeSet::new();
    walk(evidence, &mut |place, entry, _| {
        if is_movement(entry) {
            places.insert(place);
        }
    })?;
    let wanted = places.iter().skip(offset).take(limit).copied().collect();
    Ok((places.len(), rows(evidence, Some(&wanted))?))
}

/// The rows of these places; all where none are named.
fn rows(evidence: &Evidence<'_>, wanted: Option<&BTreeSet<Place>>) -> Result<Vec<Value>> {
    let mut rows: BTreeMap<Place, Value> = BTreeMap::new();
    let mut details: Vec<(Hash, u32, Map<String, Value>)> = Vec::new();
    walk(evidence, &mut |place, entry, held| {
        if let Entry::Detail(detail) = entry {
            details.extend(lines_of(detail, place.1).map(|(line, amount)| (place.0, line, beside(detail, amount))));
        }
        if is_movement(entry) && wanted.is_none_or(|wanted| wanted.contains(&place)) {
            // The unsealed of an old copy may be held sealed, from who had it of the device itself: that comes first.
            rows.entry(place).or_insert_with(|| held.row(place));
        }
    })?;
    for (log, line, detail) in details {
        let branches =
            rows.range_mut((log, line, Hash::ZERO)..).take_while(|((of, at, _), _)| *of == log && *at == line);
        for row in branches.filter_map(|(_, row)| row.as_object_mut()) {
            for (key, value) in &detail {
                row.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
    }
    Ok(rows.into_values().collect())
}
