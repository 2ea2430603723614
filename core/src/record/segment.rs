//! Segments: a run of a log's records under one seal (`spec/wire-format.md` section 6).
//!
//! ```text
//! index │ h_index, absent at 0 │ count │ rows │ signature
//! ```
//!
//! [`Segment`] is what the bytes claim; [`Authentic`] is what its key vouches for. Nothing is handed
//! out before the seal holds, and no length is trusted before it was checked.

use super::bytes::{Reader, Writer};
use super::rows::{Buffer, Judge, Rebuild, Rows};
use crate::crypto::{self, Hash, Suite};
use crate::limits::{MAX_ROW_RECORD_BYTES, MAX_SEGMENT_BYTES, MAX_SEGMENT_RECORDS};
use core::fmt;

/// Why a segment was refused, or could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SegmentError {
    /// The bytes end before the segment does.
    Truncated,
    /// Over 65,535 bytes, on the wire or rebuilt.
    TooLong,
    /// The number of records is not 1 to 1,024, or index and number exceed 2³² − 1.
    Count,
    /// A record over 4,096 bytes, or a row that rebuilds one over 640.
    RecordTooLong,
    /// A row that is not in any form.
    Row,
    /// A row points at an item that is not there or of another class.
    Slot,
    /// A row rebuilds a record that is malformed.
    Malformed,
    /// Bytes are left over after the last row.
    LeftOver,
    /// The suite's signatures cannot be read by this build: unknown here, never valid.
    NotBuilt,
    /// The seal does not hold under this key.
    BadSeal,
    /// The output is full: seal what is there and go on with a new segment.
    Full,
}

crate::codes::codes! { SegmentError {
    Self::Truncated => 2201, "segment_truncated";
    Self::TooLong => 2202, "segment_too_long";
    Self::Count => 2203, "segment_count";
    Self::RecordTooLong => 2204, "segment_record_too_long";
    Self::Row => 2205, "segment_row";
    Self::Slot => 2206, "segment_slot";
    Self::Malformed => 2207, "segment_malformed";
    Self::LeftOver => 2208, "segment_left_over";
    Self::NotBuilt => 2209, "segment_suite_not_built";
    Self::BadSeal => 2210, "segment_bad_seal";
    Self::Full => 2211, "segment_full";
} }

impl fmt::Display for SegmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "segment is cut off before its end: fetch it again",
            Self::TooLong => "segment exceeds 65,535 bytes",
            Self::Count => "segment must hold 1 to 1,024 records",
            Self::RecordTooLong => "record exceeds 4,096 bytes, or 640 as a row",
            Self::Row => "segment holds a row in no known form",
            Self::Slot => "segment points at an item that is not in its window",
            Self::Malformed => "segment rebuilds a malformed record",
            Self::LeftOver => "segment has bytes after its last record",
            Self::NotBuilt => "signature suite is not readable by this build: unknown here",
            Self::BadSeal => "seal does not hold: the bytes were changed or are another key's",
            Self::Full => "segment is full: seal it and begin another",
        })
    }
}

impl core::error::Error for SegmentError {}

/// The log that a segment is verified against: computed from its enrolment, never from the segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogKey<'k> {
    /// h₀, which binds parent, key and facility.
    pub id: Hash,
    /// The suite of its key.
    pub suite: Suite,
    /// The key's bytes.
    pub key: &'k [u8],
}

/// What a segment's bytes claim: sealed, not yet verified.
#[derive(Clone, Copy)]
pub struct Segment<'a> {
    body: &'a [u8],
    index: u32,
    start: Option<&'a [u8; 32]>,
    count: u32,
    rows: &'a [u8],
    signature: &'a [u8],
    judge: Judge,
}

