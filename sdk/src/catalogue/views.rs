//! What callers see: plain values that own their texts.
use super::block::{Owned, Row, UNDATED};
use super::check;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Between the parts of an entry, and between entries, of a list kept as one text: no field holds control characters.
const PART: char = '\u{1f}';
const ENTRY: char = '\u{1e}';

/// Which text is what; the first [`super::block::SEARCHED`] are searched.
pub(super) mod slot {
    pub(in super::super) const INGREDIENT: usize = 0;
    pub(in super::super) const STRENGTH: usize = 1;
    pub(in super::super) const FORM: usize = 2;
    pub(in super::super) const MANUFACTURER: usize = 3;
    pub(in super::super) const REGISTRANT: usize = 4;
    pub(in super::super) const MANUFACTURER_ID: usize = 5;
    pub(in super::super) const COUNTRY: usize = 6;
    pub(in super::super) const ADDRESS: usize = 7;
    pub(in super::super) const GROUP: usize = 8;
    pub(in super::super) const ROUTES: usize = 9;
    pub(in super::super) const UNITS: usize = 10;
    pub(in super::super) const PACKAGING: usize = 11;
    pub(in super::super) const SMALLEST_UNIT: usize = 12;
    pub(in super::super) const PRESCRIPTION: usize = 13;
    pub(in super::super) const CONTROL: usize = 14;
    pub(in super::super) const APPROVED: usize = 15;
    pub(in super::super) const EXPIRES: usize = 16;
    /// Of a facility.
    pub(in super::super) const KIND: usize = 0;
    pub(in super::super) const PROVINCE: usize = 1;
    pub(in super::super) const CODE_TYPE: usize = 5;
}

/// A unit in which a drug is packed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), derive(tsify::Tsify, serde::Serialize, serde::Deserialize))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), serde(rename_all = "camelCase"))]
pub struct Packaging {
    /// The catalogue's number of the unit.
    pub unit_id: Option<String>,
    /// Its name: `viên`, `hộp`.
    pub unit_name: Option<String>,
    /// 14 digits.
    pub gtin: Option<String>,
}

/// A drug of the catalogue. What the source doesn't say is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), derive(tsify::Tsify, serde::Serialize, serde::Deserialize))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), serde(rename_all = "camelCase"))]
pub struct Drug {
    /// The national catalogue's id; of a list without ids `registration:…` or `gtin:…`.
    pub id: String,
    /// Its name, as printed.
    pub name: String,
    /// Registration number: 12 digits, or the old style where there is no other.
    pub registration_number: Option<String>,
    /// The number that it had before.
    pub old_registration_number: Option<String>,
    /// Active ingredients.
    pub active_ingredient: Option<String>,
    /// Strength, as printed.
    pub strength: Option<String>,
    /// Dosage form; only lists say it.
    pub dosage_form: Option<String>,
    /// The catalogue's number of its group.
    pub drug_group_id: Option<String>,
    /// Routes of administration.
    pub routes: Vec<String>,
    /// 0 without prescription, 1 on prescription.
    pub prescription_status: Option<u32>,
    /// 0 none, 1 narcotic, 2 psychotropic, 3 precursor, 4 poison, 5 banned list, 6 radioactive; others are newer.
    pub special_control_type: Option<u32>,
    /// Units and their GTINs.
    pub packagings: Vec<Packaging>,
    /// How it is packed, in words; only lists say it.
    pub packaging: Option<String>,
    /// The smallest unit, in words; only lists say it.
    pub smallest_unit: Option<String>,
    /// Who makes it: the catalogue's number.
    pub manufacturer_id: Option<String>,
    /// Who makes it.
    pub manufacturer: Option<String>,
    /// Where: a code in the national catalogue, a name in lists.
    pub manufacturer_country: Option<String>,
    /// Where, as an address.
    pub manufacturer_address: Option<String>,
    /// Who registered or distributes it; only lists say it.
    pub registrant: Option<String>,
    /// When its registration was given, as the source writes it.
    pub approval_date: Option<String>,
    /// When its registration ends, as the source writes it.
    pub expiry_date: Option<String>,
    /// When the row last changed: ISO 8601 at +07:00.
    pub last_update_time: Option<String>,
}

/// Drugs that were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), derive(tsify::Tsify, serde::Serialize, serde::Deserialize))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), serde(rename_all = "camelCase"))]
pub struct DrugPage {
    /// How many there are in all.
    pub total: u32,
    /// Those of this page, the best first.
    pub rows: Vec<Drug>,
}

/// A facility or company of the directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), derive(tsify::Tsify, serde::Serialize, serde::Deserialize))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), serde(rename_all = "camelCase"))]
pub struct FacilityEntry {
    /// Its code.
    pub code: Option<String>,
    /// Whose code that is: `CSKCB`, `GPP` …
    pub code_type: Option<String>,
    /// Its GLN, 13 digits.
    pub gln: Option<String>,
    /// What it is.
    pub kind: Option<String>,
    /// Its name.
    pub name: String,
    /// Province or city.
    pub province: Option<String>,
}

