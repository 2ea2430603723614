//! What is held of one log: its chain from the first record on, and pieces beside it.
use crate::error::Result;
use crate::evidence::Part;
use crate::seals;
use medlot_core::crypto::{Hash, SIGNATURE_LEN};
use medlot_core::limits::MAX_SEGMENT_BYTES;
use medlot_core::record::{Authentic, ForkProof, LogKey, ObjectType, Segment, SegmentWriter, Witness, header};
use medlot_core::sync::Point;
use std::sync::Arc;

/// A verified segment, as it came or as it is cut from the own log.
#[derive(Debug, Clone)]
pub(super) struct Seg {
    pub(super) index: u32,
    pub(super) end: u32,
    pub(super) start: Hash,
    pub(super) head: Hash,
    pub(super) body: Arc<[u8]>,
}

impl Seg {
    pub(super) fn of(authentic: &Authentic<'_>) -> Self {
        Self {
            index: authentic.index(),
            end: authentic.end(),
            start: authentic.start(),
            head: authentic.head(),
            body: authentic.body().into(),
        }
    }
    pub(super) fn of_part(part: &Part<'_>) -> Result<Self> {
        let (run, body) = (&part.run, part.body()?.into());
        Ok(Self { index: run.index(), end: run.end(), start: run.start(), head: run.head(), body })
    }
    pub(super) fn verify<'a>(&'a self, log: &LogKey<'_>) -> Result<Authentic<'a>> {
        Ok(seals::verify(Segment::parse(&self.body, log.suite.signature_length())?, log)?)
    }
    /// The chain's value at a count that it reaches over.
    pub(super) fn value(&self, log: &LogKey<'_>, count: u32) -> Option<Hash> {
        match count {
            n if n == self.end => Some(self.head),
            n if n == self.index => Some(self.start),
            n if n > self.index && n < self.end => {
                let authentic = self.verify(log).ok()?;
                value_in(&authentic, count)
            }
            _ => None,
        }
    }
    fn seal(&self) -> Option<&[u8; SIGNATURE_LEN]> {
        self.body.last_chunk()
    }
    /// The same records from an index on, under the same seal.
    pub(super) fn cut(&self, log: &LogKey<'_>, from: u32) -> Option<Vec<u8>> {
        if from == self.index {
            return Some(self.body.to_vec());
        }
        let authentic = self.verify(log).ok()?;
        let start = value_in(&authentic, from)?;
        let mut out = vec![0; MAX_SEGMENT_BYTES];
        let count = self.end.checked_sub(from)?;
        let mut writer = SegmentWriter::new(&mut out, from, &start, count, SIGNATURE_LEN).ok()?;
        let mut records = authentic.records();
        while let Some(record) = records.next() {
            if record.index() >= from {
                writer.push(record.bytes()).ok()?;
            }
        }
        let length = writer.finish(self.seal()?).ok()?;
        out.truncate(length);
        Some(out)
    }
}

impl Seg {
    /// What it adds to a chain that reaches to this count already.
    pub(super) fn remainder(&self, log: &LogKey<'_>, from: u32) -> Self {
        match (self.value(log, from), self.cut(log, from)) {
            (Some(start), Some(body)) => Self { index: from, start, body: body.into(), ..self.clone() },
            _ => self.clone(),
        }
    }
}

/// The chain's value at a count inside a verified segment.
pub(super) fn value_in(authentic: &Authentic<'_>, count: u32) -> Option<Hash> {
    if count == authentic.index() {
        return Some(authentic.start());
    }
    let mut records = authentic.records();
    while let Some(record) = records.next() {
        if record.index() + 1 == count {
            return Some(record.identity());
        }
    }
    None
}

/// What is held of a log.
#[derive(Debug, Clone, Default)]
pub(super) struct HeldLog {
    /// From the first record on, without a gap.
    pub(super) main: Vec<Seg>,
    /// Batches, and branches of a forked log.
    pub(super) extras: Vec<Seg>,
}

