//! The parts of `cargo xtask test`, and the commands that show or regenerate something.
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::conformance::AGREED;
use crate::sh::{Done, Sh, root};
use crate::{android, bindings, browser, corpus, cross, demo, firmware, page, setup};

/// A part of `cargo xtask test`.
pub struct Part {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it shows when it passes.
    pub what: &'static str,
    /// What it tests, any of these files; a checkout without them can't run it, and says so.
    pub subject: &'static [&'static str],
    /// Installs what it needs; quick when that is there.
    pub setup: fn() -> Done,
    /// Runs it.
    pub run: fn() -> Done,
}

/// The subject of what tests this repository as a whole.
const ALWAYS: &[&str] = &["Cargo.toml"];

impl Part {
    /// Whether this checkout holds what the part tests.
    pub fn has_subject(&self) -> bool {
        self.subject.iter().any(|file| root().join(file).is_file())
    }
}

/// Every part, the quickest to fail first.
pub const PARTS: &[Part] = &[
    Part { name: "lint", what: "format and lints", subject: ALWAYS, setup: setup::nothing, run: lint },
    Part {
        name: "deny",
        what: "licences, sources and duplicates of dependencies",
        subject: ALWAYS,
        setup: deny_setup,
        run: deny,
    },
    Part {
        name: "core",
        what: "unit and property tests, with every feature and with none",
        subject: ALWAYS,
        setup: setup::nothing,
        run: core,
    },
    Part { name: "docs", what: "documentation without warnings", subject: ALWAYS, setup: setup::nothing, run: docs },
    Part {
        name: "e2e",
        what: "vectors, conformance and the command from end to end",
        subject: ALWAYS,
        setup: setup::nothing,
        run: e2e,
    },
    Part {
        name: "vectors",
        what: "the committed vectors are what the generator writes",
        subject: &["tests/src/bin/vectors.rs"],
        setup: setup::nothing,
        run: vectors,
    },
    Part {
        name: "independent",
        what: "the same vectors through a Python reader of the specification",
        subject: &[REQUIREMENTS],
        setup: independent_setup,
        run: independent,
    },
    Part {
        name: "kotlin",
        what: "the façade from Kotlin on the JVM",
        subject: &["ffi/kotlin/pom.xml"],
        setup: bindings::kotlin_setup,
        run: bindings::kotlin,
    },
    Part {
        name: "android",
        what: "the handheld scanner app: its screens on the JVM with the real library, style, lints",
        subject: &["android-example/check/pom.xml"],
        setup: android::setup,
        run: android::test,
    },
    Part {
        name: "python",
        what: "the façade from Python",
        subject: &["ffi/python/pyproject.toml"],
        setup: bindings::python_setup,
        run: bindings::python,
    },
    Part {
        name: "cross",
        what: "the core links for microcontrollers and the browser",
        subject: ALWAYS,
        setup: cross::setup,
        run: cross::test,
    },
    Part {
        name: "firmware",
        what: "verification, and the handheld's day with power cuts, on emulated microcontrollers",
        subject: ALWAYS,
        setup: firmware::setup,
        run: firmware::test,
    },
    Part {
        name: "browser",
        what: "the package for browsers and Node.js, in both",
        subject: &["wasm/npm/package.json"],
        setup: browser::setup,
        run: browser::test,
    },
    Part {
        name: "page",
        what: "the inventory page's journeys in Chromium",
        subject: &["wasm/page/package.json"],
        setup: page::setup,
        run: page::test,
    },
    Part {
        name: "fuzz",
        what: "each fuzz target for 12 seconds",
        subject: ALWAYS,
        setup: corpus::setup,
        run: corpus::test,
    },
    Part { name: "demo", what: "the demo runs to its end", subject: ALWAYS, setup: setup::nothing, run: demo::test },
];

fn lint() -> Done {
    Sh::cargo().args(["fmt", "--all", "--check"]).run()?;
    Sh::cargo().args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]).run()?;
    let bare = ["clippy", "-p", "medlot-core", "--no-default-features", "--locked", "--", "-D", "warnings"];
    Sh::cargo().args(bare).run()
}

/// Each workspace.
const MANIFESTS: [&str; 6] = [
    "Cargo.toml",
    "tests/probe/Cargo.toml",
    "fuzz/Cargo.toml",
    "firmware-example/Cargo.toml",
    "wasm/bindgen/Cargo.toml",
    "ffi/bindgen/Cargo.toml",
];
const DENY: (&str, &str) = ("cargo-deny", "0.20.2");

fn deny_setup() -> Done {
    setup::cargo_tool(DENY.0, DENY.1).map(drop)?;
    // cargo-deny works offline afterwards: it reads the manifests of what is in the lock file.
    for manifest in MANIFESTS {
        Sh::cargo().args(["fetch", "--locked", "--manifest-path", manifest]).run()?;
    }
    Ok(())
}

fn deny() -> Done {
    let tool = setup::cargo_tool(DENY.0, DENY.1)?;
    for manifest in MANIFESTS {
        let args = ["--offline", "--workspace", "--manifest-path", manifest, "--config", "deny.toml", "check"];
        Sh::new(&tool)
            .args(args)
            .args(["-A", "license-exception-not-encountered", "licenses", "bans", "sources"])
            .run()?;
    }
    Ok(())
}

