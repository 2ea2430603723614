//! What a line of a count covers (`spec/ledger.md` section 4): causality first, clocks where there is none.

use super::book::{Book, Seen, does};

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
    /// It was in the counted quantity though the line's device didn't know it: said late, or synchronised late.
    Absorbed,
    /// By the clocks it took place at or before the line.
    Earlier,
}

/// What a line knows of one other log.
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
    /// record whose recorded time, in the log's last clock, is not later.
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

    /// When it took place, in the log's last clock: seconds since 2020.
    pub(super) fn time(&self, row: u32) -> i64 {
        self.row(row).map_or(0, |r| i64::from(r.time) + self.set_after(row))
    }

    /// When it was written, in the log's last clock; `None` where the clock was never set.
    pub(super) fn clock_time(&self, row: u32) -> Option<i64> {
        (!self.clock_unset(row)).then(|| self.recorded_time(row))
    }

    fn recorded_time(&self, row: u32) -> i64 {
        i64::from(self.recorded(row)) + self.set_after(row)
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
        // Noted in a log of another: the other's clock less its own, both read in their last clocks.
        let noted = |by: &super::book::Log, of: &super::book::Log, seen: &Seen| {
            let clock = seen.clock?;
            let theirs = of.set_after(i64::from(seen.count) - 1);
            Some(clock.saturating_add(theirs).saturating_sub(by.set_after(i64::from(seen.index))))
        };
        let of_line = |seen: &&Seen| seen.of == mine.id.log16() && seen.clock.is_some() && self.is_held(l.log, seen);
        let of_row = |seen: &&Seen| seen.of == other.id.log16() && seen.clock.is_some() && self.is_held(r.log, seen);
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
        let forked = |log: u32| book.log(log).is_some_and(super::book::Log::is_forked);
        let mut knows = self.knows_of(r.log);
        let known = if forked(r.log) || forked(l.log) { book.knows(self.row, row) } else { r.index < knows.below };
        if known {
            return Cover::Known;
        }
        if forked(r.log) {
            // Before and after are said of one branch: the other's records have small indexes too.
            (knows.absorbed, knows.seen) = self.on_branch_of(row).unwrap_or((0, None));
        }
        if stand < knows.absorbed {
            return Cover::Absorbed;
        }
        if knows.seen.is_some_and(|seen| seen < stand) {
            return Cover::No;
        }
        let time = book.time(row).saturating_add(book.clock_difference(self.row, row));
        if time <= self.time { Cover::Earlier } else { Cover::No }
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
        let of_other = before.filter(|seen| {
            seen.of == other.id.log16()
                && book.is_held(log, seen)
                && (!mine.is_forked() || book.on_one_branch(seen.row, self.row))
        });
        let below = of_other.map(|seen| seen.count).max().unwrap_or(0);
        let late = |row: &u32| book.row(*row).is_some_and(|r| r.is(does::EFFECTIVE));
        let last = other.below(below).find(|row| !late(row));
        let absorbed = last.and_then(|row| book.row(row)).map_or(0, |r| at_index(r.index));
        let of_line = |seen: &&Seen| seen.of == mine.id.log16() && book.includes(seen, self.row);
        let seen = other.observed.iter().find(of_line).map(|seen| at_index(seen.index));
        Some(Knows { log, below, absorbed, seen })
    }
    /// The same of a forked log for the branch that a record stands on: what stands before was counted, and from where on
    /// that branch had observed the line.
    fn on_branch_of(&self, row: u32) -> Option<(Stand, Option<Stand>)> {
        let (book, l, r) = (self.book, self.book.row(self.row)?, self.book.row(row)?);
        let (mine, other) = (book.log(l.log)?, book.log(r.log)?);
        let fork = other.fork()?;
        let before = mine.observed.iter().take_while(|seen| at_index(seen.index) < self.stand);
        let of_other = before.filter(|seen| {
            seen.of == other.id.log16()
                && book.is_held(r.log, seen)
                && (!mine.is_forked() || book.on_one_branch(seen.row, self.row))
        });
        // Of an observation of another branch what both have is known.
        let known = of_other.filter_map(|seen| {
            let last = seen.count.checked_sub(1)?;
            let head = other.at(last).find(|head| book.identity(*head).log16() == seen.head);
            let here = last < fork || head.is_some_and(|head| book.on_one_branch(head, row));
            Some(if here { seen.count } else { fork })
        });
        let below = known.max().unwrap_or(0);
        let mut earlier = book.ancestors(row).filter_map(|at| book.row(at));
        let last = earlier.find(|a| a.index < below && !a.is(does::EFFECTIVE));
        let of_line = |seen: &&Seen| {
            seen.of == mine.id.log16() && book.includes(seen, self.row) && book.on_one_branch(seen.row, row)
        };
        let seen = other.observed.iter().find(of_line).map(|seen| at_index(seen.index));
        Some((last.map_or(0, |a| at_index(a.index)), seen))
    }
}
