//! Stock of one lot at one facility where something was counted (`spec/ledger.md` section 4).

use super::book::Book;
use super::cause::{Cover, Line};
use super::names::Place;
use super::row::{NONE, does};
use super::rules::encoding;
use crate::movement::Reference;
use crate::record::{CountBegin, Entry, Record};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// Units or parts (`measure`) at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sum {
    pub(super) place: u32,
    pub(super) measure: u32,
    pub(super) count: i64,
}

/// A count: its beginning and its end.
#[derive(Debug, Clone)]
pub(super) struct Count {
    pub(super) begin: u32,
    pub(super) end: Option<u32>,
    pub(super) rest_is_zero: bool,
    about: About,
}

/// What a count is about, as its beginning says: every place of every lot is held against it.
#[derive(Debug, Clone)]
struct About {
    store: Option<String>,
    funds: Option<Vec<Option<String>>>,
    /// Encodings.
    products: Option<Vec<Vec<u8>>>,
}

impl About {
    fn of(count: &CountBegin<'_>) -> Self {
        Self {
            store: count.store.map(|store| store.as_str().into()),
            funds: count.funds.map(|funds| funds.iter().map(|fund| fund.0.map(|f| f.as_str().into())).collect()),
            products: count.products.map(|list| list.iter().map(|product| encoding(&product)).collect()),
        }
    }
    fn reaches(&self, at: &Place<'_>, products: &[Vec<u8>]) -> bool {
        self.store.as_deref() == at.store
            && self.funds.as_ref().is_none_or(|funds| funds.iter().any(|fund| fund.as_deref() == at.fund))
            && self.products.as_ref().is_none_or(|list| list.iter().any(|product| products.contains(product)))
    }
}

/// What counting makes of a lot.
#[derive(Debug, Clone, Default)]
pub(super) struct Counted {
    pub(super) sums: Vec<Sum>,
    /// For each place counted the line (or the end of the count) that governs.
    pub(super) governs: Vec<(u32, u32)>,
    /// A record, and the line that absorbed it.
    pub(super) absorbed: Vec<(u32, u32)>,
    /// Lines of different devices, none of which knew the other.
    pub(super) overlapping: Vec<(u32, u32)>,
    /// Lines after the end of their count.
    pub(super) after_end: Vec<u32>,
    /// Lines with their places.
    pub(super) lines: Vec<(u32, u32)>,
    /// Places that several counts reach.
    pub(super) several: Vec<u32>,
}

/// The counts of a facility, from its rows of beginnings and ends: the first end of each on its branch.
pub(super) fn counts_of(book: &Book, rows: &[u32]) -> BTreeMap<u32, Count> {
    let mut counts = BTreeMap::new();
    for row in rows {
        if let Some(Entry::CountBegin(begin)) = book.record(*row).map(|r| r.entry) {
            counts.insert(*row, Count { begin: *row, end: None, rest_is_zero: false, about: About::of(&begin) });
        }
    }
    let mut ends: Vec<u32> = rows.iter().copied().filter(|row| !counts.contains_key(row)).collect();
    ends.sort_by_key(|row| book.order(*row));
    for row in ends {
        let Some(Entry::CountEnd(end)) = book.record(row).map(|r| r.entry) else { continue };
        let begin = begin_of(book, row, end.begin);
        let Some(count) = begin.and_then(|begin| counts.get_mut(&begin)) else { continue };
        if count.end.is_none() {
            (count.end, count.rest_is_zero) = (Some(row), end.rest_is_zero);
        }
    }
    counts
}

/// Ends behind the one that counts, on its branch: they have no effect.
pub(super) fn further_ends(book: &Book, rows: &[u32], counts: &BTreeMap<u32, Count>) -> Vec<u32> {
    let is_further = |row: &u32| {
        let Some(Entry::CountEnd(end)) = book.record(*row).map(|r| r.entry) else { return false };
        let count = begin_of(book, *row, end.begin).and_then(|begin| counts.get(&begin));
        count.and_then(|count| count.end).is_some_and(|first| first != *row && book.on_one_branch(first, *row))
    };
    rows.iter().copied().filter(is_further).collect()
}

/// The beginning that a line or an end names.
pub(super) fn begin_of(book: &Book, row: u32, back: u32) -> Option<u32> {
    let index = book.row(row)?.index.checked_sub(back)?;
    book.ancestor(row, index).filter(|begin| *begin != row)
}

