//! Look-up of products and facilities for scanner apps and pages: by GTIN, by registration number, by the beginnings
//! of words.
//!
//! The catalogue only suggests. It is unsigned and stands outside every log: no stock, verdict or report ever depends
//! on it. That one product has two numbers counts only where an authority signed it (`SameProduct`).
//!
//! # Where rows come from
//!
//! - Pages of the national connection's `/master/drugs` (version 1.1, QĐ 232/QĐ-TTYQG of 17/07/2026), whose field names
//!   are kept: `id`, `name`, `drug_group_id`, `registration_number`, `old_registration_number`,
//!   `active_pharmaceutical_ingredient`, `strength`, `routes[]`, `prescription_status`, `special_control_type`,
//!   `packagings[{unit_id, unit_name, gtin}]`, `manufacturer{id, name, country, address}`, `approval_date`,
//!   `expiry_date`, `last_update_time`. How a page wraps its rows isn't published: a list is read, an object with a list
//!   as `data`, `items`, `drugs`, `results`, `content` or `rows` (also one level deeper), and a single drug. Unknown
//!   fields are passed over; numbers where texts are published are read as texts.
//! - CSV lists. The first line names the columns, in any order; `name` is needed, unknown ones are passed over. Products:
//!   `id`, `name`, `registration_number`, `old_registration_number`, `active_ingredient`, `strength`, `dosage_form`,
//!   `packaging`, `smallest_unit`, `manufacturer`, `country`, `registrant_or_distributor`, `gtin`, `control_type` (a
//!   number or its name, `narcotic`), `rx_otc`, `last_update_time`. Facilities: `code`, `code_type`, `gln`, `kind`,
//!   `name`, `province`.
//!
//! One row is held of each `id`; of a list without ids, of each registration number, else GTIN (facilities: code, else
//! GLN, else name and province). The newer `last_update_time` wins, whichever comes first; of two with one time the
//! greater content, so the order of pages never matters. Rows without a time are older than those with one; among
//! themselves a later list replaces an earlier, and within one list the second of two that differ is refused as a fault
//! of the list. A product that both a page and a list without ids hold is there twice: load one or the other.
//!
//! # Limits
//!
//! In characters. Published: `id`, `unit_id`, `manufacturer.id` 20; `manufacturer.name` 200; `manufacturer.country` 5;
//! `gtin` 50. Ours: `name`, units, routes, what only lists have 500; registration numbers 50; ingredient, strength, group,
//! address 4,000; 50 routes or packagings; a page 64 MiB; 1,000,000 rows. A row beyond them is refused
//! ([`RefusedRow`]: its place, field, limit, value) and the rest is taken. A GTIN that can't be one is only left out
//! ([`Loaded::left_out`]): the drug is still found by name.
//!
//! # Finding
//!
//! Words are compared without diacritics and case (NFD without its marks, `đ` as `d`): `thuoc ho` finds *Thuốc ho*.
//! Every word of a query must begin a word of the name, active ingredient, strength, dosage form, manufacturer or
//! registrant (facilities: name, kind, province); an amount is found with and without a blank before its unit (`500mg`,
//! `500 mg`). First come rows where every word is found in the name, then those with some, then none; among these first
//! those where each is a whole word there; then by name. The first 16 words and 400 characters of a query count; an
//! empty query finds everything.
//!
//! # Memory and time
//!
//! Texts that rows share are held once, rows and words in a few byte arrays with 32-bit numbers; no threads, no
//! files, bytes in and values out. 54,500 generated drugs take about 185 bytes each with all that finds them (`cargo
//! xtask bench`: `catalogue.bytes_per_row`, and the slowest of a list of queries as `catalogue.search`). Pages are
//! gathered in a small part beside the big one, which is written anew when the small one has a quarter of its rows: the
//! fewer and larger the pages, the faster the first load. [`Catalogue::to_bytes`] and [`Catalogue::from_bytes`] keep it.
//!
//! # Errors
//!
//! 4020 `catalogue_page`: nothing of a page can be read. 4021 `catalogue_saved`: kept bytes are damaged or of another
//! version; load the pages anew. A GTIN or GLN to be looked up that is none: core's number for it. Nothing panics,
//! whatever the bytes.
//!
//! ```
//! use medlot_sdk::catalogue::Catalogue;
//! let mut catalogue = Catalogue::new();
//! let page = r#"{"data": [
//!     {"id": "17", "name": "Thuốc ho Bổ phế", "registration_number": "893200123426",
//!      "old_registration_number": "VD-16834-12", "strength": "60 mg", "last_update_time": "2026-07-17T08:00:00+07:00",
//!      "packagings": [{"unit_id": "2", "unit_name": "hộp", "gtin": "8936098966893"}]},
//!     {"id": "18", "name": ""}
//! ]}"#;
//! let loaded = catalogue.load_json(page.as_bytes())?;
//! assert_eq!((loaded.added, loaded.refused.len()), (1, 1));
//! assert_eq!((loaded.refused[0].row, loaded.refused[0].field.as_str()), (2, "name"));
//!
//! let found = catalogue.search("thuoc bo 60mg", 0, 20);
//! assert_eq!((found.total, found.rows[0].name.as_str()), (1, "Thuốc ho Bổ phế"));
//! assert_eq!(catalogue.by_gtin("8936098966893")?[0].id, "17");
//! assert_eq!(catalogue.by_registration("vd-16834-12")[0].id, "17");
//!
//! let kept = catalogue.to_bytes()?;
//! assert_eq!(Catalogue::from_bytes(&kept)?.search("bo phe", 0, 20).total, 1);
//! # Ok::<(), medlot_sdk::error::Error>(())
//! ```

