//! An own log on a disk: the frames of `medlot_core::log` in one file (`spec/log.md`), each unit written and
//! synchronised before it is acknowledged. What a power cut left unfinished at the end is cut off when the log is
//! opened.

use super::medium::{Medium, Tail};
use super::vault::{Opened, Vault};
use crate::error::{Error, Result};
use medlot_core::crypto::{self, Hash, Suite};
use medlot_core::log::{self, Frames, LogError, Store, Whole, Writer, recover};
use medlot_core::record::{Authentic, LogKey, Offer, OwnRecords, Seal, Tip, TipError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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

    fn as_core(&self) -> log::LogHead<'_> {
        log::LogHead { parent: self.parent, suite: self.suite, key: &self.key, facility: &self.facility }
    }
}

/// The bytes of one unit on their way into the file.
#[derive(Default)]
struct Outbox(Vec<u8>);

impl Store for Outbox {
    fn write(&mut self, _: u64, bytes: &[u8]) -> std::result::Result<(), LogError> {
        self.0.extend(bytes);
        Ok(())
    }
}

/// An own log: its records and seals, and the end to append at.
#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    file: Tail,
    vault: Vault,
    /// Where the next unit goes in the file: behind the writer's place where the file is encrypted.
    end: u64,
    head: LogHead,
    /// Shared with who reads them: an answer is made of the log as it stood when it was asked.
    records: Arc<OwnRecords>,
    seals: Vec<Seal>,
    writer: Writer,
    /// Bytes at the end of the file that were dropped: of an append that was never acknowledged.
    dropped: usize,
}

impl LogFile {
    /// Begins a log.
    ///
    /// # Errors
    /// It is there already, or can't be written.
    pub fn create(path: &Path, head: LogHead, medium: &Medium, vault: &Vault) -> Result<Self> {
        head.id()?;
        if medium.has(path) {
            return Err(Error::file(path, &std::io::ErrorKind::AlreadyExists.into()));
        }
        let (mut writer, end) = begin(path, &head, medium, vault)?;
        writer.confirm()?;
        let file = medium.go_on(path)?;
        let (path, vault) = (path.to_path_buf(), vault.clone());
        let (records, seals) = (Arc::new(OwnRecords::new(writer.tip().log())), Vec::new());
        Ok(Self { path, file, vault, end, head, records, seals, writer, dropped: 0 })
    }

    /// Opens a log, dropping what a power cut left unfinished at its end.
    ///
    /// # Errors
    /// It can't be read, is damaged before its end, or has lost records that were offered for signing.
    pub fn open(path: &Path, medium: &Medium, vault: &Vault) -> Result<Self> {
        let bytes = medium.read(path)?;
        let named = |e: LogError| {
            let error = Error::from(e);
            Error { message: format!("{}: {error}", path.display()), ..error }
        };
        let Opened { plain: bytes, mut end, torn, .. } = vault.open_log(path, bytes)?;
        let Whole { found, records, seals } = log::read(&bytes).map_err(named)?;
        let head = LogHead {
            parent: found.head.parent,
            suite: found.head.suite,
            key: found.head.key.to_vec(),
            facility: found.head.facility.to_owned(),
        };
        let file = medium.go_on(path)?;
        let writer = Writer::resume(&found.recovery, found.end as u64);
        let unfinished = bytes.len() - found.end;
        if vault.is_keyed() && unfinished > 0 {
            // A unit is encrypted whole: what can be decrypted was written whole.
            return Err(named(LogError::Damaged(log::Place::File(end))));
        }
        end -= unfinished as u64;
        let (path, vault, dropped) = (path.to_path_buf(), vault.clone(), torn + unfinished);
        let records = Arc::new(records);
        let log = Self { path, file, vault, end, head, records, seals, writer, dropped };
        if dropped > 0 {
            // What stands behind the last unit that is durable.
            log.file.cut(log.end).map_err(|e| Error::file(&log.path, &e))?;
        }
        Ok(log)
    }

    /// Writes a unit behind those before and says so to the writer, once it is on the disk.
    fn make_durable(&mut self, unit: &Outbox) -> Result<()> {
        let bytes = self.vault.seal_unit(&self.path, self.end, &unit.0).inspect_err(|_| self.writer.failed())?;
        if let Err(e) = self.file.append(self.end, &bytes) {
            self.writer.failed();
            // Where this fails too, opening drops it.
            let _ = self.file.cut(self.end);
            return Err(Error::file(&self.path, &e));
        }
        self.end += bytes.len() as u64;
        Ok(self.writer.confirm()?)
    }

    /// Appends records together: all of them or none, durable when this returns. Gives the index of the first.
    ///
    /// # Errors
    /// [`medlot_core::record::TipError::SealDue`]: seal first; a record that is too long; a disk that is full.
    pub fn append(&mut self, records: &[Vec<u8>]) -> Result<u32> {
        let mut unit = Outbox::default();
        let first = self.writer.append(records, &mut unit)?;
        self.make_durable(&unit)?;
        let own = Arc::make_mut(&mut self.records);
        for record in records {
            own.push(record)?;
        }
        Ok(first)
    }

