//! The browser inventory page: its build, its journeys in Chromium, its figures, its pictures.
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

/// Takes `wasm/page/screens` anew.
pub fn screens() -> Done {
    setup()?;
    build()?;
    npm("screens")?.run()
}
