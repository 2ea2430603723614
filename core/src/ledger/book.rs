//! Every record that counts, once: what stock is a function of.
//!
//! A record is a row. Its bytes are kept and decoded again where more is asked than a row says, so that nothing is told
//! twice. Rows are numbered in the order of arrival; that order never reaches an answer.

use super::names::{ITEM_ROOM, Names, Places, item_name};
use super::{Effect, Moves, effect};
use crate::crypto::Hash;
use crate::movement::{Group, Movement, Reference};
use crate::record::{Entry, Record};
use crate::trust::{RecordId, Verified};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use hashbrown::HashMap;

/// No row, no partition.
pub(super) const NONE: u32 = u32::MAX;

const CHUNK: u32 = 64;

/// What a record does, as far as adding up asks.
pub(super) mod does {
    /// It moves something.
    pub(in super::super) const MOVES: u8 = 1;
    /// Taken from `from`.
    pub(in super::super) const TAKES: u8 = 2;
    /// Put to `into`.
    pub(in super::super) const PUTS: u8 = 4;
    /// Begins a transit.
    pub(in super::super) const SENT: u8 = 8;
    /// A line of a count.
    pub(in super::super) const LINE: u8 = 16;
    /// Written later than it took place.
    pub(in super::super) const EFFECTIVE: u8 = 32;
    /// It no longer counts.
    pub(in super::super) const GONE: u8 = 64;
    /// It takes back another.
    pub(in super::super) const REVERSAL: u8 = 128;
}

/// A record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) log: u32,
    pub(super) index: u32,
    /// The lot at the facility that it is about.
    pub(super) part: u32,
    /// The row before it of the same part.
    pub(super) next: u32,
    pub(super) quantity: u32,
    /// Places, where it takes and puts.
    pub(super) from: u32,
    pub(super) into: u32,
    /// When it took place: seconds as written, in its own clock.
    pub(super) time: u32,
    /// Parts of a unit and their measure; 0: whole units.
    pub(super) measure: u32,
    /// As in records; see [`crate::time::Expiry::packed`].
    pub(super) expiry: u16,
    pub(super) does: u8,
}

impl Row {
    pub(super) const fn is(&self, what: u8) -> bool {
        self.does & what != 0
    }
    pub(super) const fn counts(&self) -> bool {
        !self.is(does::GONE)
    }
}

/// What is asked rarely.
#[derive(Debug, Clone, Copy)]
struct Cold {
    identity: Hash,
    previous: [u8; 16],
    at: u64,
    length: u16,
    recorded: u32,
    /// The clock was never set: `recorded` is an uptime.
    clock_unset: bool,
}

/// An `Observed` in a log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) index: u32,
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
    chunks: BTreeMap<u32, Box<[u32; CHUNK as usize]>>,
    /// Further records at an index where one is already: branches.
    others: BTreeMap<u32, Vec<u32>>,
    /// Indexes whose record isn't the one that a record at the next index follows: branches too.
    broken: BTreeSet<u32>,
    pub(super) observed: Vec<Seen>,
    /// Index, change, row; in order.
    pub(super) clock_sets: Vec<(u32, i64, u32)>,
    pub(super) records: u32,
    /// One more than the greatest index held.
    pub(super) end: u32,
}

impl Log {
    fn first(&self, index: u32) -> Option<u32> {
        let row = *self.chunks.get(&(index / CHUNK))?.get((index % CHUNK) as usize)?;
        (row != NONE).then_some(row)
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
        self.chunks.range(..=index / CHUNK).rev().flat_map(move |(number, chunk)| {
            let below = (0..CHUNK).rev().filter(move |at| number * CHUNK + at < index);
            below.filter_map(|at| chunk.get(at as usize).copied()).filter(|row| *row != NONE)
        })
    }

