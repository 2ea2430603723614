//! `cargo xtask`: medlot's build steps.
//!
//! `test [part…]` runs every test, or the parts named; each prints what it runs and how long it took.
use std::process::{Command, ExitCode};
use std::time::Instant;

/// A part of `cargo xtask test`: its name, what it shows, the commands.
type Part = (&'static str, &'static str, &'static [&'static [&'static str]]);

const PARTS: &[Part] = &[
    (
        "lint",
        "format and lints",
        &[&["fmt", "--all", "--check"], &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]],
    ),
    ("core", "unit, property and end-to-end tests", &[&["test", "--workspace"]]),
    ("docs", "documentation without warnings", &[&["doc", "--workspace", "--no-deps"]]),
];

fn run(part: &Part) -> Result<(), String> {
    let (name, what, commands) = part;
    println!("\n== {name}: {what}");
    let started = Instant::now();
    for args in *commands {
        println!("$ cargo {}", args.join(" "));
        let status = Command::new(env!("CARGO"))
            .args(*args)
            .env("RUSTDOCFLAGS", "-D warnings")
            .status()
            .map_err(|e| format!("cargo could not be started: {e}"))?;
        if !status.success() {
            return Err(format!("part {name} failed: cargo {}", args.join(" ")));
        }
    }
    println!("== {name}: done in {} s", started.elapsed().as_secs());
    Ok(())
}

fn test(names: &[String]) -> Result<(), String> {
    let known = || PARTS.iter().map(|p| p.0).collect::<Vec<_>>().join(", ");
    if let Some(unknown) = names.iter().find(|n| PARTS.iter().all(|p| p.0 != **n)) {
        return Err(format!("no part {unknown}; there are: {}", known()));
    }
    for part in PARTS.iter().filter(|p| names.is_empty() || names.iter().any(|n| n == p.0)) {
        run(part)?;
    }
    println!("\nAll passed. To look at next: README.md, spec/wire-format.md.");
    Ok(())
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.split_first() {
        Some((command, rest)) if command == "test" => test(rest),
        _ => Err("usage: cargo xtask test [lint|core|docs]…".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
