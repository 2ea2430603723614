//! The committed vectors of records: what this build says of each, and that nothing is missing from them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
use std::collections::BTreeSet;

use medlot_core::movement::MovementError;
use medlot_core::record::{Kind, Record, RecordError};
use medlot_tests::agree::{agree, differs, differs_in, vectors};
use medlot_tests::images::bytes_of;
use serde_json::{Value, json};

fn bytes(vector: &Value) -> Vec<u8> {
    bytes_of(&vector["bytes"]).unwrap()
}

fn problem(vector: &Value) -> Option<String> {
    let (bytes, index) = (bytes(vector), u32::try_from(vector["index"].as_u64().unwrap()).unwrap());
    let judged = Record::decode(&bytes).and_then(|record| record.check_place(index).map(|()| record));
    let keys = ["valid", "code"];
    match judged {
        Ok(record) => {
            let mut again = vec![0; 4_096];
            let length = record.encode(&mut again).unwrap();
            let says = vector.get("says");
            differs_in(&keys, &json!({"valid": true}), vector)
                .or_else(|| says.and_then(|_| differs("says", Some(&medlot_sdk::view::content(&record)), says)))
                .or_else(|| (again[..length] != bytes).then(|| "it has two forms".into()))
        }
        Err(error) => differs_in(&keys, &json!({"valid": false, "code": error.code()}), vector),
    }
}

#[test]
fn every_committed_record_has_the_verdict_and_the_number_that_it_states() {
    assert!(agree("rust", "records", &vectors("records").unwrap(), problem).unwrap() > 5_000);
}

#[test]
fn every_kind_and_every_way_to_be_refused_stands_in_the_vectors() {
    let all = vectors("records").unwrap();
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
