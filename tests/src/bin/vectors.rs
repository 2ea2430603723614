//! Writes the vectors of format 1 into a folder: `vectors FOLDER`. The same bytes at every run.
use medlot_core::crypto::{Hash, SoftwareKey, Suite, chain_next, log_identity, seal_message};
use medlot_core::ident::{
    DocumentNumber, FacilityCode, Fund, LotNumber, Measure, Operator, Party, Product, Quantity, Serial, Sscc, Store,
};
use medlot_core::movement::{Amount, Bucket, Direction, Document, Group, Movement, Reference};
use medlot_core::record::{Entry, LogKey, Record, Segment, SegmentWriter};
use medlot_core::time::{Date, Expiry, Timestamp};
use serde_json::{Value, json};
use std::error::Error;

type Done<T> = Result<T, Box<dyn Error>>;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A movement with more fields the higher its number is.
fn record(i: u32) -> Done<Vec<u8>> {
    let (lot, number) = (format!("LOT{:04}", i % 120), format!("HD-2026-{:05}", 40 + i));
    let products = ["gtin:08936098966893", "registration:893110495225", "registration:QLĐB-382-13", "local:PARA500"];
    let product = Product::parse(products.get(i as usize % 4).copied().unwrap_or_default())?;
    let expiry = match i % 3 {
        0 => Expiry::Day(Date::new(2027, 3, 31)?),
        1 => Expiry::whole_month(2028, 2)?,
        _ => Expiry::NotRead,
    };
    let direction = if i % 11 == 5 {
        Direction::In
    } else if i % 11 == 6 {
        Direction::Move
    } else {
        Direction::Out
    };
    let quantity = if i % 7 == 3 { Quantity::parts(1 + i, 10, Measure::Dose)? } else { Quantity::units(1 + i)? };
    let lot = if i % 13 == 12 { None } else { Some(LotNumber::parse(&lot)?) };
    let mut m = Movement::new(direction, (i % 20) as u16, product, lot, expiry, quantity);
    let on = |bit: u32| i >> bit & 1 == 1;
    m.operator = on(0).then(|| Operator::parse("DS07")).transpose()?;
    if on(1) {
        m.document = Some(Document { kind: 1, number: DocumentNumber::parse(&number)? });
    }
    m.amount = on(2).then_some(Amount { value: u64::from(i) * 12_345, tax_included: on(0) });
    m.counterparty = on(3).then(|| Party::parse("facility:01C55")).transpose()?;
    m.sent = on(3) && direction == Direction::Out;
    m.group = if on(4) { Group::Line(1) } else { Group::None };
    if direction == Direction::In {
        let other = Reference::Other { log: [1; 8], index: 70_000, identity: [5; 16] };
        m.answers = Some(if on(2) && i > 2 { Reference::Own(i - 2) } else { other });
    }
    m.serial = on(5).then(|| Serial::parse("5(lCi:R_B(>N.")).transpose()?;
    m.store = on(6).then(|| Store::parse("T05")).transpose()?;
    m.bucket = if i % 17 == 9 { Bucket::Hold } else { Bucket::Available };
    m.fund = on(7).then(|| Fund::parse("BHYT")).transpose()?;
    m.logistic_unit = (i % 19 == 4).then(|| Sscc::parse("106141412345678908")).transpose()?;
    m.vvm = (i % 23 == 2).then_some(2);
    if direction == Direction::Move {
        m.to_store = Some(Some(Store::parse("K1")?));
    }
    let mut r =
        Record::new(Timestamp::from_secs(217_000_000 + i * 97), Entry::Movement { movement: m, extensions: None });
    if i % 29 == 7 {
        r.entry = Entry::Movement { movement: m, extensions: Some(&[1, 4, 2, 9, 9]) }; // a newer build's field
    }
    if i % 31 == 8 {
        r.entry = Entry::Blind([i.to_le_bytes()[0]; 16]);
    }
    r.effective = (i % 37 == 11).then_some(600);
    r.clock_unset = i % 41 == 13;
    let mut out = [0; 4096];
    let n = r.encode(&mut out)?;
    Ok(out.get(..n).unwrap_or_default().to_vec())
}

struct Log {
    key: SoftwareKey,
    public: Vec<u8>,
    id: Hash,
    records: Vec<Vec<u8>>,
}

