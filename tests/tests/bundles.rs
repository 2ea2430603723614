//! The committed vectors of bundles give the verdicts that they state, and no reason of trust is without one.
use medlot_core::trust::Reason;
use medlot_tests::agree::{agree, differs_in};
use medlot_tests::images::bytes_of;
use medlot_tests::trust_vectors::judge;
use serde_json::Value;
use std::collections::BTreeSet;

fn vectors() -> Vec<Value> {
    medlot_tests::agree::vectors("bundles").expect("the vectors")
}

fn bytes(hex: &Value) -> Vec<u8> {
    bytes_of(hex).expect("hex")
}

#[test]
fn every_committed_bundle_gives_the_verdict_that_it_states() {
    let agreed = agree("rust", "bundles", &vectors(), |vector| {
        let held: Vec<Vec<u8>> = vector["held"].as_array().expect("held").iter().map(bytes).collect();
        let judged = judge(&bytes(&vector["root"]), &held, &bytes(&vector["object"])).expect("a root");
        differs_in(&["verdict", "error", "records"], &judged, vector)
    });
    assert!(agreed.expect("agreement") > 800);
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
