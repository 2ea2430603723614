//! Fuzzing, and reading folders of files.
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread;

use crate::setup::cargo_tool;
use crate::sh::{Done, Sh, root};

const FUZZ: (&str, &str) = ("cargo-fuzz", "0.13.2");
/// Safe Rust has nothing for an address sanitizer to find: without one it is built and runs in half the time.
const PLAIN: &str = "--sanitizer=none";
/// How long each target runs.
const SECONDS: &str = "-max_total_time=12";

/// Every file of a folder and of those in it: its path from there, and its bytes.
pub fn files(folder: &Path) -> Done<BTreeMap<String, Vec<u8>>> {
    fn walk(base: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) -> std::io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                walk(base, &path, found)?;
            } else {
                let name = path.strip_prefix(base).unwrap_or(&path).to_string_lossy().into_owned();
                found.insert(name, fs::read(&path)?);
            }
        }
        Ok(())
    }
    let mut found = BTreeMap::new();
    walk(folder, folder, &mut found).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(found)
}

/// Installs cargo-fuzz.
pub fn setup() -> Done {
    cargo_tool(FUZZ.0, FUZZ.1).map(drop)
}

/// cargo-fuzz by the nightly compiler where there is one, else by the stable one told to accept nightly flags.
fn fuzz() -> Done<Sh> {
    let tool = cargo_tool(FUZZ.0, FUZZ.1)?;
    let nightly = Sh::new("cargo").args(["+nightly", "--version"]).works();
    let fuzz = Sh::new(tool).without_env("CARGO").without_env("RUSTC").without_env("RUSTDOC");
    Ok(if nightly { fuzz.env("RUSTUP_TOOLCHAIN", "nightly") } else { fuzz.env("RUSTC_BOOTSTRAP", "1") })
}

/// Runs one target from its committed seeds; it must find new paths and no crash.
fn one(target: &str) -> Done<String> {
    // libFuzzer writes what it finds into the first folder; the committed seeds stay as they are.
    let found = root().join("target/fuzz-found").join(target);
    if found.exists() {
        fs::remove_dir_all(&found).map_err(|error| format!("{}: {error}", found.display()))?;
    }
    fs::create_dir_all(&found).map_err(|error| format!("{}: {error}", found.display()))?;
    let seeds = root().join("fuzz/corpus").join(target);
    let seeded = files(&seeds)?.len();
    fuzz()?
        .args(["run", PLAIN, target])
        .args([&found, &seeds])
        .args(["--", SECONDS, "-print_final_stats=1", "-verbosity=1", "-timeout=10", "-max_len=8192"])
        .run()?;
    let grown = files(&found)?.len();
    // A body that the optimiser removed reaches nothing new.
    if grown == 0 {
        return Err(format!("fuzz {target} found no new path: is its result used?"));
    }
    Ok(format!("fuzz {target}: {seeded} seeds, {grown} new inputs that reach new code"))
}

/// Runs every target, two at a time: each keeps one processor busy.
pub fn test() -> Done {
    let targets = files(&root().join("fuzz/fuzz_targets"))?;
    let targets: Vec<&str> = targets.keys().filter_map(|name| name.strip_suffix(".rs")).collect();
    if targets.is_empty() {
        return Err("fuzz/fuzz_targets holds no target".into());
    }
    fuzz()?.args(["build", PLAIN]).run()?;
    let mut said = Vec::new();
    for pair in targets.chunks(2) {
        let ended: Vec<Done<String>> = thread::scope(|scope| {
            let running: Vec<_> = pair.iter().map(|target| scope.spawn(|| one(target))).collect();
            let joined = running.into_iter().map(|run| run.join());
            joined.map(|ended| ended.unwrap_or_else(|_| Err("a fuzz run panicked".into()))).collect()
        });
        for line in ended {
            said.push(line?);
        }
    }
    println!("{}", said.join("\n"));
    Ok(())
}
