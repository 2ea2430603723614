//! Other targets: medlot-core linked into a bare program for each.
use std::path::{Path, PathBuf};

use crate::setup::{apt, found};
use crate::sh::{Done, Sh, root};

/// Cortex-M4 with FPU, Cortex-M0+, a RISC-V microcontroller, a browser.
pub const TARGETS: &[&str] =
    &["thumbv7em-none-eabihf", "thumbv6m-none-eabi", "riscv32imc-unknown-none-elf", "wasm32-unknown-unknown"];

/// Where Debian keeps the compiler whose package includes the standard library's sources.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// Debian's compiler, which builds `core` for any target by itself (no rustup download).
pub fn debian() -> bool {
    Path::new("/usr/src").is_dir()
        && Sh::new("dpkg").args(["-s", "rustc-web", "cargo-web", "rust-web-src"]).works()
        && Path::new(DEBIAN_RUSTC).is_file()
}

/// Installs compilers for the targets: Debian's `rustc-web` where apt has it, else rustup's targets.
pub fn setup() -> Done {
    if debian() || apt(&["rustc-web", "cargo-web", "rust-web-src"])? {
        return Ok(());
    }
    if !found("rustup") {
        return Err(
            "other targets need rustup (https://rustup.rs), or Debian's rustc-web, cargo-web, rust-web-src".into()
        );
    }
    Sh::new("rustup").args(["target", "add"]).args(TARGETS).aside().run()
}

/// The folder of `rust-lld`, which every rustup toolchain brings.
pub fn linker_folder() -> Done<PathBuf> {
    let sysroot = Sh::new("rustc").args(["--print", "sysroot"]).quiet().read()?;
    let host = Sh::new("rustc").args(["--print", "host-tuple"]).quiet().read()?;
    Ok(Path::new(sysroot.trim()).join("lib/rustlib").join(host.trim()).join("bin"))
}

/// Where everything for other targets is built: the standard library once for all of it.
pub fn folder() -> PathBuf {
    root().join("target/cross")
}

/// What is built for other targets.
pub struct Build<'a> {
    /// The folder of its workspace.
    pub folder: &'a str,
    /// The package.
    pub package: &'a str,
    /// The targets.
    pub targets: &'a [&'a str],
    /// The package's features.
    pub features: &'a [&'a str],
    /// Cargo's profile.
    pub profile: &'a str,
    /// How Debian's compiler builds the standard library; rustup's comes built.
    pub library: &'a [&'a str],
}

impl Build<'_> {
    /// Builds it.
    pub fn run(&self) -> Done {
        self.with(&[])
    }

    /// Builds it with these in the environment.
    pub fn with(&self, env: &[(&str, &str)]) -> Done {
        let mut args: Vec<String> =
            ["build", "--profile", self.profile, "--locked", "--package", self.package].map(String::from).into();
        for target in self.targets {
            args.extend(["--target".into(), (*target).into()]);
        }
        if !self.features.is_empty() {
            args.extend(["--features".into(), self.features.join(",")]);
        }
        let given = |sh: Sh| env.iter().fold(sh, |sh, (name, value)| sh.env(name, value));
        if !debian() {
            return given(Sh::cargo().args(args).dir(self.folder).env("CARGO_TARGET_DIR", folder())).aside().run();
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = [linker_folder()?, PathBuf::from("/usr/bin")].into_iter().chain(std::env::split_paths(&path));
        let path = std::env::join_paths(path).map_err(|error| error.to_string())?;
        // PATH and the rest are the same each time: shown once, shortly, by the line below.
        eprintln!("with Debian's rustc-web, rustup's rust-lld and the standard library built from source:");
        given(Sh::new("/usr/bin/cargo").args(args).args(self.library).dir(self.folder))
            .env("CARGO_TARGET_DIR", folder())
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTC", DEBIAN_RUSTC)
            .without_env("RUSTUP_TOOLCHAIN")
            .without_env("RUSTDOC")
            .path(path)
            .aside()
            .run()
    }
}

/// Builds for targets without an operating system.
pub fn build(folder: &str, package: &str, targets: &[&str], features: &[&str]) -> Done {
    Build { folder, package, targets, features, profile: "release", library: &["-Zbuild-std=core,alloc"] }.run()
}

/// Links medlot-core for every target, with the least and with all features.
pub fn test() -> Done {
    for features in [&[][..], &["gs1-full", "p256"]] {
        build("tests/probe", "medlot-link", TARGETS, features)?;
        for target in TARGETS {
            let release = folder().join(target).join("release");
            let linked = ["medlot-link", "medlot-link.wasm"].iter().any(|name| release.join(name).is_file());
            if !linked {
                return Err(format!("medlot-core did not link for {target}"));
            }
            println!(
                "linked: {target}, features: {}",
                if features.is_empty() { "none".into() } else { features.join(", ") }
            );
        }
    }
    Ok(())
}
