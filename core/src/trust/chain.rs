//! Pieces of chains that are held: which record lies on which head, and where a log forks.

use super::{Facts, RecordId};
use crate::crypto::Hash;

/// A piece of one log's chain, from one count to a later one, under a verified seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span<'a> {
    /// h₀ of the log.
    pub log: Hash,
    /// First count.
    pub start: u32,
    /// The value there.
    pub start_hash: Hash,
    /// Last count: that of a verified seal.
    pub end: u32,
    /// The head there.
    pub end_hash: Hash,
    /// The values between, at the counts start + 1 … end − 1, or none where only the ends are kept. A slice of
    /// another length is as none.
    pub interior: Option<&'a [Hash]>,
}

impl Span<'_> {
    /// Fills space that isn't used yet.
    pub const EMPTY: Self =
        Self { log: Hash::ZERO, start: 0, start_hash: Hash::ZERO, end: 0, end_hash: Hash::ZERO, interior: None };

    /// The value at this count, where it is held.
    #[must_use]
    pub fn value(&self, count: u32) -> Option<&Hash> {
        if count == self.start {
            return Some(&self.start_hash);
        }
        if count == self.end && self.start < self.end {
            return Some(&self.end_hash);
        }
        let between = (self.start < count && count < self.end).then_some(self.values())??;
        between.get(usize::try_from(count - self.start - 1).ok()?)
    }

    fn values(&self) -> Option<&[Hash]> {
        let expected = usize::try_from(self.end.checked_sub(self.start)?.checked_sub(1)?).ok()?;
        self.interior.filter(|values| values.len() == expected)
    }

    fn holds(&self, count: u32, value: &Hash) -> bool {
        self.value(count) == Some(value)
    }

    /// The lowest count of this span at which `other` holds another value.
    fn differs(&self, other: &Self) -> Option<u32> {
        let differs = |count: &u32| matches!((self.value(*count), other.value(*count)), (Some(a), Some(b)) if a != b);
        let (low, high) = (self.start.max(other.start), self.end.min(other.end));
        if self.values().is_some() && other.values().is_some() {
            // Chains that parted never join again: the first difference can be halved for.
            let (mut equal, mut apart) = (low, high);
            if low > high || !differs(&high) {
                return None;
            }
            while equal < apart {
                let middle = equal + (apart - equal) / 2;
                if differs(&middle) { apart = middle } else { equal = middle + 1 }
            }
            return Some(apart);
        }
        // One holds its ends only (and perhaps nothing is between): those four counts are all there is to compare.
        [self.start, self.end, other.start, other.end].into_iter().filter(differs).min()
    }
}

/// Space for one span: whether it was found on the chain that is being walked. Its content means nothing outside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mark {
    /// Greatest count at which the span is known to lie on the chain; `None`: nowhere.
    top: Option<u32>,
    pending: bool,
}

/// A fork of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fork {
    /// The lowest count at which two values are held.
    pub count: u32,
    /// Whether a cut that counts ends the log: then it says which branch holds.
    pub settled: bool,
}

/// Whether the record lies on the chain that ends in (n, head): `None` where that chain isn't here down to it.
///
/// Every known value of a span below a common point is on the chain, since each value has one predecessor. So spans
/// are taken up, from the head downwards, each with the highest point at which it meets the chain.
pub(super) fn lies_on(facts: &Facts<'_>, marks: &mut [Mark], record: &RecordId, n: u32, head: &Hash) -> Option<bool> {
    let target = record.index.checked_add(1)?;
    if target > n {
        return Some(false);
    }
    if target == n {
        return Some(record.identity == *head);
    }
    let spans = || facts.spans.iter().enumerate().filter(|(_, span)| span.log == record.log);
    marks.fill(Mark::default());
    for (at, span) in spans() {
        if span.holds(n, head) {
            raise(marks, at, n);
        }
    }
    while let Some((here, top, span)) = spans().find_map(|(at, span)| {
        let mark = marks.get(at)?;
        Some((at, mark.top.filter(|_| mark.pending)?, span))
    }) {
        if let Some(mark) = marks.get_mut(here) {
            mark.pending = false;
        }
        if target <= top
            && let Some(value) = span.value(target)
        {
            return Some(*value == record.identity);
        }
        for (at, other) in spans().filter(|(at, _)| *at != here) {
            // Both keep the values between: the two meet in the highest count that both have, or nowhere lower
            // that matters but at this span's start. Of others only the ends can be compared.
            let counts = [top.min(other.end), top.min(span.end), other.end, span.start];
            let met = counts.into_iter().filter(|count| *count <= top && *count >= span.start);
            let met = met.filter(|count| span.value(*count).is_some_and(|value| other.holds(*count, value))).max();
            if let Some(count) = met {
                raise(marks, at, count);
            }
        }
    }
    None
}

fn raise(marks: &mut [Mark], at: usize, count: u32) {
    if let Some(mark) = marks.get_mut(at)
        && mark.top.is_none_or(|top| top < count)
    {
        *mark = Mark { top: Some(count), pending: true };
    }
}

/// The lowest count at which two values of this log are held.
pub(super) fn lowest_fork(facts: &Facts<'_>, log: &Hash) -> Option<u32> {
    let spans = || facts.spans.iter().enumerate().filter(|(_, span)| span.log == *log);
    spans().flat_map(|(at, a)| spans().skip_while(move |(b, _)| *b <= at).filter_map(|(_, b)| a.differs(b))).min()
}
