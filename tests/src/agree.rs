//! The committed vectors, held one by one against what an implementation says; and how many of them agreed.
use crate::world::Done;
use serde_json::Value;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

/// The lines of a group's file.
///
/// # Errors
/// A file that can't be read; a line that is no JSON.
pub fn vectors(group: &str) -> Done<Vec<Value>> {
    let path = if group == "scans" { "data/scans.jsonl".into() } else { format!("vectors/v1/{group}.jsonl") };
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path));
    let text = text.map_err(|e| format!("tests/{path}: {e}"))?;
    let lines: Result<Vec<Value>, _> = text.lines().map(serde_json::from_str).collect();
    Ok(lines.map_err(|e| format!("tests/{path}: {e}"))?)
}

/// What differs, if anything does.
#[must_use]
pub fn differs(what: &str, got: Option<&Value>, wanted: Option<&Value>) -> Option<String> {
    let said = |value: Option<&Value>| value.map_or_else(|| "nothing".into(), Value::to_string);
    (got != wanted).then(|| format!("{what}: {}, not {}", said(got), said(wanted)))
}

/// Which of these keys differs between what is said and what a vector states, if one does.
#[must_use]
pub fn differs_in(keys: &[&str], said: &Value, states: &Value) -> Option<String> {
    keys.iter().find_map(|key| differs(key, said.get(key), states.get(key)))
}

/// Asks of each vector what is wrong with what comes out, if anything is; none may be. Says how many agreed where
/// `cargo xtask conformance` wants to know: parts of a group add up.
///
/// # Errors
/// The first vectors that don't agree.
pub fn agree<'v>(
    language: &str,
    group: &str,
    vectors: impl IntoIterator<Item = &'v Value>,
    mut problem: impl FnMut(&Value) -> Option<String>,
) -> Done<usize> {
    let (mut agreed, mut wrong) = (0, Vec::new());
    for vector in vectors {
        match problem(vector) {
            None => agreed += 1,
            Some(found) => wrong.push(format!("{}: {found}", vector.get("name").unwrap_or(vector))),
        }
    }
    if let Some(file) = std::env::var_os("MEDLOT_CONFORMANCE") {
        let line = format!("conformance {language} {group} {agreed}\n");
        OpenOptions::new().append(true).create(true).open(file)?.write_all(line.as_bytes())?;
    }
    if wrong.is_empty() {
        return Ok(agreed);
    }
    let first: Vec<String> = wrong.iter().take(10).cloned().collect();
    Err(format!("{} of {group} don't agree, first:\n{}", wrong.len(), first.join("\n")).into())
}
