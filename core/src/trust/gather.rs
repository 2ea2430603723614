//! Reads facts as records arrive, in memory that grows: what [`super::read`] gives of the same set, record by record.

use super::facts::{Fact, FactKind, RecordId};
use super::reading::{Held, child_of, entry_fact, grant_of};
use super::state::StateList;
use crate::crypto::Hash;
use crate::record::{Enrol, Entry, Record};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// The facts of all that is held. Each record is read once, and again only under a line of its log that is news.
///
/// ```
/// use medlot_core::crypto::Hash;
/// use medlot_core::trust::Gathered;
/// assert!(Gathered::new(Hash([1; 32])).facts().is_empty());
/// ```
#[derive(Debug, Clone)]
pub struct Gathered<'a> {
    root: Hash,
    facts: Vec<Fact<'a>>,
    held: BTreeSet<(Hash, u32, Hash)>,
    /// The lines of each log, as far as its Enrols are here.
    lines: BTreeMap<Hash, Vec<Hash>>,
    /// Enrols by the log that they stand in.
    enrols: BTreeMap<Hash, Vec<(RecordId, Enrol<'a>)>>,
    states: Vec<(RecordId, crate::record::State<'a>)>,
    lists: Vec<StateList<'a>>,
}

impl<'a> Gathered<'a> {
    /// Nothing yet, beneath this root.
    #[must_use]
    pub fn new(root: Hash) -> Self {
        Self {
            root,
            facts: Vec::new(),
            held: BTreeSet::new(),
            lines: BTreeMap::from([(root, Vec::from([root]))]),
            enrols: BTreeMap::new(),
            states: Vec::new(),
            lists: Vec::new(),
        }
    }

    /// The facts read so far.
    #[must_use]
    pub fn facts(&self) -> &[Fact<'a>] {
        &self.facts
    }

    /// Takes an authority's record; whether it is news.
    pub fn take(&mut self, held: &Held<'a>) -> bool {
        if !self.held.insert((held.at.log, held.at.index, held.at.identity)) {
            return false;
        }
        let Ok(record) = Record::decode(held.bytes) else { return true };
        if let Entry::Enrol(enrol) = record.entry
            && record.entry.is_fully_understood()
        {
            self.enrols.entry(held.at.log).or_default().push((held.at, enrol));
            let lines = self.lines.get(&held.at.log).cloned().unwrap_or_default();
            let mut open: Vec<(RecordId, Enrol<'a>, Hash)> =
                lines.into_iter().map(|line| (held.at, enrol, line)).collect();
            self.enrol(&mut open);
            return true;
        }
        let kind = entry_fact(&record, held);
        self.facts.push(Fact { at: held.at, kind });
        // Whether a root that says to be the next one is linked, is for the evaluation.
        if matches!(kind, FactKind::NextRoot { .. }) && held.at.index == 0 {
            self.is_of(held.at.log, self.root);
        }
        if let Entry::State(state) = record.entry {
            let lists = self.lists.iter().filter(|list| list.is_of(&held.at, &state));
            let cuts = lists.flat_map(StateList::cuts);
            self.facts.extend(cuts.map(|cut| Fact { at: held.at, kind: FactKind::Cut(cut) }));
            self.states.push((held.at, state));
        }
        true
    }

    /// Takes a list of a State, known or not; whether it is news.
    pub fn list(&mut self, list: StateList<'a>) -> bool {
        if self.lists.contains(&list) {
            return false;
        }
        for (at, _) in self.states.iter().filter(|(at, state)| list.is_of(at, state)) {
            self.facts.extend(list.cuts().map(|cut| Fact { at: *at, kind: FactKind::Cut(cut) }));
        }
        self.lists.push(list);
        true
    }

    /// A log is of this line: its Enrols, where they are here, enrol under it.
    fn is_of(&mut self, log: Hash, line: Hash) {
        let mut open = Vec::new();
        self.add_line(log, line, &mut open);
        self.enrol(&mut open);
    }

    fn add_line(&mut self, log: Hash, line: Hash, open: &mut Vec<(RecordId, Enrol<'a>, Hash)>) {
        let lines = self.lines.entry(log).or_default();
        if !lines.contains(&line) {
            lines.push(line);
            let here = self.enrols.get(&log).into_iter().flatten();
            open.extend(here.map(|(at, enrol)| (*at, *enrol, line)));
        }
    }

    fn enrol(&mut self, open: &mut Vec<(RecordId, Enrol<'a>, Hash)>) {
        while let Some((at, enrol, under)) = open.pop() {
            let Some((child, line)) = child_of(&under, &enrol) else { continue };
            let kind = FactKind::Enrol { under, child, line, grant: grant_of(&enrol), key: enrol.key };
            self.facts.push(Fact { at, kind });
            self.add_line(child, line, open);
        }
    }
}
