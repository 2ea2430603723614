//! Every record that counts, once: what stock is a function of.
//!
//! A record is a row. Its bytes are kept and decoded again where more is asked than a row says, so that nothing is told
//! twice. Rows are numbered in the order of arrival; that order never reaches an answer.

use super::branches::Branches;
use super::effect::{Side, measured, sides};
use super::names::{ITEM_ROOM, Names, Places, item_name};
use crate::crypto::Hash;
use crate::movement::{Bucket, Direction, Group, Movement, Reference, reasons};
use crate::record::{Entry, Record, written};
use crate::trust::{RecordId, Verified};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use hashbrown::HashMap;

/// No row, no partition.
pub(super) const NONE: u32 = u32::MAX;

const CHUNK: u32 = 64;

// A sum of as many of the largest quantities as there are rows doesn't overflow.
const _: () = assert!(u32::MAX as u128 * (crate::limits::MAX_QUANTITY as u128) < i64::MAX as u128);

/// What a record does, as far as adding up asks.
pub(super) mod does {
    /// It moves something.
    pub(in super::super) const MOVES: u16 = 1;
    /// Taken from `from`.
    pub(in super::super) const TAKES: u16 = 2;
    /// Put to `into`.
    pub(in super::super) const PUTS: u16 = 4;
    /// Begins a transit.
    pub(in super::super) const SENT: u16 = 8;
    /// A line of a count.
    pub(in super::super) const LINE: u16 = 16;
    /// Written later than it took place.
    pub(in super::super) const EFFECTIVE: u16 = 32;
    /// It no longer counts.
    pub(in super::super) const GONE: u16 = 64;
    /// It takes back another.
    pub(in super::super) const REVERSAL: u16 = 128;
    /// Destroyed, missing or stolen: somebody must stand for it.
    pub(in super::super) const NOTED: u16 = 256;
    /// Its clock was never set: its time is an uptime.
    pub(in super::super) const CLOCK_UNSET: u16 = 512;
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
    pub(super) does: u16,
}

impl Row {
    pub(super) const fn is(&self, what: u16) -> bool {
        self.does & what != 0
    }
    pub(super) const fn counts(&self) -> bool {
        !self.is(does::GONE)
    }
}

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
    broken: BTreeSet<u32>,
    /// The branches of a forked log, while nothing has come to it or left it since they were found.
    pub(super) branches: Option<Branches>,
    pub(super) observed: Vec<Seen>,
    /// Index, change, row; in order.
    clock_sets: Vec<(u32, i64, u32)>,
    /// Whether a record of a clock that wasn't set ever came: without one there is one clock.
    unset: bool,
    /// Indexes at which another clock begins than that of the record before.
    clocks: BTreeSet<u32>,
    pub(super) records: u32,
    /// One more than the greatest index held.
    pub(super) end: u32,
}

