//! Writing: movements, counts, corrections, hand-overs, seals, and what others sent.
use super::super::verifier::judged;
use super::super::{Answer, Failure, Js, Verdict, give, take};
use super::inputs::{
    CountInput, Direction, HandoverInput, KeySuite, Language, MovementInput, NoteInput, ReceiveInput, lines,
};
use super::{Accepted, Device, Handover, State, StatusView, Taken, ToSign, Written, WrittenAll, count, view};
use crate::error::Error;
use crate::lang::Lang;
use crate::verify::Question;
use crate::{correct, counter, stock};
use medlot_core::crypto::{P256Form, Suite, normalise_p256};
use serde_json::Value;

#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
impl Device {
    /// How the device stands.
    ///
    /// # Errors
    /// Closed, or synchronising.
    pub fn status(&self) -> Answer<Js<StatusView>> {
        let mut inner = self.inner();
        let desk = inner.desk()?;
        give(StatusView {
            log: desk.log().id().to_string(),
            facility: desk.folder().config().facility.clone(),
            enrolled: desk.is_known_enrolled()?,
            records: desk.log().tip().count(),
            unsealed: desk.log().tip().unsealed(),
            read_only: desk.folder().check_writable().err().map(Into::into),
            dropped: count(desk.log().dropped()),
        })
    }

    /// The request to be enrolled, for the authority that invited.
    ///
    /// # Errors
    /// The key is kept outside and the first record isn't sealed yet.
    pub fn request(&self) -> Answer<Vec<u8>> {
        Ok(self.inner().desk()?.request()?)
    }

    /// Takes what others sent: enrolments, cuts, recalls, State lists, hand-overs to look at.
    ///
    /// # Errors
    /// Storage. What can't be taken is said in the answer.
    pub fn accept(&self, object: Vec<u8>, now: i64) -> Answer<Js<Accepted>> {
        let mut inner = self.inner();
        let said = inner.writing(now)?.accept(&[object])?;
        let taken = |object: &Value| {
            Ok(Taken {
                taken: object.get("taken").and_then(Value::as_bool).unwrap_or_default(),
                why: object.get("error").cloned().map(view).transpose()?,
                waits: object.pointer("/error/unknown").and_then(Value::as_bool).unwrap_or_default(),
            })
        };
        let objects = said.get("objects").and_then(Value::as_array).into_iter().flatten().map(taken);
        let objects = objects.collect::<Answer<_>>()?;
        give(Accepted { objects, enrolled: said.get("enrolled").and_then(Value::as_bool).unwrap_or_default() })
    }

    /// Verifies an object with everything that is held here; it isn't kept.
    ///
    /// # Errors
    /// As [`super::super::Verifier::verify`].
    pub fn verify(&self, object: Vec<u8>, now: i64) -> Answer<Js<Verdict>> {
        let moment = super::super::verifier::moment(now)?;
        let mut inner = self.inner();
        let desk = inner.desk()?;
        let facility = Some(desk.folder().config().facility.clone());
        let mut library = desk.library()?;
        give(judged(&mut library, object, Question { now: Some(moment), max_age_days: None, facility })?)
    }

    /// Writes a movement. Before a pack that is recalled, expired, held back or spoilt is given to be used it stops (4010)
    /// and says what to take instead; `anyway` records what happened all the same, which is then a finding.
    ///
    /// # Errors
    /// 4010; a field that can't be; a rule of movements; 4011 a signature is due first.
    pub fn record(
        &self,
        direction: Js<Direction>,
        movement: Js<MovementInput>,
        anyway: bool,
        language: Js<Language>,
        now: i64,
    ) -> Answer<Js<Written>> {
        let lang: Lang = take(language)?.into();
        let fields = take(movement)?.fields()?;
        let mut inner = self.inner();
        let desk = inner.writing(now)?;
        give(view(counter::record(desk, take(direction)?.into(), &fields, anyway, lang)?)?)
    }

