//! Asking: stock, what to take, findings, cards, the way of a lot, reports.
use super::super::asking::{self, Page};
use super::super::{Answer, Js, give, take};
use super::inputs::{FindingsInput, Language, LotInput, MovementInput, ReportInput, StockInput};
use super::{Card, Device, FindingPage, MovementPage, PackAnswer, Pick, ReportView, StockPage, Trace, view};
use crate::counter;
use crate::lang::Lang;

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
        asking::stock(self.inner().account(now)?, of, Page { offset, limit }, language)
    }

    /// Which lots of a product to dispense so many units from: what expires first goes first, nothing held, recalled or
    /// expired.
    ///
    /// # Errors
    /// A field that can't be; parts instead of units.
    pub fn pick(&self, of: Js<StockInput>, quantity: &str, now: i64) -> Answer<Js<Pick>> {
        asking::pick(self.inner().account(now)?, of, quantity)
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

    /// What was found, by facility, number, product and lot.
    ///
    /// # Errors
    /// Closed, or synchronising; a field that can't be.
    pub fn findings(
        &self,
        of: Js<FindingsInput>,
        offset: u32,
        limit: u32,
        language: Js<Language>,
        now: i64,
    ) -> Answer<Js<FindingPage>> {
        asking::findings(self.inner().account(now)?, of, Page { offset, limit }, language)
    }

    /// The stock card of a lot, or of each lot of a product: every movement and count, by time.
    ///
    /// # Errors
    /// A lot that never was here.
    pub fn card(&self, of: Js<LotInput>, offset: u32, limit: u32, now: i64) -> Answer<Js<Card>> {
        asking::card(self.inner().account(now)?, of, Page { offset, limit })
    }

    /// Where a lot came from and went, through any number of facilities, ending where nothing is known here.
    ///
    /// # Errors
    /// A field that can't be.
    pub fn trace(&self, of: Js<LotInput>, language: Js<Language>, now: i64) -> Answer<Js<Trace>> {
        asking::trace(self.inner().account(now)?, of, language)
    }

    /// A report: what a facility hands in or plans by.
    ///
    /// # Errors
    /// No first day; a period that ends before it begins; a field that can't be.
    pub fn report(
        &self,
        of: Js<ReportInput>,
        offset: u32,
        limit: u32,
        language: Js<Language>,
        now: i64,
    ) -> Answer<Js<ReportView>> {
        asking::report(self.inner().account(now)?, of, Page { offset, limit }, language)
    }

    /// Movements, corrections and refusals that are held here, own and others', by log and place, each with what it counts.
    ///
    /// # Errors
    /// Closed, or synchronising.
    pub fn movements(&self, offset: u32, limit: u32) -> Answer<Js<MovementPage>> {
        let mut inner = self.inner();
        let library = inner.desk()?.library()?;
        let rows = crate::movements::movements(&crate::evidence::Evidence::of(&library)?)?;
        asking::movements(rows, Page { offset, limit })
    }
}
