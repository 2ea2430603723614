//! From words to the rows that hold them: a sorted list of words, each with its rows.
use super::bytes::{Reader, put_varint};
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;
use hashbrown::HashMap;

/// What a union may cost before it is kept ready: rows that are set one by one.
const HOT: u64 = 8_192;

/// Sorted words and their rows. A word's rows are written as differences (varints) or, where that is shorter, as a
/// set of bits; the rows of a beginning that many words share are kept ready as a set of bits, so that no query has
/// to gather more than some thousands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) text: Vec<u8>,
    pub(super) ends: Vec<u32>,
    pub(super) rows: Vec<u8>,
    pub(super) row_ends: Vec<u32>,
    /// Beginnings kept ready: first word and the word after the last, two numbers each, in order.
    pub(super) hot: Vec<u32>,
    pub(super) hot_bits: Vec<u8>,
}

/// Bytes of a set of so many rows: whole words of 64.
pub(super) fn set_bytes(rows: usize) -> usize {
    rows.div_ceil(64) * 8
}

/// What stands between two ends of a list.
pub(super) fn part<'a>(all: &'a [u8], ends: &[u32], at: usize) -> Option<&'a [u8]> {
    let from = if at == 0 { 0 } else { *ends.get(at - 1)? };
    all.get(from as usize..*ends.get(at)? as usize)
}

/// Adds a set of bits to another.
fn unite(into: &mut [u64], bits: &[u8]) {
    for (word, bits) in into.iter_mut().zip(bits.as_chunks::<8>().0) {
        *word |= u64::from_le_bytes(*bits);
    }
}

impl Words {
    fn word(&self, at: usize) -> &[u8] {
        part(&self.text, &self.ends, at).unwrap_or_default()
    }

    /// The first word for which `below` no longer holds.
    fn first(&self, mut below: impl FnMut(&[u8]) -> bool) -> usize {
        let (mut from, mut to) = (0, self.ends.len());
        while from < to {
            let middle = from + (to - from) / 2;
            if below(self.word(middle)) { from = middle + 1 } else { to = middle }
        }
        from
    }

    fn range(&self, prefix: &[u8]) -> Range<usize> {
        let from = self.first(|word| word < prefix);
        from..self.first(|word| word < prefix || word.starts_with(prefix))
    }

    fn gather(&self, word: usize, into: &mut [u64]) {
        let Some(rows) = part(&self.rows, &self.row_ends, word) else { return };
        if rows.len() == into.len() * 8 {
            return unite(into, rows);
        }
        let (mut reader, mut row) = (Reader(rows), 0_u64);
        while let Some(step) = reader.varint() {
            row = row.saturating_add(step);
            if let Some(word) = usize::try_from(row / 64).ok().and_then(|at| into.get_mut(at)) {
                *word |= 1 << (row % 64);
            }
        }
    }

    fn ready(&self, range: &Range<usize>, set: usize) -> Option<&[u8]> {
        let pairs = self.hot.as_chunks::<2>().0;
        let wanted = [u32::try_from(range.start).ok()?, u32::try_from(range.end).ok()?];
        let at = pairs.binary_search(&wanted).ok()?;
        self.hot_bits.get(at * set..(at + 1) * set)
    }

    /// Sets in `begins` the rows with a word that begins so, and in `whole` those with that very word.
    pub(super) fn find(&self, word: &str, begins: &mut [u64], whole: &mut [u64]) {
        let range = self.range(word.as_bytes());
        if self.word(range.start) == word.as_bytes() && !range.is_empty() {
            self.gather(range.start, whole);
        }
        if let Some(bits) = self.ready(&range, begins.len() * 8) {
            return unite(begins, bits);
        }
        range.for_each(|word| self.gather(word, begins));
    }

    /// Whether the parts belong together, for so many rows.
    pub(super) fn is_sound(&self, rows: usize) -> bool {
        super::bytes::are_ends(&self.ends, self.text.len())
            && super::bytes::are_ends(&self.row_ends, self.rows.len())
            && self.ends.len() == self.row_ends.len()
            && self.hot.len().is_multiple_of(2)
            && (self.hot.len() / 2).checked_mul(set_bytes(rows)) == Some(self.hot_bits.len())
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.text.len() + self.rows.len() + self.hot_bits.len() + 4 * (self.ends.len() * 2 + self.hot.len())
    }

