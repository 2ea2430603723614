//! Records that count: what the ledger takes, and only trust makes.

use super::evaluate::Evaluation;
use super::facts::{Need, RecordId};
use super::reading::need_of;
use super::verdict::{Counts, Reason, Verdict};
use crate::crypto::{CryptoError, Hash, chain_next};
use crate::limits::MAX_FACILITY;
use crate::record::{AuthenticRecord, Record, RecordError, Role};

/// A record that counts, with the facility whose stock it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified<'r> {
    at: RecordId,
    previous: Hash,
    facility: &'r str,
    record: Record<'r>,
    bytes: &'r [u8],
}

impl<'r> Verified<'r> {
    /// For tests of what comes after trust.
    #[cfg(test)]
    pub(crate) const fn for_test(
        at: RecordId,
        previous: Hash,
        facility: &'r str,
        record: Record<'r>,
        bytes: &'r [u8],
    ) -> Self {
        Self { at, previous, facility, record, bytes }
    }

    /// What a ledger holds: it was handed nothing but records that count.
    #[cfg(feature = "alloc")]
    pub(crate) const fn held(
        at: RecordId,
        previous: Hash,
        facility: &'r str,
        record: Record<'r>,
        bytes: &'r [u8],
    ) -> Self {
        Self { at, previous, facility, record, bytes }
    }

    /// Where it stands.
    #[must_use]
    pub const fn at(&self) -> RecordId {
        self.at
    }
    /// The identity of the record that it follows; of a log's first, h₀.
    #[must_use]
    pub const fn previous(&self) -> Hash {
        self.previous
    }
    /// Its exact bytes.
    #[must_use]
    pub const fn bytes(&self) -> &'r [u8] {
        self.bytes
    }
    /// The facility of its log, from the enrolment; empty for a root's.
    #[must_use]
    pub const fn facility(&self) -> &'r str {
        self.facility
    }
    /// What it says.
    #[must_use]
    pub const fn record(&self) -> &Record<'r> {
        &self.record
    }
}

/// An authentic record with its verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged<'r> {
    /// Where it stands.
    pub at: RecordId,
    /// The identity of the record that it follows; of a log's first, h₀.
    pub previous: Hash,
    /// Its exact bytes.
    pub bytes: &'r [u8],
    /// The facility of its log, where an enrolment of it is here.
    pub facility: Option<&'r str>,
    /// What it says, or why its bytes are malformed.
    pub record: Result<Record<'r>, RecordError>,
    /// Whether it counts, and why not.
    pub verdict: Verdict,
}

impl<'r> Judged<'r> {
    /// The record, where it counts.
    #[must_use]
    pub fn verified(&self) -> Option<Verified<'r>> {
        let record = self.record.ok().filter(|_| self.verdict.counts == Counts::Yes)?;
        let Self { at, previous, bytes, .. } = *self;
        Some(Verified { at, previous, facility: self.facility?, record, bytes })
    }
}

/// What its enrolment gives to a device's own log: so that the device can count what it wrote before that is sealed, and
/// without evaluating anew for each record.
///
/// It holds for as long as the authorities' records held here stay as they are: make it anew when some came. What others
/// are told travels under a seal all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnLog {
    log: Hash,
    facility: [u8; MAX_FACILITY],
    length: u8,
    supplies: bool,
    attests: bool,
}

impl OwnLog {
    /// h₀.
    #[must_use]
    pub const fn log(&self) -> Hash {
        self.log
    }
    /// The facility whose stock its records are about.
    #[must_use]
    pub fn facility(&self) -> &str {
        self.facility.get(..self.length.into()).and_then(|f| core::str::from_utf8(f).ok()).unwrap_or_default()
    }
    /// A record that this device wrote at this index behind this value of the chain, read back from its own medium, where
    /// its place in the chain was checked. `None` where it is malformed, or needs a role that the log wasn't given.
    #[must_use]
    pub fn record<'r>(&'r self, index: u32, previous: Hash, bytes: &'r [u8]) -> Option<Verified<'r>> {
        let record = Record::decode(bytes).ok().filter(|record| record.check_place(index).is_ok())?;
        let need = need_of(&record);
        let granted = match need {
            Need::ANY | Need::INTRODUCE | Need::STOCK | Need::WITNESS => true,
            need => {
                (need == Need::role(Role::Supply) && self.supplies)
                    || (need == Need::role(Role::Attest) && self.attests)
            }
        };
        if !granted || !need.may_stand(index) {
            return None;
        }
        let identity = crate::crypto::chain_next(&previous, index, bytes).ok()?;
        Some(Verified {
            at: RecordId { log: self.log, index, identity },
            previous,
            facility: self.facility(),
            record,
            bytes,
        })
    }
}

