//! Folders of authorities and devices in which the tests run the command.
#![allow(dead_code, missing_docs, unreachable_pub)] // each file of tests uses some of it
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

pub const PACK: &str = "(01)08935221225326(17)270331(10)241021VA";
pub const BY_HAND: &str = "registration:540100430425;A24-117;2027-11";

pub struct World {
    pub folder: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl World {
    /// A folder for the test, removed afterwards.
    pub fn empty(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("medlot-command-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self { folder }
    }

    /// A root, an authority of a province, a distributor and two stations.
    pub fn enrolled(name: &str) -> Self {
        let world = Self::empty(name);
        world.ok("ministry", &["authority", "init", "--out", "root.mlt"]);
        world.join("ministry", "province", "DEMO-SYT-01", "enrol,regulate,move", "01,DEMO-", "ed25519");
        world.join("province", "distributor", "DEMO-0001", "move", "own", "ed25519");
        world.join("province", "01C55", "01C55", "move", "own", "ed25519");
        world.join("province", "01C56", "01C56", "move", "own", "p256");
        world
    }

    pub fn run(&self, who: &str, args: &[&str]) -> Ended {
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

    pub fn ends(&self, who: &str, args: &[&str], code: i32) -> Ended {
        let ended = self.run(who, args);
        assert_eq!(ended.code, code, "medlot {args:?} at {who}: {}{}", ended.out, ended.err);
        ended
    }

    pub fn ok(&self, who: &str, args: &[&str]) -> String {
        self.ends(who, args, 0).out
    }

    pub fn json(&self, who: &str, args: &[&str], code: i32) -> Value {
        let ended = self.ends(who, &[&["--json"], args].concat(), code);
        serde_json::from_str(ended.out.trim()).unwrap_or_else(|e| panic!("{e}: {}", ended.out))
    }

    pub fn join(&self, by: &str, who: &str, facility: &str, roles: &str, scope: &str, suite: &str) {
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

    pub fn log(&self, who: &str) -> String {
        self.json(who, &["device", "show"], 0)["log"].as_str().unwrap().to_owned()
    }

    pub fn hand_over(&self, from: &str, to: &str, file: &str) -> Value {
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
