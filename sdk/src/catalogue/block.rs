//! Many rows in little space: written once, in the order of their names, with everything that finds them.
use super::bytes::{Reader, are_ends, put_text, put_varint};
use super::fold;
use super::words::{Gathered, Words, part};
use alloc::string::String;
use alloc::vec::Vec;
use hashbrown::HashMap;

/// Texts of a row that many rows share.
pub(super) const TEXTS: usize = 17;
/// How many of them a search looks into.
pub(super) const SEARCHED: usize = 5;
/// Bytes of a GTIN or GLN: 14 digits are less than 2^47.
const NUMBER: usize = 6;

/// What is kept of a drug or facility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row<'a> {
    /// One row of each.
    pub(super) key: &'a str,
    /// When it last changed: microseconds since 1970; [`UNDATED`] where it isn't said.
    pub(super) time: i64,
    pub(super) name: &'a str,
    /// Registration numbers, new and old; a facility's code. Empty: none.
    pub(super) codes: [&'a str; 2],
    numbers: &'a [u8],
    /// Empty: none.
    pub(super) texts: [&'a str; TEXTS],
}

/// A row without a time: older than every other.
pub(super) const UNDATED: i64 = i64::MIN;

impl<'a> Row<'a> {
    /// GTINs, or the GLN; 0 where a packaging has none.
    pub(super) fn numbers(self) -> impl Iterator<Item = u64> + 'a {
        self.numbers
            .as_chunks::<NUMBER>()
            .0
            .iter()
            .map(|[a, b, c, d, e, f]| u64::from_le_bytes([*a, *b, *c, *d, *e, *f, 0, 0]))
    }
}

/// A row that owns its texts.
#[derive(Debug, Clone, Default)]
pub(super) struct Owned {
    pub(super) key: String,
    pub(super) time: i64,
    pub(super) name: String,
    pub(super) codes: [String; 2],
    pub(super) texts: [String; TEXTS],
    numbers: Vec<u8>,
}

impl Owned {
    /// A row that says nothing yet.
    pub(super) fn undated() -> Self {
        Self { time: UNDATED, ..Self::default() }
    }
    pub(super) fn number(&mut self, number: u64) {
        self.numbers.extend(number.to_le_bytes().iter().take(NUMBER));
    }
    pub(super) fn row(&self) -> Row<'_> {
        Row {
            key: &self.key,
            time: self.time,
            name: &self.name,
            codes: self.codes.each_ref().map(String::as_str),
            numbers: &self.numbers,
            texts: self.texts.each_ref().map(String::as_str),
        }
    }
}

/// Where a row stands among others: by its name, then by what tells two of one name apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place<'a> {
    folded: String,
    name: &'a str,
    key: &'a str,
}

impl<'a> Place<'a> {
    pub(super) fn of(key: &'a str, name: &'a str) -> Self {
        Self { folded: fold::folded(name), name, key }
    }
}

/// Rows in the order of their names; a row's number is its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) rows: Vec<u8>,
    pub(super) row_ends: Vec<u32>,
    /// Texts that rows share; text 0 is the empty one.
    pub(super) pool: Vec<u8>,
    pub(super) pool_ends: Vec<u32>,
    pub(super) by_key: Vec<u32>,
    /// Row and which of its codes, in the order of the codes: `row * 2 + which`.
    pub(super) by_code: Vec<u32>,
    pub(super) numbers: Vec<u64>,
    pub(super) by_number: Vec<u32>,
    pub(super) names: Words,
    pub(super) others: Words,
}

impl Block {
    /// How many rows.
    pub(super) fn len(&self) -> usize {
        self.row_ends.len()
    }

    fn shared(&self, reader: &mut Reader<'_>) -> Option<&str> {
        let at = usize::try_from(reader.varint()?).ok()?;
        core::str::from_utf8(part(&self.pool, &self.pool_ends, at)?).ok()
    }

