//! Every hash that medlot computes. Integers in hash inputs are fixed-width little-endian.

use crate::limits::{MAX_FACILITY, MAX_RECORD_BYTES};
use core::fmt;
use sha2::block_api::compress256;
use sha2::{Digest, Sha256};

/// The domain tags, 16 bytes of ASCII each, with the format version.
#[derive(Debug, Clone, Copy)]
pub struct Tags;

impl Tags {
    /// Of a log's identity.
    pub const LOG: [u8; 16] = *b"medlot/1/log....";
    /// Of a root's parent.
    pub const ROOT: [u8; 16] = *b"medlot/1/root...";
    /// Of a step of the chain.
    pub const RECORD: [u8; 16] = *b"medlot/1/record.";
    /// Of a seal.
    pub const SEAL: [u8; 16] = *b"medlot/1/seal...";
    /// Of a commitment to a next root's key.
    pub const COMMIT: [u8; 16] = *b"medlot/1/commit.";
    /// Of a prescription's commitment.
    pub const RX: [u8; 16] = *b"medlot/1/rx.....";
}

/// A SHA-256 value: a log's identity, a head, a record's identity. Prints as lower-case hex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// 32 zero bytes: in a root, that no next root will follow.
    pub const ZERO: Self = Self([0; 32]);
    /// The first 8 bytes: what selects a log on the wire.
    #[must_use]
    pub fn log_id(&self) -> [u8; 8] {
        self.front()
    }
    /// The first 16 bytes: what references, cuts and lists hold.
    #[must_use]
    pub fn log16(&self) -> [u8; 16] {
        self.front()
    }
    fn front<const N: usize>(&self) -> [u8; N] {
        self.0.first_chunk().copied().unwrap_or([0; N])
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One piece: a row of an answer holds several, and a formatted byte costs as much as all of them here.
        let mut text = [0; 64];
        let digit = |half: u8| if half < 10 { b'0' + half } else { b'a' - 10 + half };
        for ([high, low], byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            (*high, *low) = (digit(byte >> 4), digit(byte & 15));
        }
        f.write_str(core::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

fn sha256(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    Hash(hasher.finalize().into())
}

/// h₀ of a log: one key at one facility under one parent. Facility empty = a root.
/// `None` where the key exceeds 65,535 bytes or the facility 20.
#[must_use]
pub fn log_identity(parent_line: &Hash, suite: u8, key: &[u8], facility: &str) -> Option<Hash> {
    let key_length = u16::try_from(key.len()).ok()?;
    let length = u8::try_from(facility.len()).ok().filter(|n| usize::from(*n) <= MAX_FACILITY)?;
    Some(sha256(&[
        &Tags::LOG,
        &parent_line.0,
        &[suite],
        &key_length.to_le_bytes(),
        key,
        &[length],
        facility.as_bytes(),
    ]))
}

/// The parent's line id of the first root log, from its record 0: so that record can't be written twice.
#[must_use]
pub fn root_parent(record0: &[u8]) -> Hash {
    sha256(&[&Tags::ROOT, record0])
}

/// The first 4 bytes of an object's SHA-256: keeps the QR parts of two objects apart; proves nothing.
#[must_use]
pub fn object_front(object: &[u8]) -> [u8; 4] {
    sha256(&[object]).front()
}

/// Bytes before a record in the input of its chain step: tag, value before, index, length.
const FRONT: usize = 54;
/// Blocks in which a short record is hashed with what stands before it and SHA-256's own end.
const BLOCKS: usize = 3;
/// Records up to this are short: nearly all movements. SHA-256 ends with one byte and a length of eight.
const SHORT: usize = BLOCKS * 64 - FRONT - 9;

/// hᵢ₊₁ from hᵢ and record i: the identity of record i, and the head at count i + 1.
///
/// # Errors
/// [`super::CryptoError::RecordTooLong`] over 4,096 bytes.
pub fn chain_next(head: &Hash, index: u32, record: &[u8]) -> Result<Hash, super::CryptoError> {
    let length = u16::try_from(record.len()).ok().filter(|n| usize::from(*n) <= MAX_RECORD_BYTES);
    let length = length.ok_or(super::CryptoError::RecordTooLong)?;
    let mut blocks = [[0u8; 64]; BLOCKS];
    let Some((front, room)) = blocks.as_flattened_mut().split_first_chunk_mut::<FRONT>() else {
        return Err(super::CryptoError::RecordTooLong); // the blocks are longer
    };
    write_front(front, head, index, length);
    match room.get_mut(..record.len()).filter(|_| record.len() <= SHORT) {
        Some(room) => {
            room.copy_from_slice(record);
            Ok(sha256_of_blocks(blocks, FRONT + record.len()))
        }
        None => Ok(sha256(&[&front[..], record])),
    }
}

/// SHA-256 of the first `length` bytes of blocks that are zero behind them. The hot path of verifying in bulk: the
/// library's own way to the same value goes through a buffer that it fills and empties block by block.
fn sha256_of_blocks(mut blocks: [[u8; 64]; BLOCKS], length: usize) -> Hash {
    // FIPS 180-4 sections 5.1.1 and 5.3.3: the end, and the value before the first block.
    let count = (length + 8) / 64 + 1;
    let padded = blocks.as_flattened_mut();
    if let Some(end) = padded.get_mut(length) {
        *end = 0x80;
    }
    if let Some((_, bits)) = padded.get_mut(..count * 64).and_then(<[u8]>::split_last_chunk_mut::<8>) {
        *bits = (length as u64 * 8).to_be_bytes();
    }
    let mut state: [u32; 8] =
        [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
    compress256(&mut state, blocks.get(..count).unwrap_or_default());
    let mut hash = Hash::ZERO;
    hash.0.as_chunks_mut::<4>().0.iter_mut().zip(state).for_each(|(to, word)| *to = word.to_be_bytes());
    hash
}

#[inline]
fn write_front(front: &mut [u8; FRONT], head: &Hash, index: u32, length: u16) {
    let (tag, rest) = front.split_at_mut(16);
    let (before, rest) = rest.split_at_mut(32);
    let (at, size) = rest.split_at_mut(4);
    tag.copy_from_slice(&Tags::RECORD);
    before.copy_from_slice(&head.0);
    at.copy_from_slice(&index.to_le_bytes());
    size.copy_from_slice(&length.to_le_bytes());
}

/// One step of the chain over a record that comes in pieces: what a device does that has no room for a whole record.
#[derive(Debug, Clone)]
pub(crate) struct ChainStep {
    hasher: Sha256,
}

impl ChainStep {
    /// `None` for a record over 4,096 bytes.
    pub(crate) fn begin(head: &Hash, index: u32, length: u16) -> Option<Self> {
        if usize::from(length) > MAX_RECORD_BYTES {
            return None;
        }
        let mut front = [0u8; FRONT];
        write_front(&mut front, head, index, length);
        Some(Self { hasher: Sha256::new_with_prefix(front) })
    }
    /// Takes the record's next bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
    }
    /// The value after as many bytes as were announced.
    pub(crate) fn finish(self) -> Hash {
        Hash(self.hasher.finalize().into())
    }
}

/// What a seal signs: tag, h₀, count, head at count.
#[must_use]
pub fn seal_message(log: &Hash, count: u32, head: &Hash) -> [u8; 84] {
    let mut message = [0u8; 84];
    let parts = Tags::SEAL.iter().chain(&log.0).copied().chain(count.to_le_bytes()).chain(head.0);
    message.iter_mut().zip(parts).for_each(|(m, b)| *m = b);
    message
}

/// Names one check of one signature, to remember its outcome in memory; never written down or sent.
#[cfg(feature = "alloc")]
pub(crate) fn seal_fingerprint(suite: super::Suite, key: &[u8], message: &[u8; 84], signature: &[u8]) -> Hash {
    // Message and signature are of one length in each suite, so nothing can be read in two ways.
    sha256(&[message, &[suite.number()], signature, key])
}

/// A root's commitment to the next root's key, and to the commitment that its `NextRoot` must carry.
/// `None` where the key exceeds 65,535 bytes.
#[must_use]
pub fn commitment(suite: u8, next_key: &[u8], next_commitment: &[u8; 32]) -> Option<[u8; 32]> {
    let length = u16::try_from(next_key.len()).ok()?;
    Some(sha256(&[&Tags::COMMIT, &[suite], &length.to_le_bytes(), next_key, next_commitment]).0)
}

/// What a record holds of a prescription: never its code. Code and salt stay beside the log, erasable.
#[must_use]
pub fn prescription(salt: &[u8; 16], code: &str) -> [u8; 10] {
    sha256(&[&Tags::RX, salt, code.as_bytes()]).front()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn tags_are_distinct_ascii() {
        let tags = [Tags::LOG, Tags::ROOT, Tags::RECORD, Tags::SEAL, Tags::COMMIT, Tags::RX];
        for (i, a) in tags.iter().enumerate() {
            assert!(a.is_ascii() && tags.iter().skip(i + 1).all(|b| a != b));
        }
    }

    #[test]
    fn a_log_is_bound_to_parent_key_and_facility() {
        let parent = Hash([1; 32]);
        let id = log_identity(&parent, 0, &[2; 32], "01-008179").unwrap();
        assert_ne!(log_identity(&Hash([3; 32]), 0, &[2; 32], "01-008179"), Some(id));
        assert_ne!(log_identity(&parent, 1, &[2; 32], "01-008179"), Some(id));
        assert_ne!(log_identity(&parent, 0, &[4; 32], "01-008179"), Some(id));
        assert_ne!(log_identity(&parent, 0, &[2; 32], "01-008178"), Some(id));
        assert_eq!(log_identity(&parent, 0, &[2; 32], &"x".repeat(21)), None);
    }

    #[test]
    fn a_step_of_the_chain_is_the_same_for_a_record_of_any_length_as_in_pieces() {
        let bytes: [u8; 400] = core::array::from_fn(|i| i as u8 ^ 0x5a);
        for length in 0..=bytes.len() {
            let record = bytes.get(..length).unwrap();
            let mut step = ChainStep::begin(&Hash([9; 32]), 70_000, length as u16).unwrap();
            step.update(record);
            assert_eq!(chain_next(&Hash([9; 32]), 70_000, record).unwrap(), step.finish(), "{length} bytes");
        }
    }

    #[test]
    fn the_chain_commits_to_index_length_and_bytes() {
        let h = Hash([0; 32]);
        let next = chain_next(&h, 7, b"record").unwrap();
        assert_ne!(chain_next(&h, 8, b"record").unwrap(), next);
        assert_ne!(chain_next(&h, 7, b"recorD").unwrap(), next);
        assert_ne!(chain_next(&Hash([1; 32]), 7, b"record").unwrap(), next);
        assert!(chain_next(&h, 7, &[0; 4097]).is_err());
        let mut step = ChainStep::begin(&h, 7, 6).unwrap();
        b"record".chunks(4).for_each(|piece| step.update(piece));
        assert_eq!(step.finish(), next);
        assert!(ChainStep::begin(&h, 7, 4_097).is_none());
        // Computed apart from this code: Python's hashlib over the parts that the specification names.
        assert_eq!(next.to_string(), "ee8656cba1f1493e17d9502947687698d4d852d7bd00cd99dccfcc5234482104");
    }
}
