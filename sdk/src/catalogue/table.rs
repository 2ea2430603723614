//! The rows that are known: a big block, and a small one with what came since, so that a page costs little.
use super::block::{Block, Owned, Place, Row, UNDATED};
use super::check::Refused;
use super::views::{Loaded, RefusedRow};
use super::words::set_bytes;
use crate::error::{Error, Result};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use hashbrown::{HashMap, HashSet};

/// Rows that stay beside the big block, at least.
const BESIDE: usize = 1_024;
/// Most rows.
pub(super) const MAX_ROWS: usize = 1_000_000;

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// In the big block.
    Base(u32),
    /// Among what came since.
    Tail(u32),
}

/// The rows that are known.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub(super) base: Block,
    pub(super) tail: Block,
    /// How many rows of the base stand before each of the tail.
    pub(super) before: Vec<u32>,
    /// Rows of the base that the tail replaces.
    pub(super) dead: Vec<u64>,
    dead_rows: usize,
}

/// How a row that comes stands to the one that is held.
#[derive(PartialEq)]
enum Meets {
    Same,
    Older,
    Newer,
    /// Neither has a time, and they differ.
    Undated,
}

fn meets(held: &Row<'_>, comes: &Row<'_>) -> Meets {
    if held == comes || comes.time < held.time {
        return if held == comes { Meets::Same } else { Meets::Older };
    }
    if comes.time == UNDATED && held.time == UNDATED {
        return Meets::Undated;
    }
    // Of two contents with one time the greater stays, so that the order of pages doesn't decide.
    if (comes.time, comes) > (held.time, held) { Meets::Newer } else { Meets::Older }
}

