//! What a segment must never do: lose a byte, believe a changed one, cost more than it carries.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use super::super::{Entry, Record};
use super::*;
use crate::crypto::{SIGNATURE_LEN, SoftwareKey, chain_next, log_identity, seal_message};
use crate::ident::*;
use crate::movement::*;
use crate::time::{Date, Expiry, Timestamp};
use proptest::prelude::*;

struct Log {
    key: SoftwareKey,
    public: Vec<u8>,
    id: Hash,
}

impl Log {
    fn new(suite: Suite) -> Self {
        let key = SoftwareKey::from_seed(suite, &[7; 32]).unwrap();
        let mut buffer = [0; 33];
        let public = key.public_key(&mut buffer).to_vec();
        let id = log_identity(&Hash([9; 32]), suite.number(), &public, "01-008179").unwrap();
        Self { key, public, id }
    }
    fn reader(&self) -> LogKey<'_> {
        LogKey { id: self.id, suite: self.key.suite(), key: &self.public }
    }
    /// A sealed segment of the records from `index` on.
    fn seal(&self, records: &[Vec<u8>], index: usize) -> Vec<u8> {
        let mut head = self.id;
        let mut start = head;
        for (i, r) in records.iter().enumerate() {
            if i == index {
                start = head;
            }
            head = chain_next(&head, i as u32, r).unwrap();
        }
        let signature = self.key.sign(&seal_message(&self.id, records.len() as u32, &head));
        let mut out = vec![0; MAX_SEGMENT_BYTES];
        let count = (records.len() - index) as u32;
        let mut w = SegmentWriter::new(&mut out, index as u32, &start, count, SIGNATURE_LEN).unwrap();
        records[index..].iter().for_each(|r| w.push(r).unwrap());
        let n = w.finish(&signature).unwrap();
        out.truncate(n);
        out
    }
}

fn read(body: &[u8], log: &Log) -> Result<Vec<Vec<u8>>, SegmentError> {
    let authentic = Segment::parse(body, SIGNATURE_LEN)?.verify(&log.reader())?;
    let (mut records, mut out) = (authentic.records(), Vec::new());
    let mut last = authentic.start();
    while let Some(r) = records.next() {
        last = r.identity();
        out.push(r.bytes().to_vec());
    }
    assert_eq!(last, authentic.head());
    assert_eq!(out.len() as u32, authentic.end() - authentic.index());
    Ok(out)
}

fn encode(record: &Record<'_>) -> Vec<u8> {
    let mut out = [0; 4096];
    let n = record.encode(&mut out).unwrap();
    assert_eq!(Record::decode(&out[..n]).as_ref(), Ok(record));
    out[..n].to_vec()
}

/// A record with each optional field present or not, from one seed.
fn record(seed: u64, at: u32, index: u32) -> Vec<u8> {
    let bit = |n: u32| seed >> n & 1 == 1;
    let (lot, serial) = (format!("L{}", seed % 7), format!("S{:x}", seed));
    let (number, second) = (format!("HD-2026-{:05}", seed % 400), format!("PX{}", seed % 9));
    let product = match seed % 4 {
        0 => "gtin:08936098966893",
        1 => "registration:893110495225",
        2 => "registration:QLĐB-382-13",
        _ => "local:PARA500",
    };
    let direction = [Direction::In, Direction::Out, Direction::Move][(seed >> 3) as usize % 3];
    let mut m = Movement::new(
        direction,
        (seed >> 5) as u16 % 20,
        Product::parse(product).unwrap(),
        bit(6).then(|| LotNumber::parse(&lot).unwrap()),
        if bit(7) { Expiry::Day(Date::new(2027, 3, 31).unwrap()) } else { Expiry::whole_month(2028, 2).unwrap() },
        if bit(8) { Quantity::parts(31, 10, Measure::Dose).unwrap() } else { Quantity::units(1 + index).unwrap() },
    );
    m.operator = bit(9).then(|| Operator::parse("DS07").unwrap());
    m.document = bit(10).then(|| Document { kind: 1, number: DocumentNumber::parse(&number).unwrap() });
    m.second_document =
        (bit(10) && bit(11)).then(|| Document { kind: 0, number: DocumentNumber::parse(&second).unwrap() });
    m.amount = bit(12).then_some(Amount { value: seed % 1_000_000, tax_included: bit(13) });
    m.counterparty =
        bit(14).then(|| Party::parse(if bit(15) { "facility:01C55" } else { "gln:0614141123452" }).unwrap());
    m.sent = bit(16) && bit(14) && direction == Direction::Out;
    m.group = if bit(17) {
        Group::Line(1 + index % 5)
    } else if bit(18) {
        Group::Head(12)
    } else {
        Group::None
    };
    let own = Reference::Own(index.wrapping_sub(1 + index % 3).min(index));
    let other = Reference::Other { log: [1; 8], index: 70_000 + index % 3, identity: [5; 16] };
    m.answers = (bit(19) && direction == Direction::In).then_some(if bit(20) { own } else { other });
    m.serial = bit(21).then(|| Serial::parse(&serial).unwrap());
    m.store = bit(22).then(|| Store::parse("T05").unwrap());
    m.bucket = if bit(23) { Bucket::Hold } else { Bucket::Available };
    m.fund = bit(24).then(|| Fund::parse("BHYT").unwrap());
    m.vvm = bit(25).then_some(2);
    if direction == Direction::Move {
        m.to_store = Some(if bit(22) { None } else { Some(Store::parse("K1").unwrap()) });
        m.to_fund = (bit(26) && bit(24)).then_some(None);
        m.to_vvm = (bit(27) && bit(25)).then_some(Some(3));
    }
    m.logistic_unit = bit(28).then(|| Sscc::parse("106141412345678908").unwrap());
    m.prescription = bit(29).then_some([4; 10]);
    m.local_reason = bit(30).then(|| LocalReason::parse("K9").unwrap());
    m.made_on = bit(31).then(|| Date::new(2025, 1, 2).unwrap());
    let mut r = Record::new(Timestamp::from_secs(at), Entry::Movement { movement: m, extensions: None });
    if bit(32) && bit(33) {
        r.entry = Entry::Movement { movement: m, extensions: Some(&[1, 4, 2, 9, 9]) };
    }
    r.effective = bit(34).then_some((seed % 4_000) as u32);
    r.clock_unset = bit(35) && bit(36) && bit(37);
    encode(&r)
}

