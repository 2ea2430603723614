//! Records under a seal that holds, with the chain's value at each count: for hosts with room, which ask for them again
//! and again. What was hashed under the seal is kept, so that handing a record out hashes nothing.
//!
//! [`Chained`] is a verified segment with those values; [`Run`] is that, or records of an own log as they stand on its
//! own medium, which needn't be written as a segment to be believed.

use super::own::OwnRecords;
use super::rows::{Buffer, Rebuild};
use super::seals::{Seals, check_once};
use super::segment::{Authentic, AuthenticRecord, LogKey, Segment, SegmentError, SegmentWriter};
use super::tip::Seal;
use crate::crypto::{self, Hash};
use crate::limits::{MAX_ROW_RECORD_BYTES, MAX_SEGMENT_BYTES, MAX_SEGMENT_RECORDS};
use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;

/// A verified segment, with the chain's value at each count from its first record's index to its end.
///
/// ```
/// use medlot_core::crypto::{Hash, SoftwareKey, Suite, chain_next, seal_message};
/// use medlot_core::record::{LogKey, Run, SealMemory, Seals, Segment, SegmentWriter};
/// use std::cell::RefCell;
///
/// struct Here(RefCell<SealMemory>);
/// impl Seals for Here {
///     fn with<T>(&self, ask: impl FnOnce(&mut SealMemory) -> T) -> T {
///         ask(&mut self.0.borrow_mut())
///     }
/// }
/// let key = SoftwareKey::from_seed(Suite::Ed25519, &[7; 32])?;
/// let mut room = [0; 33];
/// let log = LogKey { id: Hash([1; 32]), suite: Suite::Ed25519, key: key.public_key(&mut room) };
/// let record = b"as many bytes as a record has at least";
/// let head = chain_next(&log.id, 0, record)?;
/// let signature = key.sign(&seal_message(&log.id, 1, &head));
///
/// let mut body = [0; 512];
/// let mut writer = SegmentWriter::new(&mut body, 0, &log.id, 1, signature.len())?;
/// writer.push(record)?;
/// let length = writer.finish(&signature)?;
///
/// let here = Here(RefCell::new(SealMemory::new(8)));
/// let run = Run::from(Segment::parse(&body[..length], 64)?.chained(&log, &here)?);
/// assert_eq!((run.head(), run.identity(0)), (head, Some(head)));
/// let mut records = run.records();
/// assert_eq!(records.next().map(|r| r.bytes() == record), Some(true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Chained<'a> {
    authentic: Authentic<'a>,
    values: Vec<Hash>,
}

impl<'a> Segment<'a> {
    /// As [`Segment::verify_once`], and keeps what was hashed.
    ///
    /// # Errors
    /// As [`Segment::verify`].
    pub fn chained(self, log: &LogKey<'_>, seals: &impl Seals) -> Result<Chained<'a>, SegmentError> {
        let mut values = Vec::with_capacity(self.count() as usize + 1);
        let hashed = self.hashed(log, |value| values.push(value))?;
        let authentic = hashed.check_once(log, seals)?;
        Ok(Chained { authentic, values })
    }
}

impl<'a> AsRef<Authentic<'a>> for Chained<'a> {
    fn as_ref(&self) -> &Authentic<'a> {
        &self.authentic
    }
}

/// Hashes its records once more.
impl<'a> From<Authentic<'a>> for Chained<'a> {
    fn from(authentic: Authentic<'a>) -> Self {
        let mut values = Vec::with_capacity((authentic.end() - authentic.index()) as usize + 1);
        values.push(authentic.start());
        let mut records = authentic.records();
        while let Some(record) = records.next() {
            values.push(record.identity());
        }
        Self { authentic, values }
    }
}

/// Records of one log under a seal that holds, from one count to another.
#[derive(Clone)]
pub struct Run<'a> {
    source: Source<'a>,
    log: Hash,
    index: u32,
    /// h at each count from `index` to the end: one more than there are records.
    values: Cow<'a, [Hash]>,
}

#[derive(Clone, Copy)]
enum Source<'a> {
    Segment(Authentic<'a>),
    /// All records of the log, and the seal's signature.
    Own(&'a OwnRecords, &'a [u8]),
}

impl<'a> From<Chained<'a>> for Run<'a> {
    fn from(chained: Chained<'a>) -> Self {
        let Chained { authentic, values } = chained;
        let (log, index) = (authentic.log(), authentic.index());
        Self { source: Source::Segment(authentic), log, index, values: Cow::Owned(values) }
    }
}

impl<'a> Run<'a> {
    /// Records as they stand on the own medium with the chain's values at each count, held to the seal over them.
    pub(super) fn of_own(
        records: &'a OwnRecords,
        values: &'a [Hash],
        index: u32,
        seal: &'a Seal,
        log: &LogKey<'_>,
        seals: &impl Seals,
    ) -> Result<Self, SegmentError> {
        let head = values.last().filter(|_| (2..=MAX_SEGMENT_RECORDS + 1).contains(&values.len()));
        let head = head.ok_or(SegmentError::Count)?;
        check_once(log, &crypto::seal_message(&log.id, seal.count, head), &seal.signature, seals)?;
        Ok(Self { source: Source::Own(records, &seal.signature), log: log.id, index, values: Cow::Borrowed(values) })
    }

