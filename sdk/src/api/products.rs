//! Looking up products: it suggests, and is never an input of stock.
use super::{Answer, Js, give};
use crate::catalogue::{self, Drug, DrugPage, Loaded};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The catalogue of products. See [`crate::catalogue`] for its sources and how words are found.
#[derive(Debug, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
pub struct Catalogue {
    inner: Mutex<catalogue::Catalogue>,
}

impl Catalogue {
    fn inner(&self) -> MutexGuard<'_, catalogue::Catalogue> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
impl Catalogue {
    /// Without a product.
    #[must_use]
    #[cfg_attr(feature = "uniffi", uniffi::constructor)]
    #[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen(constructor))]
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens what [`Catalogue::save`] gave.
    ///
    /// # Errors
    /// 4021: damaged, or of another version. Load the pages anew.
    #[cfg_attr(feature = "uniffi", uniffi::constructor)]
    pub fn saved(bytes: Vec<u8>) -> Answer<Self> {
        Ok(Self { inner: Mutex::new(catalogue::Catalogue::from_bytes(&bytes)?) })
    }

    /// The catalogue as bytes to keep.
    ///
    /// # Errors
    /// More rows than it holds.
    pub fn save(&self) -> Answer<Vec<u8>> {
        Ok(self.inner().to_bytes()?)
    }

    /// Loads a page of the national catalogue (JSON). Newer rows win, whatever the order of pages.
    ///
    /// # Errors
    /// 4020: no row of it can be read. A row that can't is said in the answer.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "loadJson")
    )]
    pub fn load_json(&self, page: Vec<u8>) -> Answer<Js<Loaded>> {
        give(self.inner().load_json(&page)?)
    }

    /// Loads a list (CSV, UTF-8, with a header).
    ///
    /// # Errors
    /// 4020: no row of it can be read.
    #[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen(js_name = "loadCsv"))]
    pub fn load_csv(&self, list: Vec<u8>) -> Answer<Js<Loaded>> {
        give(self.inner().load_csv(&list)?)
    }

    /// How many products it holds.
    #[must_use]
    pub fn size(&self) -> u32 {
        self.inner().len()
    }

    /// Products whose words begin with those given, without diacritics: `thuoc ho` finds *Thuốc ho*.
    ///
    /// # Errors
    /// In JavaScript an answer that doesn't fit.
    pub fn search(&self, words: &str, offset: u32, limit: u32) -> Answer<Js<DrugPage>> {
        give(self.inner().search(words, offset, limit))
    }

    /// Products with this GTIN, of 8 to 14 digits.
    ///
    /// # Errors
    /// Not a GTIN.
    #[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen(js_name = "byGtin"))]
    pub fn by_gtin(&self, gtin: &str) -> Answer<Vec<Js<Drug>>> {
        self.inner().by_gtin(gtin)?.into_iter().map(give).collect()
    }

    /// Products with this registration number, new or old.
    ///
    /// # Errors
    /// In JavaScript an answer that doesn't fit.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "byRegistration")
    )]
    pub fn by_registration(&self, number: &str) -> Answer<Vec<Js<Drug>>> {
        self.inner().by_registration(number).into_iter().map(give).collect()
    }
}
