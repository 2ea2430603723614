//! The probes: firmware for a Cortex-M4 that verifies what was signed, and what that costs; and with them the handheld.
use std::path::Path;

use crate::conformance::AGREED;
use crate::setup::qemu;
use crate::sh::{Done, Sh};
use crate::{cross, handheld, parts};

const TARGET: &str = "thumbv7em-none-eabihf";
/// Where the board's RAM starts; what lies below is flash.
pub const RAM: u64 = 0x2000_0000;
/// Verify-only budgets: name, at most, unit.
const BUDGETS: &[(&str, u64, &str)] = &[
    ("firmware.segment.flash", 32 * 1024, "bytes"),
    ("firmware.segment.ram", 4 * 1024, "bytes"),
    ("firmware.segment.stack", 12 * 1024, "bytes"),
    ("firmware.bundle.ram", 4 * 1024, "bytes"),
    ("firmware.bundle.stack", 12 * 1024, "bytes"),
    ("handheld.m4.ram.own", 4 * 1024, "bytes"),
    ("handheld.m0.ram.own", 4 * 1024, "bytes"),
];
/// Goals that are not reached; what is printed says so.
const GOALS: &[(&str, u64)] = &[
    ("handheld.m4.flash", 64 * 1024),
    ("handheld.m0.flash", 64 * 1024),
    ("handheld.m4.stack", 12 * 1024),
    ("handheld.m0.stack", 12 * 1024),
    ("handheld.m4.session.stack", 12 * 1024),
    ("handheld.m0.session.stack", 12 * 1024),
];

/// Installs the compiler for the microcontroller and its emulator.
pub fn setup() -> Done {
    cross::setup()?;
    qemu()
}

/// The two probes: what each is called in figures, and its binary.
const PROBES: [(&str, &str); 2] = [("segment", "medlot-probe"), ("bundle", "medlot-probe-bundle")];

fn binary(name: &str) -> std::path::PathBuf {
    cross::folder().join(TARGET).join("release").join(name)
}

/// Flash and static RAM of the built image.
fn sections(what: &str, path: &std::path::Path) -> Done<[(String, u64); 2]> {
    let (flash, ram) = handheld::sections(path)?;
    Ok([(format!("firmware.{what}.flash"), flash), (format!("firmware.{what}.ram"), ram)])
}

/// Builds and runs the probes and the handheld; every figure by name.
pub fn measure() -> Done<Vec<(String, u64)>> {
    setup()?;
    let mut measured = probes()?;
    measured.extend(handheld::measure()?);
    Ok(measured)
}

/// Builds and runs the probes.
fn probes() -> Done<Vec<(String, u64)>> {
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

/// Processors that answer vectors, and the variable that names the image for each to the tests.
const ANSWERS: [(&str, &str); 2] = [(TARGET, "MEDLOT_VECTORS_M4"), ("thumbv6m-none-eabi", "MEDLOT_VECTORS_M0")];

/// The committed vectors on both processors; `with` says what else the tests are given.
fn vectors_with(with: impl FnOnce(Sh) -> Sh) -> Done {
    const IMAGE: &str = "medlot-chip-vectors";
    cross::build("tests/probe", IMAGE, &ANSWERS.map(|(target, _)| target), &[])?;
    let mut tests = parts::tests(&["--quiet", "--test", "chips", "--", "--ignored"]);
    for (target, variable) in ANSWERS {
        tests = tests.env(variable, cross::folder().join(target).join("release").join(IMAGE));
    }
    with(tests).aside().run()
}

/// The committed vectors on both processors; how many agree is written to a file.
pub fn vectors(agreed: &Path) -> Done {
    vectors_with(|tests| tests.env(AGREED, agreed))
}

/// Fails when the probe did not refuse the flipped bit (its exit code), the handheld did not do its day and keep it through
/// every cut, or a budget is exceeded. The handheld's flash and stack are printed beside their goals, which they exceed.
pub fn test() -> Done {
    let mut measured = probes()?;
    vectors_with(|tests| tests)?;
    measured.extend(handheld::test()?);
    let mut exceeded = Vec::new();
    for (name, value) in &measured {
        let budget = BUDGETS.iter().find(|(budget, _, _)| budget == name);
        match budget {
            Some((_, limit, unit)) => {
                println!("{name:<32} {value:>10} {unit} of {limit}");
                if value > limit {
                    exceeded.push(name.as_str());
                }
            }
            None => match GOALS.iter().find(|(goal, _)| goal == name) {
                Some((_, goal)) => {
                    let met = if value <= goal { "met" } else { "NOT MET" };
                    println!("{name:<32} {value:>10} bytes, goal {goal}: {met}");
                }
                None => println!("{name:<32} {value:>10}"),
            },
        }
    }
    let missing = BUDGETS.iter().find(|(budget, _, _)| measured.iter().all(|(name, _)| name != budget));
    match (missing, exceeded.as_slice()) {
        (Some((name, _, _)), _) => Err(format!("the probe did not print {name}")),
        (None, []) => Ok(()),
        (None, names) => Err(format!("over budget: {}", names.join(", "))),
    }
}
