//! Reading what a scanner sent.
use super::{Answer, Failure, Js, give};
use crate::scan::scan_json;
use medlot_core::time::Date;
use serde_json::Value;

view! {
    /// One GS1 element as it was scanned.
    AiValue {
        /// The application identifier, for example `10`.
        ai: String,
        /// Its value.
        value: String,
    }
}

view! {
    /// A medicine as its code says it (GS1 General Specifications, sections 3 and 7.8).
    ReadItem {
        /// GTIN-14.
        #[serde(default)]
        gtin: Option<String>,
        /// AI 10.
        #[serde(default)]
        lot: Option<String>,
        /// The last usable day.
        #[serde(default)]
        expiry: Option<String>,
        /// The code named the month, not the day.
        #[serde(default)]
        expiry_whole_month: bool,
        /// AI 21.
        #[serde(default)]
        serial: Option<String>,
        /// Every element in the order scanned.
        elements: Vec<AiValue>,
        /// A national system whose code it is.
        #[serde(default)]
        system: Option<String>,
        /// Damage that was undone.
        repairs: Vec<String>,
        /// What a person should look at.
        warnings: Vec<String>,
        /// Application identifiers that still must be scanned.
        incomplete: Vec<String>,
    }
}

/// What became of a scan.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), derive(tsify::Tsify))]
#[serde(tag = "outcome", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Scanned {
    /// It is this.
    Read {
        /// The item.
        item: ReadItem,
        /// Other legal readings, where a separator may have been lost.
        alternatives: Vec<ReadItem>,
    },
    /// It may be any of these: a person decides. The strict reading comes first.
    Confirm {
        /// The readings.
        candidates: Vec<ReadItem>,
    },
    /// A code of another system.
    Foreign {
        /// Which.
        system: String,
        /// What was scanned.
        text: String,
        /// Its product number, as that system writes it.
        product: Option<String>,
        /// GTIN-14.
        gtin: Option<String>,
        /// The lot.
        lot: Option<String>,
        /// The serial.
        serial: Option<String>,
        /// The last usable day.
        expiry: Option<String>,
    },
    /// It is no code that may be used.
    Refused {
        /// The stable number.
        code: u16,
        /// The stable name.
        name: String,
        /// What is wrong, in English.
        english: String,
        /// What is wrong, in Vietnamese.
        vietnamese: String,
        /// Where, in bytes.
        position: u32,
    },
}

fn item(value: &Value) -> Answer<ReadItem> {
    let mut value = value.clone();
    // The command writes an element as a pair.
    let pairs = value.get("elements").and_then(Value::as_array).into_iter().flatten();
    let named: Vec<Value> = pairs.map(|pair| serde_json::json!({"ai": pair.get(0), "value": pair.get(1)})).collect();
    if let Some(object) = value.as_object_mut() {
        object.insert("elements".into(), named.into());
    }
    serde_json::from_value(value).map_err(|e| Failure::argument(&e.to_string()))
}

fn items(value: &Value, key: &str) -> Answer<Vec<ReadItem>> {
    value.get(key).and_then(Value::as_array).into_iter().flatten().map(item).collect()
}

/// Reads one scan. `gs` is what the scanner sends for the GS1 separator where it can't send it, from its profile; `today`
/// places two-digit years.
///
/// # Errors
/// 4001: `today` is no date. A code that can't be used is an answer ([`Scanned::Refused`]).
///
/// ```
/// use medlot_sdk::api::{Scanned, scan};
/// let scanned = scan("01034009359558381727113010A21", None, "2026-11-23").unwrap();
/// let Scanned::Read { item, .. } = scanned else { panic!("{scanned:?}") };
/// assert_eq!((item.lot.as_deref(), item.expiry.as_deref()), (Some("A21"), Some("2027-11-30")));
/// ```
#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
#[allow(clippy::needless_pass_by_value)]
pub fn scan(raw: &str, gs: Option<String>, today: &str) -> Answer<Js<Scanned>> {
    let today = Date::parse(today).map_err(|e| Failure::argument(&format!("today: {today:?}: {e}")))?;
    let said = scan_json(raw, gs.as_deref(), today);
    let text = |key: &str| said.get(key).and_then(Value::as_str).map(str::to_owned);
    give(match said.get("outcome").and_then(Value::as_str) {
        Some("read") => Scanned::Read { item: item(&said)?, alternatives: items(&said, "alternatives")? },
        Some("confirm") => Scanned::Confirm { candidates: items(&said, "candidates")? },
        Some("foreign") => Scanned::Foreign {
            system: text("system").unwrap_or_default(),
            text: text("text").unwrap_or_default(),
            product: text("product"),
            gtin: text("gtin"),
            lot: text("lot"),
            serial: text("serial"),
            expiry: text("expiry"),
        },
        _ => {
            let error = said.get("error").cloned().unwrap_or_default();
            let number = |key: &str| error.get(key).and_then(Value::as_u64).unwrap_or_default();
            let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let code = u16::try_from(number("code")).unwrap_or_default();
            Scanned::Refused {
                code,
                name: text("name"),
                english: text("message"),
                vietnamese: crate::words::vietnamese(code).unwrap_or_default().to_owned(),
                position: u32::try_from(number("position")).unwrap_or(u32::MAX),
            }
        }
    })
}