    /// Seals what stands unsealed: mark, signature, seal. Gives the seal in force where nothing is new.
    ///
    /// # Errors
    /// No record yet; a signature that doesn't hold; a disk that is full.
    pub fn seal(&mut self, sign: impl FnOnce(&[u8; 84]) -> [u8; 64]) -> Result<Seal> {
        if self.tip().unsealed() == 0
            && let Some(seal) = self.writer.seal()
        {
            return Ok(*seal);
        }
        let offer = self.offer()?;
        self.attach(offer.mark().count, &sign(&offer.durable()))
    }

    /// Offers what stands unsealed for signing: its mark is durable when this returns, and in memory once the changes are.
    ///
    /// # Errors
    /// Nothing to seal; a disk that is full.
    pub fn offer(&mut self) -> Result<Offer> {
        let mut unit = Outbox::default();
        let offer = match self.writer.offer(&mut unit) {
            // Signatures that never came: the oldest of them is given up.
            Err(LogError::Tip(TipError::TooManyOffers)) => {
                self.writer.forget_oldest();
                self.writer.offer(&mut unit)?
            }
            other => other?,
        };
        self.make_durable(&unit)?;
        Ok(offer)
    }

    /// Takes the signature of what was offered up to this count.
    ///
    /// # Errors
    /// Never offered; a signature that doesn't hold; a disk that is full.
    pub fn attach(&mut self, count: u32, signature: &[u8; 64]) -> Result<Seal> {
        let log = LogKey { id: self.id(), suite: self.head.suite, key: &self.head.key };
        let mut unit = Outbox::default();
        let seal = self.writer.attach(&log, count, signature, &mut unit)?;
        self.make_durable(&unit)?;
        self.seals.push(seal);
        Ok(seal)
    }

    /// Opens the copy of a log that is written elsewhere, or begins it: whatever a power cut leaves, it is a whole log
    /// again, up to its last seal.
    ///
    /// # Errors
    /// It can't be read or written, or is damaged before its end.
    pub fn open_copy(path: &Path, head: &LogHead, medium: &Medium, vault: &Vault) -> Result<Self> {
        if !medium.has(path) {
            begin(path, head, medium, vault)?;
        }
        let log = Self::open(path, medium, vault)?;
        if log.tip().unsealed() == 0 {
            return Ok(log);
        }
        let bytes = medium.read(path)?;
        let opened = vault.open_log(path, bytes)?;
        let first = recover(&opened.plain)?.first;
        let mut frames = Frames::new(&opened.plain, first);
        let mut end = first;
        while let Some(frame) = frames.next() {
            if log::seal_of(&frame).is_some() {
                end = frames.at();
            }
        }
        let end = opened.place(end);
        log.file.cut(end).map_err(|e| Error::file(path, &e))?;
        Self::open(path, medium, vault)
    }

    /// Appends a segment of a log that is written elsewhere, from this index on, durable when this returns; what a power
    /// cut leaves of it without its seal, [`LogFile::open_copy`] drops. `false`: more than may stand between two seals.
    ///
    /// # Errors
    /// A segment that doesn't follow what is here; a disk that is full.
    pub fn copy(&mut self, authentic: &Authentic<'_>, from: u32) -> Result<bool> {
        let mut records = Vec::new();
        let mut all = authentic.records();
        while let Some(record) = all.next() {
            if record.index() >= from {
                records.push(record.bytes().to_vec());
            }
        }
        let signature = authentic.body().last_chunk().ok_or_else(|| Error::invalid("a segment without a seal"))?;
        if from != self.tip().count() || self.tip().unsealed() > 0 {
            return Err(Error::invalid(format!("record {from} doesn't follow this log's last seal")));
        }
        match self.append(&records) {
            Ok(_) => {}
            Err(e) if e == Error::from(TipError::SealDue) => return Ok(false),
            Err(e) => return Err(e),
        }
        self.seal(|_| *signature)?;
        Ok(true)
    }

    /// What the log is.
    #[must_use]
    pub const fn head(&self) -> &LogHead {
        &self.head
    }
    /// h₀.
    #[must_use]
    pub const fn id(&self) -> Hash {
        self.writer.tip().log()
    }
    /// Its records.
    #[must_use]
    pub fn records(&self) -> &OwnRecords {
        &self.records
    }
    /// They, to be kept as they stand now.
    pub(crate) const fn shared(&self) -> &Arc<OwnRecords> {
        &self.records
    }
    /// The chain's value after the first `count` records: the identity of the last of them, h₀ for none.
    ///
    /// # Errors
    /// More than there are.
    pub fn value_at(&self, count: u32) -> Result<Hash> {
        let held = self.tip().count();
        self.records.value(count).ok_or_else(|| Error::argument(format!("count: {count}; the log has {held} records")))
    }
    /// Its released seals.
    #[must_use]
    pub fn seals(&self) -> &[Seal] {
        &self.seals
    }
    /// Its end.
    #[must_use]
    pub const fn tip(&self) -> &Tip {
        self.writer.tip()
    }
    /// Bytes dropped at its end when it was opened.
    #[must_use]
    pub const fn dropped(&self) -> usize {
        self.dropped
    }
}

