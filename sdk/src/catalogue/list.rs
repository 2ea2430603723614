//! Lists of products and facilities as people keep them: CSV with a line of column names.
use super::MAX_PAGE_BYTES;
use super::block::Owned;
use super::check::{self, Checked, Refused};
use super::fold::folded;
use super::page::{LONG, NAME, REGISTRATION, number};
use super::views::{Given, slot};
use crate::error::{Error, Result};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use csv::{ByteRecord, ReaderBuilder};
use medlot_core::ident::{FacilityCode, Gln};
use medlot_core::ledger::report::Control;

/// The text of a page that isn't too long.
pub(super) fn utf8(page: &[u8]) -> Result<&str> {
    if page.len() > MAX_PAGE_BYTES {
        return Err(Error::catalogue_page(format!("{} bytes; at most {MAX_PAGE_BYTES}", page.len())));
    }
    core::str::from_utf8(page).map_err(|e| Error::catalogue_page(format!("no UTF-8 from byte {} on", e.valid_up_to())))
}

/// A line, by the names of its columns.
struct Line<'l> {
    columns: &'l [String],
    record: &'l ByteRecord,
}

impl Line<'_> {
    /// What a column holds; empty where the list has no such column.
    fn get(&self, column: &str) -> &str {
        let at = self.columns.iter().position(|name| name == column);
        at.and_then(|at| self.record.get(at)).and_then(|cell| core::str::from_utf8(cell).ok()).unwrap_or_default()
    }
    fn text(&self, column: &str, limit: usize) -> Checked<String> {
        check::text(column, self.get(column), limit)
    }
}

fn read(list: &[u8], mut each: impl FnMut(&Line<'_>, u32, &mut Given)) -> Result<Given> {
    let text = utf8(list)?.trim_start_matches('\u{feff}');
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = ByteRecord::new();
    let mut columns: Vec<String> = Vec::new();
    let mut given = Given::default();
    let (mut counted, mut line) = (0, 1_u32);
    let failed = |e: &csv::Error| Error::catalogue_page(format!("no CSV: {e}"));
    while reader.read_byte_record(&mut record).map_err(|e| failed(&e))? {
        if columns.is_empty() {
            columns = record.iter().map(|name| String::from_utf8_lossy(name).trim().to_lowercase()).collect();
            if !columns.iter().any(|column| column == "name") {
                return Err(Error::catalogue_page("the first line names the columns: \"name\" isn't among them"));
            }
            continue;
        }
        // The reader's own count lags behind where lines end in CR LF: it stops between the two.
        let begin = record.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or(usize::MAX));
        let blank = text.get(begin..).unwrap_or_default().bytes().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let passed = text.as_bytes().get(counted..begin.saturating_add(blank)).unwrap_or_default();
        line += passed.iter().filter(|b| **b == b'\n').count() as u32;
        counted += passed.len();
        if record.len() != columns.len() {
            let limit = format!("{} columns, as the first line", columns.len());
            given.row(line, Err(Refused::new("row", limit, &format!("{} columns", record.len()))));
        } else {
            each(&Line { columns: &columns, record: &record }, line, &mut given);
        }
    }
    if columns.is_empty() {
        return Err(Error::catalogue_page("the list is empty: the first line names the columns"));
    }
    Ok(given)
}

/// What a list's words for a control mean; its own words for others say nothing here.
fn control(given: &str) -> Checked<String> {
    if given.bytes().all(|b| b.is_ascii_digit()) {
        return number("control_type", given);
    }
    let number = (0..=u8::MAX).find(|number| Control::of_number(*number).name() == Some(given));
    Ok(number.map(|number| format!("{number}")).unwrap_or_default())
}

fn prescription(given: &str) -> Checked<String> {
    let word = folded(given);
    match word.split(|c: char| !c.is_alphanumeric()).next() {
        None | Some("") => Ok(String::new()),
        Some("otc" | "0") => Ok("0".into()),
        Some("rx" | "1") => Ok("1".into()),
        Some(_) => Err(Refused::new("rx_otc", "Rx or OTC", given)),
    }
}

fn drug(line: &Line<'_>, left_out: &mut Vec<Refused>) -> Checked<Owned> {
    let mut row = Owned::undated();
    row.name = check::needed("name", line.get("name"), NAME)?;
    row.codes = [line.text("registration_number", REGISTRATION)?, line.text("old_registration_number", REGISTRATION)?];
    let gtin = check::gtin("gtin", line.get("gtin")).unwrap_or_else(|refused| {
        left_out.push(refused);
        0
    });
    let id = line.text("id", 20)?;
    row.key = match row.codes.iter().find(|code| !code.is_empty()) {
        _ if !id.is_empty() => id,
        Some(code) => format!("registration:{code}"),
        None if gtin != 0 => format!("gtin:{gtin:014}"),
        None => {
            let limit = "one of id, registration_number, old_registration_number, gtin";
            return Err(Refused::new("registration_number", limit, ""));
        }
    };
    if gtin != 0 {
        row.number(gtin);
    }
    let time = line.get("last_update_time");
    if !time.trim().is_empty() {
        row.time = check::time("last_update_time", time)?;
    }
    let texts = &mut row.texts;
    for (slot, column, limit) in [
        (slot::INGREDIENT, "active_ingredient", LONG),
        (slot::STRENGTH, "strength", LONG),
        (slot::FORM, "dosage_form", NAME),
        (slot::PACKAGING, "packaging", NAME),
        (slot::SMALLEST_UNIT, "smallest_unit", NAME),
        (slot::MANUFACTURER, "manufacturer", NAME),
        (slot::COUNTRY, "country", NAME),
        (slot::REGISTRANT, "registrant_or_distributor", NAME),
    ] {
        if let Some(text) = texts.get_mut(slot) {
            *text = line.text(column, limit)?;
        }
    }
    texts[slot::CONTROL] = control(line.get("control_type").trim())?;
    texts[slot::PRESCRIPTION] = prescription(line.get("rx_otc"))?;
    Ok(row)
}

fn facility(line: &Line<'_>) -> Checked<Owned> {
    let mut row = Owned::undated();
    row.name = check::needed("name", line.get("name"), NAME)?;
    let code = line.get("code").trim();
    if !code.is_empty() {
        FacilityCode::parse(code).map_err(|e| Refused::new("code", format!("{e}"), code))?;
    }
    let gln = line.get("gln").trim();
    if !gln.is_empty() {
        row.number(Gln::parse(gln).map_err(|e| Refused::new("gln", format!("{e}"), gln))?.value());
    }
    row.texts[slot::KIND] = line.text("kind", NAME)?;
    row.texts[slot::PROVINCE] = line.text("province", NAME)?;
    row.texts[slot::CODE_TYPE] = line.text("code_type", REGISTRATION)?;
    row.key = if !code.is_empty() {
        format!("code:{code}")
    } else if !gln.is_empty() {
        format!("gln:{gln}")
    } else {
        format!("name:{} / {}", row.name, row.texts[slot::PROVINCE])
    };
    row.codes[0] = code.into();
    Ok(row)
}

/// Reads a list of products.
pub(super) fn drugs(list: &[u8]) -> Result<Given> {
    read(list, |line, at, given| {
        let mut left_out = Vec::new();
        let row = drug(line, &mut left_out);
        if row.is_ok() {
            given.loaded.left_out.extend(left_out.into_iter().map(|refused| refused.at(at)));
        }
        given.row(at, row);
    })
}

/// Reads a list of facilities.
pub(super) fn facilities(list: &[u8]) -> Result<Given> {
    read(list, |line, at, given| given.row(at, facility(line)))
}
