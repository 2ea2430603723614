//! What changes when records arrive: handed to the ledger, which applies it with its sign.

use super::facts::RecordId;
use super::verdict::{Counts, Verdict};
use crate::crypto::Hash;

/// Records of one log, one after the other, whose verdict changed alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// h₀ of the log.
    pub log: Hash,
    /// Index of the first.
    pub first: u32,
    /// Index of the last.
    pub last: u32,
    /// Identity of the last: of a forked log it says which branch.
    pub identity: Hash,
    /// What they counted; `None` where they weren't held.
    pub before: Option<Counts>,
    /// What they count now.
    pub now: Counts,
}

/// Joins verdicts before and after to runs. Give the records of one log (of one branch) together and in order;
/// what didn't change is left out.
///
/// ```
/// use medlot_core::crypto::Hash;
/// use medlot_core::trust::{Counts, RecordId, Verdict, changes};
///
/// let at = |index| RecordId { log: Hash([1; 32]), index, identity: Hash([index as u8; 32]) };
/// let (yes, unknown) = (Verdict::YES, Verdict::default());
/// let held = [(at(4), None, unknown), (at(5), Some(unknown), yes), (at(6), Some(unknown), yes), (at(7), Some(yes), yes)];
/// let runs: Vec<_> = changes(held).collect();
/// assert_eq!(runs.len(), 2);
/// assert_eq!((runs[1].first, runs[1].last, runs[1].before, runs[1].now), (5, 6, Some(Counts::Unknown), Counts::Yes));
/// ```
pub fn changes(
    records: impl IntoIterator<Item = (RecordId, Option<Verdict>, Verdict)>,
) -> impl Iterator<Item = Change> {
    let mut records = records.into_iter().filter_map(|(at, before, now)| {
        let (before, now) = (before.map(|verdict| verdict.counts), now.counts);
        let change = Change { log: at.log, first: at.index, last: at.index, identity: at.identity, before, now };
        (before != Some(now)).then_some(change)
    });
    let mut run: Option<Change> = None;
    core::iter::from_fn(move || {
        loop {
            let Some(next) = records.next() else { return run.take() };
            match run.replace(next) {
                None => {}
                Some(open)
                    if open.log == next.log
                        && open.last.checked_add(1) == Some(next.first)
                        && (open.before, open.now) == (next.before, next.now) =>
                {
                    run = Some(Change { first: open.first, ..next });
                }
                done => return done,
            }
        }
    })
}
