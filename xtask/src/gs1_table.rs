//! `cargo xtask gs1-table [--check]`: `core/src/scan/table.rs` from the facts of the GS1 syntax
//! dictionary (`xtask/data/gs1-syntax-dictionary.txt`) and the code lists that its linters name.
use std::fmt::Write as _;
use std::path::Path;

/// Which AIs stand on medicine packs and on the cases that carry them: checked in every build.
const MEDICINE: &str = "00 01 02 10 11 12 13 15 16 17 20 21 22 30 37 240 241 250 400 410 411 412 413 414 415 416 417 \
    7003 710 711 712 713 714 715 716 8003 8004 8005 8006 8008 90 91-99";

/// Writes the table, or with `check` compares it with the committed one.
///
/// # Errors
/// A text saying which line of the data can't be read, or that the committed table is stale.
pub fn run(check: bool) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |p: &str| std::fs::read_to_string(root.join(p)).map_err(|e| format!("{p}: {e}"));
    let table = generate(&read("xtask/data/gs1-syntax-dictionary.txt")?, &read("xtask/data/code-lists.txt")?)?;
    let table = format!("{}\n", table.trim_end());
    let out = root.join("core/src/scan/table.rs");
    if check {
        let have = std::fs::read_to_string(&out).map_err(|e| format!("{}: {e}", out.display()))?;
        if have != table {
            return Err("core/src/scan/table.rs is stale: run `cargo xtask gs1-table` and commit".into());
        }
        return Ok(());
    }
    std::fs::write(&out, &table).map_err(|e| format!("{}: {e}", out.display()))
}

fn number(ai: &str) -> Result<u16, String> {
    ai.parse().map_err(|_| format!("not an AI: {ai}"))
}

/// `310n` → `(3100, 3109)`, `31nn` → `(3100, 3199)`, `01` → `(1, 1)`.
fn pattern(text: &str) -> Result<String, String> {
    Ok(format!("({}, {})", number(&text.replace('n', "0"))?, number(&text.replace('n', "9"))?))
}

fn component(text: &str) -> Result<String, String> {
    let optional = text.starts_with('[');
    let text = text.replace(['[', ']'], "");
    let mut parts = text.split(',');
    let kind = parts.next().unwrap_or_default();
    let (set, length) = kind.split_at(1);
    let (min, max) = match length.strip_prefix("..") {
        Some(max) => ("1", max),
        None => (length, length),
    };
    let linters: Vec<String> = parts
        .map(|l| {
            let mut c = l.chars();
            let head = c.next().map(|c| c.to_ascii_uppercase()).unwrap_or_default();
            format!("L::{head}{}", c.as_str())
        })
        .collect();
    Ok(format!("c(S::{set}, {min}, {max}, {optional}, &[{}])", linters.join(", ")))
}

