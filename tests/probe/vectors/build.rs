//! Puts the memory map of the processor's board where the linker finds it.
use std::{env, fs, io, path::PathBuf};

fn main() -> io::Result<()> {
    let target = env::var("TARGET").unwrap_or_default();
    let board = if target.starts_with("thumbv6m") { "microbit" } else { "an386" };
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    fs::copy(format!("memory-{board}.x"), out.join("memory.x"))?;
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    println!("cargo:rerun-if-changed=memory-an386.x");
    println!("cargo:rerun-if-changed=memory-microbit.x");
    Ok(())
}
