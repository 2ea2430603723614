//! What is written into a folder and read from it: movements, stock, findings.
use super::{Schemas, World, follows};
use serde_json::Value;

pub(crate) const CEFTRIAXONE: &str = "registration:540100430425";

/// Writes a movement: `out PRODUCT;LOT;EXPIRY QUANTITY …`.
pub(crate) fn record(w: &World, who: &str, direction: &str, what: &str, quantity: &str, more: &[&str]) -> Value {
    let mut parts = what.split(';');
    let mut args = vec!["record", direction, "--product", parts.next().unwrap(), "--lot", parts.next().unwrap()];
    if let Some(expiry) = parts.next() {
        args.extend(["--expiry", expiry]);
    }
    args.extend(["--quantity", quantity]);
    args.extend(more);
    w.json(who, &args, 0)
}

/// Rows of stock; each follows its schema.
pub(crate) fn stock(w: &World, who: &str, more: &[&str]) -> Vec<Value> {
    let rows = w.json(who, &[&["stock"], more].concat(), 0)["stock"].as_array().unwrap().clone();
    let schema = Schemas::new().of("stock.schema.json");
    rows.iter().for_each(|row| follows(&schema, row));
    rows
}

/// The row of a lot at a store.
pub(crate) fn of_lot<'r>(rows: &'r [Value], lot: &str, store: Option<&str>) -> &'r Value {
    let is = |row: &&Value| row["lot"] == lot && row.get("store").and_then(Value::as_str) == store;
    rows.iter().find(is).unwrap_or_else(|| panic!("no lot {lot} in {rows:?}"))
}

pub(crate) fn numbers(row: &Value, keys: &[&str]) -> Vec<i64> {
    keys.iter().map(|key| row[*key].as_i64().unwrap_or_else(|| panic!("no {key} in {row}"))).collect()
}

pub(crate) fn findings(w: &World, who: &str, more: &[&str]) -> Vec<Value> {
    let found = w.json(who, &[&["findings"], more].concat(), 0)["findings"].as_array().unwrap().clone();
    let schema = Schemas::new().of("findings.schema.json");
    found.iter().for_each(|finding| follows(&schema, finding));
    found
}

pub(crate) fn names(found: &[Value]) -> Vec<&str> {
    found.iter().map(|finding| finding["name"].as_str().unwrap()).collect()
}

/// Lots to dispense, the first first.
pub(crate) fn picks(w: &World, who: &str, product: &str, quantity: &str) -> Vec<(String, i64)> {
    let said = w.json(who, &["stock", "--product", product, "--pick", quantity], 0);
    let lines = said["pick"].as_array().unwrap().iter();
    lines.map(|l| (l["lot"].as_str().unwrap().to_owned(), l["quantity"].as_i64().unwrap())).collect()
}
