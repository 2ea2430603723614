//! The committed sessions, replayed: what one side put on the line, taken by the other, gives exactly what that one sent.
use medlot_tests::agree::{agree, differs};
use medlot_tests::images::bytes_of;
use medlot_tests::sync_vectors::{party, replay, said_by, verdict};
use serde_json::Value;

/// The vectors that have this key with such a value.
fn vectors(key: &str, is: fn(&Value) -> bool) -> Vec<Value> {
    let all = medlot_tests::agree::vectors("sync").expect("the vectors");
    all.into_iter().filter(|vector| is(&vector[key])).collect()
}

fn bytes(value: &Value) -> Vec<u8> {
    bytes_of(value).expect("hex")
}

#[test]
fn every_recorded_session_goes_the_same_way_byte_by_byte() {
    let mut replayed = 0;
    let agreed = agree("rust", "sync", &vectors("turns", Value::is_array), |vector| {
        let mut sides = vector["replays"].as_array().expect("replays").iter().filter_map(Value::as_str);
        sides.find_map(|side| {
            let (lines, outcome) = replay(vector, side).expect("a session");
            let turns = vector["turns"].as_array().expect("turns").iter().filter(|turn| turn["by"] == side);
            let want: Vec<Vec<u8>> = turns.map(|turn| bytes(&turn["line"])).collect();
            replayed += 1;
            (lines != want)
                .then(|| format!("{side} says something else"))
                .or_else(|| differs(side, Some(&outcome), vector["outcome"].get(side)))
        })
    });
    agreed.expect("agreement");
    assert!(replayed > 50, "{replayed}");
}

#[test]
fn every_recorded_line_says_what_it_states() {
    let agreed = agree("rust", "sync", &vectors("line", Value::is_string), |vector| {
        let said = said_by(&bytes(&vector["line"])).expect("a line");
        differs("says", Some(&said.into()), vector.get("says"))
    });
    assert!(agreed.expect("agreement") > 25);
}

#[test]
fn every_recorded_message_is_taken_or_refused_as_it_states() {
    let mut codes = std::collections::BTreeSet::new();
    let agreed = agree("rust", "sync", &vectors("message", Value::is_string), |vector| {
        let before: Vec<Vec<u8>> = vector["before"].as_array().expect("before").iter().map(bytes).collect();
        let before: Vec<&[u8]> = before.iter().map(Vec::as_slice).collect();
        let to = party(&vector["to"]).expect("a party");
        let code = verdict(&to, &before, &bytes(&vector["message"])).expect("what comes before is taken");
        codes.insert(code);
        differs("verdict", Some(&code.into()), vector.get("verdict"))
    });
    agreed.expect("agreement");
    assert!(codes.is_superset(&[0, 2701, 2702, 2703, 2704, 2705, 2709].into()), "{codes:?}");
}

/// The schema of what is said of a line.
fn schema() -> jsonschema::Validator {
    let text = include_str!("../../spec/json/line.schema.json");
    let schema = serde_json::from_str(text).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

#[test]
fn the_library_says_of_every_recorded_line_what_it_states_in_the_form_of_its_schema() {
    let mut lines: Vec<(Value, Value)> = Vec::new();
    for vector in vectors("line", Value::is_string) {
        lines.push((vector["line"].clone(), vector["says"].clone()));
    }
    for vector in vectors("turns", Value::is_array) {
        let turns = vector["turns"].as_array().expect("turns").iter();
        lines.extend(turns.map(|turn| (turn["line"].clone(), turn["messages"].clone())));
    }
    assert!(lines.len() > 300, "{}", lines.len());
    let schema = schema();
    for (line, says) in lines {
        let said = medlot_sdk::sync::said_on(&bytes(&line));
        assert_eq!(Value::from(said.clone()), says, "{line}");
        for unit in said {
            assert!(schema.is_valid(&unit), "{unit}");
        }
    }
    assert!(!schema.is_valid(&serde_json::json!({"took": {"position": 0, "status": 4, "count": 0}})));
}
