//! `figures size|bench [--json] [name=value…]`: measures and prints; `name=value` hands in what the firmware printed.
//! `figures fixture|facade FOLDER`: writes what each language measures, and measures it in Rust.
use std::io::Write;
use std::process::ExitCode;

use medlot_tests::bench_facade;
use medlot_tests::figures::{Figure, firmware, print};

fn handed_in(arg: &str) -> Option<Figure> {
    let (name, value) = arg.split_once('=')?;
    firmware(name, value.parse().ok()?)
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let json = args.iter().any(|arg| arg == "--json");
    if let [what @ ("fixture" | "facade"), folder] = args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        let folder = std::path::Path::new(folder);
        let done = match *what {
            "fixture" => bench_facade::fixture(folder).map(|()| String::new()),
            _ => bench_facade::measure(folder),
        };
        return match done {
            Ok(said) => writeln!(std::io::stdout(), "{said}").map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS),
            Err(error) => {
                eprintln!("figures: {error}");
                ExitCode::FAILURE
            }
        };
    }
    let mut words = args.iter().filter(|arg| *arg != "--json");
    let mut figures = match words.next().map(String::as_str) {
        Some("size") => match medlot_tests::sizes::figures() {
            Ok(sizes) => [medlot_tests::measures::size(), sizes].concat(),
            Err(error) => {
                eprintln!("figures: {error}");
                return ExitCode::FAILURE;
            }
        },
        Some("bench") => match medlot_tests::measures::bench() {
            Ok(figures) => figures,
            Err(error) => {
                eprintln!("figures: {error}");
                return ExitCode::FAILURE;
            }
        },
        _ => {
            eprintln!("usage: figures size|bench [--json] [name=value…]; figures fixture|facade FOLDER");
            return ExitCode::from(3);
        }
    };
    for arg in words {
        let Some(figure) = handed_in(arg) else {
            eprintln!("figures: {arg} is no figure of the firmware");
            return ExitCode::from(3);
        };
        figures.push(figure);
    }
    match print(&figures, json, std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("figures: {error}");
            ExitCode::FAILURE
        }
    }
}
