//! `cargo xtask`: medlot's build steps.
//!
//! Nothing here is needed to use medlot; it is what a person and CI run to build, test, measure and regenerate it.
mod android;
mod apk;
mod bench;
mod bindings;
mod browser;
mod conformance;
mod corpus;
mod cross;
mod demo;
mod firmware;
mod gs1_table;
mod handheld;
mod page;
mod parts;
mod setup;
mod sh;
mod trial;

use std::process::ExitCode;
use std::time::Instant;

use parts::PARTS;
use sh::Done;

/// What the command line asked for.
#[derive(Default)]
struct Asked {
    command: Option<String>,
    names: Vec<String>,
    json: bool,
    check: bool,
    long: bool,
    serve: bool,
    built: bool,
    help: bool,
}

fn parse() -> Result<Asked, lexopt::Error> {
    use lexopt::prelude::*;
    let mut asked = Asked::default();
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("json") => asked.json = true,
            Long("check") => asked.check = true,
            Long("long") => asked.long = true,
            Long("serve") => asked.serve = true,
            Long("built") => asked.built = true,
            Short('h') | Long("help") => asked.help = true,
            Value(value) if asked.command.is_none() => asked.command = Some(value.string()?),
            Value(value) => asked.names.push(value.string()?),
            _ => return Err(arg.unexpected()),
        }
    }
    Ok(asked)
}

fn usage() -> String {
    let mut text = String::from(
        "usage: cargo xtask <command>\n\n\
         setup [part…]   installs what the parts need; prints each thing that it installs\n\
         test  [part…]   installs what is missing and runs every part, or those named\n\
         \x20 --long       with 100 full and 900 small simulated countries, not 4 and 26\n\
         conformance [language…]  how many of the committed vectors each implementation agrees with, as a table\n\
         demo            the main job on real input: enrolment, deliveries, recall, a stolen device\n\
         \x20 --serve      then serves the inventory page with its data, also where no person watches\n\
         trial [kotlin | python | node]  a new user's first minutes with the package, outside the repository\n\
         \x20 --built      with the packages of the last trial\n\
         bench [--json]  speed, beside its peers\n\
         bench bindings  what a call costs from Python, Kotlin and JavaScript, beside Rust\n\
         bench page      the page's figures: bytes, times, frames\n\
         screens [page | android]  takes the pictures of the screens anew: the page's, the scanner app's\n\
         apk             the scanner app for arm64 phones, signed with a debug key\n\
         size  [--json]  bytes of records, signatures, QR codes and firmware\n\
         vectors         writes tests/vectors anew\n\
         bindings        generates the Kotlin, Python and Swift sources, and writes ffi/golden anew\n\
         gs1-table [--check]  writes the table of GS1 application identifiers anew, or compares it\n\
         \nparts:\n",
    );
    for part in PARTS {
        text.push_str(&format!("  {:<12} {}\n", part.name, part.what));
    }
    text
}

fn chosen(names: &[String]) -> Done<Vec<&'static parts::Part>> {
    if let Some(unknown) = names.iter().find(|name| PARTS.iter().all(|part| part.name != name.as_str())) {
        let known: Vec<_> = PARTS.iter().map(|part| part.name).collect();
        return Err(format!("no part {unknown}; there are: {}", known.join(", ")));
    }
    Ok(PARTS.iter().filter(|part| names.is_empty() || names.iter().any(|name| name == part.name)).collect())
}

fn setup(names: &[String]) -> Done {
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

fn test(names: &[String]) -> Done {
    let parts = chosen(names)?;
    let count = parts.len();
    let started = Instant::now();
    let mut times = Vec::new();
    let mut failures = Vec::new();
    let mut left_out = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        if names.is_empty() && !part.has_subject() {
            println!(
                "\n== {} ({} of {count}): LEFT OUT, this checkout has no {}",
                part.name,
                at + 1,
                part.subject.join(" or ")
            );
            left_out.push(part.name);
            continue;
        }
        println!("\n== {} ({} of {count}): {}", part.name, at + 1, part.what);
        let from = Instant::now();
        let outcome = (part.setup)().and_then(|()| (part.run)());
        let seconds = from.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => println!("== {}: passed in {seconds:.1} s", part.name),
            Err(message) => {
                println!("== {}: FAILED after {seconds:.1} s: {message}", part.name);
                failures.push(part.name);
            }
        }
        times.push((part.name, seconds));
    }
    println!("\nTime of each part:");
    for (name, seconds) in times {
        println!("  {name:<12} {seconds:>7.1} s{}", if failures.contains(&name) { "  FAILED" } else { "" });
    }
    println!("  {:<12} {:>7.1} s", "all", started.elapsed().as_secs_f64());
    if failures.is_empty() {
        println!(
            "\nAll passed. To look at next: README.md, `cargo xtask demo`, `cargo xtask size`, spec/wire-format.md."
        );
        Ok(())
    } else {
        Err(format!(
            "failed: {}. One part alone: cargo xtask test {}",
            failures.join(", "),
            failures.first().copied().unwrap_or_default()
        ))
    }
}

/// Takes the pictures of the screens anew: all, or those named.
fn screens(names: &[String]) -> Done {
    const KINDS: [&str; 2] = ["page", "android"];
    if let Some(unknown) = names.iter().find(|name| !KINDS.contains(&name.as_str())) {
        return Err(format!("no screens {unknown}; there are: {}", KINDS.join(", ")));
    }
    let wanted = |kind: &str| names.is_empty() || names.iter().any(|name| name == kind);
    if wanted("page") {
        page::screens()?;
    }
    if wanted("android") {
        android::setup()?;
        android::screens()?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let asked = match parse() {
        Ok(asked) => asked,
        Err(error) => {
            eprintln!("xtask: {error}\n\n{}", usage());
            return ExitCode::from(3);
        }
    };
    let done = match asked.command.as_deref() {
        _ if asked.help => {
            print!("{}", usage());
            Ok(())
        }
        Some("setup") => setup(&asked.names),
        Some("test") => {
            parts::LONG.store(asked.long, std::sync::atomic::Ordering::Relaxed);
            test(&asked.names)
        }
        Some("conformance") => conformance::run(&asked.names),
        Some("demo") => demo::run_and_show(asked.serve),
        Some("trial") => trial::run(&asked.names, asked.built),
        Some("bench") if asked.names == ["bindings"] => bench::bindings(),
        Some("bench") if asked.names == ["page"] => page::bench(),
        Some("screens") => screens(&asked.names),
        Some("apk") => apk::run(),
        Some("bench") => parts::bench(asked.json),
        Some("size") => parts::size(asked.json),
        Some("gs1-table") => gs1_table::run(asked.check),
        Some("vectors") => parts::write_vectors(),
        Some("bindings") => bindings::run(),
        _ => {
            eprint!("{}", usage());
            return ExitCode::from(3);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
