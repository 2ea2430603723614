//! Movements and reversals: what is added to which row.

use super::error::{FixedError, Room};
use super::state::{Row, Source, Table, Taken, When, front, is};
use crate::ledger::Effect;
use crate::ledger::effect::{effect_of, measured};
use crate::movement::{Movement, Reference};
use crate::record::{Entry, Reversal};
use crate::time::Expiry;

/// What a movement does: rows, and the signs with which its quantity is added; at most two.
pub(super) type Deltas = [Option<(usize, bool)>; 2];

/// A line that governs, for one sign.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) slot: usize,
    pub(super) index: u32,
    pub(super) time: i64,
    pub(super) known: u8,
}

/// A quantity with a sign.
pub(super) fn signed(quantity: u32, adds: bool) -> i64 {
    if adds { i64::from(quantity) } else { -i64::from(quantity) }
}

impl Table<'_> {
    /// The rows of a movement, made where they aren't there and `put` says so; and how much it moves.
    #[inline(never)]
    pub(super) fn deltas(&mut self, entry: &Entry<'_>, put: bool) -> Result<(Deltas, u32), FixedError> {
        let mut out = [None; 2];
        let Effect::Moves(moves) = effect_of("", entry) else { return Ok((out, 0)) };
        let (count, measure) = measured(moves.quantity);
        for (slot, delta) in out.iter_mut().zip([&moves.from, &moves.into]) {
            let Some(delta) = delta else { continue };
            let b = &delta.balance;
            let Some(lot) = self.lot_at(&b.product, b.lot.as_ref(), put)? else { continue };
            let Some(store) = self.store_at(b.store, put)? else { continue };
            let Some(place) = self.place_at(store, b.fund, b.vvm, b.bucket, put)? else { continue };
            *slot = self.row_at(lot, place, measure, put)?.map(|row| (row, !delta.taken));
        }
        Ok((out, count))
    }

    pub(super) fn moved(
        &mut self,
        when: &When,
        identity: &[u8; 8],
        entry: &Entry<'_>,
        movement: &Movement<'_>,
        source: &mut dyn Source,
    ) -> Result<(), FixedError> {
        let net = self.net(when.slot, when.index, Some(identity), movement.quantity.count());
        if let Some(lot) = self.lot_at(&movement.product, movement.lot.as_ref(), true)? {
            self.touch(lot, when.time);
            if net > 0 {
                self.claim(lot, movement.expiry.packed());
            }
        }
        let (deltas, _) = self.deltas(entry, true)?;
        for (row, adds) in deltas.into_iter().flatten() {
            self.add_new(row, signed(net, adds), when);
        }
        let named = self.answered(when.slot, when.index, movement.answers, movement.group, source);
        self.transit(when.slot, when.index, movement, net, false, named)
    }

    #[inline(never)]
    pub(super) fn add(&mut self, row: usize, amount: i64) {
        if let Some(row) = self.rows.get_mut(row) {
            row.stock = row.stock.saturating_add(amount);
        }
    }

    /// The line that governs a row, for what increases it or decreases it.
    #[inline(never)]
    pub(super) fn line_of(&self, row: &Row, increases: bool) -> Option<Line> {
        let slot = usize::from(row.slot).checked_sub(1)?;
        let line = Line { slot, index: row.index, time: row.time, known: row.known };
        if !row.is(is::REST) || !increases {
            return Some(line);
        }
        let is = |begin: &super::state::Open| (begin.slot, begin.index) == (row.slot, row.begin);
        let begin = self.s.rests.iter().map(|rest| rest.begin).find(is)?;
        Some(Line { index: begin.index, time: begin.time, known: begin.known, ..line })
    }

    /// Adds what the last record of a log does, unless the row's line covers it; where that doesn't show here, the row
    /// is to be scanned.
    fn add_new(&mut self, row: usize, amount: i64, when: &When) {
        self.first_touch(row, when.time);
        let r = self.row(row);
        if r.is(is::STALE) {
            return;
        }
        // Of a rest that is zero what neither its end nor its beginning covers is certainly behind it: a clock
        // that was set while counting, and is lost again, makes the beginning the later of both.
        let rest = r.is(is::REST);
        let Some(line) = self.line_of(&r, false) else { return self.add(row, amount) };
        let until = self.line_of(&r, true).map_or(i64::MAX, |begin| begin.time.max(line.time));
        let covered = if when.slot == line.slot {
            self.mark_clocked(row, &line, when);
            // It stands before the line where every record from there on was written after it took place.
            (!when.late || when.time >= line.time).then_some(false)
        } else if when.index < self.knew(line.known, when.slot) {
            Some(true)
        } else if when.late || when.index < self.cell(line.slot, when.slot).count {
            None // which of several clock differences holds, the log says
        } else if self.cell(when.slot, line.slot).count > line.index {
            Some(false)
        } else {
            self.mark(row, is::CLOCKED);
            Some(when.time.saturating_add(self.noted_difference(&line, when.slot)) <= until)
        };
        match covered {
            Some(true) if !rest => {}
            Some(false) => self.add(row, amount),
            _ => self.mark(row, is::TAIL),
        }
    }

    /// Of a late record of the line's own log: by its clock it was decided where it stands, if the line is of one before.
    pub(super) fn mark_clocked(&mut self, row: usize, line: &Line, when: &When) {
        let clock = self.log(when.slot).clock;
        if when.late && line.index < clock && clock <= when.index {
            self.mark(row, is::CLOCKED);
        }
    }

    /// The seconds between two clocks by what was noted last.
    #[inline(never)]
    pub(super) fn noted_difference(&self, line: &Line, slot: usize) -> i64 {
        let (mine, other) = (self.cell(line.slot, slot), self.cell(slot, line.slot));
        match (mine.clocked, other.clocked) {
            (0, 0) => 0,
            (0, _) => other.clock,
            _ => mine.clock.saturating_neg(),
        }
    }

    // ----- reversals

    /// The largest total of reversals of a record, whose identity may not be at hand.
    #[inline(never)]
    fn total(&self, slot: usize, index: u32, identity: Option<&[u8; 8]>) -> u32 {
        let log: [u8; 8] = front(&self.log(slot).id);
        let named = self.s.taken.iter().filter(|taken| {
            let same = taken.identity == [0; 8] || identity.is_none_or(|identity| taken.identity == *identity);
            taken.total > 0 && taken.log == log && taken.index == index && same
        });
        named.map(|taken| taken.total).max().unwrap_or(0)
    }

    /// The quantity of a record less what was taken back.
    #[inline(never)]
    pub(super) fn net(&self, slot: usize, index: u32, identity: Option<&[u8; 8]>, quantity: u32) -> u32 {
        quantity.saturating_sub(self.total(slot, index, identity))
    }

    pub(super) fn reversed(
        &mut self,
        when: &When,
        said: &Reversal<'_>,
        source: &mut dyn Source,
    ) -> Result<(), FixedError> {
        let own: [u8; 8] = front(&self.log(when.slot).id);
        let (log, index, whole) = match said.target {
            Reference::Own(index) => (own, index, None),
            Reference::Other { log, index, identity } => (log, index, Some(identity)),
        };
        let held = self.slot_of(&log).filter(|slot| index < self.log(*slot).count);
        if let Some((slot, named)) = held.zip(whole)
            && source.identity(&self.log(slot).id, index).is_some_and(|held| held.log16() != named)
        {
            return Ok(()); // it names nothing that is held
        }
        let identity = whole.as_ref().map_or([0; 8], front);
        let before = held.map_or(0, |slot| self.total(slot, index, None));
        let named = |taken: &Taken| (taken.log, taken.identity, taken.index) == (log, identity, index);
        let at = match self.s.taken.iter().position(|taken| taken.total > 0 && named(taken)) {
            Some(at) => Some(at),
            None => self.room_for_reversal(source),
        };
        let Some(taken) = at.and_then(|at| self.s.taken.get_mut(at)) else { return self.full(Room::Reversals) };
        let total = if taken.total > 0 { taken.total.max(said.total) } else { said.total };
        *taken = Taken { log, identity, index, total };
        match held {
            Some(slot) if total > before => self.take_back(slot, index, before, total, source),
            _ => Ok(()),
        }
    }

    /// A free entry: one whose target can't be read any more is of no further use.
    fn room_for_reversal(&mut self, source: &mut dyn Source) -> Option<usize> {
        let free = |this: &Self| this.s.taken.iter().position(|taken| taken.total == 0);
        if let Some(at) = free(self) {
            return Some(at);
        }
        for at in 0..self.s.taken.len() {
            let Some(taken) = self.s.taken.get(at).copied() else { continue };
            let log = self.slot_of(&taken.log).map(|slot| self.log(slot)).filter(|log| taken.index < log.count);
            let gone = log.is_some_and(|log| source.record(&log.id, taken.index).is_none());
            if let Some(taken) = self.s.taken.get_mut(at).filter(|_| gone) {
                taken.total = 0;
            }
        }
        free(self)
    }

    /// A total grew: the target's own content says what that changes.
    fn take_back(
        &mut self,
        slot: usize,
        index: u32,
        before: u32,
        total: u32,
        source: &mut dyn Source,
    ) -> Result<(), FixedError> {
        let mut group = None;
        if let Ok(target) = self.read(slot, index, source)
            && let Entry::Movement { movement, .. } = target.entry
        {
            group = Some((movement.answers, movement.group));
        }
        let named = group.and_then(|(answers, group)| self.answered(slot, index, answers, group, source));
        let Ok(target) = self.read(slot, index, source) else {
            // What it changes isn't known: every row may be wrong until its log is read again.
            self.rows_mut().iter_mut().for_each(|row| row.flags |= is::TAIL);
            let used = usize::from(self.s.lots);
            self.lots.iter_mut().take(used).for_each(|lot| lot.set_stale(true));
            return Err(FixedError::NotHere(index));
        };
        let when = When::of(slot, index, &target);
        let Entry::Movement { movement, .. } = &target.entry else { return Ok(()) };
        let quantity = movement.quantity.count();
        let back = quantity.min(total).saturating_sub(before);
        let (deltas, _) = self.deltas(&target.entry, true)?;
        for (row, adds) in deltas.into_iter().flatten() {
            self.first_touch(row, when.time);
            let r = self.row(row);
            if r.is(is::STALE) || back == 0 {
                continue;
            }
            let covered = self.line_of(&r, false).map(|line| {
                let other = when.slot != line.slot;
                if other && index < self.knew(line.known, slot) || !other && index < line.index {
                    Some(true)
                } else {
                    (!other && !when.late).then_some(false)
                }
            });
            match covered.unwrap_or(Some(false)) {
                Some(true) if !r.is(is::REST) => {}
                Some(false) => self.add(row, signed(back, !adds)),
                _ => self.mark(row, is::TAIL),
            }
        }
        self.transit(slot, index, movement, back, true, named)?;
        let packed = movement.expiry.packed();
        let lot = self.lot_at(&movement.product, movement.lot.as_ref(), false)?;
        if let Some(lot) = lot.and_then(|lot| self.lots.get_mut(usize::from(lot)))
            && total >= quantity
            && packed == lot.expiry
            && packed != Expiry::NotRead.packed()
        {
            lot.set_stale(true);
        }
        Ok(())
    }
}