    /// h₀ of its log.
    #[must_use]
    pub const fn log(&self) -> Hash {
        self.log
    }
    /// Index of the first record.
    #[must_use]
    pub const fn index(&self) -> u32 {
        self.index
    }
    /// Count at its end: the index after the last record.
    #[must_use]
    pub fn end(&self) -> u32 {
        self.index + self.values.len().saturating_sub(1) as u32
    }
    /// The chain's value before the first record.
    #[must_use]
    pub fn start(&self) -> Hash {
        self.values.first().copied().unwrap_or(self.log)
    }
    /// The chain's value after the last record: what the seal is over.
    #[must_use]
    pub fn head(&self) -> Hash {
        self.values.last().copied().unwrap_or(self.log)
    }
    /// The chain's values at the counts between its beginning and its end.
    #[must_use]
    pub fn between(&self) -> &[Hash] {
        self.values.get(1..self.values.len().saturating_sub(1)).unwrap_or_default()
    }
    /// The identity of the record at this index.
    #[must_use]
    pub fn identity(&self, index: u32) -> Option<Hash> {
        self.value(index.checked_add(1)?).filter(|_| index >= self.index)
    }
    /// The chain's value at a count that it reaches over.
    #[must_use]
    pub fn value(&self, count: u32) -> Option<Hash> {
        self.values.get(count.checked_sub(self.index)? as usize).copied()
    }

    /// The bytes of a segment with these records under this seal: as it came, or written for the purpose.
    ///
    /// # Errors
    /// [`SegmentError::Full`]: they don't fit one.
    pub fn body(&self) -> Result<Cow<'a, [u8]>, SegmentError> {
        match self.source {
            Source::Segment(authentic) => Ok(Cow::Borrowed(authentic.body())),
            Source::Own(records, signature) => {
                let mut out = vec![0; MAX_SEGMENT_BYTES];
                let count = self.end() - self.index;
                let mut writer = SegmentWriter::new(&mut out, self.index, &self.start(), count, signature.len())?;
                records.iter_from(self.index).take(count as usize).try_for_each(|record| writer.push(record))?;
                let length = writer.finish(signature)?;
                out.truncate(length);
                Ok(Cow::Owned(out))
            }
        }
    }
    /// Whether these are the bytes of its segment.
    #[must_use]
    pub fn is(&self, body: &[u8], signature_length: usize) -> bool {
        match self.source {
            Source::Segment(authentic) => authentic.body() == body,
            // Written only where it may be: the frame is read at once.
            Source::Own(..) => {
                let frame = Segment::parse(body, signature_length);
                frame.is_ok_and(|frame| (frame.index(), frame.index() + frame.count()) == (self.index, self.end()))
                    && self.body().is_ok_and(|own| own == body)
            }
        }
    }

    /// The records in order, without hashing them.
    #[must_use]
    pub const fn records(&self) -> RunRecords<'_, 'a> {
        let from = match self.source {
            Source::Segment(authentic) => Rows::Rebuilt(authentic.rebuild(), [0; MAX_ROW_RECORD_BYTES]),
            Source::Own(records, _) => Rows::Own(records),
        };
        RunRecords { run: self, from, at: 0 }
    }
    /// The records that may travel raw alone, as every authority's do: they borrow what the run was made of.
    pub fn lasting(&self) -> impl Iterator<Item = AuthenticRecord<'a>> {
        let most = match self.source {
            Source::Segment(authentic) => authentic.raw() as usize,
            Source::Own(..) => self.values.len().saturating_sub(1),
        };
        let mut records = self.records();
        core::iter::from_fn(move || {
            while records.at < most {
                if let Some(record) = records.lasting()? {
                    return Some(record);
                }
            }
            None
        })
    }
}

/// The records of a [`Run`], one at a time.
pub struct RunRecords<'r, 'a> {
    run: &'r Run<'a>,
    from: Rows<'a>,
    at: usize,
}

#[allow(clippy::large_enum_variant)] // it stands on the stack while a run is read, once
enum Rows<'a> {
    Rebuilt(Rebuild<'a>, Buffer),
    Own(&'a OwnRecords),
}

impl<'a> RunRecords<'_, 'a> {
    /// The next record; it may borrow a buffer that the one after it reuses.
    #[allow(clippy::should_implement_trait)] // a lending iterator
    pub fn next(&mut self) -> Option<AuthenticRecord<'_>> {
        if self.at + 1 >= self.run.values.len() {
            return None;
        }
        let bytes = match &mut self.from {
            Rows::Rebuilt(rebuild, buffer) => rebuild.next(buffer, true).ok()?,
            Rows::Own(records) => records.get(self.run.index + self.at as u32)?,
        };
        let record = self.run.placed(self.at, bytes);
        self.at += 1;
        record
    }
    /// The next record where it doesn't borrow the buffer; nothing after the last.
    fn lasting(&mut self) -> Option<Option<AuthenticRecord<'a>>> {
        let bytes = match &self.from {
            Rows::Rebuilt(rebuild, _) => rebuild.raw_here(),
            Rows::Own(records) => records.get(self.run.index + self.at as u32),
        };
        let (run, at) = (self.run, self.at);
        self.next()?;
        Some(bytes.and_then(|bytes| run.placed(at, bytes)))
    }
}

impl Run<'_> {
    /// A record at its place, counted from the first one here.
    fn placed<'r>(&self, at: usize, bytes: &'r [u8]) -> Option<AuthenticRecord<'r>> {
        let (previous, identity) = (*self.values.get(at)?, *self.values.get(at + 1)?);
        Some(AuthenticRecord::placed(self.log, self.index + at as u32, (previous, identity), bytes))
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
