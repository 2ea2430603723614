//! The browser inventory page: its build, its journeys in Chromium, its figures, its pictures.
use std::io::IsTerminal;
use std::path::Path;

use crate::browser;
use crate::parts;
use crate::sh::{Done, Sh};

pub const PAGE: &str = "wasm/page";

/// Installs what the module, Chromium and the page's lock file need.
pub fn setup() -> Done {
    browser::setup()?;
    browser::installed(PAGE)
}

/// One of the page's scripts; the command makes its sample, its authorities and its hub.
fn npm(script: &str) -> Done<Sh> {
    let npm = Sh::new("npm").args(["run", "--silent", script]).dir(PAGE);
    Ok(npm.env("MEDLOT", parts::command()?))
}

/// Builds `wasm/page/dist`, and the module before it.
pub fn build() -> Done {
    browser::build()?;
    npm("build")?.run()
}

/// Types, then the journeys against the built page.
pub fn test() -> Done {
    build()?;
    npm("types")?.run()?;
    npm("test")?.run()
}

/// Prints what the page weighs and how quick it is.
pub fn bench() -> Done {
    setup()?;
    build()?;
    npm("bench")?.run()
}

/// Serves the page with a device's folder as its sample, its clock standing at `now`, until it is stopped: at a terminal or
/// where `asked`. Else says how.
pub fn show(folder: &Path, now: &str, asked: bool) -> Done {
    if !asked && !std::io::stdout().is_terminal() {
        println!("  cargo xtask demo --serve     the inventory page with the data of {}", folder.display());
        return Ok(());
    }
    setup()?;
    build()?;
    let packed = folder.with_extension("bin");
    Sh::new("node").args(["build/pack.mjs"]).args([folder]).args([now]).args([&packed]).dir(PAGE).run()?;
    println!("\nThe page with the data of {}: open the sample there. Ctrl-C ends it.", folder.display());
    Sh::new("node").args(["serve.mjs", "--sample"]).args([packed]).dir(PAGE).run()
}

/// Takes `wasm/page/screens` anew.
pub fn screens() -> Done {
    setup()?;
    build()?;
    npm("screens")?.run()
}
