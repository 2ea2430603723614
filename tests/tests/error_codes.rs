//! `spec/error-codes.md` and the code say the same numbers and names.
#![allow(clippy::unwrap_used, clippy::panic)]
use std::collections::BTreeMap;
use std::path::Path;

use medlot_core::crypto::CryptoError;
use medlot_core::ident::IdentError;
use medlot_core::log::LogError;
use medlot_core::movement::MovementError;
use medlot_core::record::{ObjectError, RecordError, SegmentError, TipError};
use medlot_core::scan::ScanErrorKind;
use medlot_core::time::TimeError;
use medlot_core::trust::{BundleError, FINDINGS, Reason, SpaceTooSmall, Warning};

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

fn in_the_specification() -> BTreeMap<u16, String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/error-codes.md");
    let text = std::fs::read_to_string(file).unwrap();
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
