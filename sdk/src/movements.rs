//! The movements in everything that is held, own and others', and who attested them, with what each counts.
use crate::error::{Error, Result};
use crate::evidence::{Evidence, Tail, Unsealed};
use crate::fields::number_of;
use crate::view;
use medlot_core::crypto::Hash;
use medlot_core::movement::{Amount, Direction, reasons};
use medlot_core::record::{Detail, Entry, Record, Reversal, Reversed};
use medlot_core::trust::Judged;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Where a record stands: log, index, identity.
type Place = (Hash, u32, Hash);

/// What can be asked for, as kinds of records are named.
pub const KINDS: [&str; 4] = ["movement", "reversal", "refuse", "attest"];

/// Which records are asked for; what stays empty or `None` isn't restricted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MovementsQuery {
    /// Only of these [`KINDS`].
    pub kinds: Vec<String>,
    /// Only what moved this way, or takes back what did.
    pub direction: Option<Direction>,
    /// Only for this reason, by name or number; it belongs to a direction.
    pub reason: Option<String>,
    /// Only what devices of this facility wrote.
    pub facility: Option<String>,
}

/// The same, read.
struct Wanted<'q> {
    kinds: Vec<&'static str>,
    direction: Option<Direction>,
    reason: Option<u16>,
    facility: Option<&'q str>,
}

impl<'q> Wanted<'q> {
    /// # Errors
    /// A kind that isn't one of these; a reason without a direction, or that it doesn't have.
    fn of(query: &'q MovementsQuery) -> Result<Self> {
        let kind = |kind: &String| {
            let known = KINDS.into_iter().find(|known| known == kind);
            known.ok_or_else(|| Error::argument(format!("kinds: {kind:?}; give {}", KINDS.join(", "))))
        };
        let kinds: Vec<_> = query.kinds.iter().map(kind).collect::<Result<_>>()?;
        let kinds = if kinds.is_empty() { KINDS.to_vec() } else { kinds };
        let reason = match (query.reason.as_deref(), query.direction) {
            (None, _) => None,
            (Some(reason), Some(direction)) => Some(number_of(reasons::of(direction), reason, "reason")?),
            (Some(reason), None) => {
                return Err(Error::argument(format!("reason: {reason}; give the direction that it belongs to too")));
            }
        };
        Ok(Self { kinds, direction: query.direction, reason, facility: query.facility.as_deref() })
    }

    fn is(&self, entry: &Entry<'_>, facility: Option<&str>) -> bool {
        let moved = match entry {
            Entry::Movement { movement, .. } => Some(movement),
            Entry::Reversal(Reversal { of: Reversed::Movement(movement), .. }) => Some(movement),
            _ => None,
        };
        let moves = |direction| moved.is_some_and(|movement| movement.direction == direction);
        self.kinds.contains(&view::kind(entry))
            && self.direction.is_none_or(moves)
            && self.reason.is_none_or(|reason| moved.is_some_and(|movement| movement.reason == reason))
            && self.facility.is_none_or(|wanted| facility == Some(wanted))
    }
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
    fn facility(&self) -> Option<&str> {
        match self {
            Self::Sealed(judged, _) => judged.facility,
            Self::Unsealed(tail, _) => Some(&tail.facility),
        }
    }

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

/// The movements, corrections, refusals and attestations in everything that is held, by log and index. Amounts and operators that stand in a `Detail` beside a
/// hand-over are shown with their lines. What the own device wrote and didn't seal yet is its own word: shown, and said to
/// be unsealed.
///
/// # Errors
/// A kind that isn't one of these; a reason that its direction doesn't have; the evaluation has no room.
pub fn movements(evidence: &Evidence<'_>, query: &MovementsQuery) -> Result<Vec<Value>> {
    rows(evidence, &Wanted::of(query)?, None)
}

/// The same in pages: how many there are, and those from `offset` on, at most `limit`.
///
/// # Errors
/// As [`movements`].
pub fn movements_page(
    evidence: &Evidence<'_>,
    query: &MovementsQuery,
    offset: usize,
    limit: usize,
) -> Result<(usize, Vec<Value>)> {
    let wanted = Wanted::of(query)?;
    let mut places = BTreeSet::new();
    walk(evidence, &mut |place, entry, held| {
        if wanted.is(entry, held.facility()) {
            places.insert(place);
        }
    })?;
    let page: BTreeSet<Place> = places.iter().skip(offset).take(limit).copied().collect();
    let rows = if page.is_empty() { Vec::new() } else { rows(evidence, &wanted, Some(&page))? };
    Ok((places.len(), rows))
}

/// The rows of these places; all that are wanted where none are named.
fn rows(evidence: &Evidence<'_>, wanted: &Wanted<'_>, places: Option<&BTreeSet<Place>>) -> Result<Vec<Value>> {
    let mut rows: BTreeMap<Place, Value> = BTreeMap::new();
    let mut details: Vec<(Hash, u32, Map<String, Value>)> = Vec::new();
    walk(evidence, &mut |place, entry, held| {
        if let Entry::Detail(detail) = entry {
            details.extend(lines_of(detail, place.1).map(|(line, amount)| (place.0, line, beside(detail, amount))));
        }
        if places.is_none_or(|places| places.contains(&place)) && wanted.is(entry, held.facility()) {
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