impl<'a> Segment<'a> {
    /// Reads the body's frame. The rows are not looked at before [`Segment::verify`].
    ///
    /// # Errors
    /// Truncated, too long, a number of records that cannot be.
    pub fn parse(body: &'a [u8], signature_length: usize) -> Result<Self, SegmentError> {
        if body.len() > MAX_SEGMENT_BYTES {
            return Err(SegmentError::TooLong);
        }
        let cut = body.len().checked_sub(signature_length).ok_or(SegmentError::Truncated)?;
        let (rest, signature) = body.split_at_checked(cut).ok_or(SegmentError::Truncated)?;
        let mut r = Reader::new(rest, 0);
        let index = r.varint32().ok_or(SegmentError::Truncated)?;
        let start = if index == 0 { None } else { r.take(32).and_then(<[u8]>::first_chunk) };
        if start.is_none() && index > 0 {
            return Err(SegmentError::Truncated);
        }
        let count = r.varint32().ok_or(SegmentError::Truncated)?;
        if count == 0 || count as usize > MAX_SEGMENT_RECORDS || index.checked_add(count).is_none() {
            return Err(SegmentError::Count);
        }
        let rows = rest.get(r.at()..).unwrap_or_default();
        Ok(Self { body, index, start, count, rows, signature, judge: super::codec::is_row_movement })
    }

    /// Index of the first record.
    #[must_use]
    pub const fn index(&self) -> u32 {
        self.index
    }
    /// Number of records.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The first record's bytes where it travels raw, as they are claimed: not under the seal yet. A root's key is
    /// bound to its first record, so those bytes are needed to know what the seal is checked against.
    #[must_use]
    pub fn first_raw(&self) -> Option<&'a [u8]> {
        Rebuild::new(self.rows, self.index, self.judge).raw_here()
    }

    /// What the rows claim, to be explained to a person: no seal was checked, so nothing may rest on it.
    ///
    /// # Errors
    /// A row in no form.
    pub fn claimed(&self, mut each: impl FnMut(&[u8])) -> Result<(), SegmentError> {
        let mut rebuild = Rebuild::new(self.rows, self.index, self.judge);
        let mut buffer = [0; MAX_ROW_RECORD_BYTES];
        (0..self.count).try_for_each(|_| rebuild.next(&mut buffer, false).map(&mut each))
    }

    /// Rebuilds and hashes every record, then checks the seal: the first pass. Memory is constant,
    /// whatever the segment's length.
    ///
    /// # Errors
    /// A row in no form, too many bytes rebuilt, a seal that does not hold.
    pub fn verify(self, log: &LogKey<'_>) -> Result<Authentic<'a>, SegmentError> {
        self.hashed(log, |_| ())?.check(log)
    }

    /// The chain's value at its end, before the seal is checked; shows its value at each count on the way.
    pub(super) fn hashed(self, log: &LogKey<'_>, each: impl FnMut(Hash)) -> Result<Hashed<'a>, SegmentError> {
        let start = self.start.map_or(log.id, |start| Hash(*start));
        let (head, raw) = self.head(&start, each)?;
        Ok(Hashed(Authentic { segment: self, log: log.id, head, raw }))
    }

    /// The chain's value after the last record, and how many records there are up to the last that travels raw.
    #[inline(never)] // its buffer must not stand under the signature's check, the deepest stack of a microcontroller
    fn head(&self, start: &Hash, mut each: impl FnMut(Hash)) -> Result<(Hash, u32), SegmentError> {
        let mut rebuild = Rebuild::new(self.rows, self.index, self.judge);
        let mut buffer = [0; MAX_ROW_RECORD_BYTES];
        let (mut head, mut total, mut raw) = (*start, 0usize, 0);
        each(head);
        for i in 0..self.count {
            if rebuild.raw_here().is_some() {
                raw = i + 1;
            }
            let record = rebuild.next(&mut buffer, false)?;
            total += record.len();
            if total > MAX_SEGMENT_BYTES {
                return Err(SegmentError::TooLong);
            }
            head = crypto::chain_next(&head, self.index + i, record).map_err(|_| SegmentError::RecordTooLong)?;
            each(head);
        }
        if rebuild.is_at_end() { Ok((head, raw)) } else { Err(SegmentError::LeftOver) }
    }
}

/// What a segment will be if its seal holds.
pub(super) struct Hashed<'a>(Authentic<'a>);

impl<'a> Hashed<'a> {
    /// What its seal has to sign.
    fn message(&self) -> [u8; 84] {
        crypto::seal_message(&self.0.log, self.0.end(), &self.0.head)
    }
    /// Checks the seal.
    fn check(self, log: &LogKey<'_>) -> Result<Authentic<'a>, SegmentError> {
        log.check(&self.message(), self.0.segment.signature)?;
        Ok(self.0)
    }
    /// Checks the seal where it wasn't checked before.
    #[cfg(feature = "alloc")]
    pub(super) fn check_once(
        self,
        log: &LogKey<'_>,
        seals: &impl super::seals::Seals,
    ) -> Result<Authentic<'a>, SegmentError> {
        super::seals::check_once(log, &self.message(), self.0.segment.signature, seals)?;
        Ok(self.0)
    }
}