/// Writes the file of a log without records, whole or not at all; gives its length.
fn begin(path: &Path, head: &LogHead, medium: &Medium, vault: &Vault) -> Result<(Writer, u64)> {
    let mut unit = Outbox::default();
    let writer = Writer::create(&head.as_core(), &mut unit)?;
    let bytes = vault.seal_unit(path, 0, &unit.0)?;
    medium.replace(path, &bytes)?;
    Ok((writer, bytes.len() as u64))
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
        let log = LogFile::create(&path, head, &Medium::Disk, &Vault::plain()).unwrap();
        (path, key, log)
    }

    #[test]
    fn records_and_seals_come_back() {
        let (path, key, mut log) = log("back");
        assert_eq!(log.append(&[b"first".to_vec(), b"second".to_vec()]).unwrap(), 0);
        let seal = log.seal(|m| key.sign(m)).unwrap();
        log.append(&[b"third".to_vec()]).unwrap();
        let again = LogFile::open(&path, &Medium::Disk, &Vault::plain()).unwrap();
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
            let mut found = LogFile::open(&path, &Medium::Disk, &Vault::plain()).unwrap();
            assert_eq!((found.records().len(), found.dropped()), (1, end - acknowledged), "cut after {end} bytes");
            assert_eq!(found.append(&[b"again".to_vec()]).unwrap(), 1);
            assert_eq!(LogFile::open(&path, &Medium::Disk, &Vault::plain()).unwrap().records().len(), 2);
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
        assert!(
            LogFile::open(&path, &Medium::Disk, &Vault::plain())
                .unwrap_err()
                .message
                .contains("new log with a new key")
        );
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
        assert!(LogFile::open(&path, &Medium::Disk, &Vault::plain()).unwrap_err().message.contains("damaged: at byte"));
        assert_eq!(fs::read(&path).unwrap(), bytes);
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_flipped_bit_never_gives_other_records() {
        let (path, _, mut log) = log("flip");
        log.append(&[b"first".to_vec()]).unwrap();
        log.append(&[b"second".to_vec()]).unwrap();
        let (whole, records) = (fs::read(&path).unwrap(), log.records());
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, &bytes).unwrap();
            if let Ok(found) = LogFile::open(&path, &Medium::Disk, &Vault::plain()) {
                assert!(found.records().iter().eq(records.iter().take(found.records().len())), "bit {bit}");
            }
        }
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_copy_that_is_cut_after_any_byte_goes_on_at_its_last_seal() {
        use medlot_core::record::Segment;
        let (path, key, mut log) = log("original");
        let (mut bodies, mut from) = (Vec::new(), 0);
        for records in [vec![b"record 0".to_vec()], vec![b"record 1".to_vec(), b"record 2".to_vec()]] {
            log.append(&records).unwrap();
            let seal = log.seal(|m| key.sign(m)).unwrap();
            bodies.push(crate::evidence::body_of(&log, from, seal.count).unwrap());
            from = seal.count;
        }
        let of = LogKey { id: log.id(), suite: log.head.suite, key: &log.head.key };
        let authentic = |at: usize| Segment::parse(&bodies[at], 64).unwrap().verify(&of).unwrap();
        let copied = path.with_extension("copy");
        let _ = fs::remove_file(&copied);
        let mut copy = LogFile::open_copy(&copied, log.head(), &Medium::Disk, &Vault::plain()).unwrap();
        assert!(copy.copy(&authentic(1), 1).is_err(), "it doesn't follow");
        assert!(copy.copy(&authentic(0), 0).unwrap());
        let before = fs::read(&copied).unwrap().len();
        assert!(copy.copy(&authentic(1), 1).unwrap());
        assert_eq!((copy.records(), copy.seals()), (log.records(), log.seals()));
        let whole = fs::read(&copied).unwrap();
        for end in before..whole.len() {
            fs::write(&copied, &whole[..end]).unwrap();
            let mut found = LogFile::open_copy(&copied, log.head(), &Medium::Disk, &Vault::plain()).unwrap();
            assert_eq!((found.tip().count(), found.tip().unsealed()), (1, 0), "cut after {end} bytes");
            assert!(found.copy(&authentic(1), 1).unwrap());
            assert_eq!(LogFile::open(&copied, &Medium::Disk, &Vault::plain()).unwrap().records(), log.records());
        }
        fs::remove_file(copied).unwrap();
        fs::remove_file(path).unwrap();
    }
}
