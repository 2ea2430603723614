//! A log that stands in one piece, read whole: for hosts with room for all of it.

use super::LogError;
use super::recovery::{Found, Watch, recovered};
use crate::crypto::Hash;
use crate::record::{OwnRecords, Seal};
use alloc::vec::Vec;

/// A log, its records and its seals.
#[derive(Debug, Clone)]
pub struct Whole<'b> {
    /// What the log is, and where it ends.
    pub found: Found<'b>,
    /// Its records.
    pub records: OwnRecords,
    /// Its released seals, in the order in which they were written.
    pub seals: Vec<Seal>,
}

/// Reads a log that stands in one piece, as [`super::recover`] does, and keeps what was read.
///
/// ```
/// use medlot_core::crypto::{Hash, Suite};
/// use medlot_core::log::{LogError, LogHead, Store, Writer, read};
///
/// struct File(Vec<u8>);
/// impl Store for File {
///     fn write(&mut self, _: u64, bytes: &[u8]) -> Result<(), LogError> {
///         self.0.extend(bytes);
///         Ok(())
///     }
/// }
/// let head = LogHead { parent: Hash([9; 32]), suite: Suite::Ed25519, key: &[1; 32], facility: "01C55" };
/// let mut file = File(Vec::new());
/// let mut writer = Writer::create(&head, &mut file)?;
/// writer.confirm()?;
/// writer.append(&[b"one record".to_vec(), b"and another".to_vec()], &mut file)?;
/// writer.confirm()?;
///
/// let whole = read(&file.0)?;
/// assert!(whole.records.iter().eq([b"one record".as_slice(), b"and another"]));
/// assert_eq!(whole.records.head(), whole.found.recovery.tip().head());
/// # Ok::<(), LogError>(())
/// ```
///
/// # Errors
/// As [`super::recover`].
pub fn read(bytes: &[u8]) -> Result<Whole<'_>, LogError> {
    let mut reading = Reading { records: OwnRecords::with_room(Hash::ZERO, 0), room: bytes.len(), seals: Vec::new() };
    let found = recovered(bytes, &mut reading)?;
    let Reading { mut records, seals, .. } = reading;
    // Those of a unit that isn't whole are none.
    records.truncate(found.recovery.tip().count());
    Ok(Whole { found, records, seals })
}

struct Reading {
    records: OwnRecords,
    /// Bytes that they take at most.
    room: usize,
    seals: Vec<Seal>,
}

impl Watch for Reading {
    fn log(&mut self, id: Hash) {
        self.records = OwnRecords::with_room(id, self.room);
    }
    fn bytes(&mut self, bytes: &[u8]) {
        self.records.extend(bytes);
    }
    fn end(&mut self, identity: Hash) {
        self.records.end(identity);
    }
    fn seal(&mut self, seal: &Seal) {
        self.seals.push(*seal);
    }
}
