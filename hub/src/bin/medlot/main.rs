//! The `medlot` command: parses arguments and prints; what it does is one call of the sdk each.
mod scan;
mod words;

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use words::Lang;

/// A tamper-evident account of every medicine lot.
#[derive(Parser)]
#[command(name = "medlot", version, about, after_help = EXIT_CODES)]
struct Cli {
    /// Language of what is printed for people: vi or en. Otherwise taken from LANG.
    #[arg(long, global = true, value_enum)]
    lang: Option<Lang>,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done (or valid), 1 invalid, 2 unknown (a person decides), \
                          3 usage or file error, 4 refused by a rule.";

#[derive(Subcommand)]
enum Command {
    /// Read what a scanner sent: GS1 element strings, bracketed text, Digital Link, plain EAN.
    Scan(scan::Args),
}

fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|e| {
        // Help and version are no errors; everything else is a usage error.
        let code = if e.use_stderr() { 3 } else { 0 };
        let _ = e.print();
        std::process::exit(code)
    });
    let lang = cli.lang.unwrap_or_else(Lang::of_environment);
    let done = match cli.command {
        Command::Scan(args) => scan::run(&args, lang),
    };
    done.unwrap_or_else(|message| {
        eprintln!("medlot: {message}");
        ExitCode::from(3)
    })
}
