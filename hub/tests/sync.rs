//! `medlot sync` from end to end: devices of one facility, a phone as carrier, a hub, a line that is cut.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
use medlot_sdk::folder::{LogFile, LogHead, Vault};
use medlot_sdk::medlot_core::record::Seal;
use serde_json::Value;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

const PACK: &str = "(01)08935221225326(17)270331(10)241021VA";

struct World {
    folder: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|e| (e.path(), e.file_name())).unwrap();
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

/// A root, a province, a distributor, a pharmacy with a counter and a phone, a hub: made once, copied for each test.
static MADE: LazyLock<World> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("medlot-sync-{}-made", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let w = World { folder };
    w.ok("ministry", &["authority", "init", "--out", "root.mlt"]);
    w.join("ministry", "province", "DEMO-SYT-01", "enrol,regulate,move", "01,DEMO-");
    w.join("province", "distributor", "DEMO-0001", "move", "own");
    w.join("province", "counter", "01C55", "move", "own");
    w.join("province", "phone", "01C55", "move", "own");
    w.ok("hub", &["sync", "--begin-hub", "root.mlt"]);
    w
});

impl World {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("medlot-sync-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        copy(&MADE.folder, &folder);
        Self { folder }
    }

    fn command(&self, who: &str, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_medlot"));
        command.current_dir(&self.folder).env("LANG", "en_US.UTF-8").env_remove("LC_ALL").args(["--dir", who]);
        command.args(["--now", "2026-11-24T08:00:00Z"]).args(args);
        command
    }

    fn ends(&self, who: &str, args: &[&str], code: i32) -> String {
        let out = self.command(who, args).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let (said, err) = (text(out.stdout), text(out.stderr));
        assert_eq!(out.status.code(), Some(code), "medlot {args:?} at {who}: {said}{err}");
        said + &err
    }

    fn ok(&self, who: &str, args: &[&str]) -> String {
        self.ends(who, args, 0)
    }

    fn json(&self, who: &str, args: &[&str], code: i32) -> Value {
        let said = self.ends(who, &[&["--json"], args].concat(), code);
        serde_json::from_str(said.trim()).unwrap_or_else(|e| panic!("{e}: {said}"))
    }

    fn join(&self, by: &str, who: &str, facility: &str, roles: &str, scope: &str) {
        let file = |what: &str| format!("{who}-{what}.mlt");
        self.ok(by, &["authority", "invite", "--facility", facility, "--roles", roles, "--out", &file("invitation")]);
        self.ok(who, &["device", "init", "--invitation", &file("invitation"), "--out", &file("request")]);
        self.ok(by, &["authority", "enrol", &file("request"), "--scope", scope, "--out", &file("enrolment")]);
        self.ok(who, &["device", "accept", &file("enrolment")]);
    }

    fn sync(&self, a: &str, b: &str) -> Value {
        let said = self.json(a, &["sync", b], 0);
        assert_eq!((said["done"].as_bool(), said["there"]["done"].as_bool()), (Some(true), Some(true)), "{said}");
        follows_its_schema(&said);
        said
    }

    fn sales(&self, who: &str, number: u32) {
        for _ in 0..number {
            self.ok(who, &["record", "out", "--scan", PACK, "--quantity", "2"]);
        }
    }

    fn log(&self, who: &str) -> String {
        self.json(who, &["device", "show"], 0)["log"].as_str().unwrap().to_owned()
    }

    /// A log as a folder keeps it: what it is, its records and its seals.
    fn kept(&self, who: &str, log: &str) -> (LogHead, Vec<Vec<u8>>, Vec<Seal>) {
        let log =
            LogFile::open(&self.folder.join(who).join("logs").join(format!("{log}.mlog")), &Vault::plain()).unwrap();
        (log.head().clone(), log.records().to_vec(), log.seals().to_vec())
    }

    fn movements(&self, who: &str, facility: &str) -> usize {
        let said = self.json(who, &["movements"], 0);
        said["movements"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|m| m["facility"] == facility && m["counts"] == "yes")
            .count()
    }
}

fn follows_its_schema(said: &Value) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/json/sync.schema.json");
    let schema: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = validator.iter_errors(said).map(|e| format!("{e} at {}", e.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:?}: {said}");
    let mut less = said.clone();
    less.as_object_mut().unwrap().remove("observed");
    assert!(!validator.is_valid(&less), "a schema that takes everything would prove nothing");
}

fn pieces(said: &Value) -> (u64, u64) {
    (said["sent"]["pieces"].as_u64().unwrap(), said["stored"]["pieces"].as_u64().unwrap())
}

