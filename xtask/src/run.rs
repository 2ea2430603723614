//! Runs the parts of `cargo xtask test`, in two lanes.
//!
//! Much of what a part does keeps one core busy: a link, a JVM, an emulator, a browser. Parts that build in folders of
//! their own therefore run beside the others; what they print is shown whole when each has ended.
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use crate::parts::{LONG, PARTS, Part};
use crate::sh::{Done, root};

/// The parts named, or all.
pub fn chosen(names: &[String]) -> Done<Vec<&'static Part>> {
    if let Some(unknown) = names.iter().find(|name| PARTS.iter().all(|part| part.name != name.as_str())) {
        let known: Vec<_> = PARTS.iter().map(|part| part.name).collect();
        return Err(format!("no part {unknown}; there are: {}", known.join(", ")));
    }
    Ok(PARTS.iter().filter(|part| names.is_empty() || names.iter().any(|name| name == part.name)).collect())
}

/// Installs what the parts need.
pub fn setup(names: &[String]) -> Done {
    for part in chosen(names)? {
        if names.is_empty() && !part.has_subject() {
            continue;
        }
        println!("\n== setup for {}", part.name);
        (part.setup)()?;
    }
    println!("\nReady: cargo xtask test");
    Ok(())
}

/// A part that has ended.
struct Ended {
    part: &'static Part,
    seconds: f64,
    outcome: Done,
}

impl Ended {
    fn say(&self) {
        let Self { part: Part { name, .. }, seconds, outcome } = self;
        match outcome {
            Ok(()) => println!("== {name}: passed in {seconds:.1} s"),
            Err(message) => println!("== {name}: FAILED after {seconds:.1} s: {message}"),
        }
    }
}

fn timed(part: &'static Part, run: impl FnOnce() -> Done) -> Ended {
    let from = Instant::now();
    let outcome = run();
    Ended { part, seconds: from.elapsed().as_secs_f64(), outcome }
}

/// Installs what a part needs and runs it.
fn whole(part: &'static Part) -> Done {
    (part.setup)().and_then(|()| (part.run)())
}

/// One part and no word about it: what the second lane starts.
pub fn bare(names: &[String]) -> Done {
    chosen(names)?.into_iter().try_for_each(whole)
}

/// Where the second lane's output waits until it is shown.
const OUTPUT: &str = "target/lanes";

fn output(part: &Part) -> PathBuf {
    root().join(OUTPUT).join(format!("{}.txt", part.name))
}

/// Runs a part as a program of its own.
fn apart(xtask: &Path, part: &Part) -> Done {
    let path = output(part);
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let file = File::create(&path).map_err(failed)?;
    let mut command = Command::new(xtask);
    command.args(["part", part.name]).args(LONG.load(Ordering::Relaxed).then_some("--long")).stdin(Stdio::null());
    command.stdout(file.try_clone().map_err(failed)?).stderr(file);
    let status = command.status().map_err(|error| format!("{}: {error}", xtask.display()))?;
    if status.success() { Ok(()) } else { Err(format!("see above ({status})")) }
}

/// Starts the second lane; each part comes when it has ended.
fn beside(parts: Vec<&'static Part>) -> Done<mpsc::Receiver<Ended>> {
    let folder = root().join(OUTPUT);
    // The first lane builds this program anew: the second one starts a copy.
    let xtask = folder.join(format!("xtask{}", std::env::consts::EXE_SUFFIX));
    let own = std::env::current_exe().map_err(|error| format!("this program's path: {error}"))?;
    fs::create_dir_all(&folder)
        .and_then(|()| fs::copy(own, &xtask))
        .map_err(|error| format!("{}: {error}", xtask.display()))?;
    let (ended, comes) = mpsc::channel();
    thread::spawn(move || {
        for part in parts {
            if ended.send(timed(part, || apart(&xtask, part))).is_err() {
                return;
            }
        }
    });
    Ok(comes)
}

/// Shows what a part of the second lane printed, and how it ended.
fn show(ended: Ended) -> Ended {
    println!("\n== {} (ran beside): {}", ended.part.name, ended.part.what);
    match fs::read(output(ended.part)) {
        Ok(text) => print!("{}", String::from_utf8_lossy(&text)),
        Err(error) => println!("{}: {error}", output(ended.part).display()),
    }
    ended.say();
    ended
}

fn names(parts: &[&Part]) -> String {
    parts.iter().map(|part| part.name).collect::<Vec<_>>().join(", ")
}

/// Runs the parts named, or all, and says how long each took.
pub fn test(named: &[String]) -> Done {
    let (parts, left_out): (Vec<_>, Vec<_>) =
        chosen(named)?.into_iter().partition(|part| !named.is_empty() || part.has_subject());
    for part in &left_out {
        println!("\n== {}: LEFT OUT, this checkout has no {}", part.name, part.subject.join(" or "));
    }
    let started = Instant::now();
    let two = named.is_empty() && thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
    let (second, first): (Vec<_>, Vec<_>) = parts.iter().copied().partition(|part| two && part.beside);
    let mut ended = Vec::new();
    let comes = if second.is_empty() {
        None
    } else {
        // Installers don't run beside each other.
        for part in &parts {
            println!("\n== setup for {}", part.name);
            (part.setup)()?;
        }
        println!("\nBeside the others, shown as each ends: {}", names(&second));
        Some(beside(second.clone())?)
    };
    for (at, part) in first.iter().enumerate() {
        println!("\n== {} ({} of {}): {}", part.name, at + 1, first.len(), part.what);
        let done = timed(part, || whole(part));
        done.say();
        ended.push(done);
        ended.extend(comes.iter().flat_map(mpsc::Receiver::try_iter).map(show));
    }
    if let Some(comes) = comes {
        let runs: Vec<_> =
            second.into_iter().filter(|part| ended.iter().all(|done| done.part.name != part.name)).collect();
        println!("\nStill running: {}", names(&runs));
        ended.extend(comes.iter().map(show));
    }
    println!("\nTime of each part:");
    for Ended { part, seconds, outcome } in &ended {
        println!("  {:<12} {seconds:>7.1} s{}", part.name, if outcome.is_ok() { "" } else { "  FAILED" });
    }
    println!("  {:<12} {:>7.1} s", "all", started.elapsed().as_secs_f64());
    let failures: Vec<_> = ended.iter().filter(|done| done.outcome.is_err()).map(|done| done.part).collect();
    let missing = parts.len() - ended.len();
    match failures.first() {
        None if missing == 0 => {
            println!(
                "\nAll passed. To look at next: README.md, `cargo xtask demo`, `cargo xtask size`, spec/wire-format.md."
            );
            Ok(())
        }
        None => Err(format!("{missing} parts did not come to their end")),
        Some(part) => Err(format!("failed: {}. One part alone: cargo xtask test {}", names(&failures), part.name)),
    }
}
