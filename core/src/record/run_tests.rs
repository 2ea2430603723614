//! What a run must never do: hand out another record, or another place of the chain, than the segment does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::crypto::{SIGNATURE_LEN, SoftwareKey, Suite, chain_next, log_identity, seal_message};
use crate::record::tip::TipError;
use crate::record::{OwnRecords, SealMemory};
use core::cell::RefCell;
use proptest::prelude::*;

struct Here(RefCell<SealMemory>);
impl Seals for Here {
    fn with<T>(&self, ask: impl FnOnce(&mut SealMemory) -> T) -> T {
        ask(&mut self.0.borrow_mut())
    }
}
fn here() -> Here {
    Here(RefCell::new(SealMemory::new(8)))
}

/// A log of these records with one seal over all of them.
struct Log {
    public: [u8; 32],
    id: Hash,
    records: Vec<Vec<u8>>,
    values: Vec<Hash>,
    own: OwnRecords,
    seal: Seal,
}

/// As who writes a log has them.
fn own(log: Hash, records: &[Vec<u8>]) -> OwnRecords {
    let mut own = OwnRecords::new(log);
    for record in records {
        own.push(record).unwrap();
    }
    own
}

impl Log {
    fn of(records: Vec<Vec<u8>>) -> Self {
        let key = SoftwareKey::from_seed(Suite::Ed25519, &[7; 32]).unwrap();
        let public: [u8; 32] = key.public_key(&mut [0; 33]).try_into().unwrap();
        let id = log_identity(&Hash([9; 32]), 0, &public, "01-008179").unwrap();
        let mut values = vec![id];
        for (index, record) in (0..).zip(&records) {
            values.push(chain_next(&values[index as usize], index, record).unwrap());
        }
        let (count, head) = (records.len() as u32, *values.last().unwrap());
        let signature = key.sign(&seal_message(&id, count, &head));
        let own = own(id, &records);
        Self { public, id, records, values, own, seal: Seal { count, head, signature } }
    }
    fn key(&self) -> LogKey<'_> {
        LogKey { id: self.id, suite: Suite::Ed25519, key: &self.public }
    }
    fn body(&self, from: usize) -> Vec<u8> {
        let mut body = vec![0; MAX_SEGMENT_BYTES];
        let (index, count) = (from as u32, (self.records.len() - from) as u32);
        let mut writer = SegmentWriter::new(&mut body, index, &self.values[from], count, SIGNATURE_LEN).unwrap();
        self.records[from..].iter().for_each(|record| writer.push(record).unwrap());
        let length = writer.finish(&self.seal.signature).unwrap();
        body.truncate(length);
        body
    }
}

/// Index, value before, identity and bytes of each.
type Placed = Vec<(u32, Hash, Hash, Vec<u8>)>;
fn placed(record: &AuthenticRecord<'_>) -> (u32, Hash, Hash, Vec<u8>) {
    (record.index(), record.previous(), record.identity(), record.bytes().to_vec())
}
fn all(run: &Run<'_>) -> Placed {
    let (mut records, mut out) = (run.records(), Vec::new());
    while let Some(record) = records.next() {
        out.push(placed(&record));
    }
    assert!(records.next().is_none(), "ended is ended");
    out
}

/// A sale in the form that rows have, a blind count that travels raw, and bytes in no form.
fn record() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        (0u8..9).prop_map(|n| vec![64, 40, 239, 12, 0, 0, 1, 4, 1, b'A', 0, 1, 0, n]),
        (0u8..9).prop_map(|n| [&[64, 40, 239, 12, 17][..], &[n; 16]].concat()),
        prop::collection::vec(any::<u8>(), 6..40),
    ]
}

proptest! {
    #[test]
    fn a_run_says_of_each_record_what_its_segment_says(
        records in prop::collection::vec(record(), 1..40),
        part in 0.0..1.0f64,
    ) {
        let from = (part * records.len() as f64) as usize;
        let log = Log::of(records);
        let body = log.body(from);
        let segment = || Segment::parse(&body, SIGNATURE_LEN).unwrap();
        let authentic = segment().verify(&log.key()).unwrap();
        let (mut walked, mut wanted) = (authentic.records(), Vec::new());
        while let Some(record) = walked.next() {
            wanted.push(placed(&record));
        }
        let hashed = Run::from(segment().chained(&log.key(), &here()).unwrap());
        let again = Run::from(Chained::from(authentic));
        let own = log.own.run(from as u32, &log.seal, &log.key(), &here()).unwrap();
        let raw: Placed = authentic.raw_records().map(|record| placed(&record)).collect();
        for run in [&hashed, &again, &own] {
            prop_assert_eq!(&all(run), &wanted);
            prop_assert_eq!((run.index(), run.end(), run.log()), (authentic.index(), authentic.end(), log.id));
            prop_assert_eq!((run.start(), run.head()), (authentic.start(), authentic.head()));
            prop_assert_eq!(run.between(), &log.values[from + 1..log.values.len() - 1]);
            for count in 0..=log.seal.count + 1 {
                let value = log.values.get(count as usize).filter(|_| count as usize >= from).copied();
                prop_assert_eq!(run.value(count), value);
                let identity = log.values.get(count as usize + 1).filter(|_| count as usize >= from).copied();
                prop_assert_eq!(run.identity(count), identity);
            }
            let body_of = run.body().unwrap();
            prop_assert_eq!(body_of.as_ref(), &body[..]);
            prop_assert!(run.is(&body, SIGNATURE_LEN));
            let lasting: Placed = run.lasting().map(|record| placed(&record)).collect();
            prop_assert!(raw.iter().all(|record| lasting.contains(record)), "what travels raw is among them");
            prop_assert!(lasting.iter().all(|record| wanted.contains(record)));
        }
        let lasting: Placed = hashed.lasting().map(|record| placed(&record)).collect();
        prop_assert_eq!(lasting, raw);
    }
}

