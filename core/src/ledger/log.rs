//! A log's records by index, as far as they are held.

use super::branches::Branches;
use super::row::NONE;
use crate::crypto::Hash;
use crate::record::Entry;
use crate::trust::RecordId;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

const CHUNK: u32 = 64;

/// An `Observed` in a log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) index: u32,
    /// Of two at one index in a forked log the least identity comes first.
    identity: Hash,
    pub(super) row: u32,
    pub(super) of: [u8; 16],
    pub(super) count: u32,
    pub(super) head: [u8; 16],
    pub(super) clock: Option<i64>,
}

/// A log's records by index.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) id: Hash,
    pub(super) facility: u32,
    /// Where each chunk of indexes stands in `rows`, and the one written last: records mostly come in order.
    chunks: BTreeMap<u32, u32>,
    rows: Vec<[u32; CHUNK as usize]>,
    last: (u32, u32),
    /// Further records at an index where one is already: branches.
    others: BTreeMap<u32, Vec<u32>>,
    /// Indexes whose record isn't the one that a record at the next index follows: branches too.
    pub(super) broken: BTreeSet<u32>,
    /// The branches of a forked log, while nothing has come to it or left it since they were found.
    pub(super) branches: Option<Branches>,
    pub(super) observed: Vec<Seen>,
    /// Index, change, row; in order.
    clock_sets: Vec<(u32, i64, u32)>,
    /// Whether a record of a clock that wasn't set ever came: without one there is one clock.
    pub(super) unset: bool,
    /// Indexes at which another clock begins than that of the record before.
    pub(super) clocks: BTreeSet<u32>,
    pub(super) records: u32,
    /// One more than the greatest index held.
    pub(super) end: u32,
}

impl Log {
    /// Nothing of it yet.
    pub(super) fn new(id: Hash, facility: u32) -> Self {
        Self {
            id,
            facility,
            chunks: BTreeMap::new(),
            rows: Vec::new(),
            last: (NONE, NONE),
            others: BTreeMap::new(),
            broken: BTreeSet::new(),
            branches: None,
            observed: Vec::new(),
            clock_sets: Vec::new(),
            unset: false,
            clocks: BTreeSet::new(),
            records: 0,
            end: 0,
        }
    }

    /// Takes a row; whether it stands beside another.
    pub(super) fn put(&mut self, at: &RecordId, row: u32, entry: &Entry<'_>) -> bool {
        let beside = self.first(at.index).is_some();
        if beside {
            self.others.entry(at.index).or_default().push(row);
        } else {
            self.set_first(at.index, row);
        }
        self.records += 1;
        self.branches = None;
        self.end = self.end.max(at.index.saturating_add(1));
        match entry {
            Entry::Observed(o) => {
                let (index, identity) = (at.index, at.identity);
                let seen = Seen { index, identity, row, of: o.log, count: o.count, head: o.head, clock: o.clock };
                let to = self.observed.partition_point(|other| (other.index, other.identity) < (index, identity));
                self.observed.insert(to, seen);
            }
            Entry::ClockSet(set) => {
                let to = self.clock_sets.partition_point(|(i, change, _)| (*i, *change) < (at.index, set.change));
                self.clock_sets.insert(to, (at.index, set.change, row));
            }
            _ => {}
        }
        beside
    }

    /// Takes a row out again.
    pub(super) fn take_out(&mut self, index: u32, row: u32) {
        let others = self.others.entry(index).or_default();
        match others.iter().position(|other| *other == row) {
            Some(position) => {
                others.remove(position);
            }
            None => {
                let next = others.pop().unwrap_or(NONE);
                self.set_first(index, next);
            }
        }
        if self.others.get(&index).is_some_and(Vec::is_empty) {
            self.others.remove(&index);
        }
        self.observed.retain(|seen| seen.row != row);
        self.clock_sets.retain(|(.., set)| *set != row);
        self.records -= 1;
        self.branches = None;
        if self.end == index.saturating_add(1) {
            let held = self.chunks.iter().rev().find_map(|(number, at)| {
                let last = self.chunk_rows(*at).iter().rposition(|row| *row != NONE);
                last.map(|slot| number * CHUNK + slot as u32 + 1)
            });
            self.end = held.unwrap_or(0);
        }
    }

    fn chunk(&self, number: u32) -> Option<u32> {
        if self.last.0 == number { Some(self.last.1) } else { self.chunks.get(&number).copied() }
    }