impl Log {
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
    fn next_held(&self, index: u32) -> Option<u32> {
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
    fn is_setting(&self, index: u32) -> bool {
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

/// The set of records.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) rows: Vec<Row>,
    identities: Vec<Hash>,
    /// Where each row's bytes begin; they end where the next one's do.
    begins: Vec<u64>,
    bytes: Vec<u8>,
    /// What a row follows, by its first 16 bytes, where that isn't the first row at the index before.
    follows: HashMap<u32, [u8; 16]>,
    pub(super) logs: Vec<Log>,
    by_id: HashMap<Hash, u32>,
    /// Logs by the first 8 bytes of their ids: two may share them.
    by_id8: HashMap<[u8; 8], Vec<u32>>,
    last_log: u32,
    /// Logs that show branches, or did, and changed since their branches were found.
    pub(super) forked: BTreeSet<u32>,
    room: Room,
    pub(super) facilities: Names,
    /// Product and lot as one name.
    pub(super) items: Names,
    pub(super) products: Names,
    pub(super) lots: Names,
    /// Product and lot number of each item.
    pub(super) of_item: Vec<(u32, u32)>,
    pub(super) places: Places,
}

/// Where names are put together.
#[derive(Debug)]
struct Room([u8; ITEM_ROOM]);

impl Default for Room {
    fn default() -> Self {
        Self([0; ITEM_ROOM])
    }
}

/// What came of adding a record.
pub(super) struct Added {
    pub(super) row: u32,
    pub(super) facility: u32,
    /// Product and lot, where it is about one.
    pub(super) item: Option<u32>,
    /// Whether its log shows branches.
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
        self.identities.get(row as usize).copied().unwrap_or(Hash::ZERO)
    }

    /// First 16 bytes of the identity of what a row follows.
    pub(super) fn previous(&self, row: u32) -> Option<[u8; 16]> {
        if let Some(previous) = self.follows.get(&row) {
            return Some(*previous);
        }
        let (r, log) = (self.row(row)?, self.log_of(row)?);
        self.before(log, r.index)
    }

    /// First 16 bytes of the identity of the first row at the index before; before a log's first stands h₀.
    fn before(&self, log: &Log, index: u32) -> Option<[u8; 16]> {
        match index.checked_sub(1) {
            None => Some(log.id.log16()),
            Some(before) => log.first(before).map(|row| self.identity(row).log16()),
        }
    }

    /// When it was written, in its own clock.
    pub(super) fn recorded(&self, row: u32) -> u32 {
        match self.row(row) {
            Some(r) if !r.is(does::EFFECTIVE) => r.time,
            _ => written(self.bytes_of(row)).unwrap_or(0),
        }
    }

    /// A record's exact bytes.
    pub(super) fn bytes_of(&self, row: u32) -> &[u8] {
        let at = |row: usize| self.begins.get(row).and_then(|at| usize::try_from(*at).ok());
        let begin = at(row as usize);
        let bytes = begin.and_then(|begin| {
            let end = at(row as usize + 1).unwrap_or(self.bytes.len());
            self.bytes.get(begin..end)
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

    /// Takes a record; `None` where it is held already, or no row is left: there are 2³² − 1.
    pub(super) fn add(&mut self, record: &Verified<'_>) -> Option<Added> {
        let at = record.at();
        let log = match self.log(self.last_log).filter(|log| log.id == at.log) {
            Some(_) => self.last_log,
            None => self.log_put(&at.log, record.facility()),
        };
        self.last_log = log;
        let row = u32::try_from(self.rows.len()).ok().filter(|row| *row != NONE)?;
        let said = record.record();
        let effective = said.effective.filter(|_| !said.clock_unset && stands_late(&said.entry));
        let clock = if said.clock_unset { does::CLOCK_UNSET } else { 0 };
        let time = said.recorded_at.as_secs().saturating_sub(effective.unwrap_or(0));
        let beside = self.place_row(log, row, record)?;
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
            does: clock | if effective.is_some() { does::EFFECTIVE } else { 0 },
        };
        let mut item = None;
        match &said.entry {
            Entry::Movement { movement, .. } => {
                item = Some(self.item_put(&movement.product, &movement.lot));
                new.expiry = movement.expiry.packed();
                self.fill(&mut new, movement);
            }
            Entry::Refuse(refuse) => {
                new.does |= does::MOVES;
                (new.quantity, new.measure) = measured(refuse.quantity);
            }
            Entry::Reversal(_) => new.does |= does::REVERSAL,
            Entry::CountLine(line) => {
                item = Some(self.item_put(&line.product, &line.lot));
                new.does |= does::LINE;
                (new.quantity, new.measure) = measured(line.quantity);
                new.expiry = line.expiry.packed();
            }
            _ => {}
        }
        self.rows.push(new);
        self.identities.push(at.identity);
        self.begins.push(self.bytes.len() as u64);
        self.bytes.extend_from_slice(record.bytes());
        let previous = record.previous().log16();
        let held = self.log(log)?;
        let facility = held.facility;
        // At the end of a log without branches only what it follows can break.
        let mut plain = !beside && !held.is_forked() && held.end == at.index.saturating_add(1);
        if self.before(held, at.index) != Some(previous) {
            self.follows.insert(row, previous);
            plain = false;
        }
        if said.clock_unset
            && let Some(log) = self.logs.get_mut(log as usize)
        {
            log.unset = true;
        }
        self.part_clocks(log, at.index);
        // In a forked log each record may say which branch others stand on.
        let forks = !plain && (self.link(log, at.index) || beside || self.log(log).is_some_and(Log::is_forked));
        if forks {
            self.forked.insert(log);
        }
        Some(Added { row, facility, item, forks })
    }

    /// Looks whether another clock begins at an index, or at the next one held: where what is held before was written
    /// by a clock that was set and this by one that wasn't, or the other way round without a setting between them.
    fn part_clocks(&mut self, log: u32, index: u32) {
        let Some(l) = self.log(log).filter(|l| l.unset) else { return };
        let begins = |at: u32| {
            let before = l.below(at).next().and_then(|row| self.row(row)).map(|row| row.index);
            let other = before.is_some_and(|before| self.is_unset(l, before) != self.is_unset(l, at));
            other && l.first(at).is_some() && !l.is_setting(at)
        };
        let looked = [Some(index), l.next_held(index)].map(|at| at.map(|at| (at, begins(at))));
        let Some(l) = self.logs.get_mut(log as usize) else { return };
        for (at, begins) in looked.into_iter().flatten() {
            if begins {
                l.clocks.insert(at);
            } else {
                l.clocks.remove(&at);
            }
        }
    }

    /// Whether an index was written by a clock that wasn't set.
    fn is_unset(&self, log: &Log, index: u32) -> bool {
        !log.is_setting(index) && log.at(index).any(|row| self.row(row).is_some_and(|r| r.is(does::CLOCK_UNSET)))
    }

    /// Looks at the links of an index with those beside it; whether one broke or mended.
    fn link(&mut self, log: u32, index: u32) -> bool {
        let mut changed = false;
        for index in [index.checked_sub(1), Some(index)].into_iter().flatten() {
            let broken = self.log(log).is_some_and(|l| {
                let mut after = l.at(index.saturating_add(1)).peekable();
                if after.peek().is_none() || l.at(index).next().is_none() {
                    return false;
                }
                after.any(|next| !l.at(index).any(|row| Some(self.identity(row).log16()) == self.previous(next)))
            });
            let Some(l) = self.logs.get_mut(log as usize) else { continue };
            changed |= if broken { l.broken.insert(index) } else { l.broken.remove(&index) };
        }
        changed
    }

    fn fill(&mut self, row: &mut Row, movement: &Movement<'_>) {
        row.does |= does::MOVES;
        (row.quantity, row.measure) = measured(movement.quantity);
        let (from, into) = sides(movement);
        let mut place = |side: Side<'_>| self.places.put(side.store, side.fund, side.vvm, side.bucket);
        if let Some(side) = from {
            row.from = place(side);
            row.does |= does::TAKES;
        }
        if let Some(side) = into {
            row.into = place(side);
            row.does |= does::PUTS;
        }
        if movement.direction == Direction::Out {
            if movement.sent && movement.bucket != Bucket::Transit {
                row.does |= does::SENT;
            }
            if matches!(reasons::OUT.name(movement.reason), Some("destroy" | "missing" | "stolen")) {
                row.does |= does::NOTED;
            }
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
        });
        self.by_id.insert(*id, log);
        self.by_id8.entry(id.log_id()).or_default().push(log);
        log
    }

    pub(super) fn item_put(
        &mut self,
        product: &crate::ident::Product<'_>,
        lot: &Option<crate::ident::LotNumber<'_>>,
    ) -> u32 {
        let (name, split) = item_name(product, lot, &mut self.room.0);
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
            log.set_first(at.index, row);
        }
        log.records += 1;
        log.branches = None;
        log.end = log.end.max(at.index.saturating_add(1));
        match &record.record().entry {
            Entry::Observed(o) => {
                let (index, identity) = (at.index, at.identity);
                let seen = Seen { index, identity, row, of: o.log, count: o.count, head: o.head, clock: o.clock };
                let to = log.observed.partition_point(|other| (other.index, other.identity) < (index, identity));
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
        let number = self.log_by_id(&at.log)?;
        // What follows it says so itself from now on.
        let next: Vec<u32> = self.log(number)?.at(at.index.saturating_add(1)).filter(|next| *next != row).collect();
        for next in next {
            if let Some(previous) = self.previous(next) {
                self.follows.insert(next, previous);
            }
        }
        let log = self.logs.get_mut(number as usize)?;
        let others = log.others.entry(at.index).or_default();
        match others.iter().position(|other| *other == row) {
            Some(position) => {
                others.remove(position);
            }
            None => {
                let next = others.pop().unwrap_or(NONE);
                log.set_first(at.index, next);
            }
        }
        if log.others.get(&at.index).is_some_and(Vec::is_empty) {
            log.others.remove(&at.index);
        }
        log.observed.retain(|seen| seen.row != row);
        log.clock_sets.retain(|(.., set)| *set != row);
        log.records -= 1;
        log.branches = None;
        if log.end == at.index.saturating_add(1) {
            let held = log.chunks.iter().rev().find_map(|(number, at)| {
                let last = log.chunk_rows(*at).iter().rposition(|row| *row != NONE);
                last.map(|slot| number * CHUNK + slot as u32 + 1)
            });
            log.end = held.unwrap_or(0);
        }
        self.rows.get_mut(row as usize)?.does |= does::GONE;
        self.part_clocks(number, at.index);
        self.link(number, at.index);
        self.forked.insert(number);
        Some(row)
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

/// Whether an effective time moves its place: what a device noted of others and of its clock stands where it was written.
const fn stands_late(entry: &Entry<'_>) -> bool {
    !matches!(entry, Entry::Observed(_) | Entry::ClockSet(_))
}
