//! The committed vectors of bundles give the verdicts that they state, and no reason of trust is without one.
use medlot_core::trust::Reason;
use medlot_tests::trust_vectors::judge;
use serde_json::Value;
use std::collections::BTreeSet;

fn vectors() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/v1/bundles.jsonl");
    let text = std::fs::read_to_string(path).expect("tests/vectors/v1/bundles.jsonl");
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

fn bytes(hex: &Value) -> Vec<u8> {
    let (pairs, rest) = hex.as_str().expect("hex").as_bytes().as_chunks::<2>();
    assert!(rest.is_empty());
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hex");
    pairs.iter().map(byte).collect()
}

#[test]
fn every_committed_bundle_gives_the_verdict_that_it_states() {
    let vectors = vectors();
    assert!(vectors.len() > 800, "{}", vectors.len());
    for vector in &vectors {
        let held: Vec<Vec<u8>> = vector["held"].as_array().expect("held").iter().map(bytes).collect();
        let judged = judge(&bytes(&vector["root"]), &held, &bytes(&vector["object"])).expect("a root");
        for key in ["verdict", "error", "records"] {
            assert_eq!(judged.get(key), vector.get(key), "{} of {}", key, vector["name"]);
        }
    }
}

#[test]
fn the_order_of_what_is_held_makes_no_difference() {
    for vector in vectors() {
        let held: Vec<Vec<u8>> = vector["held"].as_array().expect("held").iter().rev().map(bytes).collect();
        if held.len() > 1 {
            let judged = judge(&bytes(&vector["root"]), &held, &bytes(&vector["object"])).expect("a root");
            assert_eq!(judged["records"], vector["records"], "{}", vector["name"]);
        }
    }
}

#[test]
fn every_reason_stands_in_a_vector() {
    let mut seen = BTreeSet::new();
    for vector in vectors() {
        let of_records = vector["records"].as_array().into_iter().flatten().filter_map(|r| r["why"].as_u64());
        seen.extend(of_records.chain(vector["error"].as_u64()));
    }
    for reason in Reason::ALL {
        assert!(seen.contains(&u64::from(reason.code())), "no vector for {} ({})", reason.name(), reason.code());
    }
    // What is wrong with an object itself: its frame, its type, a segment, an element's place, the root.
    for code in [3910, 3911, 3912, 3913, 3914] {
        assert!(seen.contains(&code), "no vector for {code}");
    }
}
