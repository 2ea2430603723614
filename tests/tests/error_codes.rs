//! `spec/error-codes.md` and the code say the same numbers and names.
#![allow(clippy::unwrap_used, clippy::panic)]
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use medlot_core::crypto::CryptoError;
use medlot_core::ident::IdentError;
use medlot_core::log::LogError;
use medlot_core::movement::MovementError;
use medlot_core::record::{ObjectError, RecordError, SegmentError, TipError};
use medlot_core::scan::ScanErrorKind;
use medlot_core::time::TimeError;
use medlot_core::trust::{BundleError, FINDINGS, Reason, SpaceTooSmall, Warning};
use medlot_sdk::words;

fn in_code() -> BTreeMap<u16, String> {
    let own = [
        IdentError::CODES,
        TimeError::CODES,
        MovementError::CODES,
        RecordError::CODES,
        SegmentError::CODES,
        ObjectError::CODES,
        CryptoError::CODES,
        TipError::CODES,
        LogError::CODES,
        medlot_core::sync::SyncError::CODES,
        BundleError::CODES,
        Reason::CODES,
        Warning::CODES,
        FINDINGS,
        medlot_core::ledger::FindingKind::CODES,
        medlot_core::ledger::fixed::FixedError::CODES,
        medlot_sdk::error::Error::CODES,
        &[(SpaceTooSmall::CODE, "space_too_small")],
    ];
    let own = own.into_iter().flatten().map(|(code, name)| (*code, *name));
    let scan = ScanErrorKind::ALL.iter().map(|kind| (kind.code(), kind.name()));
    let mut all = BTreeMap::new();
    for (code, name) in own.chain(scan) {
        // A bundle is refused with the number of trust's reason where there is one: then the names are one too.
        if let Some(before) = all.insert(code, name.to_owned()) {
            assert_eq!(before, name, "{code} is given twice");
            assert!((3000..3999).contains(&code), "{code} is given twice");
        }
    }
    all
}

fn specification() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/error-codes.md");
    std::fs::read_to_string(file).unwrap()
}

fn in_the_specification() -> BTreeMap<u16, String> {
    let text = specification();
    let mut all = BTreeMap::new();
    for line in text.lines() {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let (Some(code), Some(name), Some(meaning)) = (cells.next(), cells.next(), cells.next()) else { continue };
        let Ok(code) = code.parse::<u16>() else { continue };
        assert!(!meaning.is_empty(), "{code} has no meaning");
        let name = name.trim_matches('`').to_owned();
        assert_eq!(all.insert(code, name), None, "{code} stands twice");
    }
    all
}

#[test]
fn every_code_stands_in_the_specification_with_its_name_and_no_other_does() {
    let (code, specification) = (in_code(), in_the_specification());
    assert!(code.len() > 120, "{}", code.len());
    assert_eq!(code, specification);
}

#[test]
fn every_code_and_no_other_number_has_vietnamese_words() {
    let listed: BTreeSet<u16> = in_the_specification().into_keys().collect();
    let spoken: BTreeSet<u16> = (0..=u16::MAX).filter(|code| words::vietnamese(*code).is_some()).collect();
    assert_eq!(listed, spoken);
}

#[test]
fn fields_belong_to_codes_and_are_those_of_the_specification() {
    let codes = in_the_specification();
    let fields: BTreeMap<u16, &str> = (0..=u16::MAX).filter_map(|code| Some((code, words::field(code)?))).collect();
    assert!(fields.keys().all(|code| codes.contains_key(code)), "{fields:?}");
    let text = specification();
    let (_, said) = text.split_once("\nFields: ").unwrap();
    // Names stand between backticks: every second piece.
    let said: BTreeSet<&str> = said.split('`').skip(1).step_by(2).collect();
    assert_eq!(fields.into_values().collect::<BTreeSet<_>>(), said);
}
