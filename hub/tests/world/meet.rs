//! Folders that synchronise, and what they hold then.
use super::{PACK, Schemas, World, follows};
use medlot_sdk::folder::{LogFile, LogHead, Medium, Vault};
use medlot_sdk::medlot_core::record::Seal;
use serde_json::Value;
use std::io::{Read, Write};
use std::process::{ChildStdin, ChildStdout, Stdio};

impl World {
    pub(crate) fn sync(&self, a: &str, b: &str) -> Value {
        let said = self.json(a, &["sync", b], 0);
        assert_eq!((said["done"].as_bool(), said["there"]["done"].as_bool()), (Some(true), Some(true)), "{said}");
        follows_its_schema(&said);
        said
    }

    pub(crate) fn sales(&self, who: &str, number: u32) {
        for _ in 0..number {
            self.ok(who, &["record", "out", "--scan", PACK, "--quantity", "2"]);
        }
    }

    /// A log as a folder keeps it: what it is, its records and its seals.
    pub(crate) fn kept(&self, who: &str, log: &str) -> (LogHead, Vec<Vec<u8>>, Vec<Seal>) {
        let log = LogFile::open(
            &self.folder.join(who).join("logs").join(format!("{log}.mlog")),
            &Medium::Disk,
            &Vault::plain(),
        )
        .unwrap();
        (log.head().clone(), log.records().iter().map(<[u8]>::to_vec).collect(), log.seals().to_vec())
    }

    pub(crate) fn movements(&self, who: &str, facility: &str) -> usize {
        let said = self.json(who, &["movements"], 0);
        said["movements"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|m| m["facility"] == facility && m["counts"] == "yes")
            .count()
    }

    /// Two commands, each by its clock, with the one's output as the other's input: `text` first, then at most so many
    /// bytes each way. How each ended, and what it said.
    pub(crate) fn piped(&self, who: [&str; 2], text: &[u8], most: usize) -> [(Option<i32>, String); 2] {
        let [mut one, mut two] = who.map(|who| {
            let mut command = self.command(who, &["--json", "sync", "-"]);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        });
        let flow = |mut from: ChildStdout, mut to: ChildStdin, text: Vec<u8>| {
            std::thread::spawn(move || {
                let _ = to.write_all(&text);
                let (mut left, mut chunk) = (most, [0; 1_000]);
                while let Ok(n @ 1..) = from.read(&mut chunk) {
                    let now = n.min(left);
                    left -= now;
                    if to.write_all(&chunk[..now]).is_err() || left == 0 {
                        break;
                    }
                }
            })
        };
        let there = flow(one.stdout.take().unwrap(), two.stdin.take().unwrap(), text.to_vec());
        let back = flow(two.stdout.take().unwrap(), one.stdin.take().unwrap(), text.to_vec());
        let done = [one, two].map(|child| {
            let out = child.wait_with_output().unwrap();
            (out.status.code(), String::from_utf8(out.stderr).unwrap())
        });
        there.join().unwrap();
        back.join().unwrap();
        done
    }
}

pub(crate) fn follows_its_schema(said: &Value) {
    let schema = Schemas::new().of("sync.schema.json");
    follows(&schema, said);
    let mut less = said.clone();
    less.as_object_mut().unwrap().remove("observed");
    assert!(!schema.is_valid(&less), "a schema that takes everything would prove nothing");
}

/// Pieces sent and pieces stored.
pub(crate) fn pieces(said: &Value) -> (u64, u64) {
    (said["sent"]["pieces"].as_u64().unwrap(), said["stored"]["pieces"].as_u64().unwrap())
}