impl Book {
    /// Where a line counted: the store is its count's.
    pub(super) fn place_of_line(&mut self, row: u32, counts: &BTreeMap<u32, Count>) -> Option<u32> {
        if !self.row(row)?.is(does::LINE) {
            return None;
        }
        let line = self.bytes_of(row).to_vec();
        let Entry::CountLine(line) = Record::decode(&line).ok()?.entry else { return None };
        let begin = begin_of(self, row, line.begin).filter(|begin| counts.contains_key(begin))?;
        let begin = self.bytes_of(begin).to_vec();
        let Entry::CountBegin(begin) = Record::decode(&begin).ok()?.entry else { return None };
        Some(self.places.put(begin.store, line.fund, line.vvm, line.bucket))
    }
}

/// A checkpoint that may govern a place.
struct Checkpoint {
    /// The line that stands for it: what another line knows or doesn't.
    line: u32,
    /// The beginning of the count where the rest is zero, else the line: what it covers was before.
    begin: u32,
    quantity: Vec<(u32, u32, i64)>,
}

/// What stands at a place of one measure.
#[derive(Debug, Clone, Copy, Default)]
struct Form {
    count: i64,
    /// What all movements sum up to.
    moved: i64,
    /// Whether a count says something of it.
    covered: bool,
}

/// Lines of one count for this lot in one bucket.
struct Lines {
    begin: u32,
    hold: bool,
    /// Place, measure, quantity, row.
    lines: Vec<(u32, u32, i64, u32)>,
}

/// A lot whose rows are counted.
pub(super) struct Lot<'b> {
    pub(super) book: &'b Book,
    pub(super) counts: &'b BTreeMap<u32, Count>,
    /// Movements with their net quantity, and lines.
    pub(super) rows: Vec<(u32, u32)>,
    /// The place of each line whose count is held.
    pub(super) lines: Vec<(u32, u32)>,
    /// Encodings of the lot's product: its own, and the others of its class.
    pub(super) products: Vec<Vec<u8>>,
}