fn generate(dictionary: &str, lists: &str) -> Result<String, String> {
    let medicine: Vec<&str> = MEDICINE.split_whitespace().collect();
    let mut release = "";
    let (mut rows, mut titles) = (String::new(), String::new());
    let mut lengths = [0u8; 100];
    let mut first = [u8::MAX; 100];
    let mut row = 0u8;
    for line in dictionary.lines() {
        if let Some(r) = line.strip_prefix("# Release: ") {
            release = r;
        }
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        let (body, title) = line.split_once(" # ").unwrap_or((line, ""));
        let mut words = body.split_whitespace();
        let range = words.next().ok_or("empty line")?;
        let (lo, hi) = range.split_once('-').unwrap_or((range, range));
        let prefix: usize = number(lo.get(..2).ok_or("short AI")?)?.into();
        let last: usize = number(hi.get(..2).ok_or("short AI")?)?.into();
        for slot in lengths.get_mut(prefix..=last).ok_or("AI out of range")? {
            *slot = u8::try_from(lo.len()).map_err(|e| e.to_string())?;
        }
        for slot in first.get_mut(prefix..=last).ok_or("AI out of range")? {
            *slot = row.min(*slot);
        }
        row = row.checked_add(1).ok_or("more than 255 rows")?;
        let (mut fixed, mut dl) = (false, false);
        let (mut comps, mut req, mut ex) = (Vec::new(), Vec::new(), Vec::new());
        let mut key = "None".to_owned();
        for word in words {
            if word.chars().all(|c| "*?".contains(c)) {
                fixed = word.contains('*');
                dl = word.contains('?');
            } else if let Some(r) = word.strip_prefix("req=") {
                let any: Result<Vec<String>, String> = r
                    .split(',')
                    .map(|g| {
                        let all: Result<Vec<String>, String> = g.split('+').map(pattern).collect();
                        Ok(format!("&[{}]", all?.join(", ")))
                    })
                    .collect();
                req.push(format!("&[{}]", any?.join(", ")));
            } else if let Some(e) = word.strip_prefix("ex=") {
                for p in e.split(',') {
                    ex.push(pattern(p)?);
                }
            } else if word == "dlpkey" {
                key = "Some(&[])".into();
            } else if let Some(q) = word.strip_prefix("dlpkey=") {
                let alts: Result<Vec<String>, String> = q
                    .split('|')
                    .map(|a| {
                        let seq: Result<Vec<String>, String> =
                            a.split(',').map(|x| number(x).map(|n| n.to_string())).collect();
                        Ok(format!("&[{}]", seq?.join(", ")))
                    })
                    .collect();
                key = format!("Some(&[{}])", alts?.join(", "));
            } else {
                comps.push(component(word)?);
            }
        }
        let _ = writeln!(titles, "    {title:?},");
        let _ = writeln!(
            rows,
            "    AiSpec {{ lo: {}, hi: {}, fixed: {fixed}, dl_attribute: {dl}, medicine: {}, comps: &[{}], req: &[{}], ex: &[{}], key: {key} }},",
            number(lo)?,
            number(hi)?,
            medicine.contains(&range),
            comps.join(", "),
            req.join(", "),
            ex.join(", "),
        );
    }
    let mut out = String::from(
        "// Generated by `cargo xtask gs1-table` from xtask/data: don't edit.\n\
         //! The AI table of the GS1 General Specifications, as facts of the GS1 syntax dictionary (Apache-2.0, GS1 AISBL).\n\
         use super::spec::{AiSpec, Linter as L, Set as S, c};\n\n",
    );
    let _ = writeln!(
        out,
        "/// Release of the syntax dictionary that the table states.\npub const AI_TABLE_RELEASE: &str = {release:?};\n"
    );
    let _ = writeln!(
        out,
        "/// Digits of the AIs that begin with these two digits; 0: none does.\npub(super) static AI_DIGITS: [u8; 100] = {lengths:?};\n"
    );
    let _ = writeln!(
        out,
        "/// First row of the AIs that begin with these two digits.\npub(super) static FIRST_ROW: [u8; 100] = {first:?};\n"
    );
    let _ = writeln!(
        out,
        "/// One AI or range of AIs a row, in lexical order.\npub(super) static TABLE: &[AiSpec] = &[\n{rows}];\n"
    );
    let _ = writeln!(
        out,
        "/// The data title of each row: apart, since few programs show them.\npub(super) static TITLES: &[&str] = &[\n{titles}];\n"
    );
    for line in lists.lines().filter(|l| !l.starts_with('#')) {
        let (name, codes) = line.split_once(": ").ok_or("code list without a name")?;
        let mut codes: Vec<&str> = codes.split_whitespace().collect();
        codes.sort_unstable();
        codes.dedup();
        let upper = name.to_uppercase();
        if name == "iso3166" || name == "iso4217" {
            let mut bits = [0u64; 16];
            for c in codes {
                let n: usize = number(c)?.into();
                if let Some(word) = bits.get_mut(n / 64) {
                    *word |= 1 << (n % 64);
                }
            }
            let _ = writeln!(
                out,
                "/// Bit n of word n/64: the numeric code exists.\n#[cfg(feature = \"gs1-full\")]\npub(super) static {upper}: [u64; 16] = {bits:?};\n"
            );
        } else {
            let _ = writeln!(
                out,
                "/// Sorted codes.\n#[cfg(feature = \"gs1-full\")]\npub(super) static {upper}: &[&str] = &{codes:?};\n"
            );
        }
    }
    Ok(rustfmt_skip(&out))
}

/// A generated table is data: one AI a line reads better than what a formatter makes of it.
fn rustfmt_skip(text: &str) -> String {
    text.replace("pub(super) static", "#[rustfmt::skip]\npub(super) static")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_table_is_what_the_data_gives() {
        assert_eq!(super::run(true), Ok(()));
    }
}