impl<'f> Evaluation<'f, '_> {
    /// The own log of who asks: `None` where no enrolment of it that counts lets it write stock, or it was cut.
    pub fn own_log(&mut self, log: &Hash) -> Option<OwnLog> {
        let next = RecordId { log: *log, index: u32::MAX, identity: Hash::ZERO };
        let mut may = |need| self.counts_of(next, need).counts == Counts::Yes;
        let moves = may(Need::STOCK);
        let (supplies, attests) = (may(Need::role(Role::Supply)), may(Need::role(Role::Attest)));
        if !moves || self.is_cut(log) {
            return None;
        }
        let code = self.facility_of(log)?.as_bytes();
        let (mut facility, length) = ([0; MAX_FACILITY], u8::try_from(code.len()).ok()?);
        facility.get_mut(..code.len())?.copy_from_slice(code);
        Some(OwnLog { log: *log, facility, length, supplies, attests })
    }

    /// Judges a record of a verified segment.
    pub fn judge_record<'r>(&mut self, authentic: &AuthenticRecord<'r>) -> Judged<'r>
    where
        'f: 'r,
    {
        let at = RecordId { log: authentic.log(), index: authentic.index(), identity: authentic.identity() };
        self.judge_bytes(at, authentic.previous(), authentic.bytes())
    }

    /// Judges a record that stands in the **own** log of whoever asks and that no seal vouches for yet: the device's word
    /// to itself, so that its stock holds the sale of a second ago. The link before it is given, its identity follows.
    ///
    /// Only for records read from the device's own medium, for its own stock. Nothing that is believed of others, and
    /// nothing that is handed on, may rest on it: for everybody else a record begins to exist with its seal.
    ///
    /// # Errors
    /// A record over 4,096 bytes, which can't be chained.
    pub fn judge_unsealed<'r>(
        &mut self,
        log: Hash,
        index: u32,
        previous: Hash,
        bytes: &'r [u8],
    ) -> Result<Judged<'r>, CryptoError>
    where
        'f: 'r,
    {
        let identity = chain_next(&previous, index, bytes)?;
        Ok(self.judge_bytes(RecordId { log, index, identity }, previous, bytes))
    }

    fn judge_bytes<'r>(&mut self, at: RecordId, previous: Hash, bytes: &'r [u8]) -> Judged<'r>
    where
        'f: 'r,
    {
        let record = Record::decode(bytes).and_then(|record| {
            record.check_place(at.index)?;
            Ok(record)
        });
        let facility = self.facility_known(&at.log);
        let verdict = match &record {
            Err(_) => Verdict::of(Reason::Malformed),
            // A root's first records have verdicts of their own: no enrolment grants them.
            Ok(_) if at.index == 0 && self.is_root(&at.log) => self.verdict_at(&at).unwrap_or_default(),
            Ok(record) => {
                let verdict = self.counts_of(at, need_of(record));
                // An Enrol six levels down has what it needs and enrols nothing all the same: its fact says so.
                let is_enrol = matches!(record.entry, crate::record::Entry::Enrol(_));
                is_enrol.then(|| self.verdict_at(&at)).flatten().map_or(verdict, |fact| verdict.min(fact))
            }
        };
        Judged { at, previous, bytes, facility, record, verdict }
    }

    /// The facility of a log, from its enrolments (they all name one: h₀ binds it); empty for a root's.
    #[must_use]
    pub fn facility_of(&self, log: &Hash) -> Option<&'f str> {
        if self.is_root(log) {
            return Some("");
        }
        self.grants_of(*log).map(|(grant, _)| grant.facility).next()
    }
}
