//! `medlot simulate`: folders that every other command works with, and the same bytes from the same seed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
mod world;
use medlot_sdk::evidence::{Evidence, Library};
use medlot_sdk::folder::Folder;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use world::{Schemas, World, follows};

fn medlot(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_medlot")).args(args).output().unwrap()
}

fn said(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn simulate(out: &Path, seed: &str) -> Output {
    let numbers = ["--facilities", "5", "--devices", "7", "--days", "4", "--movements", "12"];
    let mut args = vec!["simulate", "--json", "--seed", seed, "--out", out.to_str().unwrap()];
    args.extend(numbers);
    medlot(&args)
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(&path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                all.insert(path.strip_prefix(folder).unwrap().to_path_buf(), fs::read(&path).unwrap());
            }
        }
    }
    all
}

#[test]
fn a_seed_writes_the_same_folders_and_its_truth_follows_its_schema() {
    let (a, b, c) = (World::empty("simulate-a"), World::empty("simulate-b"), World::empty("simulate-c"));
    let answer = said(&simulate(&a.folder, "9"));
    assert_eq!(
        answer["devices"].as_u64().unwrap(),
        fs::read_dir(a.folder.join("devices"))
            .unwrap()
            .map(|facility| fs::read_dir(facility.unwrap().path()).unwrap().count() as u64)
            .sum::<u64>()
    );
    said(&simulate(&b.folder, "9"));
    said(&simulate(&c.folder, "10"));
    let (first, again, other) = (files(&a.folder), files(&b.folder), files(&c.folder));
    assert!(first == again, "the same seed wrote other bytes");
    assert!(first != other);
    let refused = simulate(&a.folder, "9");
    assert_eq!(refused.status.code(), Some(3), "a folder that holds something is left alone");

    let schema = Schemas::new().of("truth.schema.json");
    let mut truth: Value = serde_json::from_slice(&first[Path::new("truth.json")]).unwrap();
    follows(&schema, &truth);
    assert!(truth["totals"].as_array().unwrap().len() > 5);
    truth["totals"][0]["units"]["held"] = "many".into();
    assert!(!schema.is_valid(&truth), "a schema that takes everything proves nothing");
}

#[test]
fn the_folders_of_devices_and_hub_are_read_and_written_on_by_the_command() {
    let place = World::empty("simulate-used");
    said(&simulate(&place.folder, "3"));
    let mut devices = Vec::new();
    for facility in fs::read_dir(place.folder.join("devices")).unwrap() {
        devices.extend(fs::read_dir(facility.unwrap().path()).unwrap().map(|device| device.unwrap().path()));
    }
    devices.sort();
    let now = ["--now", "2026-09-20T08:00:00Z", "--json"];
    for device in devices.iter().take(3) {
        let dir = ["--dir", device.to_str().unwrap()];
        let rows = medlot(&[&dir[..], &now, &["movements"]].concat());
        let rows = said(&rows);
        let rows = rows.as_array().cloned().unwrap_or_else(|| rows["movements"].as_array().cloned().unwrap());
        assert!(rows.len() > 5);
        assert!(rows.iter().any(|row| row["counts"] == "yes"));
        let product = ["--product", "registration:893100404525", "--lot", "X1", "--quantity", "3"];
        said(&medlot(&[&dir[..], &now, &["record", "in", "--reason", "found"], &product].concat()));
        let to = ["--to", "facility:01C55", "--document", "delivery_note:1"];
        let line = "1=registration:893100404525;X1;2028-01";
        let out = place.folder.join("handover.mlt");
        let handed =
            medlot(&[&dir[..], &now, &["handover"], &to, &["--line", line, "--out", out.to_str().unwrap()]].concat());
        said(&handed);
    }
    // The hub has no key: what it holds is read all the same, and every piece verifies.
    let hub = place.folder.join("hub");
    let asked = ["--dir", hub.to_str().unwrap()];
    for question in [
        &["stock", "--facility", "01C55"][..],
        &["findings", "--facility", "01C55"],
        &["report", "turnover", "--month", "2026-09", "--facility", "01C55"],
    ] {
        assert!(said(&medlot(&[&asked[..], &now, question].concat())).is_object(), "{question:?}");
    }
    let hub = Folder::open(&place.folder.join("hub")).unwrap();
    let library = Library::of_folder(&hub).unwrap();
    let evidence = Evidence::of(&library).unwrap();
    assert!(evidence.problems().is_empty());
    let logs: BTreeSet<_> = evidence.parts().iter().map(|part| part.log.id).collect();
    assert!(logs.len() > 7);
}
