//! The probe: firmware for a Cortex-M4 that verifies what was signed, and what that costs.
use std::fs;

use object::{Object, ObjectSegment};

use crate::cross;
use crate::setup::qemu;
use crate::sh::{Done, Sh, root};

const TARGET: &str = "thumbv7em-none-eabihf";
/// Where the board's RAM starts; what lies below is flash.
const RAM: u64 = 0x2000_0000;
/// Verify-only budgets: name, at most, unit.
const BUDGETS: &[(&str, u64, &str)] = &[
    ("firmware.segment.flash", 32 * 1024, "bytes"),
    ("firmware.segment.ram", 4 * 1024, "bytes"),
    ("firmware.segment.stack", 12 * 1024, "bytes"),
    ("firmware.bundle.ram", 4 * 1024, "bytes"),
];

/// Installs the compiler for the microcontroller and its emulator.
pub fn setup() -> Done {
    cross::setup()?;
    qemu()
}

/// The two probes: what each is called in figures, and its binary.
const PROBES: [(&str, &str); 2] = [("segment", "medlot-probe"), ("bundle", "medlot-probe-bundle")];

fn binary(name: &str) -> std::path::PathBuf {
    root().join("tests/probe/target").join(TARGET).join("release").join(name)
}

/// Flash (code, constants, initial values) and static RAM of the built image.
fn sections(what: &str, path: &std::path::Path) -> Done<[(String, u64); 2]> {
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
    Ok([(format!("firmware.{what}.flash"), flash), (format!("firmware.{what}.ram"), ram)])
}

/// Builds and runs the probe; every figure by name.
pub fn measure() -> Done<Vec<(String, u64)>> {
    setup()?;
    cross::build("tests/probe", "medlot-probe", &[TARGET], &[])?;
    let mut measured = Vec::new();
    for (what, name) in PROBES {
        let path = binary(name);
        let text = Sh::new("timeout")
            .args(["120", "qemu-system-arm", "-M", "mps2-an386", "-nographic", "-icount", "shift=0"])
            .args(["-semihosting-config", "enable=on,target=native", "-kernel"])
            .args([&path])
            .read()?;
        measured.extend(sections(what, &path)?);
        for line in text.lines() {
            let mut words = line.split_whitespace();
            match (words.next(), words.next().and_then(|value| value.parse().ok()), words.next()) {
                (Some(figure), Some(value), None) => measured.push((format!("firmware.{what}.{figure}"), value)),
                _ => eprintln!("{line}"),
            }
        }
    }
    Ok(measured)
}

/// Fails when the probe did not refuse the flipped bit (its exit code) or a budget is exceeded.
pub fn test() -> Done {
    let measured = measure()?;
    let mut exceeded = Vec::new();
    for (name, value) in &measured {
        let budget = BUDGETS.iter().find(|(budget, _, _)| budget == name);
        match budget {
            Some((_, limit, unit)) => {
                println!("{name:<24} {value:>10} {unit} of {limit}");
                if value > limit {
                    exceeded.push(name.as_str());
                }
            }
            None => println!("{name:<24} {value:>10}"),
        }
    }
    let missing = BUDGETS.iter().find(|(budget, _, _)| measured.iter().all(|(name, _)| name != budget));
    match (missing, exceeded.as_slice()) {
        (Some((name, _, _)), _) => Err(format!("the probe did not print {name}")),
        (None, []) => Ok(()),
        (None, names) => Err(format!("over budget: {}", names.join(", "))),
    }
}
