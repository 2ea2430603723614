//! Room for what is new: rows and lots of which nothing is left are given up, and the texts that only they named.

use super::names::DAY;
use super::state::{Lot, Sent, State, Table, is};

/// A record needs no more texts than this: product, lot number, store, fund twice.
const TEXTS: usize = 256;

/// A row of which nothing is left is kept so long: counts of its last day are heard of in this time, as a rule.
const IDLE: i64 = 30 * DAY;

impl Table<'_> {
    /// Empties the table: to apply the logs anew, after records lapsed or something had no room.
    pub fn clear(&mut self) {
        *self.s = State::EMPTY;
        self.sent.fill(Sent::EMPTY);
    }

    /// Before a record is taken, while no number of a text is in use.
    pub(super) fn make_room(&mut self, now: u32) {
        let free = |all: usize, used: u16| all - usize::from(used).min(all);
        let short = free(self.rows.len(), self.s.rows) < 2 || free(self.lots.len(), self.s.lots) < 1;
        if !short && free(self.texts.len(), self.s.texts) >= TEXTS {
            return;
        }
        let mut at = 0;
        while at < self.rows().len() {
            let row = self.row(at);
            // Its line may be younger than the day on which it was noted: its clock was set since.
            let end = ((i64::from(self.lot(row.lot).day()) + 1) * DAY).max(row.time);
            // What clocks decided may change yet.
            if row.stock != 0
                || row.is(is::STALE | is::CLOCKED | is::DURING)
                || end.saturating_add(IDLE) > i64::from(now)
            {
                at += 1;
                continue;
            }
            self.s.forgotten = self.s.forgotten.max(end);
            let last = self.row(self.rows().len() - 1);
            if let Some(slot) = self.rows.get_mut(at) {
                *slot = last;
            }
            self.s.rows -= 1;
        }
        let mut at = 0;
        while at < self.s.lots {
            let named = self.rows().iter().any(|row| row.lot == at)
                || self.sent.iter().any(|line| line.log != 0 && line.lot == at && line.gone < line.sent);
            if named {
                at += 1;
                continue;
            }
            let last = self.s.lots - 1;
            let moved = self.lot(last);
            if let Some(lot) = self.lots.get_mut(usize::from(at)) {
                *lot = moved;
            }
            for line in self.sent.iter_mut().filter(|line| line.log != 0) {
                if line.lot == at {
                    *line = Sent::EMPTY;
                } else if line.lot == last {
                    line.lot = at;
                }
            }
            self.rows_mut().iter_mut().filter(|row| row.lot == last).for_each(|row| row.lot = at);
            self.s.lots = last;
        }
        self.drop_texts();
    }

    /// Calls `with` for every number of a text that is in use.
    fn texts_used(&mut self, with: &mut dyn FnMut(&mut u16)) {
        for Lot { product, number, .. } in self.lots.iter_mut().take(self.s.lots.into()) {
            with(product);
            with(number);
        }
        for place in self.s.place.iter_mut().take(self.s.places.into()) {
            with(&mut place.store);
            with(&mut place.fund);
        }
        for rule in &mut self.s.rules {
            with(&mut rule.product);
            with(&mut rule.lots);
        }
        self.s.open.iter_mut().for_each(|open| with(&mut open.store));
        self.s.rests.iter_mut().for_each(|rest| with(&mut rest.begin.store));
        self.sent.iter_mut().for_each(|line| with(&mut line.log));
    }

    fn drop_texts(&mut self) {
        let mut at = 0;
        while at < self.s.texts {
            let (id, length) = (at + 1, self.text(at + 1).len() as u16 + 1);
            let mut used = false;
            self.texts_used(&mut |text| used |= *text == id);
            if used {
                at += length;
                continue;
            }
            self.texts.copy_within(usize::from(at + length)..usize::from(self.s.texts), at.into());
            self.s.texts -= length;
            self.texts_used(&mut |text| *text -= if *text > id { length } else { 0 });
        }
    }
}