    /// The row at a place.
    pub(super) fn row(&self, at: u32) -> Option<Row<'_>> {
        let mut reader = Reader(part(&self.rows, &self.row_ends, at as usize)?);
        let mut row = Row {
            key: reader.text()?,
            name: reader.text()?,
            codes: [reader.text()?, reader.text()?],
            time: i64::from_le_bytes(reader.array()?),
            numbers: reader.run()?,
            texts: [""; TEXTS],
        };
        for text in &mut row.texts {
            *text = self.shared(&mut reader)?;
        }
        Some(row)
    }

    fn key(&self, at: u32) -> Option<&str> {
        Reader(part(&self.rows, &self.row_ends, at as usize)?).text()
    }

    /// Where the row at a place stands among others.
    pub(super) fn place(&self, at: u32) -> Option<Place<'_>> {
        let mut reader = Reader(part(&self.rows, &self.row_ends, at as usize)?);
        Some(Place::of(reader.text()?, reader.text()?))
    }

    /// Place of the row with this key.
    pub(super) fn find(&self, key: &str) -> Option<u32> {
        let at = self.by_key.binary_search_by(|row| self.key(*row).unwrap_or_default().cmp(key)).ok()?;
        self.by_key.get(at).copied()
    }

    /// Places of the rows with this folded code, and which of the codes it is.
    pub(super) fn with_code(&self, code: &str) -> impl Iterator<Item = (u32, u32)> {
        let at = |entry: u32| {
            let codes = self.row(entry / 2).map(|row| row.codes).unwrap_or_default();
            fold::code(codes.get(entry as usize % 2).unwrap_or(&""))
        };
        let from = self.by_code.partition_point(|entry| at(*entry).as_str() < code);
        let entries = self.by_code.get(from..).unwrap_or_default().iter();
        entries.take_while(move |entry| at(**entry) == code).map(|entry| (entry / 2, entry % 2))
    }

    /// Places of the rows with this number.
    pub(super) fn with_number(&self, number: u64) -> impl Iterator<Item = u32> {
        let from = self.numbers.partition_point(|held| *held < number);
        let held = self.numbers.get(from..).unwrap_or_default().iter();
        let rows = self.by_number.get(from..).unwrap_or_default();
        held.zip(rows).take_while(move |(held, _)| **held == number).map(|(_, row)| *row)
    }

    /// How many rows stand before this place, looked for from one that is known to stand before.
    pub(super) fn before(&self, place: &Place<'_>, known: u32) -> u32 {
        let is_before = |at: u32| self.place(at).is_some_and(|held| held < *place);
        let all = self.len() as u32;
        // Steps that double, then halving: near rows are found in few comparisons.
        let (mut from, mut step) = (known, 1);
        while from + step <= all && is_before(from + step - 1) {
            from += step;
            step = step.saturating_mul(2).min(all);
        }
        let mut to = (from + step - 1).min(all);
        while from < to {
            let middle = from + (to - from) / 2;
            if is_before(middle) { from = middle + 1 } else { to = middle }
        }
        from
    }

    /// Whether the parts belong together: what was read from bytes may be anything.
    pub(super) fn is_sound(&self) -> bool {
        let rows = self.len();
        let places = |list: &[u32], per_row: usize| list.iter().all(|at| (*at as usize) / per_row < rows);
        are_ends(&self.row_ends, self.rows.len())
            && are_ends(&self.pool_ends, self.pool.len())
            && self.by_key.len() == rows
            && places(&self.by_key, 1)
            && places(&self.by_code, 2)
            && places(&self.by_number, 1)
            && self.numbers.len() == self.by_number.len()
            && self.numbers.is_sorted()
            && self.names.is_sound(rows)
            && self.others.is_sound(rows)
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        let numbers = self.row_ends.len() + self.pool_ends.len() + self.by_key.len() + self.by_code.len();
        let gtins = self.numbers.len() * 8 + self.by_number.len() * 4;
        self.rows.len() + self.pool.len() + 4 * numbers + gtins + self.names.bytes() + self.others.bytes()
    }

    /// From rows in the order of their places; `None`: more than 4 GiB.
    pub(super) fn of<'a>(rows: impl Iterator<Item = Row<'a>>) -> Option<Self> {
        let mut build = Build::default();
        build.share("")?;
        for (at, row) in (0..).zip(rows) {
            build.row(at, &row)?;
        }
        build.sorted()
    }
}

