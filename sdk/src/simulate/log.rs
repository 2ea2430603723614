//! A log while it is simulated: its key, its records, its seals. Nothing is written before the end.

use crate::desk::keyed;
use crate::error::{Error, Result};
use crate::folder::LogHead;
use medlot_core::crypto::{self, Hash, SoftwareKey, Suite, seal_message};
use medlot_core::limits::{MAX_RECORD_BYTES, MAX_SEGMENT_BYTES, MAX_SEGMENT_RECORDS, MAX_UNSEALED_BYTES};
use medlot_core::log::{self, LogError, Store, Writer};
use medlot_core::movement::Reference;
use medlot_core::record::{
    Cut, Element, Entry, FORMAT, KeyOf, LogKey, ObjectType, Record, SegmentWriter, header, write_element,
};
use medlot_core::time::Timestamp;
use medlot_core::trust::RecordId;

/// A log.
#[derive(Clone)]
pub(super) struct SimLog {
    pub(super) head: LogHead,
    pub(super) id: Hash,
    pub(super) seed: [u8; 32],
    key: std::sync::Arc<SoftwareKey>,
    pub(super) records: Vec<Vec<u8>>,
    /// h at each count from 0.
    chain: Vec<Hash>,
    pub(super) seals: Vec<(u32, [u8; 64])>,
    unsealed: usize,
    /// Nobody enrols its key: its first piece carries it.
    is_keyed: bool,
}

/// The time of a record as its device writes it.
#[derive(Clone, Copy)]
pub(super) struct Stamp {
    pub(super) recorded: u32,
    pub(super) unset: bool,
    pub(super) effective: Option<u32>,
}

impl SimLog {
    pub(super) fn new(suite: Suite, seed: [u8; 32], parent: Hash, facility: &str) -> Result<Self> {
        let key = SoftwareKey::from_seed(suite, &seed).map_err(|e| Error::refused(e.to_string()))?;
        let public = key.public_key(&mut [0; 33]).to_vec();
        let head = LogHead { parent, suite, key: public, facility: facility.to_owned() };
        let id = head.id()?;
        let key = std::sync::Arc::new(key);
        Ok(Self {
            head,
            id,
            seed,
            key,
            records: Vec::new(),
            chain: vec![id],
            seals: Vec::new(),
            unsealed: 0,
            is_keyed: false,
        })
    }

    /// A next root's: its key is the one that was committed to.
    pub(super) fn keyed(self) -> Self {
        Self { is_keyed: true, ..self }
    }