impl Table {
    pub(super) fn of(base: Block) -> Self {
        let dead = alloc::vec![0; set_bytes(base.len()) / 8];
        Self { base, dead, ..Self::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.base.len() + self.tail.len() - self.dead_rows
    }

    pub(super) fn bytes(&self) -> usize {
        self.base.bytes() + self.tail.bytes() + self.before.len() * 4 + self.dead.len() * 8
    }

    fn is_dead(&self, row: u32) -> bool {
        self.dead.get(row as usize / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    pub(super) fn row(&self, at: At) -> Option<Row<'_>> {
        match at {
            At::Base(row) => self.base.row(row),
            At::Tail(row) => self.tail.row(row),
        }
    }

    /// Before and behind one another: the order of all rows.
    pub(super) fn place(&self, at: At) -> (u32, u32, u32) {
        match at {
            At::Base(row) => (row, 1, 0),
            At::Tail(row) => (self.before.get(row as usize).copied().unwrap_or(u32::MAX), 0, row),
        }
    }

    /// Both blocks' rows that count, from what finds them in one.
    pub(super) fn both<'t, I: Iterator<Item = u32>>(
        &'t self,
        find: impl Fn(&'t Block) -> I,
    ) -> impl Iterator<Item = At> {
        let base = find(&self.base).filter(|row| !self.is_dead(*row)).map(At::Base);
        base.chain(find(&self.tail).map(At::Tail))
    }

    pub(super) fn find(&self, key: &str) -> Option<At> {
        self.both(|block| block.find(key).into_iter()).next()
    }

    /// Takes rows, each with its position in what was read; says what became of each.
    pub(super) fn take(&mut self, rows: Vec<(u32, Owned)>, loaded: &mut Loaded) -> Result<()> {
        // The first of each key in what was read, and whether it is to be taken.
        let mut firsts: Vec<(u32, Owned, bool)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        let (mut added, mut changed, mut unchanged) = (0, 0, 0);
        for (position, row) in rows {
            let known = self.find(&row.key).and_then(|at| self.row(at)).map(|held| meets(&held, &row.row()));
            let is_taken = matches!(known, None | Some(Meets::Newer | Meets::Undated));
            let Some((first, held, taken)) = places.get(&row.key).and_then(|at| firsts.get_mut(*at)) else {
                match known {
                    None => added += 1,
                    Some(_) if is_taken => changed += 1,
                    Some(_) => unchanged += 1,
                }
                places.insert(row.key.clone(), firsts.len());
                firsts.push((position, row, is_taken));
                continue;
            };
            match meets(&held.row(), &row.row()) {
                Meets::Undated => {
                    let limit = format!("one of its kind: row {first} has it with other content");
                    loaded.refused.push(Refused::new("id", limit, &row.key).at(position));
                }
                Meets::Newer if is_taken => {
                    (*held, *taken) = (row, true);
                    changed += 1;
                }
                Meets::Same | Meets::Older | Meets::Newer => unchanged += 1,
            }
        }
        let new: Vec<Owned> = firsts.into_iter().filter(|(.., taken)| *taken).map(|(_, row, _)| row).collect();
        if self.len() + added > MAX_ROWS {
            return Err(Error::catalogue_page(format!("{} rows; at most {MAX_ROWS}", self.len() + added)));
        }
        if !new.is_empty() {
            let keys: HashSet<&str> = new.iter().map(|row| row.key.as_str()).collect();
            self.merge(&new, |key| keys.contains(key))?;
        }
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        loaded.added += count(added);
        loaded.changed += count(changed);
        loaded.unchanged += count(unchanged);
        loaded.refused.sort_by_key(|refused: &RefusedRow| refused.row);
        Ok(())
    }

    fn merge(&mut self, new: &[Owned], is_new: impl Fn(&str) -> bool) -> Result<()> {
        let too_big = || Error::catalogue_page("the catalogue would need more than 4 GiB: hand in fewer rows");
        let stay = (0..self.tail.len() as u32).filter_map(|at| self.tail.row(at)).filter(|row| !is_new(row.key));
        let small: Vec<Row<'_>> = new.iter().map(Owned::row).chain(stay).collect();
        let tail = if small.len() > BESIDE.max(self.base.len() / 4) {
            let old = (0..self.base.len() as u32).filter(|at| !self.is_dead(*at));
            let old = old.filter_map(|at| self.base.row(at)).filter(|row| !is_new(row.key));
            let base = sorted(old.chain(small.iter().copied())).ok_or_else(too_big)?;
            *self = Self::of(base);
            return Ok(());
        } else {
            sorted(small.into_iter()).ok_or_else(too_big)?
        };
        for at in new.iter().filter_map(|row| self.base.find(&row.key)) {
            if let Some(word) = self.dead.get_mut(at as usize / 64) {
                self.dead_rows += usize::from(*word >> (at % 64) & 1 == 0);
                *word |= 1 << (at % 64);
            }
        }
        self.before.clear();
        let mut known = 0;
        for place in (0..tail.len() as u32).filter_map(|at| tail.place(at)) {
            known = self.base.before(&place, known);
            self.before.push(known);
        }
        self.tail = tail;
        Ok(())
    }

    /// Everything in one block.
    pub(super) fn whole(&self) -> Option<alloc::borrow::Cow<'_, Block>> {
        if self.tail.len() == 0 && self.dead_rows == 0 {
            return Some(alloc::borrow::Cow::Borrowed(&self.base));
        }
        let base = (0..self.base.len() as u32).filter(|at| !self.is_dead(*at)).filter_map(|at| self.base.row(at));
        let tail = (0..self.tail.len() as u32).filter_map(|at| self.tail.row(at));
        sorted(base.chain(tail)).map(alloc::borrow::Cow::Owned)
    }
}

fn sorted<'a>(rows: impl Iterator<Item = Row<'a>>) -> Option<Block> {
    let mut rows: Vec<(Place<'a>, Row<'a>)> = rows.map(|row| (Place::of(row.key, row.name), row)).collect();
    rows.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    Block::of(rows.into_iter().map(|(_, row)| row))
}