    /// Ranges of words with one beginning that cost more than [`HOT`] to gather, in order.
    fn hot_ranges(&self, set: usize) -> Vec<[u32; 2]> {
        let mut total = 0;
        let mut until = Vec::with_capacity(self.ends.len() + 1);
        until.push(0_u64);
        for word in 0..self.ends.len() {
            let bytes = part(&self.rows, &self.row_ends, word).map_or(0, <[u8]>::len);
            // A set is united 64 rows at a time.
            total += if bytes == set { set as u64 / 64 } else { bytes as u64 };
            until.push(total);
        }
        let cost = |range: &Range<usize>| match (until.get(range.start), until.get(range.end)) {
            (Some(from), Some(to)) => to - from,
            _ => 0,
        };
        let mut hot = Vec::new();
        let mut open = alloc::vec![(0..self.ends.len(), 0_usize)];
        while let Some((range, depth)) = open.pop() {
            let mut from = range.start;
            while from < range.end {
                let letter = self.word(from).get(depth);
                let same = (from..range.end).take_while(|word| self.word(*word).get(depth) == letter).count();
                let group = from..from + same;
                from = group.end;
                if letter.is_some() && same > 1 && cost(&group) > HOT {
                    if let (Ok(from), Ok(to)) = (u32::try_from(group.start), u32::try_from(group.end)) {
                        hot.push([from, to]);
                    }
                    open.push((group, depth + 1));
                }
            }
        }
        hot.sort_unstable();
        hot.dedup();
        hot
    }
}

/// Words being gathered.
#[derive(Default)]
pub(super) struct Gathered {
    numbers: HashMap<String, u32>,
    /// Word's number and row in one.
    pairs: Vec<u64>,
}

impl Gathered {
    /// The number of a word.
    pub(super) fn number(&mut self, word: &str) -> Option<u32> {
        if let Some(number) = self.numbers.get(word) {
            return Some(*number);
        }
        let number = u32::try_from(self.numbers.len()).ok()?;
        self.numbers.insert(word.into(), number);
        Some(number)
    }

    /// A row holds these words.
    pub(super) fn row(&mut self, row: u32, words: &mut Vec<u32>) {
        words.sort_unstable();
        words.dedup();
        self.pairs.extend(words.drain(..).map(|word| u64::from(word) << 32 | u64::from(row)));
    }

    /// Sorts everything; `None`: more than 4 GiB.
    pub(super) fn sorted(self, rows: usize) -> Option<Words> {
        let Self { numbers, mut pairs } = self;
        let mut list: Vec<(String, u32)> = numbers.into_iter().collect();
        list.sort_unstable();
        let mut places = alloc::vec![0_u64; list.len()];
        for (place, (_, number)) in (0_u64..).zip(&list) {
            *places.get_mut(*number as usize)? = place;
        }
        for pair in &mut pairs {
            *pair = places.get((*pair >> 32) as usize)? << 32 | (*pair & 0xffff_ffff);
        }
        pairs.sort_unstable();
        let set = set_bytes(rows);
        let (mut words, mut shorter) = (Words::default(), Vec::new());
        for ((word, _), pairs) in list.iter().zip(pairs.chunk_by(|a, b| a >> 32 == b >> 32)) {
            words.text.extend_from_slice(word.as_bytes());
            words.ends.push(u32::try_from(words.text.len()).ok()?);
            shorter.clear();
            let mut before = 0;
            for row in pairs.iter().map(|pair| pair & 0xffff_ffff) {
                put_varint(&mut shorter, row - before);
                before = row;
            }
            if shorter.len() < set {
                words.rows.extend_from_slice(&shorter);
            } else {
                let mut bits = alloc::vec![0_u64; set / 8];
                for row in pairs.iter().map(|pair| pair & 0xffff_ffff) {
                    *bits.get_mut((row / 64) as usize)? |= 1 << (row % 64);
                }
                words.rows.extend(bits.iter().flat_map(|word| word.to_le_bytes()));
            }
            words.row_ends.push(u32::try_from(words.rows.len()).ok()?);
        }
        for [from, to] in words.hot_ranges(set) {
            let mut bits = alloc::vec![0_u64; set / 8];
            (from..to).for_each(|word| words.gather(word as usize, &mut bits));
            words.hot.extend([from, to]);
            words.hot_bits.extend(bits.iter().flat_map(|word| word.to_le_bytes()));
        }
        Some(words)
    }
}
