//! An own log on a disk.
//!
//! ```text
//! file  = "MLOG" │ layout u8 │ frame …
//! frame = length u32 │ kind u8 │ payload │ CRC-32 u32        length = of kind and payload; CRC over both
//! kind 1 log     parent's line id 32 │ suite u8 │ key length u16 │ key │ facility        the first frame
//!      2 group   n × ( length u16 │ record bytes )         appended together or not at all
//!      3 mark    count u32 │ first 8 bytes of the head     before the bytes to sign are released
//!      4 seal    count u32 │ head 32 │ signature
//! ```
//!
//! Integers are little-endian. A frame that is cut off at the end, or whose CRC is wrong there, was never
//! acknowledged: it is dropped when the log is opened.

use crate::error::{Error, Result};
use crc::{CRC_32_ISO_HDLC, Crc};
use medlot_core::crypto::{self, Hash, Suite};
use medlot_core::record::{Mark, Seal, Tip};
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 5] = b"MLOG\x01";
const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
/// Far above a group of 1,024 records and their seal.
const MAX_FRAME: usize = 8 << 20;

const LOG: u8 = 1;
const GROUP: u8 = 2;
const MARK: u8 = 3;
const SEAL: u8 = 4;

/// What a log is: its first frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHead {
    /// The parent's line id.
    pub parent: Hash,
    /// The suite of its key.
    pub suite: Suite,
    /// Its public key.
    pub key: Vec<u8>,
    /// Its facility; empty for a root's.
    pub facility: String,
}

impl LogHead {
    /// h₀.
    ///
    /// # Errors
    /// A key or facility that is too long.
    pub fn id(&self) -> Result<Hash> {
        crypto::log_identity(&self.parent, self.suite.number(), &self.key, &self.facility)
            .ok_or_else(|| Error::argument(format!("facility {}: at most 20 characters", self.facility)))
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.parent.0.to_vec();
        bytes.push(self.suite.number());
        bytes.extend(u16::try_from(self.key.len()).unwrap_or(u16::MAX).to_le_bytes());
        bytes.extend(&self.key);
        bytes.extend(self.facility.as_bytes());
        bytes
    }

    fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let (parent, rest) = bytes.split_first_chunk::<32>()?;
        let (suite, rest) = rest.split_first()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (key, facility) = rest.split_at_checked(u16::from_le_bytes(*length).into())?;
        Some(Self {
            parent: Hash(*parent),
            suite: Suite::of_number(*suite)?,
            key: key.to_vec(),
            facility: String::from_utf8(facility.to_vec()).ok()?,
        })
    }
}

/// An own log: its records and seals, and the end to append at.
#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    file: File,
    head: LogHead,
    records: Vec<Vec<u8>>,
    seals: Vec<Seal>,
    tip: Tip,
    /// Bytes at the end of the file that were dropped: of an append that was never acknowledged.
    dropped: usize,
}

impl LogFile {
    /// Begins a log.
    ///
    /// # Errors
    /// It is there already, or can't be written.
    pub fn create(path: &Path, head: LogHead) -> Result<Self> {
        let id = head.id()?;
        let open = OpenOptions::new().read(true).write(true).create_new(true).open(path);
        let file = open.map_err(|e| Error::file(path, &e))?;
        let mut log = Self {
            path: path.to_path_buf(),
            file,
            head: head.clone(),
            records: Vec::new(),
            seals: Vec::new(),
            tip: Tip::new(id),
            dropped: 0,
        };
        let mut bytes = MAGIC.to_vec();
        bytes.extend(frame(LOG, &head.to_bytes()));
        log.write(&bytes)?;
        Ok(log)
    }

