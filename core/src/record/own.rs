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
/// reads to the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRecords {
    records: Vec<Vec<u8>>,
    /// One more than there are records: h₀ first.
    values: Vec<Hash>,
}

impl OwnRecords {
    /// Of a log without records.
    #[must_use]
    pub fn new(log: Hash) -> Self {
        Self { records: Vec::new(), values: vec![log] }
    }
    /// Appends a record; gives its identity.
    ///
    /// # Errors
    /// [`TipError::TooLong`].
    pub fn push(&mut self, record: Vec<u8>) -> Result<Hash, TipError> {
        let index = u32::try_from(self.records.len()).map_err(|_| TipError::TooLong)?;
        let identity = crypto::chain_next(&self.head(), index, &record).map_err(|_| TipError::TooLong)?;
        self.push_hashed(record, identity);
        Ok(identity)
    }
    /// Appends a record whose identity was worked out by who read it.
    pub(crate) fn push_hashed(&mut self, record: Vec<u8>, identity: Hash) {
        self.records.push(record);
        self.values.push(identity);
    }
    /// Keeps this many.
    pub(crate) fn truncate(&mut self, count: u32) {
        self.records.truncate(count as usize);
        self.values.truncate(count as usize + 1);
    }

    /// Their bytes.
    #[must_use]
    pub fn records(&self) -> &[Vec<u8>] {
        &self.records
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
        let (from, to) = (from as usize, seal.count as usize);
        let both = self.records.get(from..to).zip(self.values.get(from..=to));
        let (records, values) = both.ok_or(SegmentError::Count)?;
        Run::of_own(records, values, from as u32, seal, log, seals)
    }
}
