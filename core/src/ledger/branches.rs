//! Which records of a forked log stand on one branch (`spec/ledger.md` section 7).

use super::book::Book;
use alloc::boxed::Box;
use alloc::vec::Vec;
use hashbrown::HashMap;

/// A forked log as pieces of which each goes on from a record of an earlier one, so that a branch is followed by pieces and
/// not by records.
#[derive(Debug, Default)]
pub(super) struct Branches {
    pieces: Vec<Piece>,
    /// The piece of each row from the lowest index on at which branches show.
    piece_of: HashMap<u32, u32>,
}

#[derive(Debug)]
struct Piece {
    /// The row before its first, on its branch.
    before: Option<u32>,
    /// Index and row; in order.
    rows: Vec<(u32, u32)>,
}

impl Book {
    /// Finds the branches of each forked log that changed.
    pub(super) fn find_branches(&mut self) {
        for log in core::mem::take(&mut self.forked) {
            let Some((held, fork)) = self.log(log).and_then(|log| Some((log, log.fork()?))) else { continue };
            let mut found = Branches::default();
            let rows: Vec<u32> = held.rows().collect();
            for row in rows {
                let Some(index) = self.row(row).map(|r| r.index).filter(|index| *index >= fork) else { continue };
                let before = self.ancestors(row).next();
                let piece = before.and_then(|before| found.piece_of.get(&before)).copied();
                let goes_on = piece.filter(|piece| found.piece(*piece).and_then(Piece::last) == before);
                let at = goes_on.unwrap_or_else(|| {
                    found.pieces.push(Piece { before, rows: Vec::new() });
                    found.pieces.len() as u32 - 1
                });
                found.piece_of.insert(row, at);
                if let Some(piece) = found.pieces.get_mut(at as usize) {
                    piece.rows.push((index, row));
                }
            }
            if let Some(log) = self.logs.get_mut(log as usize) {
                log.branches = Some(found);
            }
        }
    }

    /// What stands before a record on its branch, the last first. Where a piece of the chain isn't held, the least
    /// identity at the next index below stands for the branch; where what it follows isn't among what is held there, the
    /// branch is lost down to where the log is one.
    pub(super) fn ancestors(&self, row: u32) -> Box<dyn Iterator<Item = u32> + '_> {
        let Some((r, log)) = self.row(row).zip(self.log_of(row)) else { return Box::new(core::iter::empty()) };
        let Some(fork) = log.fork() else { return Box::new(log.below(r.index)) };
        let mut at = row;
        Box::new(core::iter::from_fn(move || {
            let (here, previous) = (self.row(at)?.index, self.previous(at)?);
            let mut next = log.below(here).next()?;
            let index = self.row(next)?.index;
            if index >= fork {
                // What it follows, where that index is held at all; over a gap the least identity.
                next = if index + 1 == here {
                    let followed = log.at(index).find(|candidate| self.identity(*candidate).log16() == previous);
                    followed.or_else(|| log.below(fork).next())?
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
        if let Some(branches) = &log.branches {
            return branches.ancestor(row, index);
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
}

#[cfg(test)]
impl super::Ledger {
    /// Whether branches followed by pieces and by records are the same, for each pair of a record and an index.
    pub(super) fn branches_are_right(&mut self) -> bool {
        self.book.find_branches();
        let rows = 0..self.book.rows.len() as u32;
        let held: Vec<(u32, u32, u32)> =
            rows.filter_map(|row| self.book.row(row).map(|r| (row, r.log, r.index))).collect();
        let asked = |book: &Book| -> Vec<Option<u32>> {
            let of = |(row, log, to): (u32, u32, u32)| {
                let fork = book.log(log).and_then(super::log::Log::fork).unwrap_or(to);
                (fork..to).map(move |index| book.ancestor(row, index))
            };
            let counting = held.iter().copied().filter(|(row, ..)| book.row(*row).is_some_and(super::row::Row::counts));
            counting.flat_map(of).collect()
        };
        let fast = asked(&self.book);
        for (number, log) in (0..).zip(&mut self.book.logs) {
            if log.branches.take().is_some() {
                self.book.forked.insert(number);
            }
        }
        fast == asked(&self.book)
    }
}

impl Piece {
    fn last(&self) -> Option<u32> {
        self.rows.last().map(|(_, row)| *row)
    }
}

impl Branches {
    fn piece(&self, at: u32) -> Option<&Piece> {
        self.pieces.get(at as usize)
    }

    /// The record at an index from the fork on, on this row's branch.
    fn ancestor(&self, row: u32, index: u32) -> Option<u32> {
        let mut at = row;
        loop {
            // Below the fork there is no piece, and nothing at the index either: it wasn't held.
            let piece = self.piece(*self.piece_of.get(&at)?)?;
            if piece.rows.first().is_some_and(|(first, _)| *first <= index) {
                let found = piece.rows.binary_search_by_key(&index, |(index, _)| *index).ok()?;
                return piece.rows.get(found).map(|(_, row)| *row);
            }
            at = piece.before?;
        }
    }
}
