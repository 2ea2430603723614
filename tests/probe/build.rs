//! Puts the memory map where the linker finds it: not under its name beside the workspace, where other images find it too.
use std::{env, fs, io, path::PathBuf};

fn main() -> io::Result<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    fs::copy("memory-an386.x", out.join("memory.x"))?;
    println!("cargo:rustc-link-search={}", out.display());
    // The vector table and sections of cortex-m-rt; for this program only, not for its neighbour `link`.
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    println!("cargo:rerun-if-changed=memory-an386.x");
    Ok(())
}