/// Facilities that were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), derive(tsify::Tsify, serde::Serialize, serde::Deserialize))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), serde(rename_all = "camelCase"))]
pub struct FacilityPage {
    /// How many there are in all.
    pub total: u32,
    /// Those of this page, the best first.
    pub rows: Vec<FacilityEntry>,
}

/// A row that can't be taken, or a part of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), derive(tsify::Tsify, serde::Serialize, serde::Deserialize))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), serde(rename_all = "camelCase"))]
pub struct RefusedRow {
    /// Its place in the page, from 1; in a CSV its line.
    pub row: u32,
    /// The field; `row` where it is the row itself.
    pub field: String,
    /// What the field may hold.
    pub limit: String,
    /// What it holds, its beginning where it is long.
    pub value: String,
}

/// What became of a page or list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), derive(tsify::Tsify, serde::Serialize, serde::Deserialize))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), serde(rename_all = "camelCase"))]
pub struct Loaded {
    /// Rows that weren't known.
    pub added: u32,
    /// Rows that replaced what was known.
    pub changed: u32,
    /// Rows that are known already, or older than what is known.
    pub unchanged: u32,
    /// Rows that can't be taken.
    pub refused: Vec<RefusedRow>,
    /// GTINs that were left out because they can't be such; their rows were taken without them.
    pub left_out: Vec<RefusedRow>,
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.into())
}

/// Entries in one text.
pub(super) fn join<'a>(entries: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for (at, entry) in entries.enumerate() {
        if at > 0 {
            out.push(ENTRY);
        }
        out.push_str(entry);
    }
    out
}

/// A unit's number and name in one text.
pub(super) fn unit(id: &str, name: &str) -> String {
    format!("{id}{PART}{name}")
}

fn split(list: &str) -> impl Iterator<Item = &str> {
    list.split(ENTRY).filter(|entry| !entry.is_empty())
}

impl Drug {
    pub(super) fn of(row: &Row<'_>) -> Self {
        let texts = row.texts;
        // A list's GTIN stands without a unit.
        let units = if texts[slot::UNITS].is_empty() { "\u{1f}" } else { texts[slot::UNITS] };
        let packaging = |(unit, number): (&str, u64)| {
            let (id, name) = unit.split_once(PART).unwrap_or((unit, ""));
            let gtin = (number != 0).then(|| format!("{number:014}"));
            Packaging { unit_id: some(id), unit_name: some(name), gtin }
        };
        Self {
            id: row.key.into(),
            name: row.name.into(),
            registration_number: some(row.codes[0]),
            old_registration_number: some(row.codes[1]),
            active_ingredient: some(texts[slot::INGREDIENT]),
            strength: some(texts[slot::STRENGTH]),
            dosage_form: some(texts[slot::FORM]),
            drug_group_id: some(texts[slot::GROUP]),
            routes: split(texts[slot::ROUTES]).map(ToString::to_string).collect(),
            prescription_status: texts[slot::PRESCRIPTION].parse().ok(),
            special_control_type: texts[slot::CONTROL].parse().ok(),
            packagings: split(units).zip(row.numbers()).map(packaging).collect(),
            packaging: some(texts[slot::PACKAGING]),
            smallest_unit: some(texts[slot::SMALLEST_UNIT]),
            manufacturer_id: some(texts[slot::MANUFACTURER_ID]),
            manufacturer: some(texts[slot::MANUFACTURER]),
            manufacturer_country: some(texts[slot::COUNTRY]),
            manufacturer_address: some(texts[slot::ADDRESS]),
            registrant: some(texts[slot::REGISTRANT]),
            approval_date: some(texts[slot::APPROVED]),
            expiry_date: some(texts[slot::EXPIRES]),
            last_update_time: if row.time == UNDATED { None } else { check::time_text(row.time) },
        }
    }
}

impl FacilityEntry {
    pub(super) fn of(row: &Row<'_>) -> Self {
        Self {
            code: some(row.codes[0]),
            code_type: some(row.texts[slot::CODE_TYPE]),
            gln: row.numbers().find(|number| *number != 0).map(|number| format!("{number:013}")),
            kind: some(row.texts[slot::KIND]),
            name: row.name.into(),
            province: some(row.texts[slot::PROVINCE]),
        }
    }
}

/// What a page or list gives, before it is compared with what is known.
#[derive(Default)]
pub(super) struct Given {
    pub(super) rows: Vec<(u32, Owned)>,
    pub(super) loaded: Loaded,
}

impl Given {
    /// A row that was read, or why not.
    pub(super) fn row(&mut self, at: u32, row: check::Checked<Owned>) {
        match row {
            Ok(row) => self.rows.push((at, row)),
            Err(refused) => self.loaded.refused.push(refused.at(at)),
        }
    }
}