fn log_of(seeds: &[u64]) -> Vec<Vec<u8>> {
    let mut at = 217_000_000;
    let mut records = Vec::new();
    for (i, seed) in seeds.iter().enumerate() {
        at += (seed % 300) as u32;
        let back = if seed % 50 == 3 { 1_000 } else { 0 };
        records.push(match seed % 40 {
            5 => encode(&Record::new(Timestamp::from_secs(at), Entry::Blind([seed.to_le_bytes()[0]; 16]))),
            6 => vec![1, 2, 3, 4, 15, 9], // malformed: kept and forwarded, as it is
            _ => record(*seed, at - back, i as u32),
        });
    }
    records
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_record_comes_back_byte_for_byte(seeds in proptest::collection::vec(any::<u64>(), 1..220), from in 0usize..220, p256: bool) {
        let log = Log::new(if p256 && cfg!(feature = "p256") { Suite::P256 } else { Suite::Ed25519 });
        let records = log_of(&seeds);
        let from = from % records.len();
        let body = log.seal(&records, from);
        prop_assert_eq!(read(&body, &log).unwrap(), &records[from..]);
    }

    #[test]
    fn no_bytes_panic_or_pass(body in proptest::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(read(&body, &Log::new(Suite::Ed25519)).is_err());
    }

    #[test]
    fn what_decodes_is_the_one_form(bytes in proptest::collection::vec(any::<u8>(), 5..80), kind in 0u8..64) {
        let mut bytes = bytes;
        bytes[4] = kind;
        if let Ok(r) = Record::decode(&bytes) {
            let mut out = [0; 4096];
            let n = r.encode(&mut out).unwrap();
            prop_assert_eq!(&out[..n], &bytes[..]);
        }
    }

    #[test]
    fn a_truncated_record_is_refused_and_a_changed_one_is_in_its_one_form_or_refused(seed: u64, at in 0usize..200, bit in 0u32..8) {
        let mut bytes = record(seed, 217_000_000, 9);
        let n = bytes.len();
        for cut in 0..n { prop_assert!(Record::decode(&bytes[..cut]).is_err()); }
        bytes[at % n] ^= 1 << bit;
        if let Ok(r) = Record::decode(&bytes) {
            let mut out = [0; 4096];
            let n = r.encode(&mut out).unwrap();
            prop_assert_eq!(&out[..n], &bytes[..]);
        }
    }
}

#[test]
fn every_flipped_bit_and_every_truncation_is_refused() {
    let built = if cfg!(feature = "p256") { &[Suite::Ed25519, Suite::P256][..] } else { &[Suite::Ed25519] };
    for &suite in built {
        let log = Log::new(suite);
        for n in [1u64, 4] {
            let records = log_of(&(0..n).map(|i| 0x3_5f5f_1234 + i * 7_919).collect::<Vec<_>>());
            let body = log.seal(&records, 0);
            assert_eq!(read(&body, &log).unwrap(), records);
            for bit in 0..body.len() * 8 {
                let mut changed = body.clone();
                changed[bit / 8] ^= 1 << (bit % 8);
                assert!(read(&changed, &log).is_err(), "bit {bit} of {n} records");
            }
            for cut in 0..body.len() {
                assert!(read(&body[..cut], &log).is_err());
            }
        }
    }
}

