//! Which records an answer rests on, and the ledger as it was when only those were known.

use super::super::add::Ledger;
use super::super::log::Log;
use super::super::settled::Settled;
use crate::crypto::Hash;
use crate::trust::{RecordId, Verified};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// Records of one log that follow one another: a whole log is one such run from 0; a gap or a fork begins another.
///
/// The head commits to everything before it, so a list of these names a set of records exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Run {
    /// The log: its h₀.
    pub log: Hash,
    /// Index of the first.
    pub from: u32,
    /// One more than the index of the last.
    pub until: u32,
    /// Identity of the last.
    pub head: Hash,
}

impl<'l> Settled<'l> {
    /// Which records are held: of one facility's logs, or of all. With a report it says what the report knew;
    /// [`Settled::earlier`] leads back there.
    #[must_use]
    pub fn held(self, facility: Option<&str>) -> Vec<Run> {
        let book = &self.ledger.book;
        let of = |log: &&Log| {
            log.records > 0 && facility.is_none_or(|facility| book.facilities.text(log.facility) == facility)
        };
        let mut all: Vec<Run> = book.logs.iter().filter(of).flat_map(|log| self.runs(log)).collect();
        all.sort_unstable();
        all
    }

    /// The runs of a log. Where several records follow one, that with the least identity goes on with its run.
    pub(super) fn runs(self, log: &Log) -> Vec<Run> {
        let book = &self.ledger.book;
        let mut done: Vec<Run> = Vec::new();
        let mut open: Vec<Run> = Vec::new();
        let mut rows = log.rows().peekable();
        while let Some(first) = rows.next() {
            let Some(index) = book.row(first).map(|r| r.index) else { continue };
            let mut here = alloc::vec![first];
            while let Some(next) = rows.next_if(|row| book.row(*row).is_some_and(|r| r.index == index)) {
                here.push(next);
            }
            here.sort_by_key(|row| book.identity(*row));
            let ended = core::mem::take(&mut open);
            let (mut before, old): (Vec<Run>, Vec<Run>) = ended.into_iter().partition(|run| run.until == index);
            done.extend(old);
            for row in here {
                let head = book.identity(row);
                let follows = |run: &Run| Some(run.head.log16()) == book.previous(row);
                let run = match before.iter().position(follows) {
                    Some(at) => Run { until: index.saturating_add(1), head, ..before.swap_remove(at) },
                    None => Run { log: log.id, from: index, until: index.saturating_add(1), head },
                };
                open.push(run);
            }
            done.extend(before);
        }
        done.extend(open);
        done
    }

    /// The beginning of a run, up to before an index: what was known when the log had so many records. `None` where its
    /// records aren't held, or none is left.
    #[must_use]
    pub fn first_of(self, run: &Run, until: u32) -> Option<Run> {
        let book = &self.ledger.book;
        let before = |row: &u32| book.row(*row).is_some_and(|r| r.index < until);
        let last = self.rows_of_run(run)?.into_iter().find(before)?;
        let until = book.row(last)?.index.saturating_add(1);
        Some(Run { until, head: book.identity(last), ..*run })
    }

    /// The rows of a run, the last first, where its last record is held.
    fn rows_of_run(self, run: &Run) -> Option<Vec<u32>> {
        let book = &self.ledger.book;
        let last = run.until.checked_sub(1)?;
        let at = RecordId { log: run.log, index: last, identity: run.head };
        let mut row = book.find(&at)?;
        let mut rows = alloc::vec![row];
        let log = book.log(book.log_by_id(&run.log)?)?;
        for index in (run.from..last).rev() {
            let previous = book.previous(row)?;
            row = log.at(index).find(|before| book.identity(*before).log16() == previous)?;
            rows.push(row);
        }
        Some(rows)
    }
}

impl Settled<'_> {
    /// A ledger with nothing but the records named, and those of them that aren't held here (any more): what it says then
    /// lacks them. Of logs that aren't named at all everything stands where `others` says so, else nothing.
    ///
    /// What no longer counts was taken out of the ledger and isn't in the earlier one either.
    #[must_use]
    pub fn earlier(self, known: &[Run], others: bool) -> (Ledger, Vec<Run>) {
        let book = &self.ledger.book;
        let named: BTreeSet<Hash> = known.iter().map(|run| run.log).collect();
        let (mut rows, mut missing): (Vec<u32>, Vec<Run>) = (Vec::new(), Vec::new());
        for run in known {
            match self.rows_of_run(run) {
                Some(of) => rows.extend(of),
                None => missing.push(*run),
            }
        }
        for log in book.logs.iter().filter(|log| others && !named.contains(&log.id)) {
            rows.extend(log.rows());
        }
        // By log and index: adding up is quickest in order, and comes to the same in any.
        rows.sort_by_key(|row| book.row(*row).map(|r| (r.log, r.index)));
        rows.dedup();
        let mut earlier = Ledger::new();
        earlier.rules.take_stands(&self.ledger.rules);
        for row in rows {
            let Some((record, previous)) = book.record(row).zip(book.previous(row)) else { continue };
            let facility = book.facilities.text(book.facility_of(row));
            // A ledger keeps, and asks for, the first 16 bytes of what a record follows.
            let mut whole = Hash::ZERO;
            whole.0.iter_mut().zip(previous).for_each(|(to, from)| *to = from);
            earlier.apply(&Verified::held(book.id(row), whole, facility, record, book.bytes_of(row)));
        }
        (earlier, missing)
    }
}
