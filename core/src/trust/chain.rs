//! Pieces of chains that are held: which record lies on which head, and where a log forks.

use super::RecordId;
use super::index::{put_in_order, run};
use crate::crypto::Hash;
use core::cmp::Ordering;

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

/// Space for one span: where it stands in order, and whether it was found on the chain that is being walked. Its content
/// means nothing outside.
pub type Mark = [u32; 3];

/// A fork of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fork {
    /// The lowest count at which two values are held.
    pub count: u32,
    /// Whether a cut that counts ends the log: then it says which branch holds.
    pub settled: bool,
}

/// The spans in order of their logs and starts, and the chain that was walked last.
#[derive(Debug)]
pub(super) struct Chains<'f, 's> {
    spans: &'f [Span<'f>],
    order: &'s [u32],
    /// By position: greatest count at which the span is known to lie on the chain walked.
    tops: &'s mut [u32],
    /// By position: how the span stands to that chain.
    found: &'s mut [u32],
    walked: Option<(Hash, u32, Hash)>,
}

/// The span isn't known to meet the chain.
const NOWHERE: u32 = 0;
/// It does, and was looked at.
const MET: u32 = 1;
/// It does, and others may meet the chain through it.
const PENDING: u32 = 2;

impl<'f, 's> Chains<'f, 's> {
    /// Puts the spans in order; `None` where there are fewer marks than spans.
    pub(super) fn new(spans: &'f [Span<'f>], marks: &'s mut [Mark]) -> Option<Self> {
        let room = marks.get_mut(..spans.len())?.as_flattened_mut();
        let (order, rest) = room.split_at_mut_checked(spans.len())?;
        let (tops, found) = rest.split_at_mut_checked(spans.len())?;
        let place = |at: u32| spans.get(at as usize).map(|span| (span.log, span.start));
        put_in_order(order, &|a, b| place(a).cmp(&place(b)));
        Some(Self { spans, order, tops, found, walked: None })
    }

    /// Every span, as handed in.
    pub(super) const fn all(&self) -> &'f [Span<'f>] {
        self.spans
    }

    fn get(&self, position: u32) -> Option<&'f Span<'f>> {
        self.spans.get(position as usize)
    }

    /// Positions of the spans of a log, by their starts.
    pub(super) fn of(&self, log: &Hash) -> &'s [u32] {
        run(self.order, &|at| self.get(at).map_or(Ordering::Greater, |span| span.log.cmp(log)))
    }

    /// Logs of which a span is held, each once.
    pub(super) fn logs(&self) -> impl Iterator<Item = Hash> + '_ {
        let mut last = None;
        self.order.iter().filter_map(move |at| {
            let log = self.get(*at)?.log;
            (last.replace(log) != Some(log)).then_some(log)
        })
    }

    /// Whether the record lies on the chain that ends in (n, head): `None` where that chain isn't here down to it.
    pub(super) fn lies_on(&mut self, record: &RecordId, n: u32, head: &Hash) -> Option<bool> {
        let target = record.index.checked_add(1)?;
        if target > n {
            return Some(false);
        }
        if target == n {
            return Some(record.identity == *head);
        }
        let chain = (record.log, n, *head);
        if self.walked != Some(chain) {
            self.walk(&record.log, n, head);
            self.walked = Some(chain);
        }
        let value = self.of(&record.log).iter().find_map(|at| {
            let met = self.found.get(*at as usize) != Some(&NOWHERE) && target <= *self.tops.get(*at as usize)?;
            self.get(*at).filter(|_| met)?.value(target)
        });
        value.map(|value| *value == record.identity)
    }

    /// Finds which spans lie on a chain, and how far up. The records of a log are judged one after the other, so its
    /// chain is walked once for each of its cuts.
    ///
    /// Every known value of a span below a common point is on the chain, since each value has one predecessor. So spans
    /// are taken up, from the head downwards, each with the highest point at which it meets the chain.
    fn walk(&mut self, log: &Hash, n: u32, head: &Hash) {
        let here = self.of(log);
        for at in here {
            let meets = self.get(*at).is_some_and(|span| span.holds(n, head));
            if let (Some(found), Some(top)) = (self.found.get_mut(*at as usize), self.tops.get_mut(*at as usize)) {
                (*found, *top) = if meets { (PENDING, n) } else { (NOWHERE, 0) };
            }
        }
        let pending = |found: &[u32]| here.iter().copied().find(|at| found.get(*at as usize) == Some(&PENDING));
        while let Some(at) = pending(self.found) {
            if let Some(found) = self.found.get_mut(at as usize) {
                *found = MET;
            }
            let Some((span, top)) = self.get(at).zip(self.tops.get(at as usize).copied()) else { continue };
            for other_at in here.iter().filter(|other| **other != at) {
                let Some(other) = self.get(*other_at) else { continue };
                if other.start > top {
                    break; // they stand by their starts
                }
                // Both keep the values between: the two meet in the highest count that both have, or nowhere lower
                // that matters but at this span's start. Of others only the ends can be compared.
                let counts = [top.min(other.end), top.min(span.end), other.end, span.start];
                let met = counts.into_iter().filter(|count| *count <= top && *count >= span.start);
                let met = met.filter(|count| span.value(*count).is_some_and(|value| other.holds(*count, value))).max();
                if let Some(count) = met {
                    self.raise(*other_at, count);
                }
            }
        }
    }

    fn raise(&mut self, at: u32, count: u32) {
        if let (Some(found), Some(top)) = (self.found.get_mut(at as usize), self.tops.get_mut(at as usize))
            && (*found == NOWHERE || *top < count)
        {
            (*found, *top) = (PENDING, count);
        }
    }

    /// The lowest count at which two values of this log are held.
    pub(super) fn lowest_fork(&self, log: &Hash) -> Option<u32> {
        let here = self.of(log);
        let spans = |from: usize| here.iter().skip(from).filter_map(|at| self.get(*at));
        // Where neither reaches the other there is nothing to compare.
        let apart = |(at, a): (usize, &'f Span<'f>)| {
            spans(at + 1).take_while(|b| b.start <= a.end.max(a.start)).filter_map(|b| a.differs(b)).min()
        };
        spans(0).enumerate().filter_map(apart).min()
    }
}
