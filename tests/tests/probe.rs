//! The segment that the firmware probe verifies is what this writes, byte for byte.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
use std::path::Path;

use medlot_core::crypto::{Hash, SIGNATURE_LEN, SoftwareKey, Suite, chain_next, log_identity, seal_message};
use medlot_core::record::{Entry, LogKey, Record, Segment, SegmentError, SegmentWriter};
use medlot_core::time::Timestamp;
use medlot_core::trust::{Anchor, BundleError, FixedShelf, open};

const RECORDS: u32 = 20;

/// Identity of the log, its public key, then the segment's body.
fn file() -> Vec<u8> {
    let key = SoftwareKey::from_seed(Suite::Ed25519, &[1; 32]).unwrap();
    let mut public = [0; 33];
    let public = key.public_key(&mut public).to_vec();
    let id = log_identity(&Hash([2; 32]), 0, &public, "01-00123").unwrap();
    let mut head = id;
    let mut records = Vec::new();
    for at in 0..RECORDS {
        let record = Record::new(Timestamp::from_secs(217_000_000 + 60 * at), Entry::Blind([at as u8; 16]));
        let mut out = [0; 64];
        let length = record.encode(&mut out).unwrap();
        head = chain_next(&head, at, &out[..length]).unwrap();
        records.push(out[..length].to_vec());
    }
    let mut out = vec![0; 4096];
    let mut writer = SegmentWriter::new(&mut out, 0, &id, RECORDS, SIGNATURE_LEN).unwrap();
    records.iter().for_each(|record| writer.push(record).unwrap());
    let length = writer.finish(&key.sign(&seal_message(&id, RECORDS, &head))).unwrap();
    [&id.0[..], &public, &out[..length]].concat()
}

#[test]
fn the_probes_segment_is_what_the_generator_writes_and_verifies() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("probe/segment.bin");
    let fresh = file();
    if std::env::var_os("MEDLOT_WRITE_PROBE").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    assert!(std::fs::read(&path).unwrap() == fresh, "MEDLOT_WRITE_PROBE=1 cargo test -p medlot-tests --test probe");
    let (id, rest) = fresh.split_first_chunk::<32>().unwrap();
    let (key, body) = rest.split_at(32);
    let log = LogKey { id: Hash(*id), suite: Suite::Ed25519, key };
    assert!(Segment::parse(body, SIGNATURE_LEN).unwrap().verify(&log).is_ok());
}

/// Length of the root's object, the root's object, the bundle.
fn bundle_file() -> Vec<u8> {
    let (root, bundle) = medlot_tests::sizes::delivery_for_firmware().unwrap();
    [&u16::try_from(root.len()).unwrap().to_le_bytes()[..], &root, &bundle].concat()
}

#[test]
fn the_probes_bundle_is_what_the_generator_writes_and_counts() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("probe/bundle.bin");
    let fresh = bundle_file();
    if std::env::var_os("MEDLOT_WRITE_PROBE").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    assert!(std::fs::read(&path).unwrap() == fresh, "MEDLOT_WRITE_PROBE=1 cargo test -p medlot-tests --test probe");
    let (root, bundle) = medlot_tests::sizes::delivery_for_firmware().unwrap();
    let anchor = Anchor::parse(&root).unwrap();
    let mut shelf = FixedShelf::<4, 4>::new(&anchor);
    open(&anchor, &bundle, &mut shelf).unwrap();
    let last = shelf.last().unwrap();
    let mut counted = 0;
    shelf
        .judge(|evaluation| {
            let mut records = last.records();
            while let Some(record) = records.next() {
                let judged = evaluation.judge_record(&record);
                assert_eq!(judged.verified().unwrap().facility(), "01C55");
                counted += 1;
            }
        })
        .unwrap();
    assert_eq!(counted, 10);
    // One record or segment more than there is room for is said, not dropped.
    let mut small = FixedShelf::<2, 4>::new(&anchor);
    assert_eq!(open(&anchor, &bundle, &mut small), Err(BundleError::Full));
    let mut small = FixedShelf::<4, 3>::new(&anchor);
    assert_eq!(open(&anchor, &bundle, &mut small), Err(BundleError::Full));
}

/// The bytes with one bit of the last one of `part` flipped, where that stands in them.
fn flipped_at_the_end_of(part: &[u8], bytes: &[u8]) -> Vec<u8> {
    let from = bytes.windows(part.len()).position(|window| window == part).unwrap();
    let mut flipped = bytes.to_vec();
    flipped[from + part.len() - 1] ^= 1;
    flipped
}

#[test]
fn a_shelf_that_holds_a_segment_still_refuses_it_under_another_signature() {
    let (root, bundle) = medlot_tests::sizes::delivery_for_firmware().unwrap();
    let anchor = Anchor::parse(&root).unwrap();
    let mut held = FixedShelf::<4, 4>::new(&anchor);
    open(&anchor, &bundle, &mut held).unwrap();
    let bodies: Vec<Vec<u8>> = held.segments().map(|segment| segment.body().to_vec()).collect();
    assert!(bodies.len() > 1);
    for (at, body) in (0u8..).zip(&bodies) {
        let other = flipped_at_the_end_of(body, &bundle);
        let mut shelf = FixedShelf::<4, 4>::new(&anchor);
        open(&anchor, &bundle, &mut shelf).unwrap();
        // Once more the same: nothing new, and the last one is the last one again.
        open(&anchor, &bundle, &mut shelf).unwrap();
        assert_eq!((shelf.segments().count(), shelf.last().unwrap().body()), (bodies.len(), &**bodies.last().unwrap()));
        assert_eq!(open(&anchor, &other, &mut shelf), Err(BundleError::Segment(at, SegmentError::BadSeal)));
    }
}
