//! Seals that were found to hold: what is read again in one process needn't be checked by its signature again.
use super::segment::{Authentic, LogKey, Segment, SegmentError};
use crate::crypto::{Hash, seal_fingerprint};
use hashbrown::HashSet;

/// Remembers seals that held, by a SHA-256 over key, message and signature. Whether a signature holds depends on
/// nothing else, so what is remembered is never out of date.
///
/// It is filled and asked by [`Segment::verify_once`], [`Segment::chained`] and [`super::OwnRecords::run`] alone: nothing that wasn't checked gets in. What is asked for
/// again stays; of the rest at least the last `room` are kept and at most twice as many, 33 to 75 bytes each.
#[derive(Debug)]
pub struct SealMemory {
    young: HashSet<Hash>,
    old: HashSet<Hash>,
    room: usize,
}

impl SealMemory {
    /// An empty one.
    #[must_use]
    pub fn new(room: usize) -> Self {
        Self { young: HashSet::new(), old: HashSet::new(), room }
    }

    fn put(&mut self, seal: Hash) {
        if self.young.len() >= self.room {
            self.old = core::mem::take(&mut self.young);
        }
        self.young.insert(seal);
    }

    fn holds(&mut self, seal: &Hash) -> bool {
        if self.young.contains(seal) {
            return true;
        }
        let held = self.old.contains(seal);
        if held {
            self.put(*seal);
        }
        held
    }
}

/// Where a [`SealMemory`] stands: behind a lock where several threads share it, which isn't held during a check.
pub trait Seals {
    /// Shows it.
    fn with<T>(&self, ask: impl FnOnce(&mut SealMemory) -> T) -> T;
}

/// Checks a seal's signature where it didn't hold before.
pub(super) fn check_once(
    log: &LogKey<'_>,
    message: &[u8; 84],
    signature: &[u8],
    seals: &impl Seals,
) -> Result<(), SegmentError> {
    let seal = seal_fingerprint(log.suite, log.key, message, signature);
    if seals.with(|memory| memory.holds(&seal)) {
        return Ok(());
    }
    log.check(message, signature)?;
    seals.with(|memory| memory.put(seal));
    Ok(())
}

impl<'a> Segment<'a> {
    /// As [`Segment::verify`]: every record is rebuilt and hashed, but a seal that held before isn't checked again.
    ///
    /// # Errors
    /// As [`Segment::verify`].
    pub fn verify_once(self, log: &LogKey<'_>, seals: &impl Seals) -> Result<Authentic<'a>, SegmentError> {
        self.hashed(log, |_| ())?.check_once(log, seals)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::crypto::{SoftwareKey, Suite, chain_next, log_identity, seal_message};
    use crate::record::SegmentWriter;
    use core::cell::RefCell;

    struct Here(RefCell<SealMemory>);
    impl Seals for Here {
        fn with<T>(&self, ask: impl FnOnce(&mut SealMemory) -> T) -> T {
            ask(&mut self.0.borrow_mut())
        }
    }
    fn memory(room: usize) -> Here {
        Here(RefCell::new(SealMemory::new(room)))
    }
    impl Here {
        fn len(&self) -> usize {
            self.0.borrow().young.len() + self.0.borrow().old.len()
        }
    }

    /// A log, its key and a segment of one record that says this byte, with what names its seal.
    struct Sealed {
        id: Hash,
        public: [u8; 32],
        body: Vec<u8>,
        named: Hash,
    }
    impl Sealed {
        fn of(key: u8, says: u8) -> Self {
            let key = SoftwareKey::from_seed(Suite::Ed25519, &[key; 32]).unwrap();
            let public: [u8; 32] = key.public_key(&mut [0; 33]).try_into().unwrap();
            let id = log_identity(&Hash::ZERO, 0, &public, "01C55").unwrap();
            let record = [[17; 20].as_slice(), &[says]].concat();
            let message = seal_message(&id, 1, &chain_next(&id, 0, &record).unwrap());
            let signature = key.sign(&message);
            let mut body = vec![0; 512];
            let mut writer = SegmentWriter::new(&mut body, 0, &id, 1, 64).unwrap();
            writer.push(&record).unwrap();
            let length = writer.finish(&signature).unwrap();
            body.truncate(length);
            Self { id, public, body, named: seal_fingerprint(Suite::Ed25519, &public, &message, &signature) }
        }
        fn log(&self) -> LogKey<'_> {
            LogKey { id: self.id, suite: Suite::Ed25519, key: &self.public }
        }
        fn segment(&self) -> Segment<'_> {
            Segment::parse(&self.body, 64).unwrap()
        }
    }

    #[test]
    fn what_held_is_remembered_and_gives_the_same() {
        let (sealed, here) = (Sealed::of(1, 2), memory(4));
        let first = sealed.segment().verify_once(&sealed.log(), &here).unwrap();
        assert_eq!(here.len(), 1);
        let again = sealed.segment().verify_once(&sealed.log(), &here).unwrap();
        assert_eq!((here.len(), first.head(), again.end()), (1, again.head(), 1));
        assert_eq!(first.head(), sealed.segment().verify(&sealed.log()).unwrap().head());
    }

    #[test]
    fn no_bit_of_a_remembered_segment_can_be_changed() {
        let (sealed, here) = (Sealed::of(1, 2), memory(4));
        sealed.segment().verify_once(&sealed.log(), &here).unwrap();
        for bit in 0..sealed.body.len() * 8 {
            let mut changed = sealed.body.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let read = Segment::parse(&changed, 64).and_then(|segment| segment.verify_once(&sealed.log(), &here));
            assert!(read.is_err(), "bit {bit}");
        }
        let other = Sealed::of(3, 2);
        let under = LogKey { key: &other.public, ..sealed.log() };
        let read = sealed.segment().verify_once(&under, &here).map(|a| a.head());
        assert_eq!(read, Err(SegmentError::BadSeal), "another key");
        assert_eq!(here.len(), 1, "nothing that was refused is remembered");
    }

    #[test]
    fn it_keeps_what_is_asked_for_again_and_never_grows_beyond_its_room() {
        let here = memory(8);
        let all: Vec<_> = (0..64).map(|says| Sealed::of(1, says)).collect();
        for one in &all {
            one.segment().verify_once(&one.log(), &here).unwrap();
            all[0].segment().verify_once(&all[0].log(), &here).unwrap();
            assert!(here.len() <= 16, "{}", here.len());
        }
        let kept = |at: usize| here.with(|memory| memory.holds(&all[at].named));
        assert!(kept(0), "asked for in between");
        assert!((57..64).all(kept), "the last");
        assert!(!(1..32).any(kept), "what wasn't asked for again");
    }
}
