//! A new key for the device's log: it begins beside the one in use, and takes over once it is enrolled.
use super::super::records::hash_of;
use super::super::{Answer, Js, give, take};
use super::inputs::KeySuite;
use super::write::signature_of;
use super::{Device, ToSign};
use medlot_core::crypto::Suite;

input! {
    /// The new key.
    RenewInput {
        /// Its suite; Ed25519 where absent.
        suite: Option<KeySuite>,
        /// Its public key, where a key store outside keeps the private one: 32 bytes of Ed25519, 33 of P-256 (SEC 1,
        /// compressed). Absent: a key is made and kept with the files.
        #[cfg_attr(
            all(feature = "wasm", target_arch = "wasm32"),
            serde(with = "serde_bytes"),
            tsify(optional, type = "Uint8Array")
        )]
        public_key: Option<Vec<u8>>,
    }
}

view! {
    /// A renewal that was begun.
    Renewal {
        /// The new key's log, h₀ in hex; empty where the key is kept with the files.
        log: String,
        /// What the new key is to sign first; none where nothing waits for it.
        to_sign: Option<ToSign>,
        /// The request to be enrolled, for the authority; none before the new key signed.
        #[cfg_attr(
            all(feature = "wasm", target_arch = "wasm32"),
            serde(with = "serde_bytes"),
            tsify(optional, type = "Uint8Array")
        )]
        request: Option<Vec<u8>>,
    }
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
impl Device {
    /// Begins to go on with a new key, whose log is to be enrolled as the same line; the old one is written until then. Where
    /// the key is kept outside: make the changes durable, have it sign `to_sign`, give that to [`Device::attach_renewal`].
    /// Asked again with the same key, it goes on where it was. Send the request to the authority and [`Device::accept`] the
    /// enrolment: the new log takes over.
    ///
    /// # Errors
    /// A public key that is none, or is in use here.
    pub fn renew(&self, key: Js<RenewInput>, now: i64) -> Answer<Js<Renewal>> {
        let RenewInput { suite, public_key } = take(key)?;
        let suite = if suite == Some(KeySuite::P256) { Suite::P256 } else { Suite::Ed25519 };
        let mut inner = self.inner();
        let desk = inner.writing(now)?;
        let Some(key) = public_key else {
            return give(Renewal { log: String::new(), to_sign: None, request: Some(desk.renew(suite)?) });
        };
        let begun = desk.renew_outside(suite, key)?;
        let request = if begun.to_sign.is_none() { Some(desk.renewal_request(&begun.log)?) } else { None };
        let to_sign = begun.to_sign.map(|(count, bytes)| ToSign { count, bytes: bytes.to_vec() });
        give(Renewal { log: begun.log.to_string(), to_sign, request })
    }

    /// Takes the new key's signature, and gives the request to be enrolled. P-256: in DER, as key stores write it, where
    /// `der`; else r ‖ s.
    ///
    /// # Errors
    /// No renewal that was begun with an outside key; a signature that doesn't hold.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "attachRenewal")
    )]
    pub fn attach_renewal(&self, log: &str, signature: Vec<u8>, der: bool, now: i64) -> Answer<Vec<u8>> {
        let id = hash_of("log", log)?;
        Ok(self.inner().writing(now)?.attach_renewal(&id, |suite| signature_of(suite, signature, der))?)
    }

    /// The public key of the log in use: where it is kept outside, what says which of the platform's keys signs now.
    ///
    /// # Errors
    /// Closed, or synchronising.
    #[cfg_attr(
        all(feature = "wasm", target_arch = "wasm32"),
        wasm_bindgen::prelude::wasm_bindgen(js_name = "publicKey")
    )]
    pub fn public_key(&self) -> Answer<Vec<u8>> {
        Ok(self.inner().desk()?.log().head().key.clone())
    }
}