    /// Writes movements together, all of them or none: a delivery on paper that is entered line by line. Quicker than one by
    /// one, since they cross and are stored together and aren't given back. At most 1,024, of 32 KiB.
    ///
    /// # Errors
    /// As [`Device::record`], naming the line, from 1; 4001 where more are given, or none.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "recordAll")
    )]
    pub fn record_all(
        &self,
        direction: Js<Direction>,
        movements: Vec<Js<MovementInput>>,
        anyway: bool,
        language: Js<Language>,
        now: i64,
    ) -> Answer<Js<WrittenAll>> {
        let lang: Lang = take(language)?.into();
        let lines = lines(movements.into_iter().map(take).collect::<Answer<_>>()?)?;
        let mut inner = self.inner();
        let desk = inner.writing(now)?;
        give(view(counter::record_all(desk, take(direction)?.into(), &lines, anyway, lang)?)?)
    }

    /// Begins a count; its place (`first`) is what its lines and its end go by.
    ///
    /// # Errors
    /// A field that can't be.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "countBegin")
    )]
    pub fn count_begin(&self, plan: Js<CountInput>, now: i64) -> Answer<Js<Written>> {
        let plan = take(plan)?.into();
        give(view(crate::count::begin(self.inner().writing(now)?, &plan)?)?)
    }

    /// Writes what was counted of a lot. `begin`: the count's place, the last one where absent. The balance that was shown
    /// is noted with it, but in a blind count.
    ///
    /// # Errors
    /// No count under way; a field that can't be.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "countLine")
    )]
    pub fn count_line(&self, begin: Option<u32>, line: Js<MovementInput>, now: i64) -> Answer<Js<Written>> {
        let fields = take(line)?.fields()?;
        give(view(counter::count_line(self.inner().writing(now)?, begin, &fields, None)?)?)
    }

    /// Ends a count. `rest_is_zero`: whoever counted looked everywhere, and what wasn't counted isn't there.
    ///
    /// # Errors
    /// No count under way.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "countEnd")
    )]
    pub fn count_end(
        &self,
        begin: Option<u32>,
        rest_is_zero: bool,
        operator: Option<String>,
        now: i64,
    ) -> Answer<Js<Written>> {
        let mut inner = self.inner();
        let desk = inner.writing(now)?;
        give(view(crate::count::end(desk, begin, rest_is_zero, operator.as_deref())?)?)
    }

    /// Takes back what was written wrongly, wholly or up to a total. `record`: its place in the own log, or `log:index:id`.
    ///
    /// # Errors
    /// A record that isn't here, is another facility's, or can't be taken back.
    pub fn reverse(
        &self,
        record: &str,
        total: Option<u32>,
        note: Js<NoteInput>,
        language: Js<Language>,
        now: i64,
    ) -> Answer<Js<Written>> {
        let lang: Lang = take(language)?.into();
        let note = take(note)?.into();
        let mut inner = self.inner();
        let desk = inner.writing(now)?;
        give(view(counter::reverse(desk, record, total, &note, lang)?)?)
    }

    /// Confirms a record with one's name, or refuses to. `capacity`: `pharmacist_in_charge`, `witness_of_destruction` …
    ///
    /// # Errors
    /// A record that isn't here; a capacity that isn't known.
    pub fn attest(
        &self,
        record: &str,
        capacity: &str,
        refused: bool,
        note: Js<NoteInput>,
        now: i64,
    ) -> Answer<Js<Written>> {
        let note = take(note)?.into();
        let mut inner = self.inner();
        give(view(correct::attest(inner.writing(now)?, record, capacity, refused, &note)?)?)
    }

    /// Hands over: writes the lines as one batch. Where the key is here it is sealed and the bundle given.
    ///
    /// # Errors
    /// 4010 a pack that isn't to be given; 4011 a signature is due first: seal, and call again with the same; a device that
    /// isn't enrolled; more lines than a bundle holds.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "handOver")
    )]
    pub fn hand_over(
        &self,
        handover: Js<HandoverInput>,
        anyway: bool,
        language: Js<Language>,
        now: i64,
    ) -> Answer<Js<Handover>> {
        let lang: Lang = take(language)?.into();
        let plan = take(handover)?.plan()?;
        let mut inner = self.inner();
        let desk = inner.writing(now)?;
        if !anyway {
            counter::stop_lines(desk, plan.reason.as_deref().unwrap_or("wholesale"), &plan.lines, lang)?;
        }
        let (bundle, said) = stock::handover(desk, &plan)?;
        let first = said.get("first").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
        let first = first.ok_or_else(|| Failure::argument("lines: none was written"))?;
        let bundle = Some(bundle).filter(|bundle| !bundle.is_empty());
        give(Handover { first, lines: count(plan.lines.len()), bundle })
    }

    /// The bundle of a hand-over that was written and sealed.
    ///
    /// # Errors
    /// 4011: its lines aren't sealed yet.
    pub fn bundle(&self, first: u32, lines: u32) -> Answer<Vec<u8>> {
        Ok(stock::bundle_of(self.inner().desk()?, first, lines)?)
    }

    /// Everything of the own log that is sealed, from a place on: for an authority or a hub.
    ///
    /// # Errors
    /// Nothing is sealed from there on.
    pub fn extract(&self, first: u32) -> Answer<Vec<u8>> {
        Ok(stock::extract(self.inner().desk()?, first)?)
    }

    /// Receives what was handed over: a receipt for each line, what is short stays on the way, what is refused is said.
    ///
    /// # Errors
    /// A bundle that doesn't verify; a warning, unless `despite_warnings`; lines that aren't there; 4011.
    pub fn receive(&self, bundle: Vec<u8>, found: Js<ReceiveInput>, now: i64) -> Answer<Js<Written>> {
        let plan = take(found)?.into();
        give(view(stock::receive(self.inner().writing(now)?, &bundle, &plan)?)?)
    }

    /// Seals what stands, where the key is kept with the files. Gives how many records are sealed.
    ///
    /// # Errors
    /// 4011: the key is kept outside.
    pub fn seal(&self, now: i64) -> Answer<u32> {
        Ok(self.inner().writing(now)?.seal()?.0)
    }

    /// What a key store outside is to sign; none where nothing stands unsealed. Make the changes durable first, then sign.
    ///
    /// # Errors
    /// The log takes no further record.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "prepareSeal")
    )]
    pub fn prepare_seal(&self, now: i64) -> Answer<Option<Js<ToSign>>> {
        let prepared = self.inner().writing(now)?.prepare_seal()?;
        prepared.map(|(count, bytes)| give(ToSign { count, bytes: bytes.to_vec() })).transpose()
    }

    /// Takes the signature of what was prepared. P-256: in DER, as key stores write it, where `der`; else r ‖ s.
    ///
    /// # Errors
    /// Never prepared; a signature that doesn't hold.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "attachSeal")
    )]
    pub fn attach_seal(&self, count: u32, signature: Vec<u8>, der: bool, now: i64) -> Answer<()> {
        let mut inner = self.inner();
        let desk = inner.writing(now)?;
        let signature = signature_of(desk.log().head().suite, signature, der)?;
        Ok(desk.attach_seal(count, &signature)?)
    }

    /// The suite of the own key.
    ///
    /// # Errors
    /// Closed, or synchronising.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "keySuite")
    )]
    pub fn key_suite(&self) -> Answer<Js<KeySuite>> {
        give(match self.inner().desk()?.log().head().suite {
            Suite::P256 => KeySuite::P256,
            Suite::Ed25519 => KeySuite::Ed25519,
        })
    }

    /// Ends it: further calls say so (4013). A folder is free for others from then on.
    pub fn close(&self) {
        let mut inner = self.inner();
        inner.state = State::Closed("it was closed");
    }
}

/// A signature as it stands in a seal.
pub(super) fn signature_of(suite: Suite, signature: Vec<u8>, der: bool) -> crate::error::Result<[u8; 64]> {
    let length = signature.len();
    let bad = |why: &str| Error::argument(format!("signature: {length} bytes; {why}"));
    match suite {
        Suite::P256 => {
            let form = if der { P256Form::Der } else { P256Form::Raw };
            normalise_p256(form, &signature).map_err(|_| bad("it is no P-256 signature of that form"))
        }
        Suite::Ed25519 => signature.try_into().map_err(|_| bad("it has 64")),
    }
}
