//! State lists: all cuts in force of one line, as a Merkle tree (`spec/wire-format.md` section 7; RFC 6962
//! section 2.1).
//!
//! ```text
//! log16 of the State's log │ index varint │ n varint │ n × ( log16 │ count u32 │ head 32 )
//! ```

use super::facts::RecordId;
use crate::crypto::Hash;
use crate::record::{Cut, ObjectError, State};
use sha2::{Digest, Sha256};

/// Bytes of one entry.
pub const STATE_ENTRY_LEN: usize = 52;
/// Levels of a tree of 2³² − 1 leaves.
const MAX_LEVELS: usize = 32;

/// One entry of a list: where a log ends.
#[must_use]
pub fn state_entry(cut: &Cut) -> [u8; STATE_ENTRY_LEN] {
    let mut bytes = [0; STATE_ENTRY_LEN];
    let parts = cut.log.iter().copied().chain(cut.count.to_le_bytes()).chain(cut.head.0);
    bytes.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
    bytes
}

/// The list that belongs to a State, its frame read: the entries are in strictly increasing order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateList<'a> {
    /// First 16 bytes of h₀ of the State's log.
    pub log: [u8; 16],
    /// The State's index there.
    pub index: u32,
    entries: &'a [u8],
}

impl<'a> StateList<'a> {
    /// Reads what stands after the object's header.
    ///
    /// # Errors
    /// [`ObjectError::Truncated`] where it is cut off or has bytes left over, [`ObjectError::TooMany`] where its entries
    /// aren't strictly increasing.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ObjectError> {
        let short = ObjectError::Truncated;
        let (log, rest) = bytes.split_first_chunk::<16>().ok_or(short)?;
        let (index, rest) = crate::record::read_varint32(rest).ok_or(short)?;
        let (count, entries) = crate::record::read_varint32(rest).ok_or(short)?;
        let expected = usize::try_from(count).ok().and_then(|n| n.checked_mul(STATE_ENTRY_LEN)).ok_or(short)?;
        if entries.len() != expected {
            return Err(short);
        }
        let list = Self { log: *log, index, entries };
        let increasing = list.leaves().zip(list.leaves().skip(1)).all(|(a, b)| a < b);
        if increasing { Ok(list) } else { Err(ObjectError::TooMany) }
    }

    /// Writes the list of a State at this place; gives its length. The cuts are sorted already.
    ///
    /// # Errors
    /// [`ObjectError::Full`]; [`ObjectError::TooMany`] where they aren't in strictly increasing order.
    pub fn write(log: [u8; 16], index: u32, sorted: &[Cut], out: &mut [u8]) -> Result<usize, ObjectError> {
        let increasing = sorted.iter().zip(sorted.iter().skip(1)).all(|(a, b)| state_entry(a) < state_entry(b));
        let count = u32::try_from(sorted.len()).ok().filter(|_| increasing).ok_or(ObjectError::TooMany)?;
        let mut at = 0;
        let mut put = |bytes: &[u8]| {
            let end = at + bytes.len();
            out.get_mut(at..end).map(|to| to.copy_from_slice(bytes)).ok_or(ObjectError::Full)?;
            at = end;
            Ok(())
        };
        put(&log)?;
        for number in [index, count] {
            let mut buffer = [0; 5];
            let n = crate::record::write_varint32(number, &mut buffer).ok_or(ObjectError::Full)?;
            put(buffer.get(..n).unwrap_or_default())?;
        }
        sorted.iter().try_for_each(|cut| put(&state_entry(cut)))?;
        Ok(at)
    }

    fn leaves(&self) -> impl Iterator<Item = &'a [u8; STATE_ENTRY_LEN]> + use<'a> {
        let (entries, _) = self.entries.as_chunks::<STATE_ENTRY_LEN>();
        entries.iter()
    }

    /// Number of entries.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.entries.len() / STATE_ENTRY_LEN
    }

    /// Whether no log is cut.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The cuts, in order.
    pub fn cuts(&self) -> impl Iterator<Item = Cut> + use<'a> {
        self.leaves().filter_map(|leaf| {
            let (log, rest) = leaf.split_first_chunk::<16>()?;
            let (count, head) = rest.split_first_chunk::<4>()?;
            Some(Cut { log: *log, count: u32::from_le_bytes(*count), head: Hash(head.try_into().ok()?) })
        })
    }

    /// Whether this is the list that the State at this place commits to.
    #[must_use]
    pub fn is_of(&self, at: &RecordId, state: &State<'_>) -> bool {
        at.log.log16() == self.log
            && at.index == self.index
            && u32::try_from(self.len()) == Ok(state.entries)
            && merkle_root(self.leaves()) == state.root
    }
}

