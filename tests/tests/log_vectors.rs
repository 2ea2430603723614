//! The committed images of logs are recovered as they state.
use medlot_tests::log_vectors::{image, recovered};
use serde_json::Value;

#[test]
fn every_committed_image_is_recovered_as_it_states() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/v1/log.jsonl");
    let text = std::fs::read_to_string(path).expect("tests/vectors/v1/log.jsonl");
    let vectors: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect();
    assert!(vectors.len() > 1_000, "{}", vectors.len());
    for vector in &vectors {
        let said = recovered(&image(&vectors, vector).expect("an image"));
        for (key, value) in said.as_object().expect("an object") {
            assert_eq!(vector.get(key), Some(value), "{key} of {}", vector["name"]);
        }
        assert_eq!(vector.get("error"), said.get("error"), "{}", vector["name"]);
    }
}
