//! The committed vectors through an image for two processors, in the emulator: a board is given what each vector gives, and
//! what it says is held against what the vector states.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
use medlot_sdk::folder::hex;
use medlot_tests::agree::{agree, differs, differs_in, vectors};
use medlot_tests::ledger_vectors::SAYS;
use medlot_tests::{images, log_vectors};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A board: what its processor is called, its image's variable, how the emulator makes it.
struct Board {
    processor: &'static str,
    image: &'static str,
    machine: &'static [&'static str],
    groups: &'static [Group],
}

/// What boards answer, and of each what a vector gives: the rest stays here.
type Group = (&'static str, &'static [&'static str]);
const GROUPS: [Group; 6] = [
    ("records", &["index", "bytes"]),
    ("segments", &["suite", "key", "parent", "facility", "body"]),
    ("log", &["image"]),
    ("flash", &["word", "sector", "blob_room", "image"]),
    ("bundles", &["root", "held", "object"]),
    ("ledger", &["root", "objects", "asked"]),
];

const M4: Board =
    Board { processor: "cortex-m4", image: "MEDLOT_VECTORS_M4", machine: &["-M", "mps2-an386"], groups: &GROUPS };

/// With far more memory than such a part has: what is tried is the processor, with the longest vectors too. Bundles and
/// worlds aren't asked of it: a third of the bundles took 80 seconds.
const M0: Board = Board {
    processor: "cortex-m0",
    image: "MEDLOT_VECTORS_M0",
    groups: GROUPS.first_chunk::<4>().unwrap(),
    machine: &["-M", "microbit", "-global", "nrf51-soc.sram-size=4194304", "-global", "nrf51-soc.flash-size=1048576"],
};

/// The longest that a group may take, in seconds.
const PATIENCE: &str = "900";

/// What a board is asked: one line.
fn asked(group: &str, gives: &[&str], vector: &Value) -> String {
    let mut line = Map::from_iter([("group".to_owned(), Value::from(group))]);
    line.extend(gives.iter().map(|key| ((*key).to_owned(), vector[key].clone())));
    Value::from(line).to_string()
}

/// A vector with its image whole: a board doesn't see the others.
fn whole(group: &str, all: &[Value], vector: &Value) -> Value {
    let mut whole = vector.clone();
    match group {
        "log" => whole["image"] = hex(&log_vectors::image(all, vector).unwrap()).into(),
        "flash" => {
            let base = images::base(all, vector).unwrap();
            for key in ["word", "sector", "blob_room"] {
                whole[key] = base[key].clone();
            }
            whole["image"] = images::pieces(&images::image(all, vector).unwrap()).into();
        }
        _ => {}
    }
    whole
}

/// A board's answers to these lines, in order.
fn answers(board: &Board, folder: &Path, lines: &[String]) -> Vec<Value> {
    let image = std::env::var(board.image).unwrap_or_else(|_| {
        panic!("{} doesn't name the image: run `cargo xtask test firmware`, which builds it", board.image)
    });
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("asked.jsonl"), lines.join("\n") + "\n").unwrap();
    let mut emulator = Command::new("timeout");
    emulator.args([PATIENCE, "qemu-system-arm"]).args(board.machine).args(["-nographic", "-monitor", "none"]);
    emulator.args(["-serial", "none", "-semihosting-config", "enable=on,target=native", "-kernel"]).arg(image);
    let ended = emulator.current_dir(folder).status().unwrap();
    let said = std::fs::read_to_string(folder.join("said.jsonl")).unwrap();
    let said: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(ended.success(), "{}: {ended} after {} of {} answers", board.processor, said.len(), lines.len());
    assert_eq!(said.len(), lines.len(), "{}", board.processor);
    said
}

fn problem(group: &str, said: &Value, states: &Value) -> Option<String> {
    let of = |keys: &[&str]| differs("problem", said.get("problem"), None).or_else(|| differs_in(keys, said, states));
    match group {
        "records" => of(&["valid", "code"]).or_else(|| {
            let odd = states.get("says").map(|says| says.get("not_fully_understood").is_some());
            odd.and_then(|odd| differs("understood", said.get("understood"), Some(&(!odd).into())))
        }),
        "segments" => of(&["log", "verdict", "error", "index", "head", "records"]),
        "bundles" => of(&["verdict", "error", "records"]),
        "log" => of(&["error", "log", "records", "head", "seals", "unsealed", "mark", "end", "dropped"]),
        "flash" => of(&["error", "log", "records", "head", "from", "sealed", "mark", "acknowledged", "as_of", "blob"]),
        _ => of(&SAYS),
    }
}

fn answers_every_vector(board: &Board) {
    for (group, gives) in board.groups {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{group}", board.processor));
        let vectors = vectors(group).unwrap();
        let lines: Vec<String> =
            vectors.iter().map(|vector| asked(group, gives, &whole(group, &vectors, vector))).collect();
        let mut said = answers(board, &folder, &lines).into_iter();
        let agreed = agree(board.processor, group, &vectors, |vector| problem(group, &said.next().unwrap(), vector));
        assert_eq!(agreed.unwrap(), vectors.len(), "{}", board.processor);
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
#[ignore = "needs the image: cargo xtask test firmware"]
fn an_emulated_cortex_m4_says_what_every_vector_states() {
    answers_every_vector(&M4);
}

#[test]
#[ignore = "needs the image: cargo xtask test firmware"]
fn an_emulated_cortex_m0_says_what_records_segments_and_logs_state() {
    answers_every_vector(&M0);
}
