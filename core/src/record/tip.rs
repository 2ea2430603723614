//! The end of one's own log: append, *prepare* → bytes to sign → *attach* (`spec/wire-format.md` section 4).
//!
//! Appending costs a hash. A seal vouches for every record before it, and is made at a hand-over, at a
//! synchronisation, and before 1,024 records or 32 KiB stand unsealed.
//!
//! A device that loses power between signing and storing must not sign two branches of its log. So what is
//! about to be offered for signing is first made durable as a [`Mark`]: the bytes to sign come out of an
//! [`Offer`] only when the caller says that its mark is on the medium. After a restart
//! [`crate::log::Recovery`] looks for the mark's place on the chain found there; where it isn't, the log is closed for
//! appending.

use super::segment::LogKey;
use crate::crypto::{self, CryptoError, Hash};
use crate::limits::{MAX_SEGMENT_RECORDS, MAX_UNSEALED_BYTES};
use core::fmt;

/// Signatures that may be asked for and not yet be there: a phone's key store can take seconds.
const MAX_OFFERS: usize = 4;

/// What must be durable before bytes are signed: that a head was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mark {
    /// Count of records.
    pub count: u32,
    /// First 8 bytes of the head there.
    pub head: [u8; 8],
}

/// A released seal; it is kept and sent again rather than made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seal {
    /// Count of records that it vouches for.
    pub count: u32,
    /// The head there.
    pub head: Hash,
    /// The signature in its suite's one form.
    pub signature: [u8; crypto::SIGNATURE_LEN],
}

/// Why a record wasn't appended, or a signature not attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TipError {
    /// 1,024 records or 32 KiB stand unsealed: seal before the next one.
    SealDue,
    /// The record is over 4,096 bytes, or the log over 2³² − 1 records.
    TooLong,
    /// Nothing stands unsealed.
    NothingToSeal,
    /// Four signatures are awaited already.
    TooManyOffers,
    /// The signature is for a count and head that weren't offered.
    NotOffered,
    /// The signature doesn't hold, or can't be verified by this build.
    Signature(CryptoError),
    /// The medium has lost records that were offered for signing: this log can't go on.
    MarkLost(Mark),
}

crate::codes::codes! { TipError {
    Self::SealDue => 2501, "seal_due";
    Self::TooLong => 2502, "log_too_long";
    Self::NothingToSeal => 2503, "nothing_to_seal";
    Self::TooManyOffers => 2504, "too_many_offers";
    Self::NotOffered => 2505, "not_offered";
    Self::MarkLost(_) => 2506, "mark_lost";
} from { Self::Signature(e) => e; } }

impl fmt::Display for TipError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SealDue => f.write_str("1,024 records or 32 KiB stand unsealed: seal the log before the next record"),
            Self::TooLong => f.write_str("record exceeds 4,096 bytes, or the log 4,294,967,295 records"),
            Self::NothingToSeal => f.write_str("nothing to seal: every record is under a seal already"),
            Self::TooManyOffers => f.write_str("four signatures are awaited already: attach one, or forget the oldest"),
            Self::NotOffered => f.write_str("the signature is for a place of the log that was not offered for signing"),
            Self::Signature(e) => write!(f, "signature: {e}"),
            Self::MarkLost(mark) => write!(
                f,
                "this log offered {} records for signing and some of them are lost: it can't go on. \
                 Begin a new log with a new key and have it enrolled",
                mark.count
            ),
        }
    }
}

impl core::error::Error for TipError {}

/// The end of one's own log. It holds no record and no key.
///
/// ```
/// use medlot_core::crypto::{Hash, SoftwareKey, Suite, log_identity};
/// use medlot_core::record::{LogKey, Tip};
///
/// let key = SoftwareKey::from_seed(Suite::Ed25519, &[7; 32]).unwrap();
/// let mut buffer = [0; 33];
/// let public = key.public_key(&mut buffer);
/// let id = log_identity(&Hash([9; 32]), 0, public, "01C55").unwrap();
/// let log = LogKey { id, suite: Suite::Ed25519, key: public };
/// let mut tip = Tip::new(id);
/// tip.append(b"record 0").unwrap(); // made durable by the caller before it goes on
/// let offer = tip.prepare().unwrap();
/// // … the mark is written and synchronised …
/// let signature = key.sign(&offer.durable());
/// let seal = tip.attach(&log, offer.mark().count, &signature).unwrap();
/// assert_eq!((seal.count, tip.unsealed()), (1, 0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tip {
    log: Hash,
    count: u32,
    head: Hash,
    sealed: u32,
    unsealed_bytes: u32,
    offers: [Option<Offered>; MAX_OFFERS],
}

/// A place whose signature is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Offered {
    count: u32,
    head: Hash,
    /// Bytes of records appended since.
    after: u32,
}

