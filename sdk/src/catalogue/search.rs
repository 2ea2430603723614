//! What a few words find, and in which order.
use super::block::Block;
use super::fold;
use super::table::{At, Table};
use super::words::set_bytes;
use alloc::string::String;
use alloc::vec::Vec;

/// How well a row can match.
const CLASSES: usize = 6;

/// Sets of one block's rows.
struct Matches {
    /// Every word begins a word of the row.
    all: Vec<u64>,
    /// Every word is a word of the row.
    whole: Vec<u64>,
    /// Every word begins a word of the name.
    name: Vec<u64>,
    /// Every word is a word of the name.
    name_whole: Vec<u64>,
    /// Some word begins a word of the name.
    some_name: Vec<u64>,
}

impl Matches {
    fn of(block: &Block, dead: &[u64], words: &[String]) -> Self {
        let set = set_bytes(block.len()) / 8;
        let every = || -> Vec<u64> {
            let rest = block.len() % 64;
            let last = if rest == 0 { u64::MAX } else { (1 << rest) - 1 };
            (1..=set).map(|at| if at == set { last } else { u64::MAX }).collect()
        };
        let mut out =
            Self { all: every(), whole: every(), name: every(), name_whole: every(), some_name: alloc::vec![0; set] };
        for (all, dead) in out.all.iter_mut().zip(dead) {
            *all &= !dead;
        }
        for word in words {
            let (mut name, mut name_whole) = (alloc::vec![0; set], alloc::vec![0; set]);
            block.names.find(word, &mut name, &mut name_whole);
            keep(&mut out.name, &name);
            keep(&mut out.name_whole, &name_whole);
            out.some_name.iter_mut().zip(&name).for_each(|(some, name)| *some |= name);
            // Elsewhere or in the name.
            block.others.find(word, &mut name, &mut name_whole);
            keep(&mut out.all, &name);
            keep(&mut out.whole, &name_whole);
        }
        out
    }

    /// The rows of a class that stand in one word of the sets.
    fn class(&self, class: usize, at: usize) -> u64 {
        let word = |set: &[u64]| set.get(at).copied().unwrap_or(0);
        let (all, name) = (word(&self.all), word(&self.name));
        let (all_of_name, elsewhere) = (all & name, all & !name);
        match class {
            0 => all_of_name & word(&self.name_whole),
            1 => all_of_name & !word(&self.name_whole),
            2 => elsewhere & word(&self.some_name) & word(&self.whole),
            3 => elsewhere & word(&self.some_name) & !word(&self.whole),
            4 => elsewhere & !word(&self.some_name) & word(&self.whole),
            _ => elsewhere & !word(&self.some_name) & !word(&self.whole),
        }
    }

    fn count(&self, class: usize) -> usize {
        (0..self.all.len()).map(|at| self.class(class, at).count_ones() as usize).sum()
    }

    fn rows(&self, class: usize) -> impl Iterator<Item = u32> {
        (0..self.all.len()).flat_map(move |at| {
            let mut left = self.class(class, at);
            core::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                left &= left.wrapping_sub(1);
                (bit < 64).then(|| at as u32 * 64 + bit)
            })
        })
    }
}

fn keep(set: &mut [u64], of: &[u64]) {
    set.iter_mut().zip(of).for_each(|(set, of)| *set &= of);
}

/// How many rows match, and those from `offset` on, at most `limit`.
pub(super) fn search(table: &Table, text: &str, offset: u32, limit: u32) -> (u32, Vec<At>) {
    let words = fold::query(text);
    let base = Matches::of(&table.base, &table.dead, &words);
    let tail = Matches::of(&table.tail, &[], &words);
    let total = base.all.iter().chain(&tail.all).map(|word| word.count_ones()).sum();
    let (mut skip, limit) = (offset as usize, limit as usize);
    let mut found = Vec::with_capacity(limit.min(total as usize));
    for class in 0..CLASSES {
        let rows = base.count(class) + tail.count(class);
        if skip >= rows {
            skip -= rows;
            continue;
        }
        let mut one = base.rows(class).map(At::Base).peekable();
        let mut two = tail.rows(class).map(At::Tail).peekable();
        while found.len() < limit {
            let first = match (one.peek(), two.peek()) {
                (Some(base), Some(tail)) => table.place(*base) < table.place(*tail),
                (base, _) => base.is_some(),
            };
            let Some(next) = (if first { one.next() } else { two.next() }) else { break };
            if skip > 0 {
                skip -= 1;
            } else {
                found.push(next);
            }
        }
    }
    (total, found)
}
