//! The committed vectors of records: what this build says of each, and that nothing is missing from them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
use std::collections::BTreeSet;
use std::path::Path;

use medlot_core::movement::MovementError;
use medlot_core::record::{Kind, Record, RecordError};
use serde_json::Value;

fn vectors() -> Vec<Value> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/v1/records.jsonl");
    std::fs::read_to_string(file).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn bytes(vector: &Value) -> Vec<u8> {
    let (pairs, _) = vector["bytes"].as_str().unwrap().as_bytes().as_chunks::<2>();
    pairs.iter().map(|p| u8::from_str_radix(std::str::from_utf8(p).unwrap(), 16).unwrap()).collect()
}

#[test]
fn every_vector_has_the_verdict_and_the_number_that_it_states() {
    for vector in vectors() {
        let (bytes, index) = (bytes(&vector), u32::try_from(vector["index"].as_u64().unwrap()).unwrap());
        let judged = Record::decode(&bytes).and_then(|record| record.check_place(index).map(|()| record));
        assert_eq!(judged.is_ok(), vector["valid"].as_bool().unwrap(), "{}", vector["name"]);
        match judged {
            Ok(record) => {
                let mut again = vec![0; 4_096];
                let length = record.encode(&mut again).unwrap();
                assert_eq!(&again[..length], bytes, "{}: one form", vector["name"]);
                if let Some(says) = vector.get("says") {
                    assert_eq!(medlot_sdk::view::content(&record), *says, "{}", vector["name"]);
                }
            }
            Err(error) => assert_eq!(u64::from(error.code()), vector["code"].as_u64().unwrap(), "{}", vector["name"]),
        }
    }
}

#[test]
fn every_kind_and_every_way_to_be_refused_stands_in_the_vectors() {
    let all = vectors();
    let kinds: BTreeSet<u8> =
        all.iter().filter(|v| v["valid"] == true).map(|v| Kind::of_head(bytes(v)[4]).number()).collect();
    for kind in (0..64).filter(|kind| Kind::of_head(*kind).is_known()) {
        assert!(kinds.contains(&kind), "kind {kind}");
    }
    assert!(kinds.iter().any(|kind| !Kind::of_head(*kind).is_known()));
    let codes: BTreeSet<u16> =
        all.iter().filter_map(|v| v["code"].as_u64()).map(|code| u16::try_from(code).unwrap()).collect();
    // What reading never gives: rules that a record's own forms rule out before.
    let unreachable = [2001, 2009, 2010, 2011, 2012];
    for (code, name) in RecordError::CODES.iter().chain(MovementError::CODES) {
        assert!(codes.contains(code) != unreachable.contains(code), "{code} {name}");
    }
}
