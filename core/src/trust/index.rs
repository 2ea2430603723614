//! How entries are found: three orders over them, in room that the caller hands in.
//!
//! Every question of the evaluation names a log or a line. So each entry is looked up by the log that it is about, each
//! `Enrol` by its line besides, and each entry by its place.

use super::facts::{Fact, FactKind};
use crate::crypto::Hash;
use core::cmp::Ordering;

/// Space for one entry: where it stands in the orders by which entries are looked up. Its content means nothing outside.
pub type Slot = [u32; 3];

/// What an entry is about, the number of its class first.
type Key = (u8, Hash);

const ENROL: u8 = 0;
const CUT: u8 = 1;
const CONFIRM: u8 = 2;
const CRITICAL: u8 = 3;
const ROOT: u8 = 4;
const STATE: u8 = 5;
const REST: u8 = 6;

/// Of a log that is named by half of its id.
fn half(log: [u8; 16]) -> Hash {
    let mut whole = Hash::ZERO;
    if let Some(front) = whole.0.first_chunk_mut::<16>() {
        *front = log;
    }
    whole
}

fn key(fact: &Fact<'_>) -> Key {
    match &fact.kind {
        FactKind::Enrol { child, .. } => (ENROL, *child),
        FactKind::Cut(cut) => (CUT, half(cut.log)),
        FactKind::Confirm(cut) => (CONFIRM, half(cut.log)),
        FactKind::Critical => (CRITICAL, fact.at.log),
        FactKind::Root { .. } | FactKind::NextRoot { .. } => (ROOT, Hash::ZERO),
        FactKind::State { .. } => (STATE, Hash::ZERO),
        FactKind::Other(_) => (REST, Hash::ZERO),
    }
}

fn line(fact: &Fact<'_>) -> Key {
    match &fact.kind {
        FactKind::Enrol { line, .. } => (ENROL, *line),
        _ => (REST, Hash::ZERO),
    }
}

/// Numbers 0 … n − 1 in this order, those that compare alike as they stand. One function for every order: sorting is
/// large on a microcontroller.
pub(super) fn put_in_order(order: &mut [u32], compare: &dyn Fn(u32, u32) -> Ordering) {
    for (at, slot) in (0u32..).zip(order.iter_mut()) {
        *slot = at;
    }
    order.sort_unstable_by(|a, b| compare(*a, *b).then(a.cmp(b)));
}

/// The run of an order that compares equal to what is sought.
pub(super) fn run<'s>(order: &'s [u32], to_sought: &dyn Fn(u32) -> Ordering) -> &'s [u32] {
    let from = order.partition_point(|at| to_sought(*at).is_lt());
    let rest = order.get(from..).unwrap_or_default();
    rest.get(..rest.partition_point(|at| to_sought(*at).is_eq())).unwrap_or_default()
}

/// The entries in three orders, each as positions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Index<'f, 's> {
    entries: &'f [Fact<'f>],
    by_key: &'s [u32],
    by_line: &'s [u32],
    by_place: &'s [u32],
}

impl<'f, 's> Index<'f, 's> {
    /// Puts the entries in order; `None` where there are fewer slots than entries.
    pub(super) fn new(entries: &'f [Fact<'f>], slots: &'s mut [Slot]) -> Option<Self> {
        let room = slots.get_mut(..entries.len())?.as_flattened_mut();
        let (by_key, rest) = room.split_at_mut_checked(entries.len())?;
        let (by_line, by_place) = rest.split_at_mut_checked(entries.len())?;
        let of = |by: fn(&Fact<'_>) -> Key, at: u32| entries.get(at as usize).map(by);
        put_in_order(by_key, &|a, b| of(key, a).cmp(&of(key, b)));
        put_in_order(by_line, &|a, b| of(line, a).cmp(&of(line, b)));
        let place = |at: u32| entries.get(at as usize).map(|fact| (fact.at.log, fact.at.index));
        put_in_order(by_place, &|a, b| place(a).cmp(&place(b)));
        Some(Self { entries, by_key, by_line, by_place })
    }

    /// The entry at a position.
    pub(super) fn get(&self, position: u32) -> Option<&'f Fact<'f>> {
        self.entries.get(position as usize)
    }

    fn of(&self, order: &'s [u32], by: fn(&Fact<'_>) -> Key, sought: &Key) -> &'s [u32] {
        run(order, &|at| self.get(at).map_or(Ordering::Greater, |fact| by(fact).cmp(sought)))
    }

    /// Enrols of this log.
    pub(super) fn enrols(&self, log: &Hash) -> &'s [u32] {
        self.of(self.by_key, key, &(ENROL, *log))
    }
    /// Enrols of logs of this line.
    pub(super) fn of_line(&self, log: &Hash) -> &'s [u32] {
        self.of(self.by_line, line, &(ENROL, *log))
    }
    /// Enrols of logs whose ids begin so.
    pub(super) fn enrols_of_half(&self, log: [u8; 16]) -> &'s [u32] {
        run(self.by_key, &|at| match self.get(at).map(|fact| &fact.kind) {
            Some(FactKind::Enrol { child, .. }) => child.log16().cmp(&log),
            _ => Ordering::Greater,
        })
    }
    /// Cuts that name this log.
    pub(super) fn cuts(&self, log: &Hash) -> &'s [u32] {
        self.of(self.by_key, key, &(CUT, half(log.log16())))
    }
    /// Confirms that name this log.
    pub(super) fn confirms(&self, log: &Hash) -> &'s [u32] {
        self.of(self.by_key, key, &(CONFIRM, half(log.log16())))
    }
    /// Critical entries in this log that aren't understood.
    pub(super) fn criticals(&self, log: &Hash) -> &'s [u32] {
        self.of(self.by_key, key, &(CRITICAL, *log))
    }
    /// First entries of roots.
    pub(super) fn roots(&self) -> &'s [u32] {
        self.of(self.by_key, key, &(ROOT, Hash::ZERO))
    }
    /// States.
    pub(super) fn states(&self) -> &'s [u32] {
        self.of(self.by_key, key, &(STATE, Hash::ZERO))
    }
    /// What stands in this log, by index.
    pub(super) fn in_log(&self, log: &Hash) -> &'s [u32] {
        run(self.by_place, &|at| self.get(at).map_or(Ordering::Greater, |fact| fact.at.log.cmp(log)))
    }
    /// What stands at this index of this log.
    pub(super) fn at(&self, log: &Hash, index: u32) -> &'s [u32] {
        let place = (*log, index);
        run(self.by_place, &|at| {
            self.get(at).map_or(Ordering::Greater, |fact| (fact.at.log, fact.at.index).cmp(&place))
        })
    }
}