mod block;
mod bytes;
mod check;
mod fold;
mod list;
mod page;
mod save;
mod search;
mod table;
#[cfg(test)]
mod tests;
mod views;
mod words;

pub use views::{Drug, DrugPage, FacilityEntry, FacilityPage, Loaded, Packaging, RefusedRow};

use crate::error::Result;
use alloc::vec::Vec;
use block::Row;
use medlot_core::ident::{Gln, Gtin};
use save::Kind;
use table::{At, Table};
use views::Given;

/// Most bytes of a page or list.
pub const MAX_PAGE_BYTES: usize = 64 << 20;

/// Rows in the order of their names.
fn rows<T>(table: &Table, at: impl Iterator<Item = At>, view: fn(&Row<'_>) -> T) -> Vec<T> {
    let mut at: Vec<At> = at.collect();
    at.sort_by_key(|at| table.place(*at));
    at.dedup();
    at.into_iter().filter_map(|at| table.row(at)).map(|row| view(&row)).collect()
}

fn with_code<T>(table: &Table, code: &str, view: fn(&Row<'_>) -> T) -> Vec<T> {
    let code = fold::code(code);
    let code = code.as_str();
    let found = |which: u32| {
        table.both(move |block| block.with_code(code).filter(move |(_, held)| *held == which).map(|(row, _)| row))
    };
    // Those whose number it is now before those whose it was.
    let now: Vec<At> = found(0).collect();
    let mut all = rows(table, now.iter().copied(), view);
    all.extend(rows(table, found(1).filter(|at| !now.contains(at)), view));
    all
}

fn found<T>(table: &Table, (query, offset, limit): (&str, u32, u32), view: fn(&Row<'_>) -> T) -> (u32, Vec<T>) {
    let (total, at) = search::search(table, query, offset, limit);
    (total, at.into_iter().filter_map(|at| table.row(at)).map(|row| view(&row)).collect())
}

fn take(table: &mut Table, given: Given) -> Result<Loaded> {
    let Given { rows, mut loaded } = given;
    table.take(rows, &mut loaded)?;
    Ok(loaded)
}

/// The drugs that are known. See the module's page.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    table: Table,
}

impl Catalogue {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a page of `/master/drugs` (UTF-8 JSON).
    ///
    /// # Errors
    /// Nothing of it can be read (4020): then nothing has changed. Bad rows are no error: see [`Loaded::refused`].
    pub fn load_json(&mut self, page: &[u8]) -> Result<Loaded> {
        take(&mut self.table, page::read(page)?)
    }

    /// Takes a list of products (UTF-8 CSV).
    ///
    /// # Errors
    /// As [`Self::load_json`].
    pub fn load_csv(&mut self, list: &[u8]) -> Result<Loaded> {
        take(&mut self.table, list::drugs(list)?)
    }

    /// How many drugs.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.table.len() as u32
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory that rows and indexes take.
    #[must_use]
    pub fn memory(&self) -> u64 {
        self.table.bytes() as u64
    }

    /// The drug of an id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<Drug> {
        let at = self.table.find(id.trim())?;
        self.table.row(at).map(|row| Drug::of(&row))
    }

    /// Drugs with a packaging of this GTIN: 8, 12, 13 or 14 digits, blanks and hyphens between them passed over. More
    /// than one where the source gives it twice: a person decides.
    ///
    /// # Errors
    /// No GTIN.
    pub fn by_gtin(&self, gtin: &str) -> Result<Vec<Drug>> {
        let (gtin, _) = Gtin::parse_typed(gtin.trim())?;
        Ok(rows(&self.table, self.table.both(|block| block.with_number(gtin.value())), Drug::of))
    }

    /// Drugs with this registration number, those that have it now before those that had it; case, diacritics and
    /// blanks don't matter.
    #[must_use]
    pub fn by_registration(&self, number: &str) -> Vec<Drug> {
        with_code(&self.table, number, Drug::of)
    }

    /// Drugs in which words begin as those of the query, the best first: at most `limit` from `offset` on.
    #[must_use]
    pub fn search(&self, query: &str, offset: u32, limit: u32) -> DrugPage {
        let (total, rows) = found(&self.table, (query, offset, limit), Drug::of);
        DrugPage { total, rows }
    }

    /// Everything as bytes to keep; the same drugs give the same bytes.
    ///
    /// # Errors
    /// More than 4 GiB (4021).
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        save::save(&self.table, Kind::Drugs)
    }

    /// Opens what was kept.
    ///
    /// # Errors
    /// Damaged, or of another version (4021): load the pages anew.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Ok(Self { table: save::open(bytes, Kind::Drugs)? })
    }
}