impl Lot<'_> {
    /// Adds up.
    pub(super) fn count(&self) -> Counted {
        let mut out = Counted::default();
        let counted = self.lines(&mut out);
        let mut places: Vec<u32> = Vec::new();
        for (row, _) in &self.rows {
            let Some(r) = self.book.row(*row).filter(|r| !r.is(does::LINE)) else { continue };
            places.extend(r.is(does::TAKES).then_some(r.from));
            places.extend(r.is(does::PUTS).then_some(r.into));
        }
        places.extend(counted.iter().flat_map(|lines| lines.lines.iter().map(|(place, ..)| *place)));
        places.sort_unstable();
        places.dedup();
        for place in places {
            self.place(place, &counted, &mut out);
        }
        out.lines.clone_from(&self.lines);
        out.absorbed.sort_unstable();
        out.absorbed.dedup();
        out
    }

    /// The lines of this lot that have an effect, by count and bucket.
    fn lines(&self, out: &mut Counted) -> Vec<Lines> {
        let mut all: Vec<Lines> = Vec::new();
        let mut rows: Vec<u32> = self.rows.iter().map(|(row, _)| *row).collect();
        rows.sort_by_key(|row| self.book.order(*row));
        for row in rows {
            let Some(r) = self.book.row(row).filter(|r| r.is(does::LINE)) else { continue };
            let Some(Entry::CountLine(line)) = self.book.record(row).map(|r| r.entry) else { continue };
            let Some(count) = begin_of(self.book, row, line.begin).and_then(|begin| self.counts.get(&begin)) else {
                continue;
            };
            let is_after = |end: &u32| self.book.row(*end).is_some_and(|end| r.index > end.index);
            if count.end.filter(|end| is_after(end) && self.book.on_one_branch(row, *end)).is_some() {
                out.after_end.push(row);
                continue;
            }
            let Some((_, place)) = self.lines.iter().copied().find(|(line, _)| *line == row) else { continue };
            let hold = self.book.places.get(place).hold;
            let new = (place, r.measure, i64::from(r.quantity), row);
            match all.iter_mut().find(|lines| lines.begin == count.begin && lines.hold == hold) {
                Some(lines) => lines.lines.push(new),
                None => all.push(Lines { begin: count.begin, hold, lines: [new].into() }),
            }
        }
        all
    }

    /// The checkpoints that reach a place.
    fn checkpoints(&self, place: u32, at: &Place<'_>, counted: &[Lines]) -> Vec<Checkpoint> {
        let mut found = Vec::new();
        for lines in counted.iter().filter(|lines| lines.hold == at.hold) {
            let own: Vec<_> = lines.lines.iter().filter(|(line, ..)| *line == place).collect();
            let last =
                if own.is_empty() && self.reaches(lines.begin, at) { lines.lines.last() } else { own.last().copied() };
            let Some((.., line)) = last else { continue };
            let quantity = own.iter().map(|(_, measure, count, _)| (place, *measure, *count)).collect();
            found.push(Checkpoint { line: *line, begin: *line, quantity });
        }
        if at.hold {
            return found;
        }
        for count in self.counts.values().filter(|count| count.rest_is_zero) {
            let has_line = counted.iter().any(|lines| lines.begin == count.begin && !lines.hold);
            if let Some(end) = count.end.filter(|_| !has_line && self.reaches(count.begin, at)) {
                found.push(Checkpoint { line: end, begin: count.begin, quantity: Vec::new() });
            }
        }
        found
    }

    /// Whether a count is about this place, and about this lot's product.
    fn reaches(&self, begin: u32, at: &Place<'_>) -> bool {
        self.counts.get(&begin).is_some_and(|count| count.about.reaches(at, &self.products))
    }

    fn place(&self, place: u32, counted: &[Lines], out: &mut Counted) {
        let (book, at) = (self.book, self.book.places.get(place));
        let all = self.checkpoints(place, &at, counted);
        if all.len() > 1 {
            out.several.push(place);
        }
        let known = |line: u32| all.iter().any(|other| other.line != line && book.knows(other.line, line));
        let mut left: Vec<&Checkpoint> = all.iter().filter(|checkpoint| !known(checkpoint.line)).collect();
        left.sort_by_key(|checkpoint| (book.time(checkpoint.line), book.identity(checkpoint.line)));
        let latest = left.pop();
        let log = |row: u32| book.row(row).map(|r| r.log);
        for other in &left {
            if let Some(latest) = latest.filter(|latest| log(latest.line) != log(other.line)) {
                out.overlapping.push((other.line, latest.line));
            }
        }
        if let Some(latest) = latest {
            out.governs.push((place, latest.line));
        }
        let stock = self.stock(place, latest, &mut out.absorbed);
        out.sums.extend(stock.into_iter().map(|(measure, form)| Sum { place, measure, count: form.count }));
    }

    /// What stands at a place by a checkpoint, by measure; and the records that it absorbs, with its line.
    fn stock(&self, place: u32, by: Option<&Checkpoint>, absorbed: &mut Vec<(u32, u32)>) -> BTreeMap<u32, Form> {
        let book = self.book;
        let mut forms: BTreeMap<u32, Form> = BTreeMap::new();
        for (_, measure, count) in by.map(|by| by.quantity.as_slice()).unwrap_or_default() {
            let form = forms.entry(*measure).or_default();
            (form.count, form.covered) = (form.count + count, true);
        }
        let mut lines = by.map(|by| (Line::new(book, by.begin), Line::new(book, by.line)));
        let mut during = Vec::new();
        for (row, delta) in self.deltas(place) {
            let measure = book.row(row).map_or(0, |r| r.measure);
            let form = forms.entry(measure).or_default();
            form.moved += delta;
            let Some((by, (begin, end))) = by.zip(lines.as_mut()) else {
                form.count += delta;
                continue;
            };
            let cover = end.covers(row);
            let before = if by.begin == by.line { cover } else { begin.covers(row) };
            let why = if delta > 0 { before } else { cover };
            if why == Cover::Absorbed && delta != 0 {
                absorbed.push((row, by.line));
            }
            match (before, cover) {
                (Cover::No, Cover::No) => form.count += delta,
                (Cover::No, _) => during.push((end.time_of(row), book.order(row), measure, delta)),
                _ => form.covered = true,
            }
        }
        // Whoever looked found nothing, at some time between: what left without having come left what was there before.
        during.sort_unstable();
        let mut levels: BTreeMap<u32, i64> = BTreeMap::new();
        for (.., measure, delta) in during {
            let level = levels.entry(measure).or_default();
            *level = level.saturating_add(delta).max(0);
        }
        for (measure, level) in levels {
            let form = forms.entry(measure).or_default();
            (form.count, form.covered) = (form.count + level, true);
        }
        forms
    }

    /// What each count found more or less at a place than the records and the counts before it say, the earliest count
    /// first: line, measure, difference. The last is the count that governs; before it the one that would govern without
    /// it, and so on. Together they are what the stock differs by from the sum of the movements.
    pub(super) fn differences(&self, place: u32) -> Vec<(u32, u32, i64)> {
        let counted = self.lines(&mut Counted::default());
        let at = self.book.places.get(place);
        let mut out = Vec::new();
        let mut before: BTreeMap<u32, i64> = BTreeMap::new();
        for checkpoint in self.in_turn(self.checkpoints(place, &at, &counted)) {
            let level = self.level(place, &checkpoint);
            before.extend(level.keys().filter(|of| !before.contains_key(of)).map(|of| (*of, 0)).collect::<Vec<_>>());
            for (of, before) in &mut before {
                let now = level.get(of).copied().unwrap_or(0);
                out.push((checkpoint.line, *of, now - *before));
                *before = now;
            }
        }
        out
    }

    /// Checkpoints of a place, the one that governs last, then without it likewise.
    fn in_turn(&self, mut all: Vec<Checkpoint>) -> Vec<Checkpoint> {
        let book = self.book;
        all.sort_by_key(|checkpoint| (book.time(checkpoint.line), book.identity(checkpoint.line)));
        let knows = |by: &Checkpoint, of: &Checkpoint| by.line != of.line && book.knows(by.line, of.line);
        // By how many of those left each is known.
        let mut known: Vec<usize> = all.iter().map(|of| all.iter().filter(|by| knows(by, of)).count()).collect();
        let mut turns = Vec::with_capacity(all.len());
        while let Some(latest) = known.iter().rposition(|by| *by == 0) {
            let checkpoint = all.remove(latest);
            known.remove(latest);
            let of_it = known.iter_mut().zip(&all).filter(|(_, of)| knows(&checkpoint, of));
            of_it.for_each(|(known, _)| *known -= 1);
            turns.push(checkpoint);
        }
        turns.reverse();
        turns
    }

    /// What a checkpoint says less what the movements that it covers sum up to, by measure.
    fn level(&self, place: u32, checkpoint: &Checkpoint) -> BTreeMap<u32, i64> {
        let stock = self.stock(place, Some(checkpoint), &mut Vec::new());
        stock.into_iter().filter(|(_, form)| form.covered).map(|(of, form)| (of, form.count - form.moved)).collect()
    }

    /// What each movement adds to a place.
    fn deltas(&self, place: u32) -> impl Iterator<Item = (u32, i64)> + '_ {
        self.rows.iter().flat_map(move |(row, net)| {
            let r = self.book.row(*row).filter(|r| !r.is(does::LINE));
            let taken = r.is_some_and(|r| r.is(does::TAKES) && r.from == place).then_some(-i64::from(*net));
            let put = r.is_some_and(|r| r.is(does::PUTS) && r.into == place).then_some(i64::from(*net));
            taken.into_iter().chain(put).map(|delta| (*row, delta))
        })
    }
}

