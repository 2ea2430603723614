//! What a call of the façade costs through each language's bindings, beside the same call in Rust.
use std::fs;

use crate::sh::{Done, Sh, root};
use crate::{bindings, browser, setup};

/// A call: its key in what each language prints, what it is, how many rows or calls its time is shared by.
type Call = (&'static str, &'static str, f64);
const CALLS: [Call; 5] = [
    ("open", "open 100,000 records from memory, to stock", 1.0),
    ("stock_new", "stock of 5,000 lots worked out, no row taken", 2.0),
    ("stock_rows", "a page of the same, each of 5,000 rows", 5_000.0),
    ("verify_1000", "verify a segment, each of 1,000 rows", 1_000.0),
    ("scan_1000", "one scan", 1_000.0),
];

/// Seconds of each call, in their order.
fn times(language: &str, said: &str) -> Done<Vec<f64>> {
    let value = |key: &str| {
        let rest = said.split_once(&format!("\"{key}\":"))?.1;
        rest.split([',', '}']).next()?.trim().parse().ok()
    };
    let all = CALLS.iter().map(|(key, ..)| value(key)).collect::<Option<Vec<f64>>>();
    all.ok_or_else(|| format!("{language} printed something else: {said}"))
}

/// Seconds as people read them.
fn text(seconds: f64) -> String {
    match seconds {
        s if s >= 0.1 => format!("{s:.2} s"),
        s if s >= 1e-4 => format!("{:.2} ms", s * 1e3),
        s => format!("{:.2} µs", s * 1e6),
    }
}

/// Measures in every language and prints the table; everything is built for release.
pub fn bindings() -> Done {
    let folder = root().join("target/bench");
    let figures = |what: &str| {
        let cargo = ["run", "--quiet", "--release", "--locked", "-p", "medlot-tests", "--bin", "figures", "--", what];
        Sh::cargo().args(cargo).args([&folder]).read()
    };
    figures("fixture")?;
    let mut said = vec![("Rust", figures("facade")?)];

    let library = bindings::release()?;
    let python = setup::python("bench", bindings::REQUIREMENTS)?.join("python");
    bindings::install(&python, &library)?;
    said.push(("Python", Sh::new(&python).args(["ffi/python/bench.py"]).args([&folder]).read()?));

    bindings::kotlin_setup()?;
    let (folder_at, library_at) = (folder.display(), library.display());
    let jvm = format!("-Dmedlot.jvm=-Dmedlot.bench={folder_at} -Duniffi.component.medlot.libraryOverride={library_at}");
    let mvn = ["-q", "-B", "--no-transfer-progress", "-f", "ffi/kotlin/pom.xml", "test", "-Dtest=Bench"];
    Sh::new("mvn").args(mvn).args([jvm]).run()?;
    let kotlin = folder.join("kotlin.json");
    said.push(("Kotlin", fs::read_to_string(&kotlin).map_err(|e| format!("{}: {e}", kotlin.display()))?));

    browser::setup()?;
    browser::build()?;
    said.push(("Node.js", Sh::new("node").args(["build/bench.mjs"]).args([&folder]).dir(browser::PACKAGE).read()?));

    let all = said.iter().map(|(language, said)| times(language, said)).collect::<Done<Vec<_>>>()?;
    println!("The least of five, in this run; in brackets how many times what Rust takes.\n");
    let names: Vec<String> = said.iter().map(|(language, _)| format!("{language:>18}")).collect();
    println!("{:<46}{}", "", names.concat());
    for (at, (_, what, share)) in CALLS.iter().enumerate() {
        let of = |times: &Vec<f64>| times.get(at).copied().unwrap_or_default();
        let base = all.first().map(of).unwrap_or_default();
        let cell = |times: &Vec<f64>| format!("{:>11} ({:>4.1})", text(of(times) / share), of(times) / base);
        println!("{what:<46}{}", all.iter().map(cell).collect::<String>());
    }
    Ok(())
}
