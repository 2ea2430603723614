//! Folders of authorities and devices, and the command run in them.
#![allow(dead_code)] // each test file uses its part
pub(crate) mod books;
pub(crate) mod meet;

use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) const PACK: &str = "(01)08935221225326(17)270331(10)241021VA";
pub(crate) const BY_HAND: &str = "registration:540100430425;A24-117;2027-11";

/// What a clock shows that wasn't set.
const NOW: &str = "2026-11-24T08:00:00Z";

pub(crate) struct World {
    pub(crate) folder: PathBuf,
    /// What the clocks show that were set.
    clocks: RefCell<BTreeMap<String, String>>,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl World {
    pub(crate) fn empty(name: &str) -> Self {
        // Two tests of one name run at one time too.
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("medlot-command-{}-{number}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self { folder, clocks: RefCell::default() }
    }

    /// The same once more, in a folder of its own.
    pub(crate) fn again(&self, name: &str) -> Self {
        let again = Self::empty(name);
        fs::remove_dir(&again.folder).unwrap();
        copy(&self.folder, &again.folder);
        again.clocks.replace(self.clocks.borrow().clone());
        again
    }

    /// A root, an authority of a province, a distributor and two stations.
    pub(crate) fn enrolled(name: &str) -> Self {
        let world = Self::empty(name);
        world.ok("ministry", &["authority", "init", "--out", "root.mlt"]);
        world.join("ministry", "province", "DEMO-SYT-01", "enrol,regulate,move", "01,DEMO-", "ed25519");
        world.join("province", "distributor", "DEMO-0001", "move", "own", "ed25519");
        world.join("province", "01C55", "01C55", "move", "own", "ed25519");
        world.join("province", "01C56", "01C56", "move", "own", "p256");
        world
    }

    /// From now on commands at this folder run at this time.
    pub(crate) fn set_clock(&self, who: &str, now: &str) {
        self.clocks.borrow_mut().insert(who.to_owned(), now.to_owned());
    }

    /// What the clock at this folder shows.
    pub(crate) fn clock(&self, who: &str) -> String {
        self.clocks.borrow().get(who).cloned().unwrap_or_else(|| NOW.to_owned())
    }

    /// The command at a folder, at the time that its clock shows unless `args` say when.
    pub(crate) fn command(&self, who: &str, args: &[&str]) -> Command {
        let clock = self.clock(who);
        let now = ["--now", &clock];
        let mut command = Command::new(env!("CARGO_BIN_EXE_medlot"));
        command
            .current_dir(&self.folder)
            .env("LANG", "en_US.UTF-8")
            .env_remove("LC_ALL")
            .args(["--dir", who])
            .args(if args.contains(&"--now") { &[][..] } else { &now })
            .args(args);
        command
    }

    pub(crate) fn run(&self, who: &str, args: &[&str]) -> Ended {
        let out = self.command(who, args).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ended { code: out.status.code().unwrap(), out: text(out.stdout), err: text(out.stderr) }
    }

    pub(crate) fn ends(&self, who: &str, args: &[&str], code: i32) -> Ended {
        let ended = self.run(who, args);
        assert_eq!(ended.code, code, "medlot {args:?} at {who}: {}{}", ended.out, ended.err);
        ended
    }

    pub(crate) fn ok(&self, who: &str, args: &[&str]) -> String {
        self.ends(who, args, 0).out
    }

    pub(crate) fn json(&self, who: &str, args: &[&str], code: i32) -> Value {
        let ended = self.ends(who, &[&["--json"], args].concat(), code);
        serde_json::from_str(ended.out.trim()).unwrap_or_else(|e| panic!("{e}: {}", ended.out))
    }

    pub(crate) fn join(&self, by: &str, who: &str, facility: &str, roles: &str, scope: &str, suite: &str) {
        let file = |what: &str| format!("{who}-{what}.mlt");
        self.ok(by, &["authority", "invite", "--facility", facility, "--roles", roles, "--out", &file("invitation")]);
        self.ok(
            who,
            &["device", "init", "--invitation", &file("invitation"), "--suite", suite, "--out", &file("request")],
        );
        self.ok(by, &["authority", "enrol", &file("request"), "--scope", scope, "--out", &file("enrolment")]);
        let said = self.json(who, &["device", "accept", &file("enrolment")], 0);
        assert_eq!(said["enrolled"], true, "{said}");
    }

    pub(crate) fn log(&self, who: &str) -> String {
        self.json(who, &["device", "show"], 0)["log"].as_str().unwrap().to_owned()
    }

    pub(crate) fn begin_hub(&self, who: &str) {
        self.ok(who, &["sync", "--begin-hub", "root.mlt"]);
    }

    /// Copies the folder of one to another that isn't there.
    pub(crate) fn copy(&self, from: &str, to: &str) {
        copy(&self.folder.join(from), &self.folder.join(to));
    }

    pub(crate) fn hand_over(&self, from: &str, to: &str, file: &str) -> Value {
        let (to, line, second) = (format!("facility:{to}"), format!("120={PACK}"), format!("60={BY_HAND}"));
        let args = [
            "handover",
            "--to",
            &to,
            "--document",
            "delivery_note:PX-7",
            "--line",
            &line,
            "--line",
            &second,
            "--out",
            file,
        ];
        self.json(from, &args, 0)
    }
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|e| (e.path(), e.file_name())).unwrap();
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

/// The schemas of `spec/json`, ready to check answers with.
pub(crate) struct Schemas(jsonschema::Registry<'static>);

impl Schemas {
    fn file(name: &str) -> Value {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/json").join(name);
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }

    pub(crate) fn new() -> Self {
        let mut registry = jsonschema::Registry::new();
        for name in ["movements.schema.json", "stock.schema.json"] {
            registry = registry.add(name, jsonschema::Resource::from_contents(Self::file(name))).unwrap();
        }
        Self(registry.prepare().unwrap())
    }

    pub(crate) fn of(&self, name: &str) -> jsonschema::Validator {
        let options = jsonschema::options().with_registry(&self.0);
        options.with_base_uri("json-schema:///").build(&Self::file(name)).unwrap()
    }
}

/// Fails where an answer doesn't follow its schema.
pub(crate) fn follows(schema: &jsonschema::Validator, answer: &Value) {
    let errors: Vec<String> = schema.iter_errors(answer).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{answer}: {errors:?}");
}