    /// Opens a log, dropping what a power cut left unfinished at its end.
    ///
    /// # Errors
    /// It can't be read, is damaged before its end, or has lost records that were offered for signing.
    pub fn open(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|e| Error::file(path, &e))?;
        let damaged = |what: &str| Error::folder(path, format!("damaged: {what}"));
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| damaged("it doesn't begin as a log"))?;
        let mut frames = Frames { rest };
        let head = match frames.next() {
            Some((LOG, payload)) => LogHead::of_bytes(payload),
            _ => None,
        };
        let head = head.ok_or_else(|| damaged("its first frame is no log's"))?;
        let (mut records, mut seals, mut mark) = (Vec::new(), Vec::new(), None);
        for (kind, payload) in frames.by_ref() {
            let fine = match kind {
                GROUP => group(payload).map(|group| records.extend(group.into_iter().map(<[u8]>::to_vec))),
                MARK => mark_of(payload).map(|found| mark = Some(found)),
                SEAL => seal_of(payload).map(|seal| seals.push(seal)),
                _ => None,
            };
            fine.ok_or_else(|| damaged("a frame of a newer build, or in no form"))?;
        }
        let left = frames.rest;
        // Only the last append can be unfinished. A whole frame further on means that the medium is damaged before it,
        // and dropping it would lose what was acknowledged.
        let later = (1..left.len()).any(|at| left.get(at..).is_some_and(|rest| Frames { rest }.next().is_some()));
        if later {
            let at = bytes.len() - left.len();
            return Err(damaged(&format!("at byte {at}, with whole records after it: keep the file and ask for help")));
        }
        let dropped = left.len();
        let sealed = seals.iter().map(|s: &Seal| s.count).max().unwrap_or(0);
        let tip = Tip::recover(head.id()?, records.iter().map(Vec::as_slice), sealed, mark)?;
        if sealed > tip.count() {
            return Err(damaged("a seal is for more records than are here"));
        }
        let open = OpenOptions::new().read(true).write(true).open(path);
        let mut file = open.map_err(|e| Error::file(path, &e))?;
        let end = (bytes.len() - dropped) as u64;
        let cut = |file: &mut File| {
            if dropped > 0 {
                file.set_len(end)?;
                file.sync_all()?;
            }
            file.seek(SeekFrom::Start(end)).map(drop)
        };
        cut(&mut file).map_err(|e| Error::file(path, &e))?;
        Ok(Self { path: path.to_path_buf(), file, head, records, seals, tip, dropped })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let write = self.file.write_all(bytes).and_then(|()| self.file.sync_all());
        write.map_err(|e| Error::file(&self.path, &e))
    }

    /// Appends records together: all of them or none, durable when this returns. Gives the index of the first.
    ///
    /// # Errors
    /// [`medlot_core::record::TipError::SealDue`]: seal first; a record that is too long; a disk that is full.
    pub fn append(&mut self, records: &[Vec<u8>]) -> Result<u32> {
        let first = self.tip.count();
        let mut tip = self.tip;
        let mut payload = Vec::new();
        for record in records {
            tip.append(record)?;
            payload.extend(u16::try_from(record.len()).unwrap_or(u16::MAX).to_le_bytes());
            payload.extend(record);
        }
        self.write(&frame(GROUP, &payload))?;
        self.tip = tip;
        self.records.extend(records.iter().cloned());
        Ok(first)
    }

    /// Seals what stands unsealed: mark, signature, seal. Gives the seal in force where nothing is new.
    ///
    /// # Errors
    /// No record yet; a signature that doesn't hold; a disk that is full.
    pub fn seal(&mut self, sign: impl FnOnce(&[u8; 84]) -> [u8; 64]) -> Result<Seal> {
        if self.tip.unsealed() == 0
            && let Some(seal) = self.seals.iter().max_by_key(|s| s.count)
        {
            return Ok(*seal);
        }
        let offer = self.tip.prepare()?;
        let mark = offer.mark();
        let mut payload = mark.count.to_le_bytes().to_vec();
        payload.extend(mark.head);
        self.write(&frame(MARK, &payload))?;
        let signature = sign(&offer.durable());
        let (id, suite, key) = (self.tip.log(), self.head.suite, self.head.key.clone());
        let log = medlot_core::record::LogKey { id, suite, key: &key };
        let seal = self.tip.attach(&log, mark.count, &signature)?;
        let mut payload = seal.count.to_le_bytes().to_vec();
        payload.extend(seal.head.0);
        payload.extend(seal.signature);
        self.write(&frame(SEAL, &payload))?;
        self.seals.push(seal);
        Ok(seal)
    }

    /// What the log is.
    #[must_use]
    pub const fn head(&self) -> &LogHead {
        &self.head
    }
    /// h₀.
    #[must_use]
    pub const fn id(&self) -> Hash {
        self.tip.log()
    }
    /// Its records' bytes.
    #[must_use]
    pub fn records(&self) -> &[Vec<u8>] {
        &self.records
    }
    /// The chain's value after the first `count` records: the identity of the last of them, h₀ for none.
    ///
    /// # Errors
    /// More than there are.
    pub fn value_at(&self, count: u32) -> Result<Hash> {
        if count > self.tip.count() {
            let held = self.tip.count();
            return Err(Error::argument(format!("count: {count}; the log has {held} records")));
        }
        (0..count).zip(&self.records).try_fold(self.id(), |value, (index, record)| {
            crypto::chain_next(&value, index, record).map_err(|e| Error::invalid(format!("record {index}: {e}")))
        })
    }
    /// Its released seals.
    #[must_use]
    pub fn seals(&self) -> &[Seal] {
        &self.seals
    }
    /// Its end.
    #[must_use]
    pub const fn tip(&self) -> &Tip {
        &self.tip
    }
    /// Bytes dropped at its end when it was opened.
    #[must_use]
    pub const fn dropped(&self) -> usize {
        self.dropped
    }
}

fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut body = vec![kind];
    body.extend(payload);
    let mut bytes = u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes().to_vec();
    bytes.extend(&body);
    bytes.extend(CRC.checksum(&body).to_le_bytes());
    bytes
}

/// Whole frames from the front; stops before the first that isn't.
struct Frames<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Frames<'a> {
    type Item = (u8, &'a [u8]);
    fn next(&mut self) -> Option<Self::Item> {
        let (length, rest) = self.rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok().filter(|n| *n <= MAX_FRAME)?;
        let (body, rest) = rest.split_at_checked(length)?;
        let (crc, rest) = rest.split_first_chunk::<4>()?;
        if CRC.checksum(body) != u32::from_le_bytes(*crc) {
            return None;
        }
        self.rest = rest;
        let (kind, payload) = body.split_first()?;
        Some((*kind, payload))
    }
}

