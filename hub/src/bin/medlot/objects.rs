//! `medlot verify`, `inspect`, `qr`.
use crate::context::Context;
use crate::io;
use medlot_sdk::error::{Error, Result};
use medlot_sdk::evidence::{Evidence, Library};
use medlot_sdk::folder::{Folder, read_file};
use medlot_sdk::qr;
use medlot_sdk::verify::{self, Question};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

/// `medlot verify`: what a stranger may believe of an object, with no network.
#[derive(clap::Args)]
pub(crate) struct VerifyArgs {
    /// The object: a file, -, or QR pictures.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The trust anchor, where no folder is used: a root's file.
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
    /// Further objects to rest on: enrolments, cuts, State lists.
    #[arg(long = "with", value_name = "FILE")]
    with: Vec<PathBuf>,
    /// The exit code follows the warnings too: stale and unknown 2, graver 1.
    #[arg(long)]
    current: bool,
    /// Most days that what is known of cut-off devices is relied on.
    #[arg(long, value_name = "DAYS")]
    max_age: Option<u16>,
}

pub(crate) fn verify(args: &VerifyArgs, context: &Context) -> Result<ExitCode> {
    let objects = io::read_all(&args.files)?;
    let (mut library, facility) = match &args.root {
        Some(root) => (Library::of_root(io::read_one(root)?), None),
        None => {
            let folder = Folder::open(context.location()?).map_err(|e| Error {
                message: format!("{e}; or give --root FILE, the trust anchor to verify against"),
                ..e
            })?;
            (Library::of_folder(&folder)?, Some(folder.config().facility.clone()))
        }
    };
    library.objects.extend(io::read_all(&args.with)?);
    library.objects.extend(objects.iter().cloned());
    let evidence = Evidence::of(&library)?;
    let question = Question { now: context.clock(), max_age_days: args.max_age, facility };
    let mut code = 0;
    for object in &objects {
        let answer = verify::verify_with(&evidence, object, &question)?;
        let found = answer.exit_code(args.current);
        // Of several objects the gravest: invalid before unknown.
        code = match (code, found) {
            (1, _) | (_, 1) => 1,
            (a, b) => a.max(b),
        };
        tracing::info!(verdict = ?answer.counts, warning = ?answer.gravest, bytes = object.len(), "verified");
        context.say("verified", &answer.json)?;
    }
    Ok(ExitCode::from(code))
}

/// `medlot inspect`: explains any medlot bytes.
#[derive(clap::Args)]
pub(crate) struct InspectArgs {
    /// A file, -, or a QR picture.
    file: PathBuf,
}

pub(crate) fn inspect(args: &InspectArgs, context: &Context) -> Result<ExitCode> {
    for object in io::read(&args.file)? {
        let said = verify::inspect(&object)?;
        if context.json {
            context.say("inspected", &said)?;
        } else {
            println!("{}", serde_json::to_string_pretty(&said).unwrap_or_default());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// `medlot qr`: shows an object as codes, or reads them from pictures.
#[derive(clap::Args)]
pub(crate) struct QrArgs {
    /// The object, or pictures of codes with --read.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Read the codes on pictures and write the object (to --out, or as text).
    #[arg(long)]
    read: bool,
    /// Where to write: .png, .svg, .txt or bytes; the terminal otherwise.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Characters of one code at most: 1,853 is version 25 at level L, 4,296 the largest.
    #[arg(long, default_value_t = qr::CODE_CHARACTERS)]
    characters: usize,
}

pub(crate) fn codes(args: &QrArgs, context: &Context) -> Result<ExitCode> {
    if args.read {
        let objects = io::read_all(&args.files)?;
        for object in &objects {
            match &args.out {
                Some(out) => {
                    let files = io::write(out, object)?;
                    let files: Vec<Value> = files.iter().map(|f| f.display().to_string().into()).collect();
                    context.say("read", &json!({"bytes": object.len(), "files": files}))?;
                }
                None => println!("{}", qr::to_text(object)),
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    for path in &args.files {
        // Any text may be shown as a code; medlot's objects as their text form.
        let objects = io::read(path).or_else(|e| if path.exists() { read_file(path).and(Err(e)) } else { Err(e) })?;
        for object in objects {
            if let Some(out) = &args.out {
                let files = io::write(out, &object)?;
                let files: Vec<Value> = files.iter().map(|f| f.display().to_string().into()).collect();
                context.say("written", &json!({"bytes": object.len(), "files": files}))?;
                continue;
            }
            let bad = |e: qr::QrError| Error::refused(e.to_string());
            let codes = qr::texts(&object, args.characters).map_err(bad)?;
            for (at, text) in codes.iter().enumerate() {
                println!("{}", qr::terminal(text).map_err(bad)?);
                println!("{} / {}   {} bytes", at + 1, codes.len(), object.len());
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
