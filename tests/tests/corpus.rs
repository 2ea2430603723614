//! Replays every committed input of the fuzz corpora through the fuzz targets' own bodies.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
use std::fs;
use std::path::{Path, PathBuf};

use medlot_tests::fuzz_bodies::TARGETS;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn every_committed_input_keeps_the_promises_of_its_target() {
    for (name, body) in TARGETS {
        let folder = fuzz().join("corpus").join(name);
        let inputs = names_in(&folder);
        let accepted = inputs.iter().filter(|input| body(&fs::read(folder.join(input)).unwrap()) > 0).count();
        // Both sides of the target are in its corpus: something it accepts, and something it refuses.
        assert!(accepted > 0, "{name}: none of {} inputs is accepted", inputs.len());
        assert!(accepted < inputs.len(), "{name}: none of {} inputs is refused", inputs.len());
    }
}

#[test]
fn targets_bodies_and_corpora_go_by_the_same_names() {
    let mut bodies: Vec<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    bodies.sort();
    let programs: Vec<_> = names_in(&fuzz().join("fuzz_targets"))
        .iter()
        .map(|name| name.strip_suffix(".rs").expect("a fuzz target is a Rust file").to_owned())
        .collect();
    assert_eq!(programs, bodies);
    assert_eq!(names_in(&fuzz().join("corpus")), bodies);
}

#[test]
fn a_body_gives_the_same_answer_each_time() {
    for (name, body) in TARGETS {
        for input in [&b""[..], b"\xff\xff\xff", b"2027-03", &[0x31; 64]] {
            assert_eq!(body(input), body(input), "{name}");
        }
    }
}