fn group(mut payload: &[u8]) -> Option<Vec<&[u8]>> {
    let mut records = Vec::new();
    while let Some((length, rest)) = payload.split_first_chunk::<2>() {
        let (record, rest) = rest.split_at_checked(u16::from_le_bytes(*length).into())?;
        records.push(record);
        payload = rest;
    }
    payload.is_empty().then_some(records)
}

fn mark_of(payload: &[u8]) -> Option<Mark> {
    let (count, head) = payload.split_first_chunk::<4>()?;
    Some(Mark { count: u32::from_le_bytes(*count), head: head.try_into().ok()? })
}

fn seal_of(payload: &[u8]) -> Option<Seal> {
    let (count, rest) = payload.split_first_chunk::<4>()?;
    let (head, signature) = rest.split_first_chunk::<32>()?;
    Some(Seal { count: u32::from_le_bytes(*count), head: Hash(*head), signature: signature.try_into().ok()? })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use medlot_core::crypto::SoftwareKey;
    use std::fs;

    fn log(name: &str) -> (PathBuf, SoftwareKey, LogFile) {
        let path = std::env::temp_dir().join(format!("medlot-log-{}-{name}", std::process::id()));
        let _ = fs::remove_file(&path);
        let key = SoftwareKey::from_seed(Suite::Ed25519, &[3; 32]).unwrap();
        let public = key.public_key(&mut [0; 33]).to_vec();
        let head = LogHead { parent: Hash([9; 32]), suite: Suite::Ed25519, key: public, facility: "01C55".into() };
        let log = LogFile::create(&path, head).unwrap();
        (path, key, log)
    }

    #[test]
    fn records_and_seals_come_back() {
        let (path, key, mut log) = log("back");
        assert_eq!(log.append(&[b"first".to_vec(), b"second".to_vec()]).unwrap(), 0);
        let seal = log.seal(|m| key.sign(m)).unwrap();
        log.append(&[b"third".to_vec()]).unwrap();
        let again = LogFile::open(&path).unwrap();
        assert_eq!((again.records(), again.seals()), (log.records(), &[seal][..]));
        assert_eq!((again.tip().count(), again.tip().unsealed(), again.dropped()), (3, 1, 0));
        assert_eq!(again.head(), log.head());
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_power_cut_after_any_byte_loses_nothing_acknowledged_and_half_a_group_never_stays() {
        let (path, key, mut log) = log("cut");
        log.append(&[b"first".to_vec()]).unwrap();
        log.seal(|m| key.sign(m)).unwrap();
        let acknowledged = fs::read(&path).unwrap().len();
        log.append(&[b"second".to_vec(), b"third".to_vec()]).unwrap();
        let whole = fs::read(&path).unwrap();
        for end in acknowledged..whole.len() {
            fs::write(&path, &whole[..end]).unwrap();
            let mut found = LogFile::open(&path).unwrap();
            assert_eq!((found.records().len(), found.dropped()), (1, end - acknowledged), "cut after {end} bytes");
            assert_eq!(found.append(&[b"again".to_vec()]).unwrap(), 1);
            assert_eq!(LogFile::open(&path).unwrap().records().len(), 2);
        }
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_log_that_lost_what_it_offered_for_signing_is_closed() {
        let (path, key, mut log) = log("mark");
        log.append(&[b"first".to_vec()]).unwrap();
        let before = fs::read(&path).unwrap();
        log.append(&[b"second".to_vec()]).unwrap();
        let appended = fs::read(&path).unwrap().len();
        log.seal(|m| key.sign(m)).unwrap();
        let whole = fs::read(&path).unwrap();
        // The medium lost the second record, but kept the mark: an honest device must not sign another second record.
        let mut lost = before.clone();
        lost.extend(&whole[appended..]);
        fs::write(&path, &lost).unwrap();
        assert!(LogFile::open(&path).unwrap_err().message.contains("new log with a new key"));
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn damage_before_whole_records_is_said_and_nothing_is_dropped() {
        let (path, _, mut log) = log("middle");
        log.append(&[b"first".to_vec()]).unwrap();
        let at = fs::read(&path).unwrap().len() - 1;
        log.append(&[b"second".to_vec()]).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        bytes[at] ^= 1;
        fs::write(&path, &bytes).unwrap();
        assert!(LogFile::open(&path).unwrap_err().message.contains("damaged: at byte"));
        assert_eq!(fs::read(&path).unwrap(), bytes);
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_flipped_bit_never_gives_other_records() {
        let (path, _, mut log) = log("flip");
        log.append(&[b"first".to_vec()]).unwrap();
        log.append(&[b"second".to_vec()]).unwrap();
        let (whole, records) = (fs::read(&path).unwrap(), log.records().to_vec());
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, &bytes).unwrap();
            if let Ok(found) = LogFile::open(&path) {
                assert!(records.starts_with(found.records()), "bit {bit}");
            }
        }
        fs::remove_file(path).unwrap();
    }
}
