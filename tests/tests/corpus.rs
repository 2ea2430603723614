//! Replays every committed input of the fuzz corpora through the fuzz targets' own bodies.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
use std::fs;
use std::path::{Path, PathBuf};

use medlot_core::sync::{Deframer, Unit, frame_length};
use medlot_tests::fuzz_bodies::TARGETS;
use medlot_tests::sync_peers::{Country, record};

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

/// Of a session that the fuzzed side takes: a stream, and the same as messages, whole and in part.
fn sessions() -> [(&'static str, Vec<u8>); 4] {
    let mut country = Country::new().unwrap();
    country.parties[2].sell(3).unwrap();
    let (peer, party) = (&country.parties[1], &country.parties[2]);
    let (mut one, mut two) = (peer.session(), party.session());
    let (mut here, mut there) = (peer.holdings(), party.holdings());
    let lines = record((&mut one, &mut here), (&mut two, &mut there), [usize::MAX; 2], &mut |_, _| {});
    let line: Vec<u8> = lines.into_iter().step_by(2).flatten().collect();
    let (mut deframer, mut rest) = (Deframer::new(vec![0; frame_length(65_535)]), line.as_slice());
    let mut messages = b"M".to_vec();
    let mut greeted = false;
    while let Some(unit) = deframer.next(&mut rest) {
        let Unit::Message(message) = unit else { continue };
        // The target greets by itself.
        if std::mem::replace(&mut greeted, true) {
            messages.extend(u16::try_from(message.len()).unwrap().to_le_bytes());
            messages.extend(message);
        }
    }
    let stream = [b"S", &line[..]].concat();
    let mut damaged = stream.clone();
    damaged[stream.len() / 2] ^= 0x10;
    let half = messages[..messages.len() / 2].to_vec();
    [("session", messages), ("half", half), ("stream", stream), ("stream-damaged", damaged)]
}

#[test]
fn the_fuzzer_of_sessions_begins_from_one_that_goes_to_its_end() {
    let body = TARGETS.iter().find(|(name, _)| *name == "sync").unwrap().1;
    for (name, fresh) in sessions() {
        let path = fuzz().join("corpus/sync").join(name);
        if std::env::var_os("MEDLOT_WRITE_CORPUS").is_some() {
            fs::write(&path, &fresh).unwrap();
        }
        assert!(
            fs::read(&path).unwrap() == fresh,
            "{name}: MEDLOT_WRITE_CORPUS=1 cargo test -p medlot-tests --test corpus"
        );
        let taken = body(&fresh);
        assert!(name == "stream-damaged" || taken > 2, "{name}: {taken} messages are taken");
    }
}