impl HeldLog {
    /// Count and head of the chain from the first record on; `id` is h₀.
    pub(super) fn tip(&self, id: Hash) -> (u32, Hash) {
        self.main.last().map_or((0, id), |seg| (seg.end, seg.head))
    }
    /// The piece of the chain that holds the record at this index.
    pub(super) fn main_at(&self, index: u32) -> Option<&Seg> {
        let at = self.main.partition_point(|seg| seg.end <= index);
        self.main.get(at).filter(|seg| seg.index <= index)
    }
    /// The chain's value at a count, as far as it is held from the first record on.
    pub(super) fn value(&self, log: &LogKey<'_>, count: u32) -> Option<Hash> {
        if count == 0 {
            return Some(log.id);
        }
        self.main_at(count - 1)?.value(log, count)
    }
    /// Whether these records, with this head at their end, are held: on the chain, or as one piece beside it.
    pub(super) fn has(&self, log: &LogKey<'_>, index: u32, end: u32, head: &[u8; 16]) -> bool {
        self.value(log, end).is_some_and(|value| value.log16() == *head)
            || self.extra(index, end, head).is_some()
            || (index == 0 && self.joined(log).iter().any(|(count, value)| *count == end && value.log16() == *head))
    }
    /// A piece beside the chain that ends there and holds all from this index on.
    pub(super) fn extra(&self, index: u32, end: u32, head: &[u8; 16]) -> Option<&Seg> {
        self.extras.iter().find(|seg| seg.index <= index && seg.end == end && seg.head.log16() == *head)
    }
    /// Ends of pieces beside the chain from which all before is held, back to the first record: branches. Ascending.
    pub(super) fn joined(&self, log: &LogKey<'_>) -> Vec<(u32, Hash)> {
        let mut order: Vec<&Seg> = self.extras.iter().collect();
        order.sort_by_key(|seg| seg.index);
        let mut ends: Vec<(u32, Hash)> = Vec::new();
        for seg in order {
            let follows = ends.contains(&(seg.index, seg.start)) || self.value(log, seg.index) == Some(seg.start);
            if follows {
                ends.push((seg.end, seg.head));
            }
        }
        ends.sort();
        ends
    }
    /// The places up to which all is held, the greatest first: what a peer is told, so that it sends what comes after.
    pub(super) fn points(&self, log: &LogKey<'_>) -> Vec<Point> {
        let point = |count, head: Hash| Point { count, head: head.log_id() };
        let mut all: Vec<Point> = self.joined(log).into_iter().map(|(count, head)| point(count, head)).collect();
        let held = u32::try_from(self.main.len()).unwrap_or(u32::MAX);
        let seals = (0..).map_while(|nth| medlot_core::sync::points(held, nth));
        all.extend(seals.filter_map(|at| self.main.get(at as usize - 1)).map(|seg| point(seg.end, seg.head)));
        all.sort_by_key(|point| std::cmp::Reverse(point.count));
        // Two branches that end at one count: one of them is named.
        all.dedup_by_key(|point| point.count);
        all
    }

    /// The proof that a piece and the chain part, where both hold a value at one count that can be shown.
    pub(super) fn fork(&self, log: &LogKey<'_>, other: &Seg) -> Option<Vec<u8>> {
        let all = self.main.iter().chain(&self.extras);
        all.filter_map(|seg| proof(log, seg, other).or_else(|| proof(log, other, seg))).next()
    }
}

/// A proof from two pieces: the seal at the end of the one, and what the other shows at that count.
fn proof(log: &LogKey<'_>, a: &Seg, b: &Seg) -> Option<Vec<u8>> {
    let count = a.end;
    let value = b.value(log, count)?;
    if count == 0 || value == a.head {
        return None;
    }
    let shown = if count == b.end { Vec::new() } else { b.cut(log, count)? };
    let second =
        if count == b.end { Witness::Seal { head: b.head, signature: b.seal()? } } else { Witness::Segment(&shown) };
    let first = Witness::Seal { head: a.head, signature: a.seal()? };
    let proof = ForkProof { log: log.id.log_id(), suite: log.suite.number(), count, witnesses: [first, second] };
    let mut out = vec![0; MAX_SEGMENT_BYTES + 256];
    let length = proof.write(&mut out).ok()?;
    out.truncate(length);
    Some([&header(ObjectType::ForkProof)[..], &out].concat())
}