/// The directory of facilities and companies. See the module's page.
#[derive(Debug, Clone, Default)]
pub struct Facilities {
    table: Table,
}

impl Facilities {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a list of facilities (UTF-8 CSV). A code that stands in it twice is refused the second time.
    ///
    /// # Errors
    /// Nothing of it can be read (4020): then nothing has changed. Bad rows are no error: see [`Loaded::refused`].
    pub fn load_csv(&mut self, list: &[u8]) -> Result<Loaded> {
        take(&mut self.table, list::facilities(list)?)
    }

    /// How many facilities.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.table.len() as u32
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The facility of a code; case doesn't matter, so there may be several.
    #[must_use]
    pub fn by_code(&self, code: &str) -> Vec<FacilityEntry> {
        with_code(&self.table, code, FacilityEntry::of)
    }

    /// Facilities with this GLN.
    ///
    /// # Errors
    /// No GLN.
    pub fn by_gln(&self, gln: &str) -> Result<Vec<FacilityEntry>> {
        let gln = Gln::parse(gln.trim())?;
        Ok(rows(&self.table, self.table.both(|block| block.with_number(gln.value())), FacilityEntry::of))
    }

    /// Facilities in which words begin as those of the query, the best first: at most `limit` from `offset` on.
    #[must_use]
    pub fn search(&self, query: &str, offset: u32, limit: u32) -> FacilityPage {
        let (total, rows) = found(&self.table, (query, offset, limit), FacilityEntry::of);
        FacilityPage { total, rows }
    }

    /// Everything as bytes to keep.
    ///
    /// # Errors
    /// As [`Catalogue::to_bytes`].
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        save::save(&self.table, Kind::Facilities)
    }

    /// Opens what was kept.
    ///
    /// # Errors
    /// As [`Catalogue::from_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Ok(Self { table: save::open(bytes, Kind::Facilities)? })
    }
}
