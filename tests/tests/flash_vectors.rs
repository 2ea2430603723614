//! The committed images of logs on flash are opened as they state.
use medlot_core::log::Layout;
use medlot_tests::flash_vectors::opened;
use medlot_tests::images::{base, image};
use serde_json::Value;

#[test]
fn every_committed_chip_is_opened_as_it_states() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/v1/flash.jsonl");
    let text = std::fs::read_to_string(path).expect("tests/vectors/v1/flash.jsonl");
    let vectors: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect();
    assert!(vectors.len() > 500, "{}", vectors.len());
    for vector in &vectors {
        let shape = base(&vectors, vector).expect("a shape");
        let number = |key: &str| shape[key].as_u64().expect("a number");
        let layout = Layout { sector: number("sector") as u32, blob: number("blob_room") as u32 };
        let said = opened(number("word"), layout, &image(&vectors, vector).expect("an image")).expect("read back");
        for (key, value) in said.as_object().expect("an object") {
            assert_eq!(vector.get(key), Some(value), "{key} of {}", vector["name"]);
        }
        assert_eq!(vector.get("error"), said.get("error"), "{}", vector["name"]);
    }
}