#[test]
fn another_logs_key_facility_or_place_does_not_verify() {
    let log = Log::new(Suite::Ed25519);
    let records = log_of(&[11, 12, 13]);
    let body = log.seal(&records, 0);
    let mut elsewhere = log.reader();
    elsewhere.id = log_identity(&Hash([9; 32]), 0, &log.public, "01-008178").unwrap();
    assert_eq!(Segment::parse(&body, 64).unwrap().verify(&elsewhere).err(), Some(SegmentError::BadSeal));
}

#[test]
fn hostile_counts_windows_and_offsets_end_before_work_is_done() {
    let many = [0x00, 0x81, 0x08]; // 1,025 records announced
    let mut body = many.to_vec();
    body.extend([0; 64]);
    assert_eq!(Segment::parse(&body, 64).err(), Some(SegmentError::Count));
    let mut end = vec![0xff, 0xff, 0xff, 0xff, 0x0f];
    end.extend([0; 32]);
    end.extend([1, 0]);
    end.extend([0; 64]);
    assert_eq!(Segment::parse(&end, 64).err(), Some(SegmentError::Count)); // index + count over 2³² − 1
    let log = Log::new(Suite::Ed25519);
    let mut slot = vec![0, 1, 0x05]; // points at a slot not yet filled
    slot.extend([0; 64]);
    assert_eq!(Segment::parse(&slot, 64).unwrap().verify(&log.reader()).err(), Some(SegmentError::Slot));
    let mut raw = vec![0, 1, 0xff, 0xff, 0x7f]; // a raw record of 16,383 bytes
    raw.extend([0; 64]);
    assert_eq!(Segment::parse(&raw, 64).unwrap().verify(&log.reader()).err(), Some(SegmentError::RecordTooLong));
}

/// A retail day: 300 sales over 120 lots, as the size table asks.
fn retail_day(full: bool) -> Vec<Vec<u8>> {
    let mut at = 217_000_000u32;
    (0..300u32)
        .map(|i| {
            let lot = i * 7_919 % 120;
            at += 30 + i * 37 % 170;
            let base = 893_609_800_000 + u64::from(lot);
            let digits: Vec<u8> = format!("{base:013}").bytes().map(|b| b - b'0').collect();
            let gtin = Gtin::from_value(base * 10 + u64::from(check_digit(&digits))).unwrap();
            let (number, document) = (format!("LOT{lot:05}"), format!("HD{:06}", 4_100 + i));
            let expiry = Expiry::Day(Date::new(2027, 1 + (lot % 12) as u8, 28).unwrap());
            let quantity = Quantity::units(1 + i % 40).unwrap();
            let lot = Some(LotNumber::parse(&number).unwrap());
            let mut m = Movement::new(Direction::Out, 0, Product::Gtin(gtin), lot, expiry, quantity);
            if full {
                m.operator = Some(Operator::parse("DS07").unwrap());
                m.document = Some(Document { kind: 0, number: DocumentNumber::parse(&document).unwrap() });
                m.amount = Some(Amount { value: 12_000 + u64::from(i) * 500, tax_included: true });
            }
            encode(&Record::new(Timestamp::from_secs(at), Entry::Movement { movement: m, extensions: None }))
        })
        .collect()
}

#[test]
fn a_retail_day_stays_within_the_bytes_a_record_that_the_format_promises() {
    let log = Log::new(Suite::Ed25519);
    for (full, most) in [(false, 16.0), (true, 24.0)] {
        let records = retail_day(full);
        let body = log.seal(&records, 0);
        assert_eq!(read(&body, &log).unwrap(), records);
        let each = body.len() as f64 / 300.0;
        println!("retail day, full {full}: {each:.1} bytes a record");
        assert!(each <= most, "{each}");
    }
}

#[test]
fn records_that_travel_raw_are_found_wherever_they_stand_among_rows() {
    let log = Log::new(Suite::Ed25519);
    let line = vec![64, 40, 239, 12, 0, 0, 1, 4, 1, b'A', 0, 1, 0, 5];
    let blind = [&[64, 40, 239, 12, 17][..], &[5; 16]].concat();
    for places in 0..1u32 << 5 {
        let is_raw = |at: u32| places >> at & 1 == 1;
        let records: Vec<Vec<u8>> = (0..5).map(|at| if is_raw(at) { blind.clone() } else { line.clone() }).collect();
        for index in 0..5 {
            let body = log.seal(&records, index);
            let authentic = Segment::parse(&body, SIGNATURE_LEN).unwrap().verify(&log.reader()).unwrap();
            let found: Vec<_> = authentic.raw_records().collect();
            let mut shown = Vec::new();
            authentic.each_raw(|record| shown.push(record));
            assert_eq!(found, shown);
            let (mut all, mut wanted) = (authentic.records(), Vec::new());
            while let Some(record) = all.next() {
                if is_raw(record.index()) {
                    wanted.push((record.index(), record.previous(), record.identity(), record.bytes().to_vec()));
                }
            }
            let found = found.iter().map(|r| (r.index(), r.previous(), r.identity(), r.bytes().to_vec()));
            assert_eq!(found.collect::<Vec<_>>(), wanted, "from {index} on, raw at the bits of {places:05b}");
        }
    }
}