impl Log {
    fn new(suite: Suite, records: u32) -> Done<Self> {
        let key = SoftwareKey::from_seed(suite, &[7; 32])?;
        let public = key.public_key(&mut [0; 33]).to_vec();
        let facility = FacilityCode::parse("01-008179")?;
        let id = log_identity(&Hash([9; 32]), suite.number(), &public, facility.as_str()).ok_or("no such log")?;
        Ok(Self { key, public, id, records: (0..records).map(record).collect::<Done<_>>()? })
    }
    fn head(&self, count: usize) -> Done<Hash> {
        let mut head = self.id;
        for (i, r) in self.records.iter().take(count).enumerate() {
            head = chain_next(&head, u32::try_from(i)?, r)?;
        }
        Ok(head)
    }
    fn segment(&self, from: usize) -> Done<Vec<u8>> {
        let (count, start) = (self.records.len(), self.head(from)?);
        let seal = self.key.sign(&seal_message(&self.id, u32::try_from(count)?, &self.head(count)?));
        let mut out = vec![0; 65_535];
        let (index, records) = (u32::try_from(from)?, u32::try_from(count - from)?);
        let mut w = SegmentWriter::new(&mut out, index, &start, records, seal.len())?;
        for r in self.records.iter().skip(from) {
            w.push(r)?;
        }
        let n = w.finish(&seal)?;
        out.truncate(n);
        Ok(out)
    }
    /// A vector of this body, with the verdict that this build gives.
    fn vector(&self, name: &str, body: &[u8], expected: bool) -> Done<Value> {
        let log = LogKey { id: self.id, suite: self.key.suite(), key: &self.public };
        let verdict = Segment::parse(body, 64).and_then(|s| s.verify(&log));
        let mut vector = json!({
            "name": name, "suite": self.key.suite().number(), "key": hex(&self.public),
            "parent": hex(&[9; 32]), "facility": "01-008179", "log": self.id.to_string(), "body": hex(body),
        });
        let (verdict, details) = match verdict {
            Ok(a) => {
                let (mut records, mut out) = (a.records(), Vec::new());
                while let Some(r) = records.next() {
                    out.push(hex(r.bytes()));
                }
                let shown = out.len() <= 40; // of longer ones the head tells as much
                (
                    "valid",
                    json!({"index": a.index(), "head": a.head().to_string(), "records": if shown { out } else { vec![] }}),
                )
            }
            Err(e) => ("refused", json!({"error": format!("{e:?}")})),
        };
        if (verdict == "valid") != expected {
            return Err(format!("{name}: {verdict}, {details}").into());
        }
        let keys = vector.as_object_mut().ok_or("no object")?;
        keys.insert("verdict".into(), verdict.into());
        keys.extend(details.as_object().cloned().unwrap_or_default());
        Ok(vector)
    }
}

fn main() -> Done<()> {
    let folder = std::env::args().nth(1).ok_or("usage: vectors FOLDER")?;
    let folder = std::path::Path::new(&folder).join("v1");
    std::fs::create_dir_all(&folder)?;
    let mut vectors = Vec::new();
    for (suite, name) in [(Suite::Ed25519, "ed25519"), (Suite::P256, "p256")] {
        for n in [1u32, 10, 300, 1_024] {
            let log = Log::new(suite, n)?;
            vectors.push(log.vector(&format!("{name}: {n} records"), &log.segment(0)?, true)?);
        }
        let log = Log::new(suite, 40)?;
        vectors.push(log.vector(&format!("{name}: from record 25 on"), &log.segment(25)?, true)?);
        let log = Log::new(suite, 3)?;
        let body = log.segment(0)?;
        for cut in 0..body.len() {
            let name = format!("{name}: truncated to {cut}");
            vectors.push(log.vector(&name, body.get(..cut).unwrap_or_default(), false)?);
        }
        for byte in 0..body.len() {
            let mut changed = body.clone();
            if let Some(b) = changed.get_mut(byte) {
                *b ^= 1 << (byte % 8);
            }
            vectors.push(log.vector(&format!("{name}: a bit of byte {byte} flipped"), &changed, false)?);
        }
        if suite == Suite::P256 {
            let mut twin = body.clone();
            let signature = twin.len() - 64;
            twin.get_mut(signature..).map(medlot_tests::world::high_s);
            vectors.push(log.vector("p256: high S", &twin, false)?);
        }
    }
    let log = Log::new(Suite::Ed25519, 1)?;
    let hostile: [(&str, &[u8]); 4] = [
        ("1,025 records announced", &[0, 0x81, 0x08]),
        ("a slot not yet filled", &[0, 1, 0x05]),
        ("a raw record of 16,383 bytes", &[0, 1, 0xff, 0xff, 0x7f]),
        ("no record", &[0, 0]),
    ];
    for (name, front) in hostile {
        vectors.push(log.vector(name, &[front, &[0; 64]].concat(), false)?);
    }
    let lines: Vec<String> = vectors.iter().map(Value::to_string).collect();
    std::fs::write(folder.join("segments.jsonl"), lines.join("\n") + "\n")?;
    println!("{}: {} vectors", folder.join("segments.jsonl").display(), lines.len());
    println!("{}: {} vectors", folder.join("records.jsonl").display(), medlot_tests::record_vectors::write(&folder)?);
    println!("{}: {} vectors", folder.join("bundles.jsonl").display(), medlot_tests::trust_vectors::write(&folder)?);
    println!("{}: {} vectors", folder.join("ledger.jsonl").display(), medlot_tests::ledger_vectors::write(&folder)?);
    println!("{}: {} vectors", folder.join("log.jsonl").display(), medlot_tests::log_vectors::write(&folder)?);
    println!("{}: {} vectors", folder.join("flash.jsonl").display(), medlot_tests::flash_vectors::write(&folder)?);
    println!("{}: {} vectors", folder.join("sync.jsonl").display(), medlot_tests::sync_vectors::write(&folder)?);
    Ok(())
}