    /// Every row, by index.
    pub(super) fn rows(&self) -> impl Iterator<Item = u32> + '_ {
        self.chunks.iter().flat_map(move |(number, chunk)| {
            (0..CHUNK).zip(chunk.iter()).filter(|(_, row)| **row != NONE).flat_map(move |(at, row)| {
                let more = self.others.get(&(number * CHUNK + at)).into_iter().flatten().copied();
                core::iter::once(*row).chain(more)
            })
        })
    }

    /// The seconds by which what was written up to `index` is read later: what its clock was set by afterwards. Of a
    /// forked log one setting an index, the least: both branches are read alike.
    pub(super) fn set_after(&self, index: i64) -> i64 {
        let (mut sum, mut last) = (0i64, None);
        for (at, change, _) in self.clock_sets.iter().filter(|(at, ..)| i64::from(*at) > index) {
            if last.replace(*at) != Some(*at) {
                sum = sum.saturating_add(*change);
            }
        }
        sum
    }
}

/// The set of records.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) rows: Vec<Row>,
    cold: Vec<Cold>,
    bytes: Vec<u8>,
    pub(super) logs: Vec<Log>,
    by_id: HashMap<Hash, u32>,
    /// Logs by the first 8 bytes of their ids: two may share them.
    by_id8: HashMap<[u8; 8], Vec<u32>>,
    last_log: u32,
    pub(super) facilities: Names,
    /// Product and lot as one name.
    pub(super) items: Names,
    pub(super) products: Names,
    pub(super) lots: Names,
    /// Product and lot number of each item.
    pub(super) of_item: Vec<(u32, u32)>,
    pub(super) places: Places,
}

/// What came of adding a record.
pub(super) struct Added<'r> {
    pub(super) row: u32,
    pub(super) facility: u32,
    /// Product and lot, where it is about one.
    pub(super) item: Option<u32>,
    pub(super) effect: Effect<'r>,
    /// Whether another record stood at its index.
    pub(super) forks: bool,
}

impl Book {
    pub(super) fn row(&self, row: u32) -> Option<&Row> {
        self.rows.get(row as usize)
    }

    pub(super) fn log(&self, log: u32) -> Option<&Log> {
        self.logs.get(log as usize)
    }

    pub(super) fn log_of(&self, row: u32) -> Option<&Log> {
        self.row(row).and_then(|row| self.log(row.log))
    }

    pub(super) fn log_by_id(&self, id: &Hash) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    pub(super) fn facility_of(&self, row: u32) -> u32 {
        self.log_of(row).map_or(NONE, |log| log.facility)
    }

    pub(super) fn identity(&self, row: u32) -> Hash {
        self.cold.get(row as usize).map_or(Hash::ZERO, |cold| cold.identity)
    }

    pub(super) fn recorded(&self, row: u32) -> u32 {
        self.cold.get(row as usize).map_or(0, |cold| cold.recorded)
    }

    /// Whether its clock was never set.
    pub(super) fn clock_unset(&self, row: u32) -> bool {
        self.cold.get(row as usize).is_some_and(|cold| cold.clock_unset)
    }

    /// A record's exact bytes.
    pub(super) fn bytes_of(&self, row: u32) -> &[u8] {
        let bytes = self.cold.get(row as usize).and_then(|cold| {
            let at = usize::try_from(cold.at).ok()?;
            self.bytes.get(at..at + usize::from(cold.length))
        });
        bytes.unwrap_or_default()
    }