    /// The rows of a chunk's indexes.
    fn chunk_rows(&self, at: u32) -> &[u32] {
        self.rows.get(at as usize).map(<[u32; CHUNK as usize]>::as_slice).unwrap_or_default()
    }

    pub(super) fn first(&self, index: u32) -> Option<u32> {
        let row = *self.chunk_rows(self.chunk(index / CHUNK)?).get((index % CHUNK) as usize)?;
        (row != NONE).then_some(row)
    }

    /// Puts a row at an index, `NONE` for none.
    fn set_first(&mut self, index: u32, row: u32) {
        let number = index / CHUNK;
        let at = self.chunk(number).unwrap_or_else(|| {
            let at = self.rows.len() as u32;
            self.rows.push([NONE; CHUNK as usize]);
            self.chunks.insert(number, at);
            at
        });
        self.last = (number, at);
        if let Some(slot) = self.rows.get_mut(at as usize).and_then(|rows| rows.get_mut((index % CHUNK) as usize)) {
            *slot = row;
        }
    }

    /// The rows at an index: one, or one of each branch.
    pub(super) fn at(&self, index: u32) -> impl Iterator<Item = u32> + '_ {
        self.first(index).into_iter().chain(self.others.get(&index).into_iter().flatten().copied())
    }

    pub(super) fn is_forked(&self) -> bool {
        self.fork().is_some()
    }

    /// The lowest index at which several branches show.
    pub(super) fn fork(&self) -> Option<u32> {
        self.others.keys().next().into_iter().chain(self.broken.first()).min().copied()
    }

    /// Rows below an index, the last first: of a forked log one an index.
    pub(super) fn below(&self, index: u32) -> impl Iterator<Item = u32> + '_ {
        self.chunks.range(..=index / CHUNK).rev().flat_map(move |(number, at)| {
            let below = (0..CHUNK).rev().filter(move |at| number * CHUNK + at < index);
            let rows = self.chunk_rows(*at);
            below.filter_map(|at| rows.get(at as usize).copied()).filter(|row| *row != NONE)
        })
    }

    /// The next index at which a record is held.
    pub(super) fn next_held(&self, index: u32) -> Option<u32> {
        let from = index.checked_add(1)?;
        self.chunks.range(from / CHUNK..).find_map(|(number, at)| {
            let held = (0..CHUNK).zip(self.chunk_rows(*at)).filter(|(_, row)| **row != NONE);
            held.map(|(slot, _)| number * CHUNK + slot).find(|index| *index >= from)
        })
    }

    /// Every row, by index.
    pub(super) fn rows(&self) -> impl Iterator<Item = u32> + '_ {
        self.chunks.iter().flat_map(move |(number, at)| {
            (0..CHUNK).zip(self.chunk_rows(*at)).filter(|(_, row)| **row != NONE).flat_map(move |(at, row)| {
                let others = if self.others.is_empty() { None } else { self.others.get(&(number * CHUNK + at)) };
                core::iter::once(*row).chain(others.into_iter().flatten().copied())
            })
        })
    }

    /// Settings of the clock that an index was written by, after it. Of a forked log one an index, the least: both
    /// branches are read alike.
    fn sets_after(&self, index: i64) -> impl Iterator<Item = i64> + '_ {
        let next = if self.clocks.is_empty() { None } else { self.clocks.iter().find(|at| i64::from(**at) > index) };
        let of_it =
            self.clock_sets.iter().filter(move |(at, ..)| i64::from(*at) > index && next.is_none_or(|n| at < n));
        let mut last = None;
        of_it.filter_map(move |(at, change, _)| (last.replace(*at) != Some(*at)).then_some(*change))
    }

    /// Whether a clock is set at an index.
    pub(super) fn is_setting(&self, index: u32) -> bool {
        self.clock_sets.binary_search_by_key(&index, |(at, ..)| *at).is_ok()
    }

    /// Whether the clock that an index was written by was set after it.
    pub(super) fn is_set_after(&self, index: u32) -> bool {
        self.sets_after(index.into()).next().is_some()
    }

    /// The seconds by which what stands at an index is read later: what its clock was set by afterwards.
    pub(super) fn set_after(&self, index: i64) -> i64 {
        if self.clock_sets.is_empty() {
            return 0;
        }
        self.sets_after(index).fold(0, i64::saturating_add)
    }
}