impl LogKey<'_> {
    /// Checks a seal's signature.
    pub(super) fn check(&self, message: &[u8; 84], signature: &[u8]) -> Result<(), SegmentError> {
        crypto::verify(self.suite, self.key, message, signature).map_err(|e| match e {
            crypto::CryptoError::NotBuilt => SegmentError::NotBuilt,
            _ => SegmentError::BadSeal,
        })
    }
}

/// A segment whose seal holds: its key vouches for these records, and for all before them.
/// Whether they *count* is for trust to say.
#[derive(Clone, Copy)]
pub struct Authentic<'a> {
    segment: Segment<'a>,
    log: Hash,
    head: Hash,
    /// Records up to the last that travels raw: none where all are rows, as in most segments of a device.
    raw: u32,
}

/// A segment is kept as it was verified: [`crate::trust::Shelf::Verified`] of a shelf that keeps nothing more.
impl<'a> AsRef<Self> for Authentic<'a> {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl<'a> Authentic<'a> {
    /// h₀ of its log.
    #[must_use]
    pub const fn log(&self) -> Hash {
        self.log
    }
    /// Index of the first record.
    #[must_use]
    pub const fn index(&self) -> u32 {
        self.segment.index
    }
    /// The segment's bytes, to be kept or passed on as they are.
    #[must_use]
    pub const fn body(&self) -> &'a [u8] {
        self.segment.body
    }
    /// Count at its end: the index after the last record.
    #[must_use]
    pub const fn end(&self) -> u32 {
        self.segment.index + self.segment.count
    }
    /// The chain's value before the first record.
    #[must_use]
    pub const fn start(&self) -> Hash {
        match self.segment.start {
            Some(start) => Hash(*start),
            None => self.log,
        }
    }
    /// The chain's value after the last record: what the seal is over.
    #[must_use]
    pub const fn head(&self) -> Hash {
        self.head
    }
    /// The second pass: hands the records out, in order.
    #[must_use]
    pub const fn records(&self) -> Records<'a> {
        let s = self.segment;
        Records {
            rebuild: self.rebuild(),
            buffer: [0; MAX_ROW_RECORD_BYTES],
            index: s.index,
            left: s.count,
            head: self.start(),
            log: self.log,
        }
    }
    /// Records up to the last that travels raw.
    #[cfg(feature = "alloc")]
    pub(super) const fn raw(&self) -> u32 {
        self.raw
    }
    /// Its rows, to be rebuilt.
    pub(super) const fn rebuild(&self) -> Rebuild<'a> {
        Rebuild::new(self.segment.rows, self.segment.index, self.segment.judge)
    }
    /// The records that travel raw, as every authority's do: they borrow the segment's own bytes.
    pub fn raw_records(&self) -> impl Iterator<Item = AuthenticRecord<'a>> + use<'a> {
        let mut records = Records { left: self.raw, ..self.records() };
        core::iter::from_fn(move || records.next_raw())
    }
    /// The same, shown one after the other: what goes through them isn't moved, which takes twice its room on the stack.
    pub(crate) fn each_raw(&self, mut each: impl FnMut(AuthenticRecord<'a>)) {
        let mut records = Records { left: self.raw, ..self.records() };
        while let Some(record) = records.next_raw() {
            each(record);
        }
    }
}

/// The records of a verified segment, one at a time.
pub struct Records<'a> {
    rebuild: Rebuild<'a>,
    buffer: Buffer,
    index: u32,
    left: u32,
    head: Hash,
    log: Hash,
}

/// One record under a seal that holds.
///
/// Only a seal that holds makes one: its fields can't be set from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthenticRecord<'r> {
    log: Hash,
    index: u32,
    previous: Hash,
    identity: Hash,
    bytes: &'r [u8],
}

