//! Asking: stock, what to take, findings, cards, the way of a lot, reports; packs and movements.
use super::super::asking::{self, Page};
use super::super::{Answer, Js, give, take};
use super::inputs::{Language, MovementInput, MovementsInput};
use super::{Device, MovementPage, PackAnswer, view};
use crate::counter;
use crate::evidence::Evidence;
use crate::lang::Lang;

asking::answers!(Device);

#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
impl Device {
    /// What is known of a scanned pack that is about to be dispensed, or was: `effective_at` says when, where it is written
    /// down later. What is proposed instead is as much as its quantity, 1 where it has none.
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

    /// Movements, corrections, refusals and attestations that are held here, own and others', by log and place, each with
    /// what it counts: rows from `offset` on, at most `limit`.
    ///
    /// # Errors
    /// A kind that isn't one of these; a reason that its direction doesn't have; closed, or synchronising.
    pub fn movements(&self, of: Js<MovementsInput>, offset: u32, limit: u32) -> Answer<Js<MovementPage>> {
        let of = take(of)?;
        let mut inner = self.inner();
        let library = inner.desk()?.library()?;
        asking::movements(&Evidence::of(&library)?, of, Page { offset, limit })
    }
}
