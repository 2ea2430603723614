//! Asking: stock, what to take, findings, cards, the way of a lot.
use super::super::{Answer, Js, give, take};
use super::inputs::{Language, MovementInput, StockInput};
use super::{Card, Device, FindingPage, PackAnswer, Pick, StockPage, Trace, count, page, view};
use crate::account::{FindingsQuery, LotQuery};
use crate::counter;
use crate::lang::Lang;

/// A lot at the own facility.
fn lot_query(product: &str, lot: Option<String>) -> LotQuery {
    LotQuery { facility: None, product: product.to_owned(), lot }
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
impl Device {
    /// Stock, by product and then by what is to be dispensed first: rows from `offset` on, at most `limit`.
    ///
    /// # Errors
    /// A field that can't be.
    pub fn stock(
        &self,
        of: Js<StockInput>,
        offset: u32,
        limit: u32,
        language: Js<Language>,
        now: i64,
    ) -> Answer<Js<StockPage>> {
        let lang: Lang = take(language)?.into();
        let query = take(of)?.query()?;
        let mut inner = self.inner();
        let answer = inner.account(now)?.stock(&query, lang)?;
        let rows = page(answer.rows_json(), offset, limit).into_iter().map(view).collect::<Answer<_>>()?;
        let incomplete = answer.incomplete.iter().cloned().map(view).collect::<Answer<_>>()?;
        give(StockPage { total: count(answer.rows.len()), rows, incomplete })
    }

    /// Which lots of a product to dispense so many units from: what expires first goes first, nothing held, recalled or
    /// expired.
    ///
    /// # Errors
    /// A field that can't be; parts instead of units.
    pub fn pick(&self, of: Js<StockInput>, quantity: &str, now: i64) -> Answer<Js<Pick>> {
        let query = take(of)?.query()?;
        let mut inner = self.inner();
        let picked = inner.account(now)?.pick(&query, quantity)?;
        let lines = picked.lines.into_iter().map(view).collect::<Answer<_>>()?;
        give(Pick { lines, missing: picked.missing })
    }

    /// What is known of a scanned pack that is about to be dispensed.
    ///
    /// # Errors
    /// A scan that can't be used; a field that can't be.
    pub fn check(&self, pack: Js<MovementInput>, language: Js<Language>, now: i64) -> Answer<Js<PackAnswer>> {
        let lang: Lang = take(language)?.into();
        let fields = take(pack)?.fields()?;
        let mut inner = self.inner();
        let checked = counter::check_pack(inner.account(now)?, &fields, None, lang)?;
        give(view(checked.json())?)
    }

    /// What was found, by number, product and lot. `all`: of every facility that is held here.
    ///
    /// # Errors
    /// Closed, or synchronising.
    pub fn findings(
        &self,
        all: bool,
        offset: u32,
        limit: u32,
        language: Js<Language>,
        now: i64,
    ) -> Answer<Js<FindingPage>> {
        let lang: Lang = take(language)?.into();
        let mut inner = self.inner();
        let found = inner.account(now)?.findings(&FindingsQuery { all, ..FindingsQuery::default() }, lang)?;
        let total = count(found.len());
        let rows = page(found, offset, limit).into_iter().map(view).collect::<Answer<_>>()?;
        give(FindingPage { total, rows })
    }

    /// The stock card of a lot, or of each lot of a product: every movement and count, by time.
    ///
    /// # Errors
    /// A lot that never was here.
    pub fn card(&self, product: &str, lot: Option<String>, offset: u32, limit: u32, now: i64) -> Answer<Js<Card>> {
        let mut inner = self.inner();
        let lines = inner.account(now)?.card(&lot_query(product, lot))?;
        let total = count(lines.len());
        let rows = page(lines, offset, limit).into_iter().map(view).collect::<Answer<_>>()?;
        give(Card { total, rows })
    }

    /// Where a lot came from and went, through any number of facilities, ending where nothing is known here.
    ///
    /// # Errors
    /// A field that can't be.
    pub fn trace(&self, product: &str, lot: Option<String>, language: Js<Language>, now: i64) -> Answer<Js<Trace>> {
        let lang: Lang = take(language)?.into();
        let mut inner = self.inner();
        give(view(inner.account(now)?.trace(&lot_query(product, lot), lang)?)?)
    }
}