    /// What a record says, decoded anew.
    pub(super) fn record(&self, row: u32) -> Option<Record<'_>> {
        Record::decode(self.bytes_of(row)).ok()
    }

    /// The product and lot that a record is about.
    pub(super) fn item_of(&self, entry: &Entry<'_>) -> Option<u32> {
        let (product, lot) = match entry {
            Entry::Movement { movement, .. } => (&movement.product, &movement.lot),
            Entry::CountLine(line) => (&line.product, &line.lot),
            _ => return None,
        };
        let mut room = [0; ITEM_ROOM];
        self.items.find(item_name(product, lot, &mut room).0)
    }

    pub(super) fn id(&self, row: u32) -> RecordId {
        let (log, index) =
            self.row(row).map_or((Hash::ZERO, 0), |r| (self.log(r.log).map_or(Hash::ZERO, |log| log.id), r.index));
        RecordId { log, index, identity: self.identity(row) }
    }

    /// By which rows of several logs are put in order: log, index, identity.
    pub(super) fn order(&self, row: u32) -> (Hash, u32, Hash) {
        let id = self.id(row);
        (id.log, id.index, id.identity)
    }

    pub(super) fn find(&self, at: &RecordId) -> Option<u32> {
        let log = self.log(self.log_by_id(&at.log)?)?;
        log.at(at.index).find(|row| self.identity(*row) == at.identity)
    }

    /// Takes a record; `None` where it is held already.
    pub(super) fn add<'r>(&mut self, record: &Verified<'r>) -> Option<Added<'r>> {
        let at = record.at();
        let log = match self.log(self.last_log).filter(|log| log.id == at.log) {
            Some(_) => self.last_log,
            None => self.log_put(&at.log, record.facility()),
        };
        self.last_log = log;
        let row = self.rows.len() as u32;
        let said = record.record();
        let effective = said.effective.filter(|_| !said.clock_unset);
        let time = said.recorded_at.as_secs().saturating_sub(effective.unwrap_or(0));
        let effect = effect(record);
        let mut new = Row {
            log,
            index: at.index,
            part: NONE,
            next: NONE,
            quantity: 0,
            from: 0,
            into: 0,
            time,
            measure: 0,
            expiry: crate::time::Expiry::NotRead.packed(),
            does: if effective.is_some() { does::EFFECTIVE } else { 0 },
        };
        let mut item = None;
        match (&said.entry, &effect) {
            (Entry::Movement { movement, .. }, Effect::Moves(moves)) => {
                item = Some(self.item_put(movement.product, movement.lot));
                new.expiry = movement.expiry.packed();
                self.fill(&mut new, moves);
            }
            (_, Effect::Moves(moves)) => self.fill(&mut new, moves),
            (_, Effect::TakesBack { .. }) => new.does |= does::REVERSAL,
            (Entry::CountLine(line), _) => {
                item = Some(self.item_put(line.product, line.lot));
                new.does |= does::LINE;
                (new.quantity, new.measure) = measured(line.quantity);
                new.expiry = line.expiry.packed();
            }
            _ => {}
        }
        let forks = self.place_row(log, row, record)?;
        self.rows.push(new);
        let (length, previous) = (record.bytes().len() as u16, record.previous().log16());
        let cold = Cold {
            identity: at.identity,
            previous,
            at: self.bytes.len() as u64,
            length,
            recorded: said.recorded_at.as_secs(),
            clock_unset: said.clock_unset,
        };
        self.cold.push(cold);
        self.bytes.extend_from_slice(record.bytes());
        let facility = self.log(log).map_or(NONE, |log| log.facility);
        // In a forked log each record may say which branch others stand on.
        let forks = self.link(log, at.index) || forks || self.log(log).is_some_and(Log::is_forked);
        Some(Added { row, facility, item, effect, forks })
    }

    /// Looks at the links of an index with those beside it; whether one broke or mended.
    fn link(&mut self, log: u32, index: u32) -> bool {
        let mut changed = false;
        for index in [index.checked_sub(1), Some(index)].into_iter().flatten() {
            let broken = self.log(log).is_some_and(|l| {
                let mut after = l.at(index.saturating_add(1)).filter_map(|row| self.cold.get(row as usize)).peekable();
                if after.peek().is_none() || l.at(index).next().is_none() {
                    return false;
                }
                after.any(|cold| !l.at(index).any(|row| self.identity(row).log16() == cold.previous))
            });
            let Some(l) = self.logs.get_mut(log as usize) else { continue };
            changed |= if broken { l.broken.insert(index) } else { l.broken.remove(&index) };
        }
        changed
    }

    fn fill(&mut self, row: &mut Row, moves: &Moves<'_>) {
        row.does |= does::MOVES;
        (row.quantity, row.measure) = measured(moves.quantity);
        let mut place = |delta: &super::Delta<'_>| {
            let b = &delta.balance;
            self.places.put(b.store, b.fund, b.vvm, b.bucket)
        };
        if let Some(delta) = &moves.from {
            row.from = place(delta);
            row.does |= does::TAKES;
        }
        if let Some(delta) = &moves.into {
            row.into = place(delta);
            row.does |= does::PUTS;
        }
        if matches!(moves.transit, Some(super::Transit::Sent { .. })) {
            row.does |= does::SENT;
        }
    }

    fn log_put(&mut self, id: &Hash, facility: &str) -> u32 {
        if let Some(log) = self.by_id.get(id) {
            return *log;
        }
        let log = self.logs.len() as u32;
        let facility = self.facilities.put(facility.as_bytes()).0;
        self.logs.push(Log {
            id: *id,
            facility,
            chunks: BTreeMap::new(),
            others: BTreeMap::new(),
            broken: BTreeSet::new(),
            observed: Vec::new(),
            clock_sets: Vec::new(),
            records: 0,
            end: 0,
        });
        self.by_id.insert(*id, log);
        self.by_id8.entry(id.log_id()).or_default().push(log);
        log
    }

    pub(super) fn item_put(
        &mut self,
        product: crate::ident::Product<'_>,
        lot: Option<crate::ident::LotNumber<'_>>,
    ) -> u32 {
        let mut room = [0; ITEM_ROOM];
        let (name, split) = item_name(&product, &lot, &mut room);
        let (item, new) = self.items.put(name);
        if new {
            let (product, lot) = name.split_at_checked(split).unwrap_or_default();
            let of = (self.products.put(product).0, self.lots.put(lot).0);
            self.of_item.push(of);
        }
        item
    }

    /// Puts a row in its log; `None` where the record is there, else whether it stands beside another.
    fn place_row(&mut self, log: u32, row: u32, record: &Verified<'_>) -> Option<bool> {
        let at = record.at();
        let held = self.log(log)?.first(at.index);
        let forks = held.is_some();
        if forks && self.log(log)?.at(at.index).any(|held| self.identity(held) == at.identity) {
            return None;
        }
        let log = self.logs.get_mut(log as usize)?;
        if forks {
            log.others.entry(at.index).or_default().push(row);
        } else {
            let chunk = log.chunks.entry(at.index / CHUNK).or_insert_with(|| Box::new([NONE; CHUNK as usize]));
            *chunk.get_mut((at.index % CHUNK) as usize)? = row;
        }
        log.records += 1;
        log.end = log.end.max(at.index.saturating_add(1));
        match &record.record().entry {
            Entry::Observed(o) => {
                let seen = Seen { index: at.index, row, of: o.log, count: o.count, head: o.head, clock: o.clock };
                let to = log.observed.partition_point(|other| other.index < at.index);
                log.observed.insert(to, seen);
            }
            Entry::ClockSet(set) => {
                let to = log.clock_sets.partition_point(|(i, change, _)| (*i, *change) < (at.index, set.change));
                log.clock_sets.insert(to, (at.index, set.change, row));
            }
            _ => {}
        }
        Some(forks)
    }

    /// Takes a record out of its log: it no longer counts.
    pub(super) fn remove(&mut self, at: &RecordId) -> Option<u32> {
        let row = self.find(at)?;
        let log = self.log_by_id(&at.log)?;
        let log = self.logs.get_mut(log as usize)?;
        let (chunk, slot) = (at.index / CHUNK, (at.index % CHUNK) as usize);
        let others = log.others.entry(at.index).or_default();
        match others.iter().position(|other| *other == row) {
            Some(position) => {
                others.remove(position);
            }
            None => {
                let next = others.pop().unwrap_or(NONE);
                if let Some(slot) = log.chunks.get_mut(&chunk).and_then(|chunk| chunk.get_mut(slot)) {
                    *slot = next;
                }
            }
        }
        if log.others.get(&at.index).is_some_and(Vec::is_empty) {
            log.others.remove(&at.index);
        }
        log.observed.retain(|seen| seen.row != row);
        log.clock_sets.retain(|(.., set)| *set != row);
        log.records -= 1;
        if log.end == at.index.saturating_add(1) {
            let held = log.chunks.iter().rev().find_map(|(number, chunk)| {
                let last = chunk.iter().rposition(|row| *row != NONE);
                last.map(|slot| number * CHUNK + slot as u32 + 1)
            });
            log.end = held.unwrap_or(0);
        }
        self.rows.get_mut(row as usize)?.does |= does::GONE;
        let number = self.log_by_id(&at.log)?;
        self.link(number, at.index);
        Some(row)
    }

    // ----- branches

    /// What stands before a record on its branch, the last first. Where a piece of the chain isn't held, the least
    /// identity at the next index below stands for the branch.
    pub(super) fn ancestors(&self, row: u32) -> Box<dyn Iterator<Item = u32> + '_> {
        let Some((r, log)) = self.row(row).zip(self.log_of(row)) else { return Box::new(core::iter::empty()) };
        let Some(fork) = log.fork() else { return Box::new(log.below(r.index)) };
        let mut at = row;
        Box::new(core::iter::from_fn(move || {
            let (here, previous) = (self.row(at)?.index, self.cold.get(at as usize)?.previous);
            let mut next = log.below(here).next()?;
            let index = self.row(next)?.index;
            if index >= fork {
                // What it follows, where that index is held at all; over a gap the least identity.
                next = if index + 1 == here {
                    log.at(index).find(|candidate| self.identity(*candidate).log16() == previous)?
                } else {
                    log.at(index).min_by_key(|r| self.identity(*r))?
                };
            }
            at = next;
            Some(next)
        }))
    }

    /// The record at an index on this row's branch: before it, or itself.
    pub(super) fn ancestor(&self, row: u32, index: u32) -> Option<u32> {
        let (r, log) = (self.row(row)?, self.log_of(row)?);
        if r.index == index {
            return Some(row);
        }
        if log.fork().is_none_or(|fork| index < fork) {
            return (index < r.index).then(|| log.first(index)).flatten();
        }
        self.ancestors(row)
            .take_while(|a| self.row(*a).is_some_and(|a| a.index >= index))
            .find(|a| self.row(*a).is_some_and(|a| a.index == index))
    }

    /// Whether two records of one log stand on one branch.
    pub(super) fn on_one_branch(&self, a: u32, b: u32) -> bool {
        let Some((x, y)) = self.row(a).zip(self.row(b)) else { return false };
        let (low, high, index) = if x.index <= y.index { (a, b, x.index) } else { (b, a, y.index) };
        self.ancestor(high, index) == Some(low)
    }

    /// The rows that a reference of a record names: none where it isn't held.
    pub(super) fn named(&self, by: u32, reference: &Reference) -> Option<u32> {
        match reference {
            Reference::Own(index) => self.ancestor(by, *index),
            Reference::Other { log, index, identity } => self
                .by_id8
                .get(log)?
                .iter()
                .find_map(|log| self.log(*log)?.at(*index).find(|row| self.identity(*row).log16() == *identity)),
        }
    }

    /// By what a reference is looked up while its target isn't here: the log's first 8 bytes and the index.
    pub(super) fn key(&self, by: u32, reference: &Reference) -> ([u8; 8], u32) {
        match reference {
            Reference::Own(index) => (self.log_of(by).map_or([0; 8], |log| log.id.log_id()), *index),
            Reference::Other { log, index, .. } => (*log, *index),
        }
    }

    /// The key under which a record is looked up.
    pub(super) fn own_key(&self, row: u32) -> ([u8; 8], u32) {
        let id = self.id(row);
        (id.log.log_id(), id.index)
    }

    /// The first record of a line's group; the line itself where it stands alone or begins one.
    pub(super) fn group_head(&self, row: u32, movement: &Movement<'_>) -> Option<u32> {
        match movement.group {
            Group::None | Group::Head(_) => Some(row),
            Group::Line(back) => self.ancestor(row, self.row(row)?.index.checked_sub(back)?),
        }
    }
}

/// Number, and measure as a number: 0 for whole units.
pub(super) fn measured(quantity: crate::ident::Quantity) -> (u32, u32) {
    match quantity {
        crate::ident::Quantity::Units(n) => (n, 0),
        crate::ident::Quantity::Parts { parts, per_unit, measure } => {
            (parts, u32::from(per_unit) << 16 | u32::from(measure.number()))
        }
    }
}
