//! Pages of `/master/drugs` as the national connection gives them.
use super::block::Owned;
use super::check::{self, Checked, Refused};
use super::views::{Given, join, slot, unit};
use crate::error::{Error, Result};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// Published limits: `drug_id`, `unit_id`, `manufacturer {id, name, country}`, `gtin`.
const ID: usize = 20;
const MANUFACTURER: usize = 200;
const COUNTRY: usize = 5;
const GTIN: usize = 50;
/// Limits of our own where none is published.
pub(super) const NAME: usize = 500;
pub(super) const REGISTRATION: usize = 50;
pub(super) const LONG: usize = 4_000;
const LIST: usize = 50;
const DATE: usize = 40;

/// Where a list may stand in a page: the envelope isn't published.
const LISTS: [&str; 6] = ["data", "items", "drugs", "results", "content", "rows"];

/// A text that may come as a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Loose {
    Text(String),
    Number(u64),
    Other(IgnoredAny),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Shape<T> {
    Right(T),
    Other(IgnoredAny),
}

#[derive(Deserialize)]
struct Maker {
    id: Option<Loose>,
    name: Option<Loose>,
    country: Option<Loose>,
    address: Option<Loose>,
}

#[derive(Deserialize)]
struct Unit {
    unit_id: Option<Loose>,
    unit_name: Option<Loose>,
    gtin: Option<Loose>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Route {
    Named { name: Loose },
    Plain(Loose),
}

#[derive(Deserialize)]
struct Raw {
    id: Option<Loose>,
    name: Option<Loose>,
    drug_group_id: Option<Loose>,
    registration_number: Option<Loose>,
    old_registration_number: Option<Loose>,
    active_pharmaceutical_ingredient: Option<Loose>,
    strength: Option<Loose>,
    routes: Option<Shape<Vec<Route>>>,
    prescription_status: Option<Loose>,
    special_control_type: Option<Loose>,
    packagings: Option<Shape<Vec<Unit>>>,
    manufacturer: Option<Shape<Maker>>,
    approval_date: Option<Loose>,
    expiry_date: Option<Loose>,
    last_update_time: Option<Loose>,
}

fn plain(field: &str, given: Option<Loose>) -> Checked<String> {
    match given {
        None => Ok(String::new()),
        Some(Loose::Text(text)) => Ok(text),
        Some(Loose::Number(number)) => Ok(number.to_string()),
        Some(Loose::Other(_)) => Err(Refused::new(field, "a text or a whole number", "(neither)")),
    }
}

fn text(field: &str, given: Option<Loose>, limit: usize) -> Checked<String> {
    check::text(field, &plain(field, given)?, limit)
}

/// A number of a short list, as text.
pub(super) fn number(field: &str, given: &str) -> Checked<String> {
    if given.trim().is_empty() {
        return Ok(String::new());
    }
    let number = given.trim().parse::<u8>();
    number.map(|number| number.to_string()).map_err(|_| Refused::new(field, "0 to 255", given))
}

fn list<T>(field: &str, given: Option<Shape<Vec<T>>>) -> Checked<Vec<T>> {
    match given {
        None => Ok(Vec::new()),
        Some(Shape::Right(list)) if list.len() <= LIST => Ok(list),
        Some(Shape::Right(list)) => {
            Err(Refused::new(field, format!("at most {LIST} entries"), &format!("{} entries", list.len())))
        }
        Some(Shape::Other(_)) => Err(Refused::new(field, "a list as published", "(something else)")),
    }
}

fn row(raw: Raw, left_out: &mut Vec<Refused>) -> Checked<Owned> {
    let mut row = Owned::undated();
    row.key = check::needed("id", &plain("id", raw.id)?, ID)?;
    row.name = check::needed("name", &plain("name", raw.name)?, NAME)?;
    row.codes = [
        text("registration_number", raw.registration_number, REGISTRATION)?,
        text("old_registration_number", raw.old_registration_number, REGISTRATION)?,
    ];
    let time = plain("last_update_time", raw.last_update_time)?;
    if !time.trim().is_empty() {
        row.time = check::time("last_update_time", &time)?;
    }
    let texts = &mut row.texts;
    texts[slot::INGREDIENT] = text("active_pharmaceutical_ingredient", raw.active_pharmaceutical_ingredient, LONG)?;
    texts[slot::STRENGTH] = text("strength", raw.strength, LONG)?;
    texts[slot::GROUP] = text("drug_group_id", raw.drug_group_id, LONG)?;
    texts[slot::PRESCRIPTION] = number("prescription_status", &plain("prescription_status", raw.prescription_status)?)?;
    texts[slot::CONTROL] = number("special_control_type", &plain("special_control_type", raw.special_control_type)?)?;
    texts[slot::APPROVED] = text("approval_date", raw.approval_date, DATE)?;
    texts[slot::EXPIRES] = text("expiry_date", raw.expiry_date, DATE)?;
    match raw.manufacturer {
        None => {}
        Some(Shape::Right(maker)) => {
            texts[slot::MANUFACTURER_ID] = text("manufacturer.id", maker.id, ID)?;
            texts[slot::MANUFACTURER] = text("manufacturer.name", maker.name, MANUFACTURER)?;
            texts[slot::COUNTRY] = text("manufacturer.country", maker.country, COUNTRY)?;
            texts[slot::ADDRESS] = text("manufacturer.address", maker.address, LONG)?;
        }
        Some(Shape::Other(_)) => {
            return Err(Refused::new("manufacturer", "{id, name, country, address}", "(something else)"));
        }
    }
    let mut routes = Vec::new();
    for (at, route) in list("routes", raw.routes)?.into_iter().enumerate() {
        let (Route::Named { name } | Route::Plain(name)) = route;
        routes.push(text(&format!("routes[{at}]"), Some(name), NAME)?);
    }
    texts[slot::ROUTES] = join(routes.iter().map(String::as_str));
    let mut units = Vec::new();
    for (at, packed) in list("packagings", raw.packagings)?.into_iter().enumerate() {
        let field = |name: &str| format!("packagings[{at}].{name}");
        let id = text(&field("unit_id"), packed.unit_id, ID)?;
        units.push(unit(&id, &text(&field("unit_name"), packed.unit_name, NAME)?));
        let gtin = text(&field("gtin"), packed.gtin, GTIN)?;
        // A number that no scanner reads costs the drug nothing but this way to it.
        row.number(check::gtin(&field("gtin"), &gtin).unwrap_or_else(|refused| {
            left_out.push(refused);
            0
        }));
    }
    row.texts[slot::UNITS] = join(units.iter().map(String::as_str));
    Ok(row)
}

fn not_read(e: &serde_json::Error) -> Error {
    Error::catalogue_page(format!("no JSON page: {e}"))
}

/// The rows of a page, each still as text.
fn rows(page: &str) -> Result<Vec<&RawValue>> {
    let mut page = page.trim_start_matches('\u{feff}').trim();
    // A list, an object with a list, or one with such an object.
    for _ in 0..3 {
        if !page.starts_with('{') {
            return serde_json::from_str(page).map_err(|e| not_read(&e));
        }
        let keys: BTreeMap<String, &RawValue> = serde_json::from_str(page).map_err(|e| not_read(&e))?;
        if keys.contains_key("id") && keys.contains_key("name") {
            return Ok([serde_json::from_str(page).map_err(|e| not_read(&e))?].into());
        }
        let held = LISTS.iter().filter_map(|key| keys.get(*key)).map(|held| held.get());
        let Some(inner) = held.into_iter().find(|held| held.starts_with(['[', '{'])) else { break };
        page = inner;
    }
    Err(Error::catalogue_page(format!("no list of drugs: a list, or an object with one as {}", LISTS.join(", "))))
}

/// Reads a page.
pub(super) fn read(page: &[u8]) -> Result<Given> {
    let text = super::list::utf8(page)?;
    let mut given = Given::default();
    for (at, raw) in (1..).zip(rows(text)?) {
        let mut left_out = Vec::new();
        let read = serde_json::from_str::<Raw>(raw.get())
            .map_err(|e| Refused::new("row", format!("an object as published: {e}"), raw.get()))
            .and_then(|raw| row(raw, &mut left_out));
        if read.is_ok() {
            given.loaded.left_out.extend(left_out.into_iter().map(|refused| refused.at(at)));
        }
        given.row(at, read);
    }
    Ok(given)
}
