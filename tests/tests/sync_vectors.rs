//! The committed sessions, replayed: what one side put on the line, taken by the other, gives exactly what that one sent.
use data_encoding::HEXLOWER;
use medlot_tests::sync_vectors::{party, replay, said_by, verdict};
use serde_json::Value;

fn vectors() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/v1/sync.jsonl");
    let text = std::fs::read_to_string(path).expect("tests/vectors/v1/sync.jsonl");
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

fn bytes(value: &Value) -> Vec<u8> {
    HEXLOWER.decode(value.as_str().expect("hex").as_bytes()).expect("hex")
}

#[test]
fn every_recorded_session_goes_the_same_way_byte_by_byte() {
    let mut replayed = 0;
    for vector in vectors().iter().filter(|vector| vector["turns"].is_array()) {
        for side in vector["replays"].as_array().expect("replays").iter().filter_map(Value::as_str) {
            let (lines, outcome) = replay(vector, side).expect("a session");
            let turns = vector["turns"].as_array().expect("turns").iter().filter(|turn| turn["by"] == side);
            let want: Vec<Vec<u8>> = turns.map(|turn| bytes(&turn["line"])).collect();
            assert!(lines == want, "{side} of {}", vector["name"]);
            assert_eq!(outcome, vector["outcome"][side], "{side} of {}", vector["name"]);
            replayed += 1;
        }
    }
    assert!(replayed > 50, "{replayed}");
}

#[test]
fn every_recorded_line_says_what_it_states() {
    let mut lines = 0;
    for vector in vectors().iter().filter(|vector| vector["line"].is_string()) {
        let said = said_by(&bytes(&vector["line"])).expect("a line");
        assert_eq!(Value::from(said), vector["says"], "{}", vector["name"]);
        lines += 1;
    }
    assert!(lines > 25, "{lines}");
}

#[test]
fn every_recorded_message_is_taken_or_refused_as_it_states() {
    let mut codes = std::collections::BTreeSet::new();
    for vector in vectors().iter().filter(|vector| vector["message"].is_string()) {
        let before: Vec<Vec<u8>> = vector["before"].as_array().expect("before").iter().map(bytes).collect();
        let before: Vec<&[u8]> = before.iter().map(Vec::as_slice).collect();
        let to = party(&vector["to"]).expect("a party");
        let code = verdict(&to, &before, &bytes(&vector["message"])).expect("what comes before is taken");
        assert_eq!(vector["verdict"], code, "{}", vector["name"]);
        codes.insert(code);
    }
    assert!(codes.is_superset(&[0, 2701, 2702, 2703, 2704, 2705, 2709].into()), "{codes:?}");
}