    pub(super) fn count(&self) -> u32 {
        self.records.len() as u32
    }
    pub(super) fn sealed(&self) -> u32 {
        self.seals.last().map_or(0, |seal| seal.0)
    }
    pub(super) fn value_at(&self, count: u32) -> Hash {
        self.chain.get(count as usize).copied().unwrap_or(Hash::ZERO)
    }
    pub(super) fn at(&self, count: u32) -> Cut {
        Cut { log: self.id.log16(), count, head: self.value_at(count) }
    }
    pub(super) fn record_id(&self, index: u32) -> RecordId {
        RecordId { log: self.id, index, identity: self.value_at(index + 1) }
    }
    /// How another log names a record of this one.
    pub(super) fn reference(&self, index: u32) -> Reference {
        Reference::Other { log: self.id.log_id(), index, identity: self.value_at(index + 1).log16() }
    }
    pub(super) fn key_of(&self) -> KeyOf<'_> {
        KeyOf { suite: self.head.suite.number(), key: &self.head.key, format: FORMAT }
    }
    pub(super) fn log_key(&self) -> LogKey<'_> {
        LogKey { id: self.id, suite: self.head.suite, key: &self.head.key }
    }

    /// Appends an entry; gives its index.
    pub(super) fn put(&mut self, stamp: Stamp, entry: Entry<'_>) -> Result<u32> {
        let record = Record {
            recorded_at: Timestamp::from_secs(stamp.recorded),
            clock_unset: stamp.unset,
            effective: stamp.effective,
            entry,
        };
        record.check_place(self.count())?;
        let mut room = [0; MAX_RECORD_BYTES];
        let length = record.encode(&mut room)?;
        self.append(room.get(..length).unwrap_or_default().to_vec())
    }

    /// Appends a record's bytes, after a seal where one is due.
    pub(super) fn append(&mut self, bytes: Vec<u8>) -> Result<u32> {
        let open = (self.count() - self.sealed()) as usize;
        if open >= MAX_SEGMENT_RECORDS || (open > 0 && self.unsealed + bytes.len() > MAX_UNSEALED_BYTES) {
            self.seal();
        }
        let index = self.count();
        let next = crypto::chain_next(&self.value_at(index), index, &bytes);
        self.chain.push(next.map_err(|e| Error::invalid(e.to_string()))?);
        self.unsealed += bytes.len();
        self.records.push(bytes);
        Ok(index)
    }

    /// Seals what stands; gives the count.
    pub(super) fn seal(&mut self) -> u32 {
        let count = self.count();
        if count > self.sealed() {
            let signature = self.key.sign(&seal_message(&self.id, count, &self.value_at(count)));
            self.seals.push((count, signature));
            self.unsealed = 0;
        }
        count
    }

    /// The signature over the head at a count: the seal there, or one made anew of the same bytes.
    fn signature(&self, count: u32) -> [u8; 64] {
        let made = self.seals.iter().find(|seal| seal.0 == count).map(|seal| seal.1);
        made.unwrap_or_else(|| self.key.sign(&seal_message(&self.id, count, &self.value_at(count))))
    }

    /// The body of a segment.
    pub(super) fn body(&self, from: u32, to: u32) -> Result<Vec<u8>> {
        let mut out = vec![0; MAX_SEGMENT_BYTES];
        let signature = self.signature(to);
        let mut writer = SegmentWriter::new(&mut out, from, &self.value_at(from), to - from, signature.len())?;
        for record in self.records.iter().skip(from as usize).take((to - from) as usize) {
            writer.push(record)?;
        }
        let length = writer.finish(&signature)?;
        out.truncate(length);
        Ok(out)
    }

    /// A segment as an object of its own.
    pub(super) fn object(&self, from: u32, to: u32) -> Result<Vec<u8>> {
        let body = self.body(from, to)?;
        if self.is_keyed && from == 0 {
            return keyed(ObjectType::Bundle, &[], self.head.suite, &self.head.key, &body);
        }
        let element = Element::OwnId { log: self.id.log_id(), suite: self.head.suite.number(), body: &body };
        object(&element, body.len())
    }

    /// Whole segments from seal to seal, up to a count.
    pub(super) fn objects(&self, until: u32) -> Result<Vec<Vec<u8>>> {
        let mut from = 0;
        let mut all = Vec::new();
        for (count, _) in self.seals.iter().filter(|seal| seal.0 <= until) {
            all.push(self.object(from, *count)?);
            from = *count;
        }
        Ok(all)
    }

    /// The log as a file, as a device would have written it: a group and a seal at a time.
    pub(super) fn file(&self) -> Result<Vec<u8>> {
        struct Bytes(Vec<u8>);
        impl Store for Bytes {
            fn write(&mut self, _: u64, bytes: &[u8]) -> std::result::Result<(), LogError> {
                self.0.extend(bytes);
                Ok(())
            }
        }
        let mut bytes = Bytes(Vec::new());
        let LogHead { parent, suite, key, facility } = &self.head;
        let head = log::LogHead { parent: *parent, suite: *suite, key, facility };
        let mut writer = Writer::create(&head, &mut bytes)?;
        writer.confirm()?;
        let mut from = 0;
        for (count, signature) in &self.seals {
            let group: Vec<&Vec<u8>> = self.records.iter().skip(from).take(*count as usize - from).collect();
            writer.append(&group, &mut bytes)?;
            writer.confirm()?;
            let _ = writer.offer(&mut bytes)?;
            writer.confirm()?;
            writer.attach(&self.log_key(), *count, signature, &mut bytes)?;
            writer.confirm()?;
            from = *count as usize;
        }
        let rest: Vec<&Vec<u8>> = self.records.iter().skip(from).collect();
        if !rest.is_empty() {
            writer.append(&rest, &mut bytes)?;
            writer.confirm()?;
        }
        Ok(bytes.0)
    }
}

/// A bundle of one element.
pub(super) fn object(element: &Element<'_>, room: usize) -> Result<Vec<u8>> {
    let mut out = vec![0; room + 128];
    let length = write_element(element, &mut out)?;
    let mut object = header(ObjectType::Bundle).to_vec();
    object.extend(out.iter().take(length));
    Ok(object)
}