impl super::settled::Settled<'_> {
    /// The record that a reference in this log names, where it is held. In a forked log the reference to an own record
    /// names the least identity there.
    #[must_use]
    pub fn named(self, log: &crate::crypto::Hash, reference: &Reference) -> Option<crate::trust::RecordId> {
        let book = &self.ledger.book;
        let row = match reference {
            Reference::Own(index) => {
                let log = book.log(book.log_by_id(log)?)?;
                log.at(*index).min_by_key(|row| book.identity(*row))?
            }
            Reference::Other { .. } => book.named(NONE, reference)?,
        };
        Some(book.id(row))
    }

    /// The line of a count (or the end of one whose rest is zero) that governs where a movement stands and covers it: it
    /// was in the counted quantity, so taking it back, or more of it, changes no stock. `None` where none does.
    #[must_use]
    pub fn counted_by(self, at: &crate::trust::RecordId) -> Option<crate::trust::RecordId> {
        let book = &self.ledger.book;
        let row = book.find(at)?;
        let r = book.row(row).filter(|r| r.is(does::MOVES))?;
        let taken = r.is(does::TAKES).then_some((r.from, false));
        let put = r.is(does::PUTS).then_some((r.into, true));
        let line = taken.into_iter().chain(put).find_map(|(place, increases)| self.covering(row, place, increases))?;
        Some(book.id(line))
    }

    /// The line (or end) that governs a place and covers what a row adds to it, or takes from it.
    pub(super) fn covering(self, row: u32, place: u32, increases: bool) -> Option<u32> {
        let (ledger, book) = (self.ledger, &self.ledger.book);
        let counted = ledger.counted.get(&ledger.leader(book.row(row)?.part))?;
        let (_, line) = counted.governs.iter().find(|(governed, _)| *governed == place)?;
        let counts = ledger.sites.get(book.facility_of(row) as usize).map(|site| &site.counts);
        let begin_of_rest = |end: u32| {
            let count = counts.and_then(|counts| counts.values().find(|count| count.end == Some(end)));
            count.map_or(end, |count| count.begin)
        };
        let by = if increases { begin_of_rest(*line) } else { *line };
        (Line::new(book, by).covers(row) != Cover::No).then_some(*line)
    }
}
