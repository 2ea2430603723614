//! A country of any number of facilities, with one device each, whose records are really signed, verified and judged:
//! what speeds of the ledger are measured on.
use medlot_core::crypto::{Hash, SoftwareKey, Suite, chain_next, seal_message};
use medlot_core::movement::Reference;
use medlot_core::record::{Entry, LogKey, Record, Segment};
use medlot_core::time::Timestamp;
use medlot_core::trust::{Anchor, Fact, FactKind, Facts, Held, Mark, Span, Verdict, Verified, evaluate, read};

use crate::world::{self, Done, Grant, MOVE};

/// Records in a segment here: as many as stay under 64 KiB with every row raw.
pub const SEGMENT: usize = 500;

/// A root and its devices.
pub struct Country {
    root: world::Log,
    anchor: Vec<u8>,
    /// One a facility.
    pub devices: Vec<Device>,
}

/// A device's log as far as it is written.
pub struct Device {
    key: SoftwareKey,
    public: Vec<u8>,
    id: Hash,
    /// Its facility's code.
    pub facility: String,
    /// The root's segment that enrols it.
    enrolment: Vec<u8>,
    count: u32,
    head: Hash,
    /// The time of its next record.
    pub time: u32,
}

/// A sealed piece of a device's log.
pub struct Piece {
    device: usize,
    body: Vec<u8>,
    records: usize,
}

impl Country {
    /// So many facilities; every device is enrolled by the root.
    ///
    /// # Errors
    /// What the core refuses.
    pub fn new(facilities: usize) -> Done<Self> {
        let mut root = world::Log::root(Suite::Ed25519, 1, [0; 32])?;
        let mut devices = Vec::with_capacity(facilities);
        for number in 0..facilities {
            let (facility, seed) = (format!("VN-{number:05}"), 10 + (number % 200) as u8);
            let log = world::Log::under(&root, Suite::Ed25519, seed, &facility)?;
            let at = root.enrol(&log, Grant::own(MOVE))?;
            devices.push(Device {
                key: SoftwareKey::from_seed(Suite::Ed25519, &[seed; 32])?,
                public: log.key.public.clone(),
                id: log.id,
                facility,
                enrolment: root.one(at)?,
                // It introduced itself.
                count: 1,
                head: log.head(1)?,
                time: 217_000_000,
            });
        }
        Ok(Self { anchor: root.anchor()?, root, devices })
    }

    /// Verifies a piece, judges its records, and hands out those that count.
    ///
    /// # Errors
    /// A piece that doesn't verify, or with a record that doesn't count: nothing here should.
    pub fn with_verified<T>(&self, piece: &Piece, ask: impl FnOnce(&[Verified<'_>]) -> T) -> Done<T> {
        let device = self.devices.get(piece.device).ok_or("no such device")?;
        let anchor = Anchor::parse(&self.anchor)?;
        let enrolled = Segment::parse(&device.enrolment, 64)?.verify(&anchor.log())?;
        let log = LogKey { id: device.id, suite: Suite::Ed25519, key: &device.public };
        let authentic = Segment::parse(&piece.body, 64)?.verify(&log)?;
        let held: Vec<Held<'_>> = [(anchor.authentic(), anchor.log()), (enrolled, anchor.log())]
            .iter()
            .flat_map(|(authentic, log)| Held::of(authentic, log))
            .collect();
        let mut facts = [Fact { at: Held::EMPTY.at, kind: FactKind::Critical }; 8];
        let count = read(anchor.id(), &held, &[], &mut facts)?;
        let spans = [authentic, enrolled].map(|part| Span {
            log: part.log(),
            start: part.index(),
            start_hash: part.start(),
            end: part.end(),
            end_hash: part.head(),
            interior: None,
        });
        let (mut verdicts, mut marks) = ([Verdict::default(); 8], [Mark::default(); 2]);
        let entries = facts.get(..count).unwrap_or_default();
        let mut evaluation = evaluate(Facts { root: anchor.id(), entries, spans: &spans }, &mut verdicts, &mut marks)?;
        let verified: Vec<Verified<'_>> =
            authentic.raw_records().filter_map(|record| evaluation.judge_record(&record).verified()).collect();
        if verified.len() != piece.records {
            return Err(format!("{} of {} records count", verified.len(), piece.records).into());
        }
        Ok(ask(&verified))
    }

    /// Number of records of the root.
    #[must_use]
    pub fn enrolments(&self) -> usize {
        self.root.len() - 1
    }

    /// Writes and seals records of a device: a minute apart. Gives the piece, and what other logs name its records by.
    ///
    /// # Errors
    /// A record that breaks a rule.
    pub fn write(&mut self, device: usize, entries: &[Entry<'_>]) -> Done<(Piece, Vec<Reference>)> {
        let of = self.devices.get_mut(device).ok_or("no such device")?;
        let mut body = varint(of.count as usize);
        if of.count > 0 {
            body.extend(of.head.0);
        }
        body.extend(varint(entries.len()));
        let mut references = Vec::with_capacity(entries.len());
        let mut room = [0; 4_096];
        for entry in entries {
            let length = Record::new(Timestamp::from_secs(of.time), *entry).encode(&mut room)?;
            let record = room.get(..length).unwrap_or_default();
            of.head = chain_next(&of.head, of.count, record)?;
            references.push(Reference::Other { log: of.id.log_id(), index: of.count, identity: of.head.log16() });
            of.count += 1;
            of.time += 60;
            body.push(0xff); // a raw row: what is verified borrows the segment's own bytes
            body.extend(varint(length));
            body.extend_from_slice(record);
        }
        body.extend(of.key.sign(&seal_message(&of.id, of.count, &of.head)));
        Ok((Piece { device, body, records: entries.len() }, references))
    }
}

fn varint(mut n: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
    out
}
