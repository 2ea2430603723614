//! What `cargo xtask size --json` prints follows its schema.
#![allow(clippy::unwrap_used, clippy::panic)]
use std::path::Path;

use medlot_tests::figures::firmware;
use medlot_tests::{measures, sizes};

#[test]
fn every_figure_of_size_follows_its_schema_and_has_its_own_name() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/json/figure.schema.json");
    let schema: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut figures = [measures::size(), sizes::figures().unwrap()].concat();
    for what in ["segment", "bundle"] {
        for name in ["flash", "ram", "stack", "instructions"] {
            figures.push(firmware(&format!("firmware.{what}.{name}"), 31_000.0).unwrap());
        }
    }
    let mut names = Vec::new();
    for figure in &figures {
        let json = figure.json();
        let errors: Vec<String> = validator.iter_errors(&json).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{json}: {errors:?}");
        names.push(figure.name.clone());
    }
    names.sort();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all, "two figures of one name");
    assert!(!validator.is_valid(&serde_json::json!({"name": "a"})));
}
