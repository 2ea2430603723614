//! The committed worlds give the stock, shipments, picks and findings that they state, in any order of arrival.
use medlot_core::ledger::FindingKind;
use medlot_tests::ledger_vectors::answer;
use serde_json::Value;
use std::collections::BTreeSet;

const SAYS: [&str; 5] = ["as_of", "lots", "shipments", "picks", "findings"];

fn vectors() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/v1/ledger.jsonl");
    let text = std::fs::read_to_string(path).expect("tests/vectors/v1/ledger.jsonl");
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

fn bytes(hex: &Value) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(hex.as_str().expect("hex").as_bytes()).expect("hex")
}

/// Rotated and, every other time, turned round: every object comes first once, and every pair in both orders.
fn shuffled(objects: &[Vec<u8>], round: usize) -> Vec<Vec<u8>> {
    let mut all = objects.to_vec();
    all.rotate_left(round % objects.len());
    if round % 2 == 1 {
        all.reverse();
    }
    all
}

#[test]
fn every_committed_world_gives_what_it_states_whatever_arrives_first() {
    let vectors = vectors();
    assert!(vectors.len() > 500, "{}", vectors.len());
    for (at, vector) in vectors.iter().enumerate() {
        let objects: Vec<Vec<u8>> = vector["objects"].as_array().expect("objects").iter().map(bytes).collect();
        let root = bytes(&vector["root"]);
        for round in [0, at + 1, at + 2] {
            let said = answer(&root, &shuffled(&objects, round), &vector["asked"]).expect("a question");
            for key in SAYS {
                assert_eq!(said[key], vector[key], "{key} of {}, round {round}", vector["name"]);
            }
        }
    }
}

#[test]
fn every_finding_stands_in_a_world() {
    let vectors = vectors();
    let found: BTreeSet<u64> = vectors
        .iter()
        .flat_map(|vector| vector["findings"].as_array().into_iter().flatten())
        .filter_map(|finding| finding["code"].as_u64())
        .collect();
    for (code, name) in FindingKind::CODES {
        assert!(found.contains(&u64::from(*code)), "no world in which {name} ({code}) is found");
    }
}
