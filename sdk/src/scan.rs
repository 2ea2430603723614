//! `medlot scan --jsonl`: one line in, one object out; keys as in `spec/json/scan.schema.json`.
use medlot_core::scan::{Candidates, Foreign, Outcome, Profile, ScanError, ScannedItem, Scratch, scan};
use medlot_core::time::{Date, Expiry};
use serde_json::{Map, Value, json};
use std::string::{String, ToString};
use std::vec::Vec;

/// Reads one line `{"raw", "today"?, "gs"?}` and answers with one line of JSON.
///
/// # Errors
/// A text where the line itself isn't such an object; a bad scan is an answer (`refused`).
///
/// ```
/// use medlot_core::time::Date;
/// let today = Date::new(2026, 11, 23).unwrap();
/// let out = medlot_sdk::scan::scan_json_line(r#"{"raw":"0103400935955838"}"#, today).unwrap();
/// assert!(out.contains(r#""gtin":"03400935955838""#));
/// ```
pub fn scan_json_line(line: &str, default_today: Date) -> Result<String, String> {
    let given: Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
    let raw = given.get("raw").and_then(Value::as_str).ok_or("the key \"raw\" is missing or no text")?;
    let today = match given.get("today") {
        None | Some(Value::Null) => default_today,
        Some(v) => Date::parse(v.as_str().ok_or("\"today\" must be a text YYYY-MM-DD")?).map_err(|e| e.to_string())?,
    };
    let gs = match given.get("gs") {
        None | Some(Value::Null) => None,
        Some(v) => Some(v.as_str().ok_or("\"gs\" must be a text")?),
    };
    Ok(scan_json(raw, gs, today).to_string())
}

/// The object for one scan.
#[must_use]
pub fn scan_json(raw: &str, gs: Option<&str>, today: Date) -> Value {
    let mut scratch = Scratch::new();
    match scan(raw.as_bytes(), &Profile { gs }, today, &mut scratch) {
        Outcome::Read { item, alternatives } => {
            let mut out = item_json(&item);
            out.insert("outcome".into(), "read".into());
            if !alternatives.is_empty() {
                out.insert("alternatives".into(), list(&alternatives));
            }
            Value::Object(out)
        }
        Outcome::Confirm(candidates) => json!({"outcome": "confirm", "candidates": list(&candidates)}),
        Outcome::Foreign(f) => foreign_json(&f),
        Outcome::Refused(e) => json!({"outcome": "refused", "error": error_json(&e)}),
    }
}

fn list(candidates: &Candidates<'_>) -> Value {
    candidates.iter().map(|c| Value::Object(item_json(c))).collect()
}

fn error_json(e: &ScanError) -> Value {
    json!({"code": e.kind.code(), "name": e.kind.name(), "message": e.to_string(), "position": e.position})
}

fn ai(number: u16) -> String {
    std::format!("{number:02}")
}

fn put(out: &mut Map<String, Value>, key: &str, value: Option<impl Into<Value>>) {
    if let Some(v) = value {
        out.insert(key.into(), v.into());
    }
}

fn put_expiry(out: &mut Map<String, Value>, expiry: Expiry) {
    if let Some(date) = expiry.last_usable() {
        out.insert("expiry".into(), date.to_string().into());
        out.insert("expiry_whole_month".into(), matches!(expiry, Expiry::Month { .. }).into());
    }
}

fn item_json(item: &ScannedItem<'_>) -> Map<String, Value> {
    let mut out = Map::new();
    put(&mut out, "gtin", item.gtin().map(|g| g.to_string()));
    put(&mut out, "lot", item.get(10));
    put(&mut out, "serial", item.get(21));
    put_expiry(&mut out, item.expiry());
    out.insert("elements".into(), item.elements().map(|e| json!([ai(e.ai), e.value])).collect());
    let unchecked: Vec<Value> = item.elements().filter(|e| !e.checked).map(|e| ai(e.ai).into()).collect();
    put(&mut out, "unchecked", (!unchecked.is_empty()).then_some(unchecked));
    put(&mut out, "system", item.system());
    let repairs: Vec<Value> = item.repairs().names().map(Value::from).collect();
    out.insert("repairs".into(), repairs.into());
    let warnings: Vec<Value> = item.warnings().names().map(Value::from).collect();
    out.insert("warnings".into(), warnings.into());
    let mut incomplete = Vec::new();
    item.incomplete(|n| incomplete.push(Value::from(ai(n))));
    out.insert("incomplete".into(), incomplete.into());
    out
}

fn foreign_json(f: &Foreign<'_>) -> Value {
    let mut out = Map::new();
    out.insert("outcome".into(), "foreign".into());
    out.insert("system".into(), f.system.into());
    out.insert("text".into(), f.text.into());
    put(&mut out, "product", f.product);
    put(&mut out, "gtin", f.gtin.map(|g| g.to_string()));
    put(&mut out, "lot", f.lot);
    put(&mut out, "serial", f.serial);
    put_expiry(&mut out, f.expiry);
    Value::Object(out)
}
