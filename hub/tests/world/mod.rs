//! Folders of authorities and devices, and the command run in them.
#![allow(dead_code)] // each test file uses its part
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) const PACK: &str = "(01)08935221225326(17)270331(10)241021VA";
pub(crate) const BY_HAND: &str = "registration:540100430425;A24-117;2027-11";

pub(crate) struct World {
    pub(crate) folder: PathBuf,
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
        let folder = std::env::temp_dir().join(format!("medlot-command-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self { folder }
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

    pub(crate) fn run(&self, who: &str, args: &[&str]) -> Ended {
        let out = Command::new(env!("CARGO_BIN_EXE_medlot"))
            .current_dir(&self.folder)
            .env("LANG", "en_US.UTF-8")
            .env_remove("LC_ALL")
            .args(["--dir", who])
            .args(if args.contains(&"--now") { &[][..] } else { &["--now", "2026-11-24T08:00:00Z"] })
            .args(args)
            .output()
            .unwrap();
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

/// The schemas of `spec/json`, ready to check answers with.
pub(crate) struct Schemas(jsonschema::Registry<'static>);

impl Schemas {
    fn file(name: &str) -> Value {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/json").join(name);
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }

    pub(crate) fn new() -> Self {
        let movements = jsonschema::Resource::from_contents(Self::file("movements.schema.json"));
        Self(jsonschema::Registry::new().add("movements.schema.json", movements).unwrap().prepare().unwrap())
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