/// A head about to be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "its mark must become durable before its bytes are signed"]
pub struct Offer {
    mark: Mark,
    message: [u8; 84],
}

impl Offer {
    /// What must be durable first.
    #[must_use]
    pub const fn mark(&self) -> Mark {
        self.mark
    }
    /// The bytes to sign. Calling this says that the mark is durable.
    #[must_use]
    pub const fn durable(&self) -> [u8; 84] {
        self.message
    }
}

impl Tip {
    /// Of a log that has no record yet.
    #[must_use]
    pub const fn new(log: Hash) -> Self {
        Self::at(log, 0, log, 0, 0)
    }
    /// Of a log that goes on at a place, with what stands unsealed there.
    pub(crate) const fn at(log: Hash, count: u32, head: Hash, sealed: u32, unsealed_bytes: u32) -> Self {
        Self { log, count, head, sealed, unsealed_bytes, offers: [None; MAX_OFFERS] }
    }
    /// h₀.
    #[must_use]
    pub const fn log(&self) -> Hash {
        self.log
    }
    /// Records appended: the index of the next one.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }
    /// The head.
    #[must_use]
    pub const fn head(&self) -> Hash {
        self.head
    }
    /// Records that no seal vouches for yet.
    #[must_use]
    pub const fn unsealed(&self) -> u32 {
        self.count - self.sealed
    }
    /// Appends a record, which the caller made durable or will before it goes on; gives its identity.
    ///
    /// # Errors
    /// [`TipError::SealDue`]; [`TipError::TooLong`].
    pub fn append(&mut self, record: &[u8]) -> Result<Hash, TipError> {
        let bytes = (self.unsealed_bytes as usize).saturating_add(record.len());
        let full = self.unsealed() as usize >= MAX_SEGMENT_RECORDS || bytes > MAX_UNSEALED_BYTES;
        if full && self.unsealed() > 0 {
            return Err(TipError::SealDue);
        }
        let head = crypto::chain_next(&self.head, self.count, record).map_err(|_| TipError::TooLong)?;
        self.advance(head, u32::try_from(record.len()).map_err(|_| TipError::TooLong)?)?;
        Ok(head)
    }

    /// Goes on to the chain's next value, which a record of this length gives.
    pub(crate) fn advance(&mut self, head: Hash, length: u32) -> Result<(), TipError> {
        self.count = self.count.checked_add(1).ok_or(TipError::TooLong)?;
        self.head = head;
        self.unsealed_bytes = self.unsealed_bytes.saturating_add(length);
        for offer in self.offers.iter_mut().flatten() {
            offer.after = offer.after.saturating_add(length);
        }
        Ok(())
    }
    /// Bytes of the records that no seal vouches for yet.
    pub(crate) const fn unsealed_bytes(&self) -> u32 {
        self.unsealed_bytes
    }
    /// Records that a seal vouches for.
    pub(crate) const fn sealed(&self) -> u32 {
        self.sealed
    }
    /// Notes that what stands now was offered, in place of the oldest offer where there are four.
    pub(crate) fn note_offer(&mut self) {
        let offered = Offered { count: self.count, head: self.head, after: 0 };
        if self.offers.iter().flatten().any(|offer| offer.count == offered.count) {
            return;
        }
        // An empty place comes before any offer.
        if let Some(place) = self.offers.iter_mut().min_by_key(|offer| offer.map(|o| o.count)) {
            *place = Some(offered);
        }
    }
    /// Gives up the oldest offer, whose signature will not come; its mark stays where it is. Gives its count.
    pub fn forget_oldest(&mut self) -> Option<u32> {
        let oldest = self.offers.iter().flatten().map(|offer| offer.count).min()?;
        self.offers.iter_mut().filter(|o| o.is_some_and(|o| o.count == oldest)).for_each(|o| *o = None);
        Some(oldest)
    }
    /// Takes the seal of an offer: all up to it is sealed. `false` where its place wasn't offered.
    pub(crate) fn settle(&mut self, count: u32, head: &Hash) -> bool {
        let offered = self.offers.iter().flatten().find(|offer| offer.count == count && offer.head == *head);
        let Some(after) = offered.map(|offer| offer.after) else { return false };
        self.offers.iter_mut().filter(|o| o.is_some_and(|o| o.count <= count)).for_each(|o| *o = None);
        if count > self.sealed {
            (self.sealed, self.unsealed_bytes) = (count, after);
        }
        true
    }

