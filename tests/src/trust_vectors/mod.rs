//! Vectors of bundles: what a stranger with the root may believe of one, and why not.
//!
//! Each states the verdict that the specification asks for; writing them fails where this build gives another.
mod cuts;
mod objects;
mod rights;
mod roots;

use crate::world::{ALL, AUTHORITY, Bundle, Done, Grant, Log, MOVE};
use medlot_core::crypto::Suite;
use medlot_core::record::Cut;
use medlot_sdk::evidence::{Evidence, Library};
use medlot_sdk::verify::{Question, verify_with};
use serde_json::{Value, json};
use std::path::Path;

/// The verdict expected, and the first code: of the object where it is refused, else of the first record with one.
#[derive(Clone, Copy)]
enum Expect {
    Valid,
    Invalid(u16),
    Unknown(u16),
}
use Expect::{Invalid, Unknown, Valid};

/// The cases so far.
#[derive(Default)]
struct Set {
    cases: Vec<Value>,
    /// Verdicts that aren't those expected.
    wrong: Vec<String>,
}

impl Set {
    fn add(&mut self, name: &str, root: &Log, held: &[Vec<u8>], object: &[u8], expect: Expect) -> Done<()> {
        let (verdict, code) = match expect {
            Valid => ("valid", None),
            Invalid(code) => ("invalid", Some(code)),
            Unknown(code) => ("unknown", Some(code)),
        };
        if self.cases.iter().any(|case| case["name"] == name) {
            return Err(format!("{name}: the name stands twice").into());
        }
        let root = root.anchor()?;
        let judged = judge(&root, held, object)?;
        let of_records = judged["records"].as_array().into_iter().flatten().filter_map(|r| r["why"].as_u64());
        let first = judged["error"].as_u64().into_iter().chain(of_records).next();
        if judged["verdict"] != verdict || first != code.map(u64::from) {
            self.wrong.push(format!("{name}: expected {verdict} {code:?}, got {judged}"));
        }
        let held: Vec<String> = held.iter().map(|object| hex(object)).collect();
        let mut case = json!({"name": name, "root": hex(&root), "held": held, "object": hex(object)});
        if let (Value::Object(case), Value::Object(judged)) = (&mut case, judged) {
            case.extend(judged);
        }
        self.cases.push(case);
        Ok(())
    }
}

/// Judges an object with what is held; gives `verdict`, `error` where it is refused, `records`.
///
/// # Errors
/// A root that isn't one.
pub fn judge(root: &[u8], held: &[Vec<u8>], object: &[u8]) -> Done<Value> {
    let mut library = Library::of_root(root.to_vec());
    library.objects = held.iter().cloned().chain([object.to_vec()]).collect();
    let evidence = Evidence::of(&library)?;
    let answer = verify_with(&evidence, object, &Question::default())?;
    let (refused, answer) = (answer.refused, answer.json);
    let records = answer["records"].as_array().into_iter().flatten().map(|record| {
        let mut out = json!({});
        for key in ["log", "index", "id", "counts"] {
            out[key] = record[key].clone();
        }
        if let Some(code) = record["why"]["code"].as_u64() {
            out["why"] = code.into();
        }
        out
    });
    let mut out = json!({"verdict": answer["verdict"], "records": records.collect::<Vec<_>>()});
    if let Some(error) = refused {
        out["error"] = error.code().into();
    }
    Ok(out)
}

/// Writes `bundles.jsonl` into a folder; gives the number of vectors.
///
/// # Errors
/// A verdict that isn't the one expected; a file that can't be written.
pub fn write(folder: &Path) -> Done<usize> {
    let mut set = Set::default();
    objects::add(&mut set)?;
    rights::add(&mut set)?;
    cuts::add(&mut set)?;
    roots::add(&mut set)?;
    if !set.wrong.is_empty() {
        return Err(set.wrong.join("\n").into());
    }
    let lines: Vec<String> = set.cases.iter().map(Value::to_string).collect();
    std::fs::write(folder.join("bundles.jsonl"), lines.join("\n") + "\n")?;
    Ok(lines.len())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A root, an authority and a device, with the enrolments between them.
#[derive(Clone)]
struct Three {
    root: Log,
    /// Index of the authority's enrolment in the root's log.
    a: usize,
    authority: Log,
    /// Index of the device's enrolment in the authority's log.
    d: usize,
    device: Log,
}

const ED: Suite = Suite::Ed25519;
const P256: Suite = Suite::P256;

impl Three {
    /// An authority with every role and scope, a device that moves, and this many sales.
    fn new(sales: u32) -> Done<Self> {
        Self::with([ED; 3], Grant::over(AUTHORITY, ALL), Grant::own(MOVE), sales)
    }
    fn with(suites: [Suite; 3], to_authority: Grant<'_>, to_device: Grant<'_>, sales: u32) -> Done<Self> {
        let mut root = Log::root(suites[0], 1, [0; 32])?;
        let mut authority = Log::under(&root, suites[1], 2, "V1-AUTH")?;
        let a = root.enrol(&authority, to_authority)?;
        let mut device = Log::under(&authority, suites[2], 3, "V1-0417")?;
        let d = authority.enrol(&device, to_device)?;
        device.sell(sales)?;
        Ok(Self { root, a, authority, d, device })
    }
    /// The enrolments that lead to the device.
    fn path(&self) -> Done<Bundle> {
        Bundle::new().one(&self.root, self.a)?.under(&self.authority.one(self.d)?)
    }
    /// The enrolment that leads to the authority, and one of its records.
    fn of_authority(&self, index: usize) -> Done<Vec<u8>> {
        Ok(Bundle::new().one(&self.root, self.a)?.one(&self.authority, index)?.object())
    }
    /// The device's records from … to − 1 behind their path.
    fn extract(&self, from: usize, to: usize) -> Done<Vec<u8>> {
        self.extract_of(&self.device, from, to)
    }
    /// The same of another branch of the device.
    fn extract_of(&self, device: &Log, from: usize, to: usize) -> Done<Vec<u8>> {
        Ok(self.path()?.under(&device.body(from, to)?)?.object())
    }
    /// A cut by the authority, held.
    fn cut(&mut self, at: Cut) -> Done<Vec<u8>> {
        let index = self.authority.revoke(at)?;
        self.of_authority(index)
    }
}
