//! The package for browsers and Node.js: the module, its bindings, its tests in Node.js and in Chromium.
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::conformance::AGREED;
use crate::cross;
use crate::setup::{apt, found};
use crate::sh::{Done, Sh, root};

pub const PACKAGE: &str = "wasm/npm";
const TARGET: &str = "wasm32-unknown-unknown";

/// A panic ends in the same trap as ever, without the texts that nobody sees there: a tenth less. Only a standard library
/// that is built here can do without them.
const LIBRARY: &[&str] = &[
    "-Zbuild-std=std",
    "-Zbuild-std-features=optimize_for_size",
    "-Zpanic-immediate-abort",
    "--config",
    "profile.wasm.panic=\"immediate-abort\"",
];

/// Whether a browser of this machine can be driven.
fn chromium() -> bool {
    std::env::var_os("CHROMIUM").is_some()
        || ["chromium", "chromium-browser", "google-chrome"].iter().any(|name| found(name))
        || PathBuf::from("/Applications/Google Chrome.app").is_dir()
}

/// Installs the compiler, Node.js, and what the package's lock file names.
pub fn node_setup() -> Done {
    cross::setup()?;
    if !found("npm") && !apt(&["nodejs", "npm"])? {
        return Err("npm is missing: install Node.js 20 or newer".into());
    }
    installed(PACKAGE)
}

/// The same, and Chromium.
pub fn setup() -> Done {
    node_setup()?;
    if chromium() || apt(&["chromium"])? {
        return Ok(());
    }
    Err("Chromium is missing: install it, or name it in the variable CHROMIUM".into())
}

/// Installs what a folder's lock file names, where it isn't.
pub fn installed(folder: &str) -> Done {
    let lock = root().join(folder).join("package-lock.json");
    let stamp = root().join(folder).join("node_modules/.package-lock.json");
    let changed = |file: PathBuf| file.metadata().and_then(|file| file.modified()).ok();
    if changed(stamp).is_some_and(|installed| changed(lock).is_some_and(|wanted| wanted <= installed)) {
        return Ok(());
    }
    eprintln!("installing from npm into {folder}/node_modules: {folder}/package-lock.json");
    Sh::new("npm").args(["ci", "--no-audit", "--no-fund"]).dir(folder).aside().run()
}

/// The program that writes the bindings.
fn bindgen() -> Done<PathBuf> {
    let folder = root().join("target/bindgen");
    Sh::cargo()
        .args(["build", "--quiet", "--locked", "--manifest-path", "wasm/bindgen/Cargo.toml", "--target-dir"])
        .args([&folder])
        .aside()
        .run()?;
    Ok(folder.join("debug/medlot-bindgen"))
}

/// Whether this run has built the package: several parts ask for it.
static BUILT: AtomicBool = AtomicBool::new(false);

/// Builds `wasm/npm/dist`.
pub fn build() -> Done {
    if BUILT.load(Ordering::Relaxed) {
        return Ok(());
    }
    let module = cross::Build {
        folder: ".",
        package: "medlot-wasm",
        targets: &[TARGET],
        features: &[],
        profile: "wasm",
        library: LIBRARY,
    };
    module.run()?;
    let module = cross::folder().join(TARGET).join("wasm/medlot_wasm.wasm");
    Sh::new("node").args(["build/build.mjs"]).args([module, bindgen()?]).dir(PACKAGE).run()?;
    BUILT.store(true, Ordering::Relaxed);
    Ok(())
}

/// Puts the package as it is shipped into a folder.
pub fn release(folder: &Path) -> Done {
    build()?;
    Sh::new("npm").args(["pack", "--silent", "--pack-destination"]).args([folder]).dir(PACKAGE).aside().run()
}

/// Builds the package, and tests it: types, Node.js, Chromium.
pub fn test() -> Done {
    build()?;
    // The command enrols the devices of the tests.
    let medlot = crate::parts::command()?;
    for script in ["golden", "types", "test", "browser"] {
        Sh::new("npm").args(["run", "--silent", script]).dir(PACKAGE).env("MEDLOT", &medlot).run()?;
    }
    Ok(())
}

/// The committed vectors in Node.js and in Chromium; how many agree is written to a file.
pub fn vectors(agreed: &Path) -> Done {
    build()?;
    for test in ["test/vectors.test.js", "test/browser/vectors.test.js"] {
        Sh::new("node").args(["--test", test]).dir(PACKAGE).env(AGREED, agreed).aside().run()?;
    }
    Ok(())
}
