//! `medlot backup`, `restore`.
use crate::context::Context;
use medlot_sdk::backup;
use medlot_sdk::error::Result;
use std::path::PathBuf;
use std::process::ExitCode;

/// `medlot backup`: the folder in one file.
#[derive(clap::Args)]
pub(crate) struct BackupArgs {
    /// The file to write; what is there is replaced once the new one is whole.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Also the prescription codes with their salts: what is erased in the folder later stays in the backup.
    #[arg(long)]
    with_private: bool,
}

pub(crate) fn backup(args: &BackupArgs, context: &Context) -> Result<ExitCode> {
    context.say("backed_up", &backup::write(&mut context.desk()?, &args.out, args.with_private)?)
}

/// `medlot restore`: a new folder from a backup.
#[derive(clap::Args)]
pub(crate) struct RestoreArgs {
    /// The backup. The folder is --dir.
    file: PathBuf,
}

pub(crate) fn restore(args: &RestoreArgs, context: &Context) -> Result<ExitCode> {
    context.say("restored", &backup::restore_file(&args.file, context.location()?)?)
}
