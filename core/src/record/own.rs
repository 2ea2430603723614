//! The records of a log that is written here, hashed once.

use super::run::Run;
use super::seals::Seals;
use super::segment::{LogKey, SegmentError};
use super::tip::{Seal, TipError};
use crate::crypto::{self, Hash};
use alloc::vec;
use alloc::vec::Vec;

/// The records of a log as they stand on the medium of who writes it, in order, with the chain's value at each count.
///
/// The values are worked out here and nowhere else: by [`OwnRecords::push`], or while [`crate::log::read`] holds what it
/// reads to the chain. They stand in one piece: a server holds those of many devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRecords {
    bytes: Vec<u8>,
    /// Where each ends in the bytes.
    ends: Vec<usize>,
    /// One more than there are records: h₀ first.
    values: Vec<Hash>,
}

impl OwnRecords {
    /// Of a log without records.
    #[must_use]
    pub fn new(log: Hash) -> Self {
        Self::with_room(log, 0)
    }
    /// The same, with room for this many bytes.
    pub(crate) fn with_room(log: Hash, bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), ends: Vec::new(), values: vec![log] }
    }
    /// Appends a record; gives its identity.
    ///
    /// # Errors
    /// [`TipError::TooLong`].
    pub fn push(&mut self, record: &[u8]) -> Result<Hash, TipError> {
        let index = u32::try_from(self.ends.len()).map_err(|_| TipError::TooLong)?;
        let identity = crypto::chain_next(&self.head(), index, record).map_err(|_| TipError::TooLong)?;
        self.extend(record);
        self.end(identity);
        Ok(identity)
    }
    /// The next bytes of a record that is read.
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
    /// It is whole; who read it worked out its identity.
    pub(crate) fn end(&mut self, identity: Hash) {
        self.ends.push(self.bytes.len());
        self.values.push(identity);
    }
    /// Keeps this many, and nothing that was begun behind them.
    pub(crate) fn truncate(&mut self, count: u32) {
        self.ends.truncate(count as usize);
        self.values.truncate(count as usize + 1);
        self.bytes.truncate(self.ends.last().copied().unwrap_or(0));
    }

    /// How many.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ends.len()
    }
    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
    /// The bytes of the record at an index.
    #[must_use]
    pub fn get(&self, index: u32) -> Option<&[u8]> {
        self.at(index as usize)
    }
    fn at(&self, index: usize) -> Option<&[u8]> {
        let from = index.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.bytes.get(from..*self.ends.get(index)?)
    }
    /// The bytes of each.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &[u8]> + ExactSizeIterator {
        self.iter_from(0)
    }
    /// The same from an index on.
    pub fn iter_from(&self, index: u32) -> impl DoubleEndedIterator<Item = &[u8]> + ExactSizeIterator {
        (self.len().min(index as usize)..self.len()).map(|at| self.at(at).unwrap_or_default())
    }
    /// The chain's value after the first `count` of them: the identity of the last, h₀ for none.
    #[must_use]
    pub fn value(&self, count: u32) -> Option<Hash> {
        self.values.get(count as usize).copied()
    }
    /// The same after the last of them.
    #[must_use]
    pub fn head(&self) -> Hash {
        self.values.last().copied().unwrap_or(Hash::ZERO)
    }
    /// The values at each count from this one on.
    #[must_use]
    pub fn values_from(&self, count: u32) -> &[Hash] {
        self.values.get(count as usize..).unwrap_or_default()
    }

    /// Those from an index up to a seal, held to it. A seal that held before isn't checked again.
    ///
    /// # Errors
    /// [`SegmentError::Count`]: not 1 to 1,024 records, or fewer in the log than the seal is over;
    /// [`SegmentError::NotBuilt`]; [`SegmentError::BadSeal`].
    pub fn run<'a>(
        &'a self,
        from: u32,
        seal: &'a Seal,
        log: &LogKey<'_>,
        seals: &impl Seals,
    ) -> Result<Run<'a>, SegmentError> {
        let values = self.values.get(from as usize..=seal.count as usize).ok_or(SegmentError::Count)?;
        Run::of_own(self, values, from, seal, log, seals)
    }
}
