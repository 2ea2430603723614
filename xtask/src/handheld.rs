//! The handheld: its images for two processors, its day in the emulator, and what it costs.
use std::fs;
use std::path::{Path, PathBuf};

use object::{Object, ObjectSegment};

use crate::firmware::RAM;
use crate::sh::{Done, Sh, root};
use crate::{cross, parts};

/// What an image is called in figures, its target, the feature it is built with, and the variable that names it to the
/// tests.
struct Image {
    what: &'static str,
    target: &'static str,
    feature: &'static [&'static str],
    variable: &'static str,
}

const IMAGES: [Image; 3] = [
    Image { what: "m4.p256", target: "thumbv7em-none-eabihf", feature: &["p256"], variable: "" },
    Image { what: "m4", target: "thumbv7em-none-eabihf", feature: &[], variable: "MEDLOT_FIRMWARE_M4" },
    Image { what: "m0", target: "thumbv6m-none-eabi", feature: &[], variable: "MEDLOT_FIRMWARE_M0" },
];

fn built(target: &str) -> PathBuf {
    cross::folder().join(target).join("release/medlot-firmware")
}

/// Where the image of this name is kept: with another feature the next build writes over it.
fn kept(what: &str) -> PathBuf {
    cross::folder().join(format!("handheld-{what}.elf"))
}

/// Flash (code, constants, initial values) and static RAM of an image.
pub fn sections(path: &Path) -> Done<(u64, u64)> {
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let file = object::File::parse(&*bytes).map_err(|error| error.to_string())?;
    let (mut flash, mut ram) = (0, 0);
    for segment in file.segments() {
        // Initial values of RAM are stored in flash too: what a segment holds in the file is flash either way.
        flash += segment.file_range().1;
        if segment.address() >= RAM {
            ram += segment.size();
        }
    }
    Ok((flash, ram))
}

/// Builds the images; their flash and static RAM.
fn build() -> Done<Vec<(String, u64)>> {
    let mut measured = Vec::new();
    for image in &IMAGES {
        cross::build("firmware-example", "medlot-firmware", &[image.target], image.feature)?;
        let path = kept(image.what);
        fs::copy(built(image.target), &path).map_err(|error| format!("{}: {error}", path.display()))?;
        let (flash, ram) = sections(&path)?;
        measured.push((format!("handheld.{}.flash", image.what), flash));
        measured.push((format!("handheld.{}.ram", image.what), ram));
    }
    Ok(measured)
}

/// Runs the tests with these words in their names, in the emulator; the figures that they write.
fn run(names: &[&str]) -> Done<Vec<(String, u64)>> {
    let file = root().join("target/handheld-figures.txt");
    if file.exists() {
        fs::remove_file(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    let mut tests = parts::tests(&["--quiet", "--test", "handheld", "--", "--include-ignored"])
        .args(names)
        .env("MEDLOT_FIGURES", &file)
        // Sessions over the board's UART are carried by the command itself.
        .env("MEDLOT_COMMAND", parts::program("medlot")?);
    for image in IMAGES.iter().filter(|image| !image.variable.is_empty()) {
        tests = tests.env(image.variable, kept(image.what));
    }
    tests.aside().run()?;
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let figure = |line: &str| {
        let (name, value) = line.split_once(' ')?;
        Some((name.to_owned(), value.parse().ok()?))
    };
    text.lines().map(|line| figure(line).ok_or_else(|| format!("{line:?} is no figure"))).collect()
}

/// Static RAM besides the stock table and the buffer, which the application sizes.
fn own_ram(measured: &mut Vec<(String, u64)>) {
    for what in ["m4", "m0"] {
        let find = |name: &str| {
            let name = format!("handheld.{what}.{name}");
            measured.iter().find(|(found, _)| *found == name).map(|(_, value)| *value)
        };
        if let (Some(ram), Some(table), Some(buffer)) = (find("ram"), find("table"), find("buffer")) {
            measured.push((format!("handheld.{what}.ram.own"), ram.saturating_sub(table + buffer)));
        }
    }
}

/// Builds the images and measures them.
pub fn measure() -> Done<Vec<(String, u64)>> {
    let mut measured = build()?;
    measured.extend(run(&["figures"])?);
    own_ram(&mut measured);
    Ok(measured)
}

/// The whole of it: its parts by themselves, the day, the cuts, synchronisation, figures. Prints the figures.
pub fn test() -> Done<Vec<(String, u64)>> {
    let manifest = root().join("firmware-example/Cargo.toml");
    Sh::cargo()
        .args(["test", "--quiet", "--locked", "-p", "medlot-handheld", "--manifest-path"])
        .args([&manifest])
        .aside()
        .run()?;
    let mut measured = build()?;
    measured.extend(run(&[])?);
    own_ram(&mut measured);
    Ok(measured)
}
