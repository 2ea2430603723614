//! Hashes, keys, signatures (`spec/wire-format.md` sections 2–4).
//!
//! The core never holds a private key: it says what to sign, and judges what comes back. A
//! `SoftwareKey` (feature `software-key`) exists for devices without a secure element, and for tests.

mod digest;
#[cfg(test)]
mod strictness_tests;
mod suite;

pub(crate) use digest::ChainStep;
#[cfg(feature = "alloc")]
pub(crate) use digest::seal_fingerprint;
pub use digest::{
    Hash, Tags, chain_next, commitment, log_identity, object_front, prescription, root_parent, seal_message,
};
#[cfg(feature = "software-key")]
pub use suite::SoftwareKey;
pub use suite::{CryptoError, P256Form, SIGNATURE_LEN, Suite, check_key, normalise_p256, verify};
