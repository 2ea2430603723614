//! Every record that counts, once: what stock is a function of.
//!
//! A record is a row. Its bytes are kept and decoded again where more is asked than a row says, so that nothing is told
//! twice. Rows are numbered in the order of arrival; that order never reaches an answer.

use super::effect::{Side, measured, sides};
use super::log::Log;
use super::names::{ITEM_ROOM, Names, Places, item_name};
use super::row::{NONE, Row, does};
use crate::crypto::Hash;
use crate::movement::{Bucket, Direction, Group, Movement, Reference, reasons};
use crate::record::{Entry, Record, written};
use crate::trust::{RecordId, Verified};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use hashbrown::HashMap;

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
        self.logs.push(Log::new(*id, facility));
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
        let held = self.log(log)?;
        if held.first(at.index).is_some() && held.at(at.index).any(|held| self.identity(held) == at.identity) {
            return None;
        }
        Some(self.logs.get_mut(log as usize)?.put(&at, row, &record.record().entry))
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
        self.logs.get_mut(number as usize)?.take_out(at.index, row);
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