fn three() -> Log {
    Log::of((1u8..4).map(|n| vec![n; 20]).collect())
}

#[test]
fn no_own_record_can_be_changed_left_out_or_moved_under_its_seal() {
    let log = three();
    let refused = |records: &[Vec<u8>], from: u32| {
        let seals = here();
        let refused = own(log.id, records).run(from, &log.seal, &log.key(), &seals).err();
        assert!(log.own.run(0, &log.seal, &log.key(), &seals).is_ok(), "what was refused leaves nothing behind");
        refused
    };
    assert_eq!(refused(&log.records, 0), None);
    assert_eq!(refused(&log.records, 2), None);
    for (record, byte) in (0..3).flat_map(|record| (0..20).map(move |byte| (record, byte))) {
        let mut changed = log.records.clone();
        changed[record][byte] ^= 1;
        assert_eq!(refused(&changed, 0), Some(SegmentError::BadSeal));
        assert_eq!(refused(&changed, 2), Some(SegmentError::BadSeal), "its seal is over all before it too");
    }
    let swapped: Vec<Vec<u8>> = [1, 0, 2].iter().map(|at: &usize| log.records[*at].clone()).collect();
    assert_eq!(refused(&swapped, 0), Some(SegmentError::BadSeal));
    assert_eq!(refused(&log.records[..2], 0), Some(SegmentError::Count), "fewer than it is over");
    assert_eq!(refused(&log.records, 3), Some(SegmentError::Count), "none");
    assert_eq!(refused(&log.records, u32::MAX), Some(SegmentError::Count));
    assert_eq!(refused(&vec![vec![1; 20]; MAX_SEGMENT_RECORDS + 1], 0), Some(SegmentError::BadSeal));
    let many = Log::of(vec![vec![1; 20]; MAX_SEGMENT_RECORDS + 1]);
    assert_eq!(many.own.run(0, &many.seal, &many.key(), &here()).err(), Some(SegmentError::Count));
    assert!(many.own.run(1, &many.seal, &many.key(), &here()).is_ok());
}

#[test]
fn own_records_have_the_chains_values_and_refuse_what_has_none() {
    let log = three();
    assert!(log.own.iter().eq(log.records.iter().map(Vec::as_slice)));
    assert!(log.own.iter_from(2).rev().eq([log.records[2].as_slice()]));
    assert_eq!((log.own.iter_from(9).len(), log.own.get(1), log.own.get(3)), (0, Some(&log.records[1][..]), None));
    assert_eq!((0..5).map(|count| log.own.value(count)).collect::<Vec<_>>()[3..], [Some(log.seal.head), None]);
    assert_eq!((log.own.head(), log.own.values_from(1)), (log.seal.head, &log.values[1..]));
    let mut own = log.own.clone();
    assert_eq!(own.push(&[1; crate::limits::MAX_RECORD_BYTES + 1]), Err(TipError::TooLong));
    assert_eq!(own, log.own);
}

#[test]
fn another_seal_or_key_does_not_hold_own_records() {
    let log = three();
    let mut seal = log.seal;
    seal.signature[5] ^= 1;
    assert_eq!(log.own.run(0, &seal, &log.key(), &here()).err(), Some(SegmentError::BadSeal));
    let other = LogKey { id: Hash([3; 32]), ..log.key() };
    assert_eq!(log.own.run(0, &log.seal, &other, &here()).err(), Some(SegmentError::BadSeal));
}

#[test]
fn bytes_of_another_segment_are_not_its_own() {
    let log = three();
    let run = log.own.run(0, &log.seal, &log.key(), &here()).unwrap();
    assert!(!run.is(&log.body(1), SIGNATURE_LEN), "fewer of the same records");
    assert!(!run.is(&[], SIGNATURE_LEN));
    let mut changed = log.body(0);
    *changed.last_mut().unwrap() ^= 1;
    assert!(!run.is(&changed, SIGNATURE_LEN), "another signature");
}

#[test]
fn own_records_that_fit_no_segment_say_so_where_one_is_asked_for() {
    let log = Log::of((0..17u8).map(|n| vec![n; 4_096]).collect());
    let run = log.own.run(0, &log.seal, &log.key(), &here()).unwrap();
    assert_eq!(run.body().err(), Some(SegmentError::Full));
    assert_eq!(all(&run).len(), 17);
}
