//! Counts, and what devices knew of each other when they counted (`spec/ledger.md` section 4).

use super::error::{FixedError, Room};
use super::names::DAY;
use super::state::{Cell, Clock, Log, Open, Rest, Row, Source, Table, When, front, is};
use crate::ledger::effect::measured;
use crate::record::{CountBegin, CountEnd, CountLine, Entry, Observed, Record};

/// A checkpoint about to govern rows.
#[derive(Debug, Clone, Copy)]
struct Checkpoint {
    slot: usize,
    index: u32,
    time: i64,
    known: u8,
    begin: Open,
    flags: u8,
}

/// A count while its log is scanned for one row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Begun {
    pub(super) open: Open,
    /// What its log knew when it began.
    pub(super) known: [u32; super::state::LOGS],
    /// Whether it is about the row.
    pub(super) reached: bool,
    /// Whether it has a line for the lot in the row's bucket, and one for the row's place.
    pub(super) lined: bool,
    pub(super) own: bool,
    pub(super) counted: u32,
}

impl Begun {
    pub(super) const NONE: Self = Self {
        open: Open::EMPTY,
        known: [0; super::state::LOGS],
        reached: false,
        lined: false,
        own: false,
        counted: 0,
    };
}

impl Table<'_> {
    /// The number of what a log knows now.
    #[inline(never)]
    pub(super) fn known_put(&mut self, slot: usize) -> Result<u8, FixedError> {
        let mut now = [0; super::state::LOGS];
        for (of, count) in now.iter_mut().enumerate() {
            *count = self.cell(slot, of).count;
        }
        self.vector_put(now).map_or_else(|| self.full(Room::Counts), Ok)
    }

    /// The number of a vector: one that is held, or one that no line needs.
    #[inline(never)]
    pub(super) fn vector_put(&mut self, now: [u32; super::state::LOGS]) -> Option<u8> {
        if let Some(held) = self.s.known.iter().position(|known| *known == now) {
            return Some(held as u8);
        }
        let mut used = 0u32;
        let governs = self.rows().iter().filter(|row| row.slot != 0).map(|row| row.known);
        governs.for_each(|known| used |= 1 << (known & 31));
        for open in self.s.open.iter().chain(self.s.rests.iter().map(|rest| &rest.begin)) {
            used |= u32::from(open.slot != 0) << (open.known & 31);
        }
        for rest in self.s.rests.iter().filter(|rest| rest.begin.slot != 0) {
            used |= 1 << (rest.known & 31);
        }
        let free = self.s.known.iter_mut().enumerate().find(|(at, _)| used >> at & 1 == 0);
        free.map(|(at, known)| {
            *known = now;
            at as u8
        })
    }

    #[inline(never)]
    fn open(&self, slot: usize, begin: u32) -> Option<usize> {
        self.s.open.iter().position(|open| usize::from(open.slot) == slot + 1 && open.index == begin)
    }

    pub(super) fn count_begins(&mut self, when: &When, begin: &CountBegin<'_>) -> Result<(), FixedError> {
        if when.late {
            return self.full(Room::LateCounts);
        }
        let known = self.known_put(when.slot)?;
        let store = self.store_at(begin.store, true)?.unwrap_or(0);
        let limited = begin.funds.is_some() || begin.products.is_some();
        self.s.limited |= limited;
        let slot = when.slot as u8 + 1;
        let new = Open { slot, known, ended: false, limited, store, index: when.index, time: when.time };
        // The place of one that ended, else of the oldest: its lines, if any still come, are looked up in the log.
        let oldest = |open: &&mut Open| (open.slot != 0, !open.ended, open.slot != slot, open.index);
        if let Some(open) = self.s.open.iter_mut().min_by_key(oldest) {
            *open = new;
        }
        Ok(())
    }

    pub(super) fn counted(
        &mut self,
        when: &When,
        line: &CountLine<'_>,
        source: &mut dyn Source,
    ) -> Result<(), FixedError> {
        let Some(lot) = self.lot_at(&line.product, line.lot.as_ref(), true)? else { return Ok(()) };
        self.touch(lot, when.time);
        self.claim(lot, line.expiry.packed());
        if when.late {
            return self.full(Room::LateCounts);
        }
        let index = when.index.saturating_sub(line.begin);
        let open = self.open(when.slot, index).and_then(|open| self.s.open.get(open)).copied();
        let store = match open {
            Some(open) => open.store,
            None => {
                match self.read(when.slot, index, source).map(|record| record.entry) {
                    Ok(Entry::CountBegin(begin)) => self.store_at(begin.store, true)?.unwrap_or(0),
                    Ok(_) => return Ok(()), // no count: no effect
                    Err(_) => return self.full(Room::Counts),
                }
            }
        };
        let (quantity, measure) = measured(line.quantity);
        let Some(place) = self.place_at(store, line.fund, line.vvm, line.bucket, true)? else { return Ok(()) };
        if open.is_some_and(|open| open.ended) {
            return Ok(());
        }
        let Some(row) = self.row_at(lot, place, measure, true)? else { return Ok(()) };
        let own = self.row(row);
        let Some(begin) = open else {
            self.mark_beside(&own, is::FULL);
            return Ok(());
        };
        if self.is_forgotten(begin.time.min(when.time)) {
            return self.full(Room::Balances);
        }
        let known = self.known_put(when.slot)?;
        let base = Checkpoint { slot: when.slot, index: when.index, time: when.time, known, begin, flags: 0 };
        for at in 0..self.rows().len() {
            let r = self.row(at);
            let (here, there) = (self.at(place), self.at(r.place));
            if r.lot != lot || (there.store, there.hold) != (here.store, here.hold) {
                continue;
            }
            let goes_on = usize::from(r.slot) == when.slot + 1 && r.begin == begin.index && !r.is(is::REST);
            if r.place == place {
                let more = if r.measure == measure { quantity } else { 0 };
                let Some(sum) = more.checked_add(if goes_on { r.counted } else { 0 }) else {
                    return self.full(Room::Counts);
                };
                self.adopt(at, &Checkpoint { flags: is::OWN, ..base }, sum);
            } else if goes_on && r.is(is::OWN) {
                // Its own line stands.
            } else if begin.limited {
                self.mark(at, is::FULL);
            } else {
                self.adopt(at, &base, 0);
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn mark_beside(&mut self, row: &Row, flags: u8) {
        let (lot, place) = (row.lot, self.at(row.place));
        for at in 0..self.rows().len() {
            let (r, there) = (self.row(at), self.at(self.row(at).place));
            if r.lot == lot && (there.store, there.hold) == (place.store, place.hold) {
                self.mark(at, flags);
            }
        }
    }

    /// A checkpoint reaches a row: it governs where all lines before are known to it, and to the beginning of its
    /// count, so that no line of this count was forgotten for another; else the log says which governs.
    #[inline(never)]
    fn adopt(&mut self, row: usize, by: &Checkpoint, counted: u32) {
        self.first_touch(row, by.time);
        let r = self.row(row);
        let goes_on = usize::from(r.slot) == by.slot + 1 && r.begin == by.begin.index;
        let before = usize::from(r.slot).wrapping_sub(1);
        let begin_knew =
            if before == by.slot { r.index < by.begin.index } else { r.index < self.knew(by.begin.known, before) };
        let passed = (0..usize::from(self.s.logs)).any(|log| self.cell(log, by.slot).count > by.index);
        if r.slot != 0 && (passed || r.is(is::CONCURRENT) || !goes_on && !begin_knew) || r.is(is::FULL) {
            self.mark(row, is::FULL);
            return;
        }
        self.govern(row, by.slot, by.index, by.time, by.begin.index, by.known, counted, by.flags);
    }

    /// This line governs a row from now on.
    #[allow(clippy::too_many_arguments)] // the fields of a row
    #[inline(never)]
    pub(super) fn govern(
        &mut self,
        row: usize,
        slot: usize,
        index: u32,
        time: i64,
        begin: u32,
        known: u8,
        counted: u32,
        flags: u8,
    ) {
        // What its log didn't know may have come after.
        let behind =
            (0..usize::from(self.s.logs)).any(|other| other != slot && self.knew(known, other) < self.log(other).count);
        let scan = behind || flags & is::REST != 0 || index + 1 < self.log(slot).count;
        if let Some(r) = self.rows.get_mut(row) {
            (r.slot, r.index, r.time, r.begin) = (slot as u8 + 1, index, time, begin);
            (r.known, r.counted, r.stock) = (known, counted, i64::from(counted));
            r.flags = flags | if scan { is::TAIL } else { 0 };
        }
    }

    pub(super) fn count_ends(&mut self, when: &When, end: &CountEnd<'_>) -> Result<(), FixedError> {
        if when.late {
            return self.full(Room::LateCounts);
        }
        let index = when.index.saturating_sub(end.begin);
        let open = self.open(when.slot, index).and_then(|open| self.s.open.get_mut(open));
        let Some(open) = open else {
            // Forgotten for eight that began since: whether it ends anything is in the log.
            self.s.limited |= end.rest_is_zero;
            self.rows_mut().iter_mut().for_each(|row| row.flags |= is::FULL);
            return Ok(());
        };
        if core::mem::replace(&mut open.ended, true) || !end.rest_is_zero {
            return Ok(());
        }
        let begin = *open;
        // By a clock that is set while counting the end may be before the beginning.
        if self.is_forgotten(begin.time.min(when.time)) {
            return self.full(Room::Balances);
        }
        let known = self.known_put(when.slot)?;
        if self.rest_put(Rest { begin, known, end: when.index, time: when.time }).is_none() {
            return self.full(Room::Counts);
        }
        let by = Checkpoint { slot: when.slot, index: when.index, time: when.time, known, begin, flags: is::REST };
        for at in 0..self.rows().len() {
            let r = self.row(at);
            let place = self.at(r.place);
            if place.hold || place.store != begin.store {
                continue;
            }
            let lined = |(_, other): (usize, Row)| {
                (other.slot, other.begin) == (begin.slot, begin.index) && !other.is(is::REST)
            };
            if begin.limited {
                self.mark(at, is::FULL);
            } else if !self.beside(&r).any(lined) {
                self.adopt(at, &by, 0);
            }
        }
        Ok(())
    }

    #[inline(never)]
    pub(super) fn rest_put(&mut self, rest: Rest) -> Option<()> {
        let is = |other: &Rest| (other.begin.slot, other.begin.index) == (rest.begin.slot, rest.begin.index);
        if self.s.rests.iter().any(is) {
            return Some(());
        }
        for at in 0..self.s.rests.len() {
            let Some(old) = self.s.rests.get(at).copied().filter(|old| old.begin.slot != 0) else { continue };
            let slot = usize::from(old.begin.slot) - 1;
            let knows = if old.begin.slot == rest.begin.slot {
                old.end < rest.begin.index
            } else {
                old.end < self.knew(rest.begin.known, slot)
            };
            let needed = self
                .rows()
                .iter()
                .any(|row| row.is(is::REST) && (row.slot, row.begin) == (old.begin.slot, old.begin.index));
            // A later count of the whole store says the same of what is born later.
            let replaced = knows && !rest.begin.limited && old.begin.store == rest.begin.store;
            if let Some(old) = self.s.rests.get_mut(at).filter(|_| replaced && !needed) {
                old.begin.slot = 0;
            }
        }
        *self.s.rests.iter_mut().find(|rest| rest.begin.slot == 0)? = rest;
        Some(())
    }

    // ----- what devices note of each other

    #[inline(never)]
    pub(super) fn observed(
        &mut self,
        when: &When,
        said: &Observed<'_>,
        source: &mut dyn Source,
    ) -> Result<(), FixedError> {
        // Where there is no room for its log, no record of it can be applied either.
        let Some(of) = self.slot_put(&said.log) else { return Ok(()) };
        let log = self.log(of);
        if of == when.slot || said.count == 0 {
            return Ok(());
        }
        let held = match said.count {
            count if count == log.count => Some(log.head),
            count if count < log.count => source.identity(&log.id, count - 1).map(|held| held.log16()),
            _ => None,
        };
        if held.is_some_and(|held| held != said.head) {
            return self.full(Room::Branches);
        }
        let later = self.set_after(of, i64::from(said.count) - 1);
        if let Some(cell) = self.s.cells.get_mut(when.slot).and_then(|row| row.get_mut(of)) {
            if said.count >= cell.count {
                (cell.count, cell.head) = (said.count, front(&said.head));
            }
            if let Some(clock) = said.clock {
                (cell.clocked, cell.clock) = (said.count, clock.saturating_add(later));
            }
        }
        if let Some(log) = self.s.log.get_mut(when.slot).filter(|_| said.clock.is_some()) {
            log.noted |= 1 << of;
        }
        if said.clock.is_some() {
            let between = [when.slot as u8 + 1, of as u8 + 1];
            let rows = self.rows_mut().iter_mut();
            rows.filter(|row| row.is(is::CLOCKED) && between.contains(&row.slot)).for_each(|row| row.flags |= is::TAIL);
        }
        Ok(())
    }

    /// The record before this count came: what others noted of it must be it.
    pub(super) fn check_observed(&mut self, slot: usize, count: u32, identity: &[u8; 8]) {
        for by in 0..usize::from(self.s.logs) {
            let Cell { count: noted, head, .. } = self.cell(by, slot);
            if noted == count && head != *identity {
                self.s.lost |= 1 << Room::Branches as u8;
            }
        }
    }

    /// Whether another clock begins with a record: that of the one before was set and this one's isn't, or the other way
    /// round without a setting between them.
    pub(super) fn part_clocks(&mut self, when: &When, record: &Record<'_>) -> Result<(), FixedError> {
        let sets = matches!(record.entry, Entry::ClockSet(_));
        let unset = record.clock_unset && !sets;
        let Some(log) = self.s.log.get_mut(when.slot) else { return Ok(()) };
        let begins = !sets && when.index > 0 && unset != log.unset;
        log.unset = unset;
        if !begins {
            return Ok(());
        }
        (log.clock, log.noted) = (when.index, 0);
        self.clock_put(when, 0)
    }

    fn clock_put(&mut self, when: &When, change: i64) -> Result<(), FixedError> {
        match self.s.clocks.iter_mut().find(|clock| clock.slot == 0) {
            Some(clock) => {
                *clock = Clock { slot: when.slot as u8 + 1, index: when.index, change };
                Ok(())
            }
            None => self.full(Room::Clocks),
        }
    }

    /// A clock was set: what its log wrote by it before is read in the new one.
    pub(super) fn clock_set(&mut self, when: &When, change: i64) -> Result<(), FixedError> {
        let slot = when.slot as u8 + 1;
        if change != 0 {
            self.clock_put(when, change)?;
        }
        let Log { clock: from, noted, .. } = self.log(when.slot);
        for (by, row) in self.s.cells.iter_mut().enumerate() {
            for (of, cell) in row.iter_mut().enumerate().filter(|(_, cell)| cell.clocked > 0) {
                if by == when.slot {
                    cell.clock = cell.clock.saturating_sub(if noted >> of & 1 == 1 { change } else { 0 });
                } else if of == when.slot && (from + 1..=when.index).contains(&cell.clocked) {
                    cell.clock = cell.clock.saturating_add(change);
                }
            }
        }
        // A count that was younger than all rows given up, and now isn't, says something of them that the log knows.
        let (forgotten, mut passed) = (self.s.forgotten, false);
        let mut shift = |time: &mut i64| {
            let new = time.saturating_add(change);
            passed |= *time > forgotten.saturating_add(DAY) && new <= forgotten;
            *time = new;
        };
        let begins = self.s.rests.iter_mut().map(|rest| &mut rest.begin).chain(self.s.open.iter_mut());
        for open in begins.filter(|open| open.slot == slot && open.index >= from) {
            shift(&mut open.time);
        }
        for rest in self.s.rests.iter_mut().filter(|rest| rest.begin.slot == slot && rest.end >= from) {
            shift(&mut rest.time);
        }
        for row in self.rows.iter_mut().take(self.s.rows.into()) {
            if row.slot == slot && row.index >= from {
                shift(&mut row.time);
            }
            row.flags |= if row.is(is::CLOCKED | is::DURING) { is::TAIL } else { 0 };
            row.flags |= if row.is(is::CONCURRENT) { is::FULL } else { 0 };
        }
        if forgotten > 0 {
            // Rows of this clock that were given up are younger by as much, at most of now.
            self.s.forgotten = forgotten.max(forgotten.saturating_add(change).min(when.time));
        }
        if passed && forgotten > 0 {
            return self.full(Room::Balances);
        }
        Ok(())
    }

    /// The seconds by which what stands at an index is read later: what its clock was set by afterwards.
    #[inline(never)]
    pub(super) fn set_after(&self, slot: usize, index: i64) -> i64 {
        let sets = self.s.clocks.iter().filter(|set| usize::from(set.slot) == slot + 1 && i64::from(set.index) > index);
        sets.take_while(|set| set.change != 0).fold(0i64, |sum, set| sum.saturating_add(set.change))
    }

    /// Whether a count is about a row's place and lot; `None`: its beginning can't be read.
    pub(super) fn reaches(&mut self, begin: &CountBegin<'_>, row: &Row) -> Result<bool, FixedError> {
        let place = self.at(row.place);
        let store = self.store_at(begin.store, false)?;
        let mut reached = store == Some(place.store);
        if let Some(funds) = &begin.funds {
            let mut any = false;
            for fund in funds.iter() {
                any |= self.fund_at(fund.0, false)? == Some(place.fund);
            }
            reached &= any;
        }
        if let Some(products) = &begin.products {
            let product = self.lot(row.lot).product;
            let mut any = false;
            for named in products.iter() {
                any |= self.product_at(&named, false)? == Some(product);
            }
            reached &= any;
        }
        Ok(reached)
    }
}
