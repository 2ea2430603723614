//! `cargo xtask conformance`: of how many committed vectors each implementation says what they state.
//!
//! Every number comes out of a run: a suite that goes through vectors writes `conformance LANGUAGE GROUP AGREED` for each
//! group, a line or several that add up, to the file that the variable [`AGREED`] names.
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::sh::{Done, root};
use crate::{bindings, browser, firmware, parts, setup};

/// The variable that names the file to which suites write.
pub const AGREED: &str = "MEDLOT_CONFORMANCE";

/// Groups of vectors, and their files.
const GROUPS: [(&str, &str); 8] = [
    ("records", "tests/vectors/v1/records.jsonl"),
    ("segments", "tests/vectors/v1/segments.jsonl"),
    ("bundles", "tests/vectors/v1/bundles.jsonl"),
    ("ledger", "tests/vectors/v1/ledger.jsonl"),
    ("log", "tests/vectors/v1/log.jsonl"),
    ("flash", "tests/vectors/v1/flash.jsonl"),
    ("sync", "tests/vectors/v1/sync.jsonl"),
    ("scans", "tests/data/scans.jsonl"),
];

/// A language: what its lines call it, what people call it, and the groups that must come out of its run.
struct Language {
    name: &'static str,
    title: &'static str,
    groups: &'static [&'static str],
}

/// What runs at once, and the languages that it is for.
struct Suite {
    languages: &'static [Language],
    setup: fn() -> Done,
    run: fn(&Path) -> Done,
}

/// What goes through the façade.
const FACADE: &[&str] = &["records", "segments", "bundles", "ledger", "log", "sync", "scans"];

const SUITES: &[Suite] = &[
    Suite {
        languages: &[Language {
            name: "rust",
            title: "Rust",
            groups: &["records", "segments", "bundles", "ledger", "log", "flash", "sync", "scans"],
        }],
        setup: setup::nothing,
        run: parts::rust_vectors,
    },
    Suite {
        languages: &[Language {
            name: "independent",
            title: "independent Python reader",
            groups: &["records", "segments", "bundles", "ledger", "log", "flash", "sync"],
        }],
        setup: parts::independent_setup,
        run: parts::independent_vectors,
    },
    Suite {
        languages: &[Language { name: "kotlin", title: "Kotlin", groups: FACADE }],
        setup: bindings::kotlin_setup,
        run: bindings::kotlin_vectors,
    },
    Suite {
        languages: &[Language { name: "python", title: "Python", groups: FACADE }],
        setup: bindings::python_setup,
        run: bindings::python_vectors,
    },
    Suite {
        languages: &[
            Language { name: "node", title: "Node.js", groups: FACADE },
            Language { name: "chromium", title: "Chromium", groups: FACADE },
        ],
        setup: browser::setup,
        run: browser::vectors,
    },
    Suite {
        languages: &[
            Language {
                name: "cortex-m4",
                title: "Cortex-M4 (emulated)",
                groups: &["records", "segments", "bundles", "ledger", "log", "flash"],
            },
            Language {
                name: "cortex-m0",
                title: "Cortex-M0 (emulated)",
                groups: &["records", "segments", "log", "flash"],
            },
        ],
        setup: firmware::setup,
        run: firmware::vectors,
    },
];

/// How many agreed, by language and group.
type Agreed = BTreeMap<(String, String), usize>;

fn read(path: &Path) -> Done<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Reads what suites wrote.
fn agreed(text: &str) -> Done<Agreed> {
    let mut agreed = Agreed::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let read = match words.as_slice() {
            ["conformance", language, group, number] => number.parse().ok().map(|n: usize| (language, group, n)),
            _ => None,
        };
        let (language, group, number) = read.ok_or_else(|| format!("a suite wrote {line:?}"))?;
        *agreed.entry(((*language).into(), (*group).into())).or_default() += number;
    }
    Ok(agreed)
}

/// A language's line of the table, and what of it isn't as it must be.
fn row(language: &Language, agreed: &Agreed, totals: &[usize]) -> (String, Vec<String>) {
    let (mut line, mut wrong) = (format!("{:<28}", language.title), Vec::new());
    for ((group, _), total) in GROUPS.iter().zip(totals) {
        let said = agreed.get(&(language.name.into(), (*group).into()));
        let cell = said.map_or_else(|| "-".into(), |said| format!("{said}/{total}"));
        line.push_str(&format!(" {cell:>11}"));
        if said.is_some_and(|said| said != total) || (said.is_none() && language.groups.contains(group)) {
            wrong.push(format!("{}, {group}: {cell}", language.title));
        }
    }
    (line, wrong)
}

/// Runs the suites, or those of the languages named, and prints the table.
pub fn run(names: &[String]) -> Done {
    let is_wanted = |language: &Language| names.is_empty() || names.iter().any(|name| name == language.name);
    let all = || SUITES.iter().flat_map(|suite| suite.languages);
    if let Some(unknown) = names.iter().find(|name| all().all(|language| language.name != name.as_str())) {
        let known: Vec<&str> = all().map(|language| language.name).collect();
        return Err(format!("no language {unknown}; there are: {}", known.join(", ")));
    }
    let file = root().join("target/conformance.txt");
    fs::write(&file, "").map_err(|error| format!("{}: {error}", file.display()))?;
    let mut wrong = Vec::new();
    for suite in SUITES.iter().filter(|suite| suite.languages.iter().any(is_wanted)) {
        // What fails here is seen in the table too: the others run all the same.
        wrong.extend((suite.setup)().and_then(|()| (suite.run)(&file)).err());
    }
    let agreed = agreed(&read(&file)?)?;
    let totals: Done<Vec<usize>> = GROUPS
        .iter()
        .map(|(_, path)| Ok(read(&root().join(path))?.lines().filter(|line| !line.is_empty()).count()))
        .collect();
    let totals = totals?;
    let heads: String = GROUPS.iter().map(|(group, _)| format!(" {group:>11}")).collect();
    println!("{:<28}{heads}", "");
    for language in all().filter(|language| is_wanted(language)) {
        let (line, of_it) = row(language, &agreed, &totals);
        println!("{line}");
        wrong.extend(of_it);
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("not every vector agrees:\n{}", wrong.join("\n"))) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used)]
    use super::*;

    const ONE: Language = Language { name: "rust", title: "Rust", groups: &["records", "scans"] };

    #[test]
    fn lines_of_a_group_add_up_and_what_was_not_said_is_a_dash() {
        let said = agreed("conformance rust records 2\nconformance rust records 3\nconformance c scans 1\n");
        let (line, wrong) = row(&ONE, &said.expect("lines"), &[5, 1, 1, 1, 1, 1, 1, 1]);
        assert_eq!(line.split_whitespace().collect::<Vec<_>>(), ["Rust", "5/5", "-", "-", "-", "-", "-", "-", "-"]);
        assert_eq!(wrong, ["Rust, scans: -"]);
    }

    #[test]
    fn fewer_or_more_than_stand_in_the_file_are_wrong_and_so_is_another_line() {
        for number in ["4", "6"] {
            let said = agreed(&format!("conformance rust records {number}\nconformance rust scans 1")).expect("lines");
            let (_, wrong) = row(&ONE, &said, &[5, 1, 1, 1, 1, 1, 1, 1]);
            assert_eq!(wrong, [format!("Rust, records: {number}/5")]);
        }
        assert!(agreed("conformance rust records many").is_err());
    }
}