    /// Offers what stands now for signing. Call it only when every record appended is durable.
    ///
    /// # Errors
    /// [`TipError::NothingToSeal`]; [`TipError::TooManyOffers`].
    pub fn prepare(&mut self) -> Result<Offer, TipError> {
        if self.unsealed() == 0 {
            return Err(TipError::NothingToSeal);
        }
        let again = self.offers.iter().flatten().any(|offer| offer.count == self.count);
        if !again && self.offers.iter().all(Option::is_some) {
            return Err(TipError::TooManyOffers);
        }
        self.note_offer();
        let message = crypto::seal_message(&self.log, self.count, &self.head);
        Ok(Offer { mark: Mark { count: self.count, head: self.head.log_id() }, message })
    }
    /// Takes the signature of any outstanding offer, also after further records, and verifies it at once.
    ///
    /// # Errors
    /// [`TipError::NotOffered`]; [`TipError::Signature`], where the offer still stands.
    pub fn attach(&mut self, log: &LogKey<'_>, count: u32, signature: &[u8; 64]) -> Result<Seal, TipError> {
        let offered = self.offers.iter().flatten().find(|offer| offer.count == count);
        let Offered { count, head, .. } = *offered.ok_or(TipError::NotOffered)?;
        let message = crypto::seal_message(&self.log, count, &head);
        crypto::verify(log.suite, log.key, &message, signature).map_err(TipError::Signature)?;
        self.settle(count, &head);
        Ok(Seal { count, head, signature: *signature })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::crypto::{SoftwareKey, Suite, log_identity};

    struct Own {
        key: SoftwareKey,
        public: [u8; 32],
        id: Hash,
    }

    impl Own {
        fn new() -> Self {
            let key = SoftwareKey::from_seed(Suite::Ed25519, &[3; 32]).unwrap();
            let public: [u8; 32] = key.public_key(&mut [0; 33]).try_into().unwrap();
            let id = log_identity(&Hash([9; 32]), 0, &public, "01C55").unwrap();
            Self { key, public, id }
        }
        fn log(&self) -> LogKey<'_> {
            LogKey { id: self.id, suite: Suite::Ed25519, key: &self.public }
        }
    }

    #[test]
    fn a_signature_is_taken_after_further_records_and_seals_what_was_offered() {
        let own = Own::new();
        let mut tip = Tip::new(own.id);
        tip.append(b"record 0").unwrap();
        let first = tip.prepare().unwrap();
        tip.append(b"record 1").unwrap();
        let second = tip.prepare().unwrap();
        let seal = tip.attach(&own.log(), 2, &own.key.sign(&second.durable())).unwrap();
        assert_eq!((seal.count, tip.unsealed()), (2, 0));
        // The earlier offer is settled by the later seal.
        let late = tip.attach(&own.log(), 1, &own.key.sign(&first.durable()));
        assert_eq!(late, Err(TipError::NotOffered));
        tip.append(b"record 2").unwrap();
        let third = tip.prepare().unwrap();
        tip.append(b"record 3").unwrap();
        assert_eq!(tip.attach(&own.log(), 3, &own.key.sign(&third.durable())).unwrap().count, 3);
        assert_eq!(tip.unsealed(), 1);
    }

    #[test]
    fn a_wrong_signature_is_refused_and_the_right_one_is_still_taken() {
        let own = Own::new();
        let mut tip = Tip::new(own.id);
        tip.append(b"record 0").unwrap();
        let offer = tip.prepare().unwrap();
        let wrong = own.key.sign(b"something else");
        assert_eq!(tip.attach(&own.log(), 1, &wrong), Err(TipError::Signature(CryptoError::BadSignature)));
        assert!(tip.attach(&own.log(), 1, &own.key.sign(&offer.durable())).is_ok());
    }

    #[test]
    fn no_more_than_a_segments_records_or_32_kib_stand_unsealed() {
        let own = Own::new();
        let mut tip = Tip::new(own.id);
        for _ in 0..1_024 {
            tip.append(b"six bytes").unwrap();
        }
        assert_eq!(tip.append(b"six bytes"), Err(TipError::SealDue));
        let offer = tip.prepare().unwrap();
        tip.attach(&own.log(), 1_024, &own.key.sign(&offer.durable())).unwrap();
        for _ in 0..8 {
            tip.append(&[0; 4_096]).unwrap();
        }
        assert_eq!(tip.append(b"x"), Err(TipError::SealDue));
        assert_eq!(tip.append(&[0; 5_000]), Err(TipError::SealDue));
    }

    #[test]
    fn nothing_new_is_not_sealed_again_and_a_fifth_offer_waits() {
        let own = Own::new();
        let mut tip = Tip::new(own.id);
        assert_eq!(tip.prepare(), Err(TipError::NothingToSeal));
        for _ in 0..4 {
            tip.append(b"record").unwrap();
            let _ = tip.prepare().unwrap();
        }
        tip.append(b"record").unwrap();
        assert_eq!(tip.prepare(), Err(TipError::TooManyOffers));
        assert_eq!(tip.forget_oldest(), Some(1));
        assert!(tip.prepare().is_ok());
    }
}