impl<'r> AuthenticRecord<'r> {
    /// At its place in the chain: its index, the value before it and its identity.
    #[cfg(feature = "alloc")]
    pub(super) const fn placed(log: Hash, index: u32, (previous, identity): (Hash, Hash), bytes: &'r [u8]) -> Self {
        Self { log, index, previous, identity, bytes }
    }
    /// h₀ of its log.
    #[must_use]
    pub const fn log(&self) -> Hash {
        self.log
    }
    /// Its index in the log.
    #[must_use]
    pub const fn index(&self) -> u32 {
        self.index
    }
    /// The chain's value before it, hᵢ: the identity of the record that it follows; of the first, h₀.
    #[must_use]
    pub const fn previous(&self) -> Hash {
        self.previous
    }
    /// Its identity, hᵢ₊₁.
    #[must_use]
    pub const fn identity(&self) -> Hash {
        self.identity
    }
    /// Its exact bytes.
    #[must_use]
    pub const fn bytes(&self) -> &'r [u8] {
        self.bytes
    }
}

impl<'a> Records<'a> {
    /// The next record that travels raw.
    fn next_raw(&mut self) -> Option<AuthenticRecord<'a>> {
        loop {
            let raw = self.rebuild.raw_here();
            let AuthenticRecord { log, index, previous, identity, .. } = self.next()?;
            if let Some(bytes) = raw {
                return Some(AuthenticRecord { log, index, previous, identity, bytes });
            }
        }
    }
    /// The next record; it borrows a buffer that the one after it reuses.
    #[allow(clippy::should_implement_trait)] // a lending iterator
    pub fn next(&mut self) -> Option<AuthenticRecord<'_>> {
        self.left = self.left.checked_sub(1)?;
        let bytes = self.rebuild.next(&mut self.buffer, true).ok()?;
        let (index, previous) = (self.index, self.head);
        self.head = crypto::chain_next(&previous, index, bytes).ok()?;
        self.index += 1;
        Some(AuthenticRecord { log: self.log, index, previous, identity: self.head, bytes })
    }
}

/// Writes a segment's body.
///
/// The seal is over (log, count, head), so it can be made before; a released seal is kept and reused.
pub struct SegmentWriter<'b> {
    out: Writer<'b>,
    rows: Rows,
    count: u32,
    left: u32,
    rebuilt: usize,
    signature: usize,
}

impl<'b> SegmentWriter<'b> {
    /// Begins a body of `count` records from `index` on; `start` is h_index, unused at 0.
    ///
    /// # Errors
    /// A number of records that cannot be, an output that is too small.
    pub fn new(
        out: &'b mut [u8],
        index: u32,
        start: &Hash,
        count: u32,
        signature_length: usize,
    ) -> Result<Self, SegmentError> {
        if count == 0 || count as usize > MAX_SEGMENT_RECORDS || index.checked_add(count).is_none() {
            return Err(SegmentError::Count);
        }
        let most = out.len().min(MAX_SEGMENT_BYTES);
        let mut out = Writer::new(out.get_mut(..most).ok_or(SegmentError::Full)?);
        out.varint(u64::from(index)).ok_or(SegmentError::Full)?;
        if index > 0 {
            out.put(&start.0).ok_or(SegmentError::Full)?;
        }
        out.varint(u64::from(count)).ok_or(SegmentError::Full)?;
        let rows = Rows::new(out.len(), index, super::codec::is_row_movement);
        Ok(Self { out, rows, count, left: count, rebuilt: 0, signature: signature_length })
    }
    /// Appends the next record's exact bytes.
    ///
    /// # Errors
    /// [`SegmentError::Full`] where it does not fit; [`SegmentError::Count`] beyond the number announced.
    pub fn push(&mut self, record: &[u8]) -> Result<(), SegmentError> {
        let left = self.left.checked_sub(1).ok_or(SegmentError::Count)?;
        if self.rebuilt + record.len() > MAX_SEGMENT_BYTES {
            return Err(SegmentError::Full);
        }
        self.rows.push(record, &mut self.out).ok_or(SegmentError::Full)?;
        self.rebuilt += record.len();
        self.left = left;
        Ok(())
    }
    /// Ends the body with its seal; gives its length.
    ///
    /// # Errors
    /// Fewer records than announced, a seal of another length, a full output.
    pub fn finish(mut self, signature: &[u8]) -> Result<usize, SegmentError> {
        if self.left != 0 || signature.len() != self.signature {
            return Err(SegmentError::Count);
        }
        self.out.put(signature).ok_or(SegmentError::Full)?;
        Ok(self.out.len())
    }
    /// Records announced.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }
}

#[cfg(test)]
#[path = "segment_tests.rs"]
mod tests;
