//! What a line of a count covers (`spec/ledger.md` section 4): causality first, clocks where there is none.

use super::book::Book;
use super::log::{Log, Seen};
use super::row::does;

/// Where a record stands in its log: greater is later.
pub(super) type Stand = u64;

const fn at_index(index: u32) -> Stand {
    (index as u64 + 1) << 33
}

/// How a record stands to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cover {
    /// It comes after: it is added.
    No,
    /// The line's device knew it.
    Known,
    /// It was in the counted quantity though the line's device didn't know it: written late, or synchronised late.
    Absorbed,
}

/// What a line knows of one other log; both without branches.
#[derive(Debug, Clone, Copy)]
struct Knows {
    log: u32,
    /// Records below this index are known.
    below: u32,
    /// What stands before this was counted.
    absorbed: Stand,
    /// From here on that log had observed the line.
    seen: Option<Stand>,
}

/// A line, with what it knows of other logs as far as it was asked.
#[derive(Debug, Clone)]
pub(super) struct Line<'b> {
    book: &'b Book,
    row: u32,
    stand: Stand,
    time: i64,
    knows: alloc::vec::Vec<Knows>,
}

impl Book {
    /// A record's place in its log: without an effective time its index; with one directly after the last earlier
    /// record whose recorded time, as its clock was set last, is not later.
    pub(super) fn stand(&self, row: u32) -> Stand {
        let Some(r) = self.row(row) else { return 0 };
        if !r.is(does::EFFECTIVE) {
            return at_index(r.index);
        }
        let time = self.time(row);
        let before = self.ancestors(row).find(|a| self.recorded_time(*a) <= time);
        let base = before.and_then(|b| self.row(b)).map_or(0, |b| at_index(b.index));
        base | 1 << 32 | u64::from(r.index)
    }

    /// When it took place, as its clock was set last: seconds since 2020.
    pub(super) fn time(&self, row: u32) -> i64 {
        self.row(row).map_or(0, |r| i64::from(r.time).saturating_add(self.set_after(row)))
    }

    /// Whether its clock was never set.
    pub(super) fn clock_unset(&self, row: u32) -> bool {
        self.row(row).is_some_and(|r| r.is(does::CLOCK_UNSET))
    }

    /// When it was written, as its clock was set last; `None` where the clock was never set.
    pub(super) fn clock_time(&self, row: u32) -> Option<i64> {
        (!self.clock_unset(row)).then(|| self.recorded_time(row))
    }

    fn recorded_time(&self, row: u32) -> i64 {
        i64::from(self.recorded(row)).saturating_add(self.set_after(row))
    }

    fn set_after(&self, row: u32) -> i64 {
        self.row(row).zip(self.log_of(row)).map_or(0, |(r, log)| log.set_after(i64::from(r.index)))
    }

    /// Whether what was observed is the branch that is held, as far as that shows.
    fn is_held(&self, log: u32, seen: &Seen) -> bool {
        let Some((log, last)) = self.log(log).zip(seen.count.checked_sub(1)) else { return false };
        let mut held = log.at(last).peekable();
        held.peek().is_none() && !log.is_forked() || held.any(|row| self.identity(row).log16() == seen.head)
    }

    /// Whether that observation includes the record.
    fn includes(&self, seen: &Seen, row: u32) -> bool {
        let Some((r, log)) = self.row(row).zip(self.log_of(row)) else { return false };
        if r.index >= seen.count || !self.is_held(r.log, seen) {
            return false;
        }
        if log.fork().is_none_or(|fork| r.index < fork) {
            return true;
        }
        let head = log.at(seen.count - 1).find(|last| self.identity(*last).log16() == seen.head);
        head.is_some_and(|head| self.on_one_branch(row, head))
    }

    /// Whether the line knows the record: its own log before it, or what its log, before it, has observed of another.
    pub(super) fn knows(&self, line: u32, row: u32) -> bool {
        let Some(((l, r), log)) = self.row(line).zip(self.row(row)).zip(self.log_of(line)) else { return false };
        if l.log == r.log {
            return self.on_one_branch(line, row) && self.stand(row) < self.stand(line);
        }
        let Some(other) = self.log(r.log) else { return false };
        let (stand, of) = (self.stand(line), other.id.log16());
        log.observed.iter().take_while(|seen| at_index(seen.index) < stand).any(|seen| {
            seen.of == of && self.includes(seen, row) && (!log.is_forked() || self.on_one_branch(seen.row, line))
        })
    }