/// `cargo test` of parts of the whole workspace: with one set of features everything is built once.
pub fn tests(what: &[&str]) -> Sh {
    Sh::cargo().args(["test", "--workspace", "--locked"]).args(what)
}

fn core() -> Done {
    tests(&["--lib"]).run()?;
    tests(&["--doc"]).run()?;
    // Built for this one run, without the ledger's long tests: optimising takes longer than it saves.
    let bare = Sh::cargo().args(["test", "-p", "medlot-core", "--no-default-features", "--locked"]);
    bare.env("CARGO_PROFILE_TEST_OPT_LEVEL", "0").run()
}

fn docs() -> Done {
    Sh::cargo().args(["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "-D warnings").run()
}

/// Whether more is to be tested than on every change: `--long`.
pub static LONG: AtomicBool = AtomicBool::new(false);

fn e2e() -> Done {
    let test = tests(&["--bins", "--test", "*"]);
    let long = LONG.load(Ordering::Relaxed);
    (if long { test.env("MEDLOT_LONG", "1") } else { test }).run()
}

/// Builds the workspace's programs as tests run them; the path of one.
pub fn program(name: &str) -> Done<std::path::PathBuf> {
    tests(&["--quiet", "--bins", "--test", "*", "--no-run"]).aside().run()?;
    Ok(root().join("target/debug").join(name))
}

/// Builds the command as the tests run it, and nothing else of them; its path.
pub fn command() -> Done<std::path::PathBuf> {
    tests(&["--quiet", "--test", "command", "--no-run"]).aside().run()?;
    Ok(root().join("target/debug/medlot"))
}

/// Runs the generator of vectors into a folder.
fn generate(folder: &str) -> Done {
    Sh::new(program("vectors")?).args([folder]).run()
}

/// Writes `tests/vectors` anew.
pub fn write_vectors() -> Done {
    generate("tests/vectors")
}

fn vectors() -> Done {
    let fresh = root().join("target/vectors");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(|error| format!("target/vectors: {error}"))?;
    }
    generate("target/vectors")?;
    let committed = corpus::files(&root().join("tests/vectors"))?;
    let generated = corpus::files(&fresh)?;
    let mut different: Vec<String> = Vec::new();
    for (name, bytes) in &generated {
        if committed.get(name) != Some(bytes) {
            different.push(name.clone());
        }
    }
    different.extend(committed.keys().filter(|name| !generated.contains_key(*name)).cloned());
    if generated.is_empty() {
        return Err("the generator wrote nothing".into());
    }
    if different.is_empty() {
        println!("{} vector files are as generated", generated.len());
        return Ok(());
    }
    Err(format!(
        "vectors differ from what the generator writes: {}. A released version's vectors never change; \
         if the change is meant: cargo xtask vectors",
        different.join(", ")
    ))
}

const REQUIREMENTS: &str = "tests/independent/requirements.txt";

/// Python with what the reader needs.
pub fn independent_setup() -> Done {
    setup::python("independent", REQUIREMENTS).map(drop)
}

fn reader() -> Done<Sh> {
    let bin = setup::python("independent", REQUIREMENTS)?;
    let python =
        Sh::new(bin.join("python")).args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/independent"]);
    Ok(python.env("PYTHONDONTWRITEBYTECODE", "1"))
}

fn independent() -> Done {
    reader()?.run()
}

/// The committed vectors through the Python reader; how many agree is written to a file.
pub fn independent_vectors(agreed: &Path) -> Done {
    reader()?.env(AGREED, agreed).aside().run()
}

/// The committed vectors through this workspace's own code; how many agree is written to a file.
pub fn rust_vectors(agreed: &Path) -> Done {
    let files =
        ["records", "segments", "bundles", "ledger_vectors", "log_vectors", "flash_vectors", "sync_vectors", "scans"];
    let files = files.iter().flat_map(|file| ["--test", file]);
    let names = ["--", "every_committed", "every_recorded"];
    tests(&["--quiet"]).args(files).args(names).env(AGREED, agreed).aside().run()
}

/// Prints figures: those that the tests' program measures, and for sizes the firmware's.
fn figures(kind: &str, json: bool, measured: &[(String, u64)]) -> Done {
    let mut args: Vec<String> = vec![kind.into()];
    if json {
        args.push("--json".into());
    }
    for (name, value) in measured {
        args.push(format!("{name}={value}"));
    }
    let cargo = ["run", "--quiet", "--release", "--locked", "-p", "medlot-tests", "--bin", "figures"];
    // SQLite takes a minute to build: only where speeds are compared.
    let peers: &[&str] = if kind == "bench" { &["--features", "peers"] } else { &[] };
    Sh::cargo().args(cargo).args(peers).args(["--"]).args(args).quiet().run()
}

/// Speed, beside its peers.
pub fn bench(json: bool) -> Done {
    figures("bench", json, &[])
}

/// Bytes of records, signatures, QR codes and firmware.
pub fn size(json: bool) -> Done {
    // What is installed and built on the way goes to standard error, so that the figures stay machine-readable.
    let measured = firmware::measure()?;
    figures("size", json, &measured)
}
