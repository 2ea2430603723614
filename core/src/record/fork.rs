//! Fork proofs: two witnesses that one log has two values at one count (`spec/wire-format.md` section 7).
//!
//! ```text
//! log id 8 │ suite u8 │ count varint │ forms u8 │ witness A │ witness B
//! ```

use super::bytes::{Reader, Writer};
use super::object::ObjectError;
use super::segment::{LogKey, Segment, SegmentError};
use crate::crypto::{self, Hash, Suite};

/// One witness: a value at the count, under the log's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Witness<'a> {
    /// The head there, with its seal.
    Seal {
        /// The head.
        head: Hash,
        /// The seal's signature.
        signature: &'a [u8],
    },
    /// The body of a segment that begins there: its first value is under its seal.
    Segment(&'a [u8]),
}

/// What the bytes of a proof claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForkProof<'a> {
    /// First 8 bytes of h₀ of the log.
    pub log: [u8; 8],
    /// The suite's number.
    pub suite: u8,
    /// The count at which the log has two values, ≥ 1.
    pub count: u32,
    /// The witnesses.
    pub witnesses: [Witness<'a>; 2],
}

impl<'a> ForkProof<'a> {
    /// Reads what stands after the object's header.
    ///
    /// # Errors
    /// [`ObjectError::Truncated`] where a part is cut off, left over or in no form.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ObjectError> {
        Self::read(bytes).ok_or(ObjectError::Truncated)
    }

    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut r = Reader::new(bytes, 0);
        let (log, suite, count, forms) = (r.array()?, r.byte()?, r.varint32()?, r.byte()?);
        let length = Suite::of_number(suite)?.signature_length();
        let mut witness = |is_segment: bool| {
            Some(if is_segment {
                Witness::Segment(r.text()?)
            } else {
                Witness::Seal { head: Hash(r.array()?), signature: r.take(length)? }
            })
        };
        let witnesses = [witness(forms & 1 != 0)?, witness(forms & 2 != 0)?];
        (r.is_empty() && forms < 4 && count > 0).then_some(Self { log, suite, count, witnesses })
    }

    /// Writes it, without the object's header; gives its length.
    ///
    /// # Errors
    /// [`ObjectError::Full`].
    pub fn write(&self, out: &mut [u8]) -> Result<usize, ObjectError> {
        let mut w = Writer::new(out);
        self.put(&mut w).ok_or(ObjectError::Full)?;
        Ok(w.len())
    }

    fn put(&self, w: &mut Writer<'_>) -> Option<()> {
        let [a, b] = &self.witnesses;
        let form = |witness: &Witness<'_>| u8::from(matches!(witness, Witness::Segment(_)));
        w.put(&self.log)?;
        w.byte(self.suite)?;
        w.varint(u64::from(self.count))?;
        w.byte(form(a) | form(b) << 1)?;
        for witness in [a, b] {
            match witness {
                Witness::Seal { head, signature } => {
                    w.put(&head.0)?;
                    w.put(signature)?;
                }
                Witness::Segment(body) => {
                    w.varint(body.len() as u64)?;
                    w.put(body)?;
                }
            }
        }
        Some(())
    }

    /// Checks both witnesses under the log's key; gives the two values.
    ///
    /// # Errors
    /// A witness that doesn't hold or is of another count; [`SegmentError::BadSeal`] where both are one value:
    /// that is no fork.
    pub fn verify(&self, log: &LogKey<'_>) -> Result<[Hash; 2], SegmentError> {
        if log.id.log_id() != self.log || log.suite.number() != self.suite {
            return Err(SegmentError::BadSeal);
        }
        let [a, b] = &self.witnesses;
        let values = [self.value(a, log)?, self.value(b, log)?];
        if values[0] == values[1] { Err(SegmentError::BadSeal) } else { Ok(values) }
    }

    fn value(&self, witness: &Witness<'_>, log: &LogKey<'_>) -> Result<Hash, SegmentError> {
        match witness {
            Witness::Seal { head, signature } => {
                let message = crypto::seal_message(&log.id, self.count, head);
                crypto::verify(log.suite, log.key, &message, signature).map(|()| *head).map_err(|e| match e {
                    crypto::CryptoError::NotBuilt => SegmentError::NotBuilt,
                    _ => SegmentError::BadSeal,
                })
            }
            Witness::Segment(body) => {
                let authentic = Segment::parse(body, log.suite.signature_length())?.verify(log)?;
                if authentic.index() == self.count { Ok(authentic.start()) } else { Err(SegmentError::Count) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::crypto::{SoftwareKey, chain_next, log_identity, seal_message};
    use crate::record::SegmentWriter;
    use proptest::prelude::*;

    /// Two branches that part at record 1; the seals at count 2 and a segment from 2 on.
    fn forked() -> (SoftwareKey, [u8; 32], Hash, [Hash; 2], Vec<u8>) {
        let key = SoftwareKey::from_seed(Suite::Ed25519, &[3; 32]).unwrap();
        let public: [u8; 32] = key.public_key(&mut [0; 33]).try_into().unwrap();
        let id = log_identity(&Hash([9; 32]), 0, &public, "01C55").unwrap();
        let first = chain_next(&id, 0, b"record 0").unwrap();
        let heads = [b"record 1", b"other  1"].map(|r| chain_next(&first, 1, r).unwrap());
        let end = chain_next(&heads[1], 2, &[17; 21]).unwrap();
        let mut body = vec![0; 300];
        let mut w = SegmentWriter::new(&mut body, 2, &heads[1], 1, 64).unwrap();
        w.push(&[17; 21]).unwrap();
        let n = w.finish(&key.sign(&seal_message(&id, 3, &end))).unwrap();
        body.truncate(n);
        (key, public, id, heads, body)
    }

    #[test]
    fn two_seals_and_a_seal_with_a_segment_prove_a_fork_within_their_sizes() {
        let (key, public, id, heads, body) = forked();
        let log = LogKey { id, suite: Suite::Ed25519, key: &public };
        let seals = heads.map(|h| key.sign(&seal_message(&id, 2, &h)));
        let seal = |i: usize| Witness::Seal { head: heads[i], signature: &seals[i] };
        let mut out = [0; 400];
        for (b, most) in [(seal(1), 210), (Witness::Segment(&body), 280)] {
            let proof = ForkProof { log: id.log_id(), suite: 0, count: 2, witnesses: [seal(0), b] };
            let n = proof.write(&mut out).unwrap();
            assert!(n + 4 <= most, "{n}");
            let read = ForkProof::parse(&out[..n]).unwrap();
            assert_eq!(read, proof);
            assert_eq!(read.verify(&log), Ok(heads));
            for cut in 0..n {
                assert!(ForkProof::parse(&out[..cut]).map_or(true, |p| p.verify(&log).is_err()), "{cut}");
            }
            for bit in 0..n * 8 {
                let mut flipped = out[..n].to_vec();
                flipped[bit / 8] ^= 1 << (bit % 8);
                assert!(ForkProof::parse(&flipped).map_or(true, |p| p.verify(&log).is_err()), "bit {bit}");
            }
        }
        let same = ForkProof { log: id.log_id(), suite: 0, count: 2, witnesses: [seal(0), seal(0)] };
        assert_eq!(same.verify(&log), Err(SegmentError::BadSeal), "one value twice is no fork");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = ForkProof::parse(&bytes);
        }
    }
}