#[test]
fn two_devices_of_a_pharmacy_hold_the_same_and_then_rest() {
    let w = World::new("pair");
    w.sales("counter", 3);
    w.sales("phone", 2);
    let said = w.sync("counter", "phone");
    let (counter, phone) = (w.log("counter"), w.log("phone"));
    assert_eq!((w.movements("counter", "01C55"), w.movements("phone", "01C55")), (5, 5));
    assert_eq!(said["observed"][0]["log"], phone.as_str());
    assert_eq!((&said["observed"][0]["clock"], &said["own"]["standing"]), (&0.into(), &"as_here".into()));
    assert_eq!(said["there"]["own"]["held_by_peer"], 3, "the introduction and two sales");
    // What was observed goes over; nobody observes that, so then all rests.
    assert_eq!(w.sync("phone", "counter")["observed"].as_array().unwrap().len(), 0);
    let said = w.sync("counter", "phone");
    assert_eq!((pieces(&said), pieces(&said["there"])), ((0, 0), (0, 0)), "{said}");
    for log in [&counter, &phone] {
        assert_eq!(w.kept("counter", log), w.kept("phone", log));
    }
    assert_eq!(said["own"]["held_by_peer"], 5, "the introduction, three sales, one Observed");
}

#[test]
fn a_phone_carries_a_delivery_there_and_the_receipt_back_and_a_hub_holds_all() {
    let w = World::new("carrier");
    w.sales("distributor", 2);
    w.ok("distributor", &["handover", "--to", "facility:01C55", "--line", &format!("120={PACK}"), "--out", "d.mlt"]);
    w.sales("distributor", 1);
    // The phone meets the distributor's device: the batch comes over, and nothing else of that log.
    w.sync("phone", "distributor");
    assert_eq!(w.movements("phone", "DEMO-0001"), 1);
    w.sync("phone", "counter");
    assert_eq!(w.movements("counter", "DEMO-0001"), 1);
    let enough = ["receive", "d.mlt", "--got", "1=117"];
    w.ok("counter", &enough);
    w.sales("counter", 1);
    w.sync("counter", "phone");
    w.sync("phone", "distributor");
    assert_eq!(w.movements("distributor", "01C55"), 1, "the receipt reached the sender, no more of that log");
    assert_eq!(w.movements("phone", "DEMO-0001"), 1);
    // A hub keeps everything, of any device, and gives a device what is its own.
    w.sync("distributor", "hub");
    w.sync("phone", "hub");
    assert_eq!((w.movements("hub", "DEMO-0001"), w.movements("hub", "01C55")), (4, 2));
    w.sync("hub", "counter");
    let said = w.sync("counter", "hub");
    assert_eq!((pieces(&said), pieces(&said["there"])), ((0, 0), (0, 0)), "{said}");
    assert_eq!(w.kept("hub", &w.log("counter")), w.kept("counter", &w.log("counter")));
}

#[test]
fn a_stranger_gets_no_more_than_it_is_given() {
    let w = World::new("give");
    w.sales("counter", 2);
    // The hub asks for everything; the pharmacy gives only what concerns the distributor: nothing.
    let said = w.json("counter", &["sync", "hub", "--give", "DEMO-0001"], 0);
    assert_eq!(w.movements("hub", "01C55"), 0, "{said}");
    w.sync("counter", "hub");
    assert_eq!(w.movements("hub", "01C55"), 2);
}

#[test]
fn what_nobody_enrolled_here_waits_aside_until_its_authority_speaks() {
    let w = World::new("aside");
    // The hub of another device that knows nobody: only the root.
    w.ok("fresh", &["sync", "--begin-hub", "root.mlt"]);
    w.sales("counter", 2);
    fs::remove_dir_all(w.folder.join("counter/extracts")).unwrap();
    fs::create_dir(w.folder.join("counter/extracts")).unwrap();
    let said = w.json("fresh", &["sync", "counter"], 2);
    assert_eq!(
        (said["aside"][0]["code"].as_u64(), said["aside"][0]["waits"].as_bool()),
        (Some(3004), Some(true)),
        "{said}"
    );
    assert_eq!(w.movements("fresh", "01C55"), 0);
    let again = w.json("fresh", &["sync", "counter"], 0);
    assert_eq!(pieces(&again["there"]), (0, 0), "what waits isn't sent again");
    let said = w.sync("fresh", "province");
    assert!(said["taken_from_aside"].as_u64() >= Some(1), "{said}");
    assert_eq!(w.movements("fresh", "01C55"), 2);
    assert_eq!(fs::read_dir(w.folder.join("fresh/aside")).unwrap().count(), 0);
}

