//! Destructions: their minutes, and who stands for them.
use super::super::{Answer, Js, give, take};
use super::inputs::{Language, MovementInput, lines};
use super::{Device, view};
use crate::destroy::{DestructionPlan, destroy};
use crate::lang::Lang;
use medlot_core::ledger::DESTRUCTION_PEOPLE;

input! {
    /// A destruction.
    DestructionInput {
        /// The number of its minutes.
        minutes: String,
        /// Staff code of who destroys.
        operator: String,
        /// Staff codes of those who attest it at once on this device; others do later ([`super::Device::attest`]).
        witnesses: Vec<String>,
        /// What is destroyed. Reason, documents and operator are the minutes'.
        lines: Vec<MovementInput>,
    }
}

view! {
    /// A destruction that was written, and whom it still asks for.
    Destroyed {
        /// The own log.
        log: String,
        /// The place of its first line.
        first: u32,
        /// How many lines it has.
        count: u32,
        /// What is to be attested: one attestation is of all its lines.
        record: String,
        /// How many people stand for it now.
        people: u32,
        /// How many more are to attest it, in the capacity `witness_of_destruction`, `pharmacist_in_charge` or `inspector`.
        missing: u32,
        /// Records that no seal vouches for yet.
        unsealed: u32,
    }
}

/// So many people stand for a destruction: whoever destroys, and those who attest it. One for which fewer stand is a finding.
#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(
    all(feature = "wasm", target_arch = "wasm32"),
    wasm_bindgen::prelude::wasm_bindgen(js_name = "destructionPeople")
)]
#[must_use]
pub fn destruction_people() -> u32 {
    u32::from(DESTRUCTION_PEOPLE)
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
impl Device {
    /// Writes the minutes of a destruction as one group, and what is attested of it at once: all of it or nothing. What a
    /// device attests counts where its enrolment has the role *attest*.
    ///
    /// # Errors
    /// 4001: no line, or more than 1,024 records or 32 KiB with the attestations; somebody named twice. A field that can't be
    /// and a rule of movements name the line, from 1. 4011 a signature is due first.
    pub fn destroy(
        &self,
        destruction: Js<DestructionInput>,
        language: Js<Language>,
        now: i64,
    ) -> Answer<Js<Destroyed>> {
        let lang: Lang = take(language)?.into();
        let DestructionInput { minutes, operator, witnesses, lines } = take(destruction)?;
        let plan = DestructionPlan { minutes, operator, witnesses, lines: self::lines(lines)? };
        let mut inner = self.inner();
        give(view(destroy(inner.writing(now)?, &plan, lang)?)?)
    }
}
