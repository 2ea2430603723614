//! What changed in what counts when records arrived, as JSON.
use crate::error::Result;
use crate::evidence::Evidence;
use crate::view::counts;
use medlot_core::trust::{Change, RecordId, Verdict, changes};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Every record's verdict, by log, index and identity.
fn verdicts(
    evidence: &Evidence<'_>,
) -> Result<BTreeMap<(medlot_core::crypto::Hash, u32, medlot_core::crypto::Hash), Verdict>> {
    evidence.judge(|evaluation| {
        let mut all = BTreeMap::new();
        for part in evidence.parts() {
            part.judge(evaluation, |_, _, judged| {
                all.insert((judged.at.log, judged.at.index, judged.at.identity), judged.verdict);
            });
        }
        all
    })
}

/// Runs of records whose verdict changed: what a ledger applies, each with its sign.
///
/// # Errors
/// The evaluation has no room.
pub fn runs(before: &Evidence<'_>, after: &Evidence<'_>) -> Result<Vec<Change>> {
    let (before, after) = (verdicts(before)?, verdicts(after)?);
    let records = after.iter().map(|(at, now)| {
        let id = RecordId { log: at.0, index: at.1, identity: at.2 };
        (id, before.get(at).copied(), *now)
    });
    Ok(changes(records).collect())
}

/// The same as JSON.
///
/// # Errors
/// As [`runs`].
pub fn between(before: &Evidence<'_>, after: &Evidence<'_>) -> Result<Value> {
    let json = |change: &Change| {
        let mut out = json!({
            "log": change.log.to_string(), "first": change.first, "last": change.last,
            "id": change.identity.to_string(), "now": counts(change.now),
        });
        if let (Some(was), Some(out)) = (change.before, out.as_object_mut()) {
            out.insert("before".into(), counts(was).into());
        }
        out
    };
    Ok(runs(before, after)?.iter().map(json).collect())
}