    /// Seconds to add to a record's time so that it is read in the line's clock.
    fn clock_difference(&self, line: u32, row: u32) -> i64 {
        let (Some((l, r)), Some((mine, other))) =
            (self.row(line).zip(self.row(row)), self.log_of(line).zip(self.log_of(row)))
        else {
            return 0;
        };
        let stand = self.stand(row);
        let on_branch = |seen: &Seen, of: u32| {
            self.log_of(of).is_none_or(|log| !log.is_forked()) || self.on_one_branch(seen.row, of)
        };
        // Noted in a log of another: the other's clock less its own, both read as they were set last.
        let noted = |by: &Log, of: &Log, seen: &Seen| {
            let clock = seen.clock?;
            let theirs = of.set_after(i64::from(seen.count) - 1);
            Some(clock.saturating_add(theirs).saturating_sub(by.set_after(i64::from(seen.index))))
        };
        let says =
            |seen: &Seen, of: &Log, log| seen.of == of.id.log16() && seen.clock.is_some() && self.is_held(log, seen);
        let of_line = |seen: &&Seen| says(seen, mine, l.log) && on_branch(seen, row);
        let of_row = |seen: &&Seen| says(seen, other, r.log) && on_branch(seen, line);
        let after = other.observed.iter().filter(of_line).find(|seen| at_index(seen.index) > stand);
        if let Some(difference) = after.and_then(|seen| noted(other, mine, seen)) {
            return difference;
        }
        let including = mine.observed.iter().filter(of_row).find(|seen| self.includes(seen, row));
        let before = mine.observed.iter().rfind(of_row);
        if let Some(difference) = including.or(before).and_then(|seen| noted(mine, other, seen)) {
            return difference.saturating_neg();
        }
        let last = other.observed.iter().rfind(of_line);
        last.and_then(|seen| noted(other, mine, seen)).unwrap_or(0)
    }
}

impl<'b> Line<'b> {
    pub(super) fn new(book: &'b Book, row: u32) -> Self {
        Self { book, row, stand: book.stand(row), time: book.time(row), knows: alloc::vec::Vec::new() }
    }

    /// When the record took place, in the line's clock.
    pub(super) fn time_of(&self, row: u32) -> i64 {
        let logs = self.book.row(self.row).zip(self.book.row(row));
        let same = logs.is_none_or(|(l, r)| l.log == r.log && self.book.on_one_branch(self.row, row));
        let difference = if same { 0 } else { self.book.clock_difference(self.row, row) };
        self.book.time(row).saturating_add(difference)
    }

    /// Whether the line covers the record.
    pub(super) fn covers(&mut self, row: u32) -> Cover {
        let book = self.book;
        let Some((l, r)) = book.row(self.row).zip(book.row(row)) else { return Cover::No };
        let stand = book.stand(row);
        if l.log == r.log && book.on_one_branch(self.row, row) {
            return match (stand < self.stand, r.index < l.index) {
                (false, _) => Cover::No,
                (true, true) => Cover::Known,
                (true, false) => Cover::Absorbed,
            };
        }
        let forked = |log: u32| book.log(log).is_some_and(Log::is_forked);
        let (known, absorbed, seen) = if forked(r.log) || forked(l.log) {
            (book.knows(self.row, row), self.knew_later(row), self.was_seen_before(row))
        } else {
            let knows = self.knows_of(r.log);
            (r.index < knows.below, stand < knows.absorbed, knows.seen.is_some_and(|seen| seen < stand))
        };
        if known {
            return Cover::Known;
        }
        if absorbed {
            return Cover::Absorbed;
        }
        if seen {
            return Cover::No;
        }
        if self.time_of(row) <= self.time { Cover::Absorbed } else { Cover::No }
    }

    /// Whether the line knew a record that stands after this one on its branch: of forked logs, where each is asked.
    fn knew_later(&self, row: u32) -> bool {
        let (book, stand) = (self.book, self.book.stand(row));
        book.log_of(row).is_some_and(|log| {
            log.rows()
                .any(|later| stand < book.stand(later) && book.on_one_branch(later, row) && book.knows(self.row, later))
        })
    }

    /// Whether this record's log had observed the line, before it and on its branch: the same.
    fn was_seen_before(&self, row: u32) -> bool {
        let (book, stand) = (self.book, self.book.stand(row));
        let Some((mine, other)) = book.log_of(self.row).zip(book.log_of(row)) else { return false };
        other.observed.iter().take_while(|seen| at_index(seen.index) < stand).any(|seen| {
            seen.of == mine.id.log16() && book.includes(seen, self.row) && book.on_one_branch(seen.row, row)
        })
    }

    fn knows_of(&mut self, log: u32) -> Knows {
        if let Some(known) = self.knows.iter().find(|known| known.log == log) {
            return *known;
        }
        let known = self.find_out(log).unwrap_or(Knows { log, below: 0, absorbed: 0, seen: None });
        self.knows.push(known);
        known
    }

    fn find_out(&self, log: u32) -> Option<Knows> {
        let (book, l) = (self.book, self.book.row(self.row)?);
        let (mine, other) = (book.log(l.log)?, book.log(log)?);
        let before = mine.observed.iter().take_while(|seen| at_index(seen.index) < self.stand);
        let of_other = before.filter(|seen| seen.of == other.id.log16() && book.is_held(log, seen));
        let below = of_other.map(|seen| seen.count).max().unwrap_or(0);
        // The last place of what is known: no late entry stands behind one that isn't late and has a greater index.
        let mut absorbed = 0;
        for row in other.below(below) {
            absorbed = absorbed.max(book.stand(row));
            if book.row(row).is_some_and(|r| !r.is(does::EFFECTIVE)) {
                break;
            }
        }
        let of_line = |seen: &&Seen| seen.of == mine.id.log16() && book.includes(seen, self.row);
        let seen = other.observed.iter().find(of_line).map(|seen| at_index(seen.index));
        Some(Knows { log, below, absorbed, seen })
    }
}
