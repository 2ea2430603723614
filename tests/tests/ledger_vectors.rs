//! The committed worlds give the stock, shipments, picks and findings that they state, in any order of arrival.
use medlot_core::ledger::FindingKind;
use medlot_tests::agree::{agree, differs_in};
use medlot_tests::images::bytes_of;
use medlot_tests::ledger_vectors::{SAYS, answer};
use serde_json::Value;
use std::collections::BTreeSet;

fn vectors() -> Vec<Value> {
    medlot_tests::agree::vectors("ledger").expect("the vectors")
}

fn bytes(hex: &Value) -> Vec<u8> {
    bytes_of(hex).expect("hex")
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
    let mut at = 0;
    let agreed = agree("rust", "ledger", &vectors(), |vector| {
        let objects: Vec<Vec<u8>> = vector["objects"].as_array().expect("objects").iter().map(bytes).collect();
        let root = bytes(&vector["root"]);
        at += 1;
        [0, at, at + 1].into_iter().find_map(|round| {
            let said = answer(&root, &shuffled(&objects, round), &vector["asked"]).expect("a question");
            differs_in(&SAYS, &said, vector).map(|problem| format!("round {round}: {problem}"))
        })
    });
    assert!(agreed.expect("agreement") > 500);
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
