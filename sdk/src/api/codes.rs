//! Objects as QR codes: the texts to show, and what was scanned put together again.
use super::{Answer, Failure, Js, give};
use crate::error::Error;
use crate::qr::{CODE_CHARACTERS, Collect, Collected, QrError, texts};
use std::sync::{Mutex, PoisonError};

impl From<QrError> for Failure {
    fn from(e: QrError) -> Self {
        Error::invalid(e.to_string()).into()
    }
}

/// The texts of an object, each for one QR code: one where it fits, else several that may be shown in any order, again and
/// again. `most_characters`: what a code may hold; what phones read well where absent.
///
/// # Errors
/// Bytes that are no whole object of medlot's.
#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen(js_name = "qrTexts"))]
pub fn qr_texts(object: Vec<u8>, most_characters: Option<u32>) -> Answer<Vec<String>> {
    Ok(texts(&object, most_characters.map_or(CODE_CHARACTERS, |most| most as usize))?)
}

view! {
    /// How far the scanning of an object's codes is.
    QrProgress {
        /// Different codes read.
        have: u32,
        /// How many there are; of a long series how many are enough.
        of: u32,
        /// The last one told nothing new.
        again: bool,
        /// The object, once it is whole. Whether it is to be trusted is still open: verify it.
        #[cfg_attr(
            all(feature = "wasm", target_arch = "wasm32"),
            serde(with = "serde_bytes"),
            tsify(optional, type = "Uint8Array")
        )]
        object: Option<Vec<u8>>,
    }
}

/// Puts the codes of an object together, scanned in any order and as often as they come.
#[derive(Debug, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
pub struct QrReader {
    collect: Mutex<Collect>,
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
impl QrReader {
    /// Nothing read yet.
    #[must_use]
    #[cfg_attr(feature = "uniffi", uniffi::constructor)]
    #[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen(constructor))]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one scanned text.
    ///
    /// # Errors
    /// What isn't medlot's or is cut off; a part of another object; other content for a part already read.
    pub fn add(&self, text: &str) -> Answer<Js<QrProgress>> {
        let mut collect = self.collect.lock().unwrap_or_else(PoisonError::into_inner);
        give(match collect.add(text)? {
            Collected::Whole(object) => {
                let (_, of) = collect.progress().unwrap_or((1, 1));
                QrProgress { have: of.into(), of: of.into(), again: false, object: Some(object) }
            }
            Collected::Part { again, have, of, .. } => {
                QrProgress { have: have.into(), of: of.into(), again, object: None }
            }
        })
    }

    /// Forgets what was read.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "startAgain")
    )]
    pub fn start_again(&self) {
        self.collect.lock().unwrap_or_else(PoisonError::into_inner).start_again();
    }
}
