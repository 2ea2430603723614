//! What only the log can say: sums from a line on, and which line governs.

use super::counts::Begun;
use super::error::FixedError;
use super::moves::{Line, signed};
use super::names::earlier;
use super::state::{LOGS, Open, Rest, Row, Source, Table, When, is};
use crate::ledger::effect::measured;
use crate::movement::Bucket;
use crate::record::{Entry, Observed};
use crate::time::Expiry;

/// Counts of one log that may be open together while it is scanned.
const BEGUN: usize = 4;

/// What a log's records say, as far as it is read.
struct Looked {
    when: When,
    /// When it was written, in its log's last clock.
    recorded: i64,
    observed: Option<(u32, [u8; 16], Option<i64>)>,
}

/// Its place in the order of time: time, log, index.
type Turn = (i64, [u8; 16], u32);

/// Where a record stands to the line that governs a row.
enum Stands {
    Before,
    /// Between the beginning and the end of a count whose rest is zero.
    During,
    After,
}

/// The last checkpoint of a log that reaches a row.
#[derive(Clone, Copy)]
struct Candidate {
    index: u32,
    time: i64,
    counted: u32,
    flags: u8,
    known: [u32; LOGS],
    begin: Open,
    begin_known: [u32; LOGS],
}

impl Table<'_> {
    /// Works out what waits for it: one pass over the records behind the oldest line concerned, and one over all logs
    /// for each row whose line isn't clear.
    ///
    /// # Errors
    /// [`FixedError::NotHere`]: the source lacks a record; the rows that hang on it stay unsettled, the others are
    /// settled. [`FixedError::Full`].
    pub fn settle(&mut self, source: &mut dyn Source) -> Result<(), FixedError> {
        let mut result = Ok(());
        for row in 0..self.rows().len() {
            if self.row(row).is(is::FULL) {
                result = self.find_line(row, source).and(result);
            }
        }
        if self.rows().iter().any(|row| row.is(is::STALE) && !row.is(is::FULL)) {
            result = self.sum_up(source).and(result);
        }
        if self.lots.iter().take(self.s.lots.into()).any(|lot| lot.is_stale()) {
            result = self.claims(source).and(result);
        }
        result
    }

    /// One record, looked at.
    #[inline(never)]
    fn look(&self, slot: usize, index: u32, source: &mut dyn Source) -> Result<Looked, FixedError> {
        let record = self.read(slot, index, source)?;
        let after = self.set_after(slot, index.into());
        let observed = match &record.entry {
            Entry::Observed(Observed { log, count, clock, .. }) => Some((*count, *log, *clock)),
            _ => None,
        };
        let mut when = When::of(slot, index, &record);
        when.time = when.time.saturating_add(after);
        Ok(Looked { when, recorded: i64::from(record.recorded_at.as_secs()).saturating_add(after), observed })
    }

    /// The first index of a log that a row's sum is scanned from.
    #[inline(never)]
    fn from(&self, row: &Row, slot: usize) -> u32 {
        let from = |increases: bool| match self.line_of(row, increases) {
            Some(line) if line.slot == slot => line.index + 1,
            Some(line) => self.knew(line.known, slot),
            None => 0,
        };
        from(true).min(from(false))
    }

    /// The sums of rows whose line is known.
    fn sum_up(&mut self, source: &mut dyn Source) -> Result<(), FixedError> {
        let waits = |row: &Row| row.is(is::TAIL) && !row.is(is::FULL);
        for row in self.rows_mut().iter_mut().filter(|row| waits(row)) {
            row.stock = row.counted.into();
            row.flags &= !(is::CLOCKED | is::DURING);
        }
        let mut result = Ok(());
        // In each log the last record that isn't here: rows that need it stay as they are.
        let mut missing = [None; LOGS];
        for (slot, missing) in missing.iter_mut().enumerate().take(self.s.logs.into()) {
            let end = self.log(slot).count;
            let waiting = self.rows().iter().filter(|row| waits(row));
            let start = waiting.map(|row| self.from(row, slot)).min().unwrap_or(end);
            let mut observed = [0; LOGS];
            for index in start..end {
                if let Err(error) = self.add_up(slot, index, &mut observed, source) {
                    (*missing, result) = (Some(index), Err(error));
                }
            }
        }
        for at in 0..self.rows().len() {
            let row = self.row(at);
            let here =
                |(slot, missing): (usize, &Option<u32>)| missing.is_none_or(|missing| missing < self.from(&row, slot));
            let mut all = missing.iter().enumerate().all(here);
            if all && waits(&row) && row.is(is::DURING) {
                match self.level_during(at, source) {
                    Ok(level) => self.add(at, level),
                    Err(error) => (all, result) = (false, Err(error)),
                }
            }
            if let Some(row) = self.rows.get_mut(at).filter(|row| waits(row) && all) {
                row.flags &= !is::TAIL;
            }
        }
        result
    }

    /// Adds one record to the rows that wait.
    #[inline(never)]
    fn add_up(
        &mut self,
        slot: usize,
        index: u32,
        observed: &mut [u32; LOGS],
        source: &mut dyn Source,
    ) -> Result<(), FixedError> {
        let record = self.read(slot, index, source)?;
        self.note_observed(&record.entry, observed);
        if !matches!(record.entry, Entry::Movement { .. }) {
            return Ok(());
        }
        let (deltas, quantity) = self.deltas(&record.entry, false)?;
        let mut when = When::of(slot, index, &record);
        when.time = when.time.saturating_add(self.set_after(slot, index.into()));
        let net = self.net(slot, index, None, quantity);
        for (at, adds) in deltas.into_iter().flatten() {
            let row = self.row(at);
            if !row.is(is::TAIL) || row.is(is::FULL) || index < self.from(&row, slot) {
                continue;
            }
            match self.stands(at, &when, observed, source)? {
                Stands::Before => {}
                Stands::During => self.mark(at, is::DURING),
                Stands::After => self.add(at, signed(net, adds)),
            }
        }
        Ok(())
    }

    /// Where a record stands to the line that governs a row.
    fn stands(
        &mut self,
        at: usize,
        when: &When,
        observed: &[u32; LOGS],
        source: &mut dyn Source,
    ) -> Result<Stands, FixedError> {
        let row = self.row(at);
        let Some(line) = self.line_of(&row, false) else { return Ok(Stands::After) };
        if let Some(begin) = self.line_of(&row, true).filter(|_| row.is(is::REST))
            && self.covers(at, &begin, when, observed, source)?
        {
            return Ok(Stands::Before);
        }
        let covered = self.covers(at, &line, when, observed, source)?;
        Ok(match covered {
            false => Stands::After,
            true if row.is(is::REST) => Stands::During,
            true => Stands::Before,
        })
    }

    /// What is left of what came while a count went on whose rest is zero: from 0 on, in the order of time, never below
    /// 0. Reads the logs once for each record concerned; there are few.
    fn level_during(&mut self, at: usize, source: &mut dyn Source) -> Result<i64, FixedError> {
        let (mut level, mut last) = (0i64, None);
        loop {
            let mut next: Option<(Turn, i64)> = None;
            for slot in 0..usize::from(self.s.logs) {
                let mut observed = [0; LOGS];
                for index in self.from(&self.row(at), slot)..self.log(slot).count {
                    let Some((time, amount)) = self.during(at, slot, index, &mut observed, source)? else { continue };
                    let key = (time, self.log(slot).id, index);
                    let is_next = last.is_none_or(|last| key > last) && next.is_none_or(|(next, _)| key < next);
                    next = if is_next { Some((key, amount)) } else { next };
                }
            }
            let Some((key, amount)) = next else { return Ok(level) };
            (last, level) = (Some(key), level.saturating_add(amount).max(0));
        }
    }

    /// What a record did to a row while the count went on, and when by the count's clock.
    fn during(
        &mut self,
        at: usize,
        slot: usize,
        index: u32,
        observed: &mut [u32; LOGS],
        source: &mut dyn Source,
    ) -> Result<Option<(i64, i64)>, FixedError> {
        let record = self.read(slot, index, source)?;
        self.note_observed(&record.entry, observed);
        let (deltas, quantity) = self.deltas(&record.entry, false)?;
        let mut when = When::of(slot, index, &record);
        let Some((_, adds)) = deltas.into_iter().flatten().find(|(row, _)| *row == at) else { return Ok(None) };
        when.time = when.time.saturating_add(self.set_after(slot, index.into()));
        if !matches!(self.stands(at, &when, observed, source)?, Stands::During) {
            return Ok(None);
        }
        let Some(line) = self.line_of(&self.row(at), false) else { return Ok(None) };
        let mut time = when.time;
        if slot != line.slot {
            self.mark(at, is::CLOCKED);
            let after = if when.late { self.last_before(&when, 0, source)? } else { Some(index) };
            let from = after.map_or(0, |at| at + 1);
            time = time.saturating_add(self.difference(&line, &when, from, source)?);
        }
        Ok(Some((time, signed(self.net(slot, index, None, quantity), adds))))
    }

    /// Notes what a record says its log has seen of others.
    fn note_observed(&mut self, entry: &Entry<'_>, observed: &mut [u32; LOGS]) {
        if let Entry::Observed(said) = entry
            && let Some(of) = self.slot_put(&said.log)
            && let Some(count) = observed.get_mut(of)
        {
            *count = said.count.max(*count);
        }
    }

    /// Whether a line covers a record (`spec/ledger.md` section 4); `observed`: what the record's log had noted before
    /// it.
    fn covers(
        &mut self,
        row: usize,
        line: &Line,
        when: &When,
        observed: &[u32; LOGS],
        source: &mut dyn Source,
    ) -> Result<bool, FixedError> {
        let slot = when.slot;
        if slot == line.slot {
            self.mark_clocked(row, line, when);
            return Ok(when.index < line.index || when.late && self.last_before(when, line.index, source)?.is_none());
        }
        let known = self.knew(line.known, slot);
        if when.index < known {
            return Ok(true);
        }
        // What it stands directly after.
        let mut after = Some(when.index);
        if when.late {
            let absorbed = self.last_in_time(slot, known, source)?;
            after = self.last_before(when, absorbed.unwrap_or(0), source)?;
            if absorbed.is_some() && after.is_none() {
                return Ok(true);
            }
            for index in known..after.map_or(0, |at| at + 1) {
                let of = self.look(slot, index, source)?.observed;
                if of.is_some_and(|(count, log, _)| log == self.log(line.slot).id && count > line.index) {
                    return Ok(false);
                }
            }
        } else if observed.get(line.slot).is_some_and(|count| *count > line.index) {
            return Ok(false);
        }
        self.mark(row, is::CLOCKED);
        let from = after.map_or(0, |at| at + 1);
        Ok(when.time.saturating_add(self.difference(line, when, from, source)?) <= line.time)
    }

    /// The last record from an index on and before this one that was written when it took place, or earlier.
    #[inline(never)]
    fn last_before(&self, when: &When, from: u32, source: &mut dyn Source) -> Result<Option<u32>, FixedError> {
        for index in (from..when.index).rev() {
            if self.look(when.slot, index, source)?.recorded <= when.time {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    /// The last record below an index that isn't late.
    fn last_in_time(&self, slot: usize, below: u32, source: &mut dyn Source) -> Result<Option<u32>, FixedError> {
        for index in (0..below).rev() {
            if !self.look(slot, index, source)?.when.late {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    /// Seconds to add to a record's time so that it is read in the line's clock.
    fn difference(&self, line: &Line, when: &When, from: u32, source: &mut dyn Source) -> Result<i64, FixedError> {
        if self.cell(when.slot, line.slot).clocked > 0
            && let Some(noted) = self.first_noted(when.slot, line.slot, from, 0, source)?
        {
            return Ok(noted);
        }
        // What the line knew was noted before it; anything else can't have been.
        let since = if when.index < self.knew(line.known, when.slot) { 0 } else { line.index + 1 };
        if self.cell(line.slot, when.slot).clocked > 0
            && let Some(noted) = self.first_noted(line.slot, when.slot, since, when.index, source)?
        {
            return Ok(noted.saturating_neg());
        }
        Ok(self.noted_difference(line, when.slot))
    }

    /// The first clock difference that a log noted of another from an index on, about more than so many records.
    #[inline(never)]
    fn first_noted(
        &self,
        by: usize,
        of: usize,
        from: u32,
        more_than: u32,
        source: &mut dyn Source,
    ) -> Result<Option<i64>, FixedError> {
        for index in from..self.log(by).count {
            if let Some((count, log, Some(clock))) = self.look(by, index, source)?.observed
                && log == self.log(of).id
                && count > more_than
            {
                let theirs = self.set_after(of, i64::from(count) - 1);
                return Ok(Some(clock.saturating_add(theirs).saturating_sub(self.set_after(by, index.into()))));
            }
        }
        Ok(None)
    }

    // ----- which line governs

    /// Finds the line that governs a row.
    fn find_line(&mut self, at: usize, source: &mut dyn Source) -> Result<(), FixedError> {
        let row = self.row(at);
        let mut found = [None; LOGS];
        for (slot, last) in found.iter_mut().enumerate().take(self.s.logs.into()) {
            *last = self.last_line(&row, slot, source)?;
        }
        let mut best: Option<(usize, Candidate)> = None;
        let mut left = 0;
        for (slot, candidate) in found.iter().enumerate() {
            let Some(candidate) = candidate else { continue };
            let known = |other: &Option<Candidate>| {
                other.is_some_and(|other| other.known.get(slot).is_some_and(|known| *known > candidate.index))
            };
            if found.iter().any(known) {
                continue;
            }
            left += 1;
            let later = match &best {
                None => true,
                Some((_, best)) if best.time != candidate.time => best.time < candidate.time,
                Some((other, best)) => {
                    let a = source.identity(&self.log(*other).id, best.index);
                    let b = source.identity(&self.log(slot).id, candidate.index);
                    let (Some(a), Some(b)) = (a, b) else { return Err(FixedError::NotHere(candidate.index)) };
                    a < b
                }
            };
            if later {
                best = Some((slot, *candidate));
            }
        }
        let Some(row) = self.rows.get_mut(at) else { return Ok(()) };
        row.flags = is::TAIL;
        (row.slot, row.counted) = (0, 0);
        let Some((slot, line)) = best else { return Ok(()) };
        let put = (|| {
            let known = self.vector_put(line.known)?;
            if line.flags & is::REST != 0 {
                // Its numbers stand in a row before others look for free ones.
                self.govern(at, slot, line.index, line.time, line.begin.index, known, 0, line.flags);
                let begin = self.vector_put(line.begin_known)?;
                let begin = Open { known: begin, ..line.begin };
                self.rest_put(Rest { begin, known, end: line.index, time: line.time })?;
            }
            Some(known)
        })();
        match put {
            Some(known) => {
                let flags = line.flags | if left > 1 { is::CONCURRENT } else { 0 };
                self.govern(at, slot, line.index, line.time, line.begin.index, known, line.counted, flags);
                self.mark(at, is::TAIL);
                Ok(())
            }
            // Lines of other rows take all the room there is: it may be free the next time.
            None => {
                self.mark(at, is::FULL);
                Err(FixedError::Full(super::Room::Counts))
            }
        }
    }

    /// The last checkpoint of a log that reaches a row.
    fn last_line(&mut self, row: &Row, slot: usize, source: &mut dyn Source) -> Result<Option<Candidate>, FixedError> {
        let (lot, at) = (self.lot(row.lot), self.at(row.place));
        let mut begun = [Begun::NONE; BEGUN];
        let mut known = [0; LOGS];
        let mut last: Option<Candidate> = None;
        for index in 0..self.log(slot).count {
            let record = self.read(slot, index, source)?;
            let after = self.set_after(slot, index.into());
            let time = When::of(slot, index, &record).time.saturating_add(after);
            let find = |begun: &mut [Begun; BEGUN], back: u32| {
                begun.iter_mut().position(|begun| begun.open.slot != 0 && begun.open.index + back == index)
            };
            match &record.entry {
                Entry::Observed(said) => {
                    let of = self.slot_put(&said.log).filter(|of| *of != slot);
                    if let Some(known) = of.and_then(|of| known.get_mut(of)) {
                        *known = said.count.max(*known);
                    }
                }
                Entry::CountBegin(begin) => {
                    let store = self.store_at(begin.store, true)?.unwrap_or(0);
                    let open = Open { slot: slot as u8 + 1, store, index, time, ..Open::EMPTY };
                    let reached = self.reaches(begin, row)?;
                    // In place of one that ended, else of the oldest.
                    let oldest = |begun: &&mut Begun| (begun.open.slot != 0, !begun.open.ended, begun.open.index);
                    if let Some(free) = begun.iter_mut().min_by_key(oldest) {
                        *free = Begun { open, reached, known, ..Begun::NONE };
                    }
                }
                Entry::CountLine(line) => {
                    let same = self.product_at(&line.product, false)? == Some(lot.product)
                        && self.number_at(line.lot.as_ref(), false)? == Some(lot.number)
                        && (line.bucket == Bucket::Hold) == at.hold;
                    if !same {
                        continue;
                    }
                    let Some(count) = find(&mut begun, line.begin).and_then(|at| begun.get_mut(at)) else {
                        if self.begins(slot, index.saturating_sub(line.begin), source)? {
                            return Err(FixedError::Full(super::Room::Counts));
                        }
                        continue;
                    };
                    if count.open.ended {
                        continue;
                    }
                    count.lined = true;
                    let (quantity, measure) = measured(line.quantity);
                    let place = self.place_at(count.open.store, line.fund, line.vvm, line.bucket, false)?;
                    let here = place == Some(row.place);
                    if here && measure == row.measure {
                        count.counted = count.counted.saturating_add(quantity);
                    }
                    count.own |= here;
                    if here || count.reached && !count.own {
                        let flags = if here { is::OWN } else { 0 };
                        let counted = if count.own { count.counted } else { 0 };
                        let begin_known = count.known;
                        let begin = count.open;
                        last = Some(Candidate { index, time, counted, flags, known, begin, begin_known });
                    }
                }
                Entry::CountEnd(end) => {
                    let Some(count) = find(&mut begun, end.begin).and_then(|at| begun.get_mut(at)) else {
                        if end.rest_is_zero && self.begins(slot, index.saturating_sub(end.begin), source)? {
                            return Err(FixedError::Full(super::Room::Counts));
                        }
                        continue;
                    };
                    let first = !core::mem::replace(&mut count.open.ended, true);
                    if first && end.rest_is_zero && count.reached && !count.lined && !at.hold {
                        let (begin, begin_known, flags) = (count.open, count.known, is::REST);
                        last = Some(Candidate { index, time, counted: 0, flags, known, begin, begin_known });
                    }
                }
                _ => {}
            }
        }
        Ok(last)
    }

    /// Whether the record at an index begins a count.
    fn begins(&self, slot: usize, index: u32, source: &mut dyn Source) -> Result<bool, FixedError> {
        let record = self.read(slot, index, source)?;
        Ok(matches!(record.entry, Entry::CountBegin(_)))
    }

    // ----- expiries

    /// The claims of lots of which the one that governed was taken back.
    fn claims(&mut self, source: &mut dyn Source) -> Result<(), FixedError> {
        let not_read = Expiry::NotRead.packed();
        // All of them are read before one is changed: what can't be read leaves the earlier day standing.
        for at in 0..self.s.lots {
            if !self.lot(at).is_stale() {
                continue;
            }
            let mut claimed = not_read;
            for slot in 0..usize::from(self.s.logs) {
                for index in 0..self.log(slot).count {
                    let record = self.read(slot, index, source)?;
                    let (product, number, packed, quantity) = match &record.entry {
                        Entry::Movement { movement: m, .. } => (&m.product, &m.lot, m.expiry, m.quantity.count()),
                        Entry::CountLine(line) => (&line.product, &line.lot, line.expiry, u32::MAX),
                        _ => continue,
                    };
                    let counts = quantity == u32::MAX || self.net(slot, index, None, quantity) > 0;
                    if counts && self.lot_at(product, number.as_ref(), false)? == Some(at) {
                        claimed = earlier(claimed, packed.packed());
                    }
                }
            }
            if let Some(lot) = self.lots.get_mut(usize::from(at)) {
                lot.expiry = claimed;
                lot.set_stale(false);
            }
        }
        Ok(())
    }
}