/// The Merkle root over a list of sorted cuts, as a State holds it. Of none: SHA-256 of nothing.
#[must_use]
pub fn state_root(sorted: &[Cut]) -> [u8; 32] {
    merkle_root(sorted.iter().map(state_entry))
}

fn hash(prefix: u8, parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update([prefix]);
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// RFC 6962 section 2.1 as a stream: full subtrees wait in a stack until their sister is complete.
fn merkle_root<L: AsRef<[u8]>>(leaves: impl Iterator<Item = L>) -> [u8; 32] {
    let mut waiting = [[0u8; 32]; MAX_LEVELS];
    let mut count = 0u32;
    for leaf in leaves {
        let mut node = hash(0, &[leaf.as_ref()]);
        let mut level = 0;
        while count >> level & 1 == 1 {
            node = hash(1, &[waiting.get(level as usize).unwrap_or(&[0; 32]), &node]);
            level += 1;
        }
        if let Some(slot) = waiting.get_mut(level as usize) {
            *slot = node;
        }
        count = count.saturating_add(1);
    }
    // What is left are full subtrees, the largest first in the list: joined from the right.
    let mut left = waiting.iter().enumerate().filter(|(level, _)| count >> level & 1 == 1).map(|(_, node)| node);
    match left.next() {
        None => Sha256::digest([]).into(),
        Some(smallest) => left.fold(*smallest, |right, larger| hash(1, &[larger, &right])),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use proptest::prelude::*;

    /// The recursive definition of RFC 6962.
    fn recursive(leaves: &[Vec<u8>]) -> [u8; 32] {
        match leaves {
            [] => Sha256::digest([]).into(),
            [one] => hash(0, &[one]),
            _ => {
                let k = leaves.len().next_power_of_two() / 2;
                hash(1, &[&recursive(&leaves[..k]), &recursive(&leaves[k..])])
            }
        }
    }

    fn cuts(n: u32) -> Vec<Cut> {
        (0..n).map(|i| Cut { log: [i as u8; 16], count: i + 1, head: Hash([7; 32]) }).collect()
    }

    #[test]
    fn the_root_of_known_trees_is_that_of_rfc_6962() {
        // Test vectors of certificate transparency: leaves "", "\0", "\x10".
        let root = |leaves: &[&[u8]]| Hash(merkle_root(leaves.iter().copied())).to_string();
        assert_eq!(root(&[]), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(root(&[b""]), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        assert_eq!(root(&[b"", b"\0"]), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
        assert_eq!(root(&[b"", b"\0", b"\x10"]), "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
    }

    #[test]
    fn a_list_comes_back_and_belongs_to_its_state_only() {
        let log = Hash([5; 32]);
        let cuts = cuts(5);
        let mut out = [0; 400];
        let n = StateList::write(log.log16(), 300, &cuts, &mut out).unwrap();
        let list = StateList::parse(&out[..n]).unwrap();
        assert_eq!(list.cuts().collect::<Vec<_>>(), cuts);
        let state = |entries, root| State { good_for_days: 7, entries, root, extensions: None };
        let at = |index| RecordId { log, index, identity: Hash([6; 32]) };
        assert!(list.is_of(&at(300), &state(5, state_root(&cuts))));
        assert!(!list.is_of(&at(301), &state(5, state_root(&cuts))));
        assert!(!list.is_of(&at(300), &state(4, state_root(&cuts))));
        assert!(!list.is_of(&at(300), &state(5, state_root(&cuts[..4]))));
        for cut in 0..n {
            assert_eq!(StateList::parse(&out[..cut]), Err(ObjectError::Truncated));
        }
        let unsorted = [cuts[1], cuts[0]];
        assert_eq!(StateList::write(log.log16(), 1, &unsorted, &mut out), Err(ObjectError::TooMany));
    }

    proptest! {
        #[test]
        fn the_stream_gives_the_root_of_the_recursive_definition(leaves in prop::collection::vec(any::<Vec<u8>>(), 0..40)) {
            prop_assert_eq!(merkle_root(leaves.iter()), recursive(&leaves));
        }
    }
}
