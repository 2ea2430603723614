//! Verifying what others sent, with nothing but the trust anchor.
use super::{Answer, Failure, Js, Verdict, give};
use crate::evidence::{Evidence, Library};
use crate::verify::{Question, verify_with};
use medlot_core::time::Timestamp;
use medlot_core::trust::Anchor;
use std::sync::{Mutex, PoisonError};

/// Verifies bundles under one trust anchor, without a network, a device or a key.
#[derive(Debug)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
pub struct Verifier {
    library: Mutex<Library>,
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
impl Verifier {
    /// Begins with the trust anchor: the bytes of a root object.
    ///
    /// # Errors
    /// Bytes that are no trust anchor.
    #[cfg_attr(feature = "uniffi", uniffi::constructor)]
    #[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen(constructor))]
    pub fn new(anchor: Vec<u8>) -> Answer<Self> {
        Anchor::parse(&anchor).map_err(crate::error::Error::from)?;
        Ok(Self { library: Mutex::new(Library::of_root(anchor)) })
    }

    /// Keeps what is known besides: news of authorities, State lists, the other half of a fork. Gives how many objects are
    /// kept. The same bytes twice are kept once.
    ///
    /// # Errors
    /// Bytes that are none of medlot's objects.
    pub fn keep(&self, object: Vec<u8>) -> Answer<u32> {
        medlot_core::record::read_header(&object).map_err(crate::error::Error::from)?;
        let mut library = self.library.lock().unwrap_or_else(PoisonError::into_inner);
        if !library.objects.contains(&object) {
            library.objects.push(object);
        }
        Ok(u32::try_from(library.objects.len()).unwrap_or(u32::MAX))
    }

    /// Verifies an object with what is kept; it isn't kept itself. `now` in seconds since 1970, none where no clock is
    /// set; `facility`: the own one, what is addressed to another is said.
    ///
    /// # Errors
    /// 4001: `now` is before 2020 or behind 2156. What is wrong with the object is the answer.
    pub fn verify(&self, object: Vec<u8>, now: Option<i64>, facility: Option<String>) -> Answer<Js<Verdict>> {
        let now = now.map(moment).transpose()?;
        let mut library = self.library.lock().unwrap_or_else(PoisonError::into_inner);
        give(judged(&mut library, object, Question { now, max_age_days: None, facility })?)
    }
}

/// Judges an object with what a library holds, which stays as it is.
pub(super) fn judged(library: &mut Library, object: Vec<u8>, question: Question) -> Answer<Verdict> {
    library.objects.push(object);
    let object = library.objects.last().map_or(&[][..], Vec::as_slice);
    let answer = Evidence::of(library).and_then(|evidence| verify_with(&evidence, object, &question));
    library.objects.pop();
    serde_json::from_value(answer?.json).map_err(|e| Failure::argument(&e.to_string()))
}

/// An instant from seconds since 1970.
pub(super) fn moment(seconds: i64) -> Answer<Timestamp> {
    Timestamp::from_unix(seconds).ok_or_else(|| {
        Failure::argument(&format!("now: {seconds} isn't an instant of 2020 to 2156, in seconds since 1970"))
    })
}