#[derive(Default)]
struct Build<'a> {
    block: Block,
    shared: HashMap<&'a str, u32>,
    /// The words of each shared text, once it was searched.
    shared_words: Vec<Option<Vec<u32>>>,
    names: Gathered,
    others: Gathered,
    keys: Vec<(&'a str, u32)>,
    codes: Vec<(String, u32)>,
    numbers: Vec<(u64, u32)>,
}

impl<'a> Build<'a> {
    fn share(&mut self, text: &'a str) -> Option<u32> {
        if let Some(at) = self.shared.get(text) {
            return Some(*at);
        }
        let at = u32::try_from(self.block.pool_ends.len()).ok()?;
        self.block.pool.extend_from_slice(text.as_bytes());
        self.block.pool_ends.push(u32::try_from(self.block.pool.len()).ok()?);
        self.shared.insert(text, at);
        self.shared_words.push(None);
        Some(at)
    }

    fn words_of(gathered: &mut Gathered, text: &str) -> Vec<u32> {
        let mut numbers = Vec::new();
        fold::words(&fold::folded(text), |word| numbers.extend(gathered.number(word)));
        numbers
    }

    fn row(&mut self, at: u32, row: &Row<'a>) -> Option<()> {
        let mut shared = [0_u32; TEXTS];
        for (shared, text) in shared.iter_mut().zip(row.texts) {
            *shared = self.share(text)?;
        }
        let out = &mut self.block.rows;
        put_text(out, row.key);
        put_text(out, row.name);
        row.codes.iter().for_each(|code| put_text(out, code));
        out.extend_from_slice(&row.time.to_le_bytes());
        put_varint(out, row.numbers.len() as u64);
        out.extend_from_slice(row.numbers);
        shared.iter().for_each(|text| put_varint(out, u64::from(*text)));
        self.block.row_ends.push(u32::try_from(out.len()).ok()?);

        let mut words = Self::words_of(&mut self.names, row.name);
        self.names.row(at, &mut words);
        let mut others = Vec::new();
        for (shared, text) in shared.iter().zip(row.texts).take(SEARCHED) {
            let words = self.shared_words.get_mut(*shared as usize)?;
            others.extend_from_slice(words.get_or_insert_with(|| Self::words_of(&mut self.others, text)));
        }
        self.others.row(at, &mut others);

        self.keys.push((row.key, at));
        let twice = at.checked_mul(2)?;
        let codes = row.codes.into_iter().zip([twice, twice + 1]).filter(|(code, _)| !code.is_empty());
        self.codes.extend(codes.map(|(code, entry)| (fold::code(code), entry)));
        let mut numbers: Vec<u64> = row.numbers().filter(|number| *number != 0).collect();
        numbers.sort_unstable();
        numbers.dedup();
        self.numbers.extend(numbers.into_iter().map(|number| (number, at)));
        Some(())
    }

    fn sorted(self) -> Option<Block> {
        let Self { mut block, names, others, mut keys, mut codes, mut numbers, .. } = self;
        keys.sort_unstable();
        codes.sort_unstable();
        numbers.sort_unstable();
        block.by_key = keys.into_iter().map(|(_, at)| at).collect();
        block.by_code = codes.into_iter().map(|(_, entry)| entry).collect();
        (block.numbers, block.by_number) = numbers.into_iter().unzip();
        let rows = block.len();
        block.names = names.sorted(rows)?;
        block.others = others.sorted(rows)?;
        block.rows.shrink_to_fit();
        block.row_ends.shrink_to_fit();
        Some(block)
    }
}
