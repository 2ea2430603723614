//! A report that was sent: what of it a correction needs.

use crate::error::{Error, Result};
use medlot_core::crypto::Hash;
use medlot_core::ledger::report::{Run, Span};
use medlot_core::time::Date;
use serde_json::Value;

/// A report as it was written to JSON: about whom and when, and which records it rested on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentReport {
    /// The facility.
    pub facility: String,
    /// Its days.
    pub span: Span,
    /// Records that it rested on.
    pub held: Vec<Run>,
}

fn hash(text: &str) -> Option<Hash> {
    crate::folder::unhex(text).and_then(|bytes| bytes.try_into().ok()).map(Hash)
}

impl SentReport {
    /// Reads what [`super::Report::json`] wrote.
    ///
    /// # Errors
    /// Something else; the text names the key.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |key: &str| Error::argument(format!("the report that was sent: {key} is missing or can't be read"));
        let json: Value =
            serde_json::from_str(text).map_err(|e| Error::argument(format!("the report that was sent: {e}")))?;
        let string = |of: &Value, key: &str| of.get(key).and_then(Value::as_str).map(str::to_owned);
        let day = |key: &str| string(&json, key).and_then(|text| Date::parse(&text).ok()).ok_or_else(|| wrong(key));
        let run = |of: &Value| {
            let number = |key: &str| of.get(key).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
            let hash = |key: &str| string(of, key).and_then(|text| hash(&text));
            Some(Run { log: hash("log")?, from: number("from")?, until: number("until")?, head: hash("head")? })
        };
        let held = json.get("held").and_then(Value::as_array).ok_or_else(|| wrong("held"))?;
        Ok(Self {
            facility: string(&json, "facility").ok_or_else(|| wrong("facility"))?,
            span: Span::new(day("from")?, day("until")?)?,
            held: held.iter().map(run).collect::<Option<_>>().ok_or_else(|| wrong("held"))?,
        })
    }
}
