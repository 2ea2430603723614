//! The `medlot` command: parses arguments and prints; what it does is one call of the sdk each.
mod authority;
mod backup;
mod context;
mod count;
mod io;
mod objects;
mod scan;
mod stock;
mod words;

use clap::{Parser, Subcommand};
use context::Context;
use medlot_sdk::error::Error;
use medlot_sdk::medlot_core::time::Timestamp;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use words::Lang;

/// A tamper-evident account of every medicine lot.
#[derive(Parser)]
#[command(name = "medlot", version = VERSION.as_str(), about, after_help = EXIT_CODES)]
struct Cli {
    /// Language of what is printed for people: vi or en. Otherwise taken from LANG.
    #[arg(long, global = true, value_enum)]
    lang: Option<Lang>,
    /// The folder of the device or authority.
    #[arg(long, global = true, env = "MEDLOT_DIR", default_value = "./medlot-data", value_name = "FOLDER")]
    dir: PathBuf,
    /// The key under which the folder's files are encrypted: a file with 64 hex digits.
    #[arg(long, global = true, env = "MEDLOT_STORAGE_KEY", value_name = "FILE")]
    storage_key: Option<PathBuf>,
    /// Answers as JSON, one object.
    #[arg(long, global = true)]
    json: bool,
    /// The time written into records and judged by; the system's otherwise.
    #[arg(long, global = true, value_name = "TIME", value_parser = |t: &str| Timestamp::parse(t).map_err(|e| e.to_string()))]
    now: Option<Timestamp>,
    /// Write diagnostics to standard error: error, warn, info, debug. Never keys, amounts or prescription codes.
    #[arg(id = "diagnostics", long = "log", global = true, value_name = "LEVEL")]
    log: Option<tracing::Level>,
    #[command(subcommand)]
    command: Command,
}

/// Version, format, layout and release of the AI table.
static VERSION: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    format!(
        "{} (format {}, folder layout {}, AI table {})",
        env!("CARGO_PKG_VERSION"),
        medlot_sdk::medlot_core::record::FORMAT,
        medlot_sdk::folder::LAYOUT,
        medlot_sdk::medlot_core::scan::AI_TABLE_RELEASE,
    )
});

const EXIT_CODES: &str = "Exit codes: 0 done (or valid), 1 invalid, 2 unknown (a person decides), \
                          3 usage or file error, 4 refused by a rule.";

#[derive(Subcommand)]
enum Command {
    /// Begin a root or an authority, invite, enrol, cut off, recall.
    #[command(subcommand)]
    Authority(authority::Authority),
    /// Begin a device, take its enrolment and what its authorities say.
    #[command(subcommand)]
    Device(authority::Device),
    /// Read what a scanner sent: GS1 element strings, bracketed text, Digital Link, plain EAN.
    Scan(scan::Args),
    /// Write one movement, from a scan or from fields.
    Record(Box<stock::RecordArgs>),
    /// Seal what stands; with --out give a bundle that a stranger can verify.
    Seal(stock::SealArgs),
    /// Send lines to somebody: one code that is verified without a network.
    Handover(stock::HandoverArgs),
    /// Take a hand-over into stock: all of it, short, or refused in part.
    Receive(stock::ReceiveArgs),
    /// Count stock: begin, a line for each lot on the shelf, end.
    #[command(subcommand)]
    Count(count::Count),
    /// Take back a movement or a refusal that was written wrongly; the record stays readable.
    Reverse(stock::ReverseArgs),
    /// Attest a record: witness of destruction, pharmacist in charge, receiver, inspector, loss reported.
    Attest(stock::AttestArgs),
    /// What a stranger may believe of an object, without a network.
    Verify(objects::VerifyArgs),
    /// Explain any medlot bytes, trusted or not.
    Inspect(objects::InspectArgs),
    /// Show an object as QR codes, or read them from pictures.
    Qr(objects::QrArgs),
    /// List movements: own and handed over, with what each counts.
    Movements(stock::MovementsArgs),
    /// Write the folder into one file, without private keys.
    Backup(backup::BackupArgs),
    /// Unpack a backup into a new folder. Its log is read-only: the way on is a new key.
    Restore(backup::RestoreArgs),
}

fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|e| {
        // Help and version are no errors; everything else is a usage error.
        let code = if e.use_stderr() { 3 } else { 0 };
        let _ = e.print();
        std::process::exit(code)
    });
    if let Some(level) = cli.log {
        tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).with_ansi(false).init();
    }
    let lang = cli.lang.unwrap_or_else(Lang::of_environment);
    let context = Context::new(cli.dir, cli.storage_key, lang, cli.json, cli.now);
    let done = match cli.command {
        Command::Scan(args) => scan::run(&args, lang, context.json).map_err(Error::argument),
        Command::Authority(command) => authority::authority(command, &context),
        Command::Device(command) => authority::device(command, &context),
        Command::Record(args) => stock::record(*args, &context),
        Command::Seal(args) => stock::seal(&args, &context),
        Command::Handover(args) => stock::handover(args, &context),
        Command::Receive(args) => stock::receive(args, &context),
        Command::Count(command) => count::run(command, &context),
        Command::Reverse(args) => stock::reverse(args, &context),
        Command::Attest(args) => stock::attest(args, &context),
        Command::Verify(args) => objects::verify(&args, &context),
        Command::Inspect(args) => objects::inspect(&args, &context),
        Command::Qr(args) => objects::codes(&args, &context),
        Command::Movements(args) => stock::movements(&args, &context),
        Command::Backup(args) => backup::backup(&args, &context),
        Command::Restore(args) => backup::restore(&args, &context),
    };
    done.unwrap_or_else(|error| {
        tracing::error!(code = error.code, name = error.name, "{}", error.message);
        if context.json {
            println!("{}", json!({"error": {"code": error.code, "name": error.name, "message": error.message}}));
        }
        eprintln!("medlot: {}", error.message);
        ExitCode::from(error.kind as u8)
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn every_command_and_its_arguments_fit_together() {
        super::Cli::command().debug_assert();
    }
}