#[test]
fn a_restored_folder_takes_no_more_records_and_says_the_way_on() {
    let w = World::new("restored");
    w.sales("counter", 1);
    copy(&w.folder.join("counter"), &w.folder.join("backup"));
    w.sales("counter", 2);
    w.sync("counter", "phone");
    fs::remove_dir_all(w.folder.join("counter")).unwrap();
    copy(&w.folder.join("backup"), &w.folder.join("counter"));
    let said = w.json("counter", &["sync", "phone"], 4);
    assert_eq!((&said["own"]["standing"], &said["own"]["peer_count"]), (&"behind".into(), &4.into()), "{said}");
    assert_eq!(w.movements("counter", "01C55"), 3, "what the other device holds of it is here again");
    assert!(w.ends("counter", &["record", "out", "--scan", PACK, "--quantity", "1"], 4).contains("new key"));
    // The way on: a new key, enrolled as the same line.
    w.ok("counter", &["authority", "renew", "--out", "renewal.mlt"]);
    let log = w.log("counter");
    w.ok("province", &["authority", "enrol", "renewal.mlt", "--renews", &log[..16], "--out", "renewed.mlt"]);
    w.ok("counter", &["device", "accept", "renewed.mlt"]);
    w.sales("counter", 1);
    w.sync("counter", "phone");
    assert_eq!((w.movements("counter", "01C55"), w.movements("phone", "01C55")), (4, 4));
}

#[test]
fn a_copied_folder_that_was_written_on_is_a_fork_that_both_hold() {
    let w = World::new("copied");
    w.sales("counter", 1);
    copy(&w.folder.join("counter"), &w.folder.join("twin"));
    w.sales("counter", 1);
    w.ok(
        "twin",
        &[
            "record",
            "out",
            "--product",
            "registration:540100430425",
            "--lot",
            "A24-117",
            "--expiry",
            "2027-11",
            "--quantity",
            "7",
        ],
    );
    w.sync("counter", "phone");
    let said = w.json("twin", &["sync", "phone"], 4);
    assert_eq!(
        (&said["own"]["standing"], said["there"]["forks"].as_array().unwrap().len()),
        (&"forked".into(), 1),
        "{said}"
    );
    for who in ["twin", "phone"] {
        assert_eq!(w.movements(who, "01C55"), 3, "both branches at {who}");
    }
    // The proof travels on: to the hub, and to the device itself.
    let said = w.sync("phone", "hub");
    assert_eq!(said["there"]["forks"].as_array().unwrap().len(), 1, "{said}");
    assert_eq!(w.movements("hub", "01C55"), 3);
    assert_eq!(w.json("counter", &["sync", "hub"], 4)["own"]["standing"], "forked");
    assert_eq!(w.json("twin", &["sync", "hub"], 4)["own"]["standing"], "forked");
    let said = w.json("twin", &["sync", "hub"], 4);
    assert_eq!((pieces(&said), pieces(&said["there"])), ((0, 0), (0, 0)), "{said}");
}

/// Runs two commands with the one's output as the other's input, through a function that may change what flows.
fn piped(w: &World, a: &str, b: &str, text: &[u8], most: usize) -> [(Option<i32>, String); 2] {
    let start = |who: &str| {
        let mut command = w.command(who, &["--json", "sync", "-"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let (mut one, mut two) = (start(a), start(b));
    let flow = |mut from: std::process::ChildStdout, mut to: std::process::ChildStdin, text: Vec<u8>| {
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

#[test]
fn over_pipes_with_text_between_the_frames_and_cut_anywhere() {
    let w = World::new("pipes");
    w.sales("counter", 3);
    w.sales("phone", 1);
    for most in [0, 30, 100, 200] {
        let [a, b] = piped(&w, "counter", "phone", b"", most);
        assert!(a.0 == Some(3) && b.0 == Some(3), "{a:?} {b:?}");
    }
    let [a, b] = piped(&w, "counter", "phone", b"0108935221225326\nready\n", usize::MAX);
    assert_eq!((a.0, b.0), (Some(0), Some(0)), "{a:?} {b:?}");
    assert!(a.1.contains("ready"), "lines of text are handed on: {}", a.1);
    let said: Value = serde_json::from_str(a.1.lines().last().unwrap()).unwrap();
    follows_its_schema(&said);
    assert_eq!((w.movements("counter", "01C55"), w.movements("phone", "01C55")), (4, 4));
}
