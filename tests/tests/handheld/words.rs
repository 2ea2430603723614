//! What the handheld says in words is what the library says.
use crate::day::{Country, GTIN};
use crate::device::{AN386, Device, Model};
use medlot_core::scan::{Outcome, Profile, Scratch, scan};
use medlot_core::time::Date;
use medlot_sdk::qr::{from_text, to_text};
use std::collections::BTreeSet;

#[test]
fn a_barcode_that_is_refused_is_answered_with_the_librarys_number_and_name() {
    let (mut model, _) = Model::<8, 2_048>::boot(&AN386, &AN386.new_chip(), None);
    model.line("time 2026-11-24T08:00:00Z").unwrap();
    let today = Date::new(2026, 11, 24).unwrap();
    let mut named = BTreeSet::new();
    for raw in [
        "0108936098966894",                           // a check digit
        "01893609896689",                             // too short
        &format!("01{GTIN}17271301"),                 // a thirteenth month
        &format!("01{GTIN}1727033110"),               // a lot without a character
        &format!("01{GTIN}10{}", "A".repeat(30)),     // a lot of 30
        &format!("01{GTIN}99"),                       // nothing behind the identifier
        &format!("(01){GTIN}(17)2703"),               // brackets
        &format!("(01){GTIN}(17270331"),              // a bracket that doesn't close
        "8936098966894",                              // an EAN of 13
        "https://id.gs1.org/01/08936098966894/10/A1", // a Digital Link
        "]C1",                                        // a symbology alone
        "00012345678901234567",                       // a logistic unit
        "+A123BJC5D6E71",                             // another system
        "0",
    ] {
        let mut scratch = Scratch::new();
        let expected = match scan(raw.as_bytes(), &Profile::default(), today, &mut scratch) {
            Outcome::Refused(e) => {
                named.insert(e.kind.name());
                format!("err {} {}", e.kind.code(), e.kind.name())
            }
            Outcome::Confirm(_) => "err 0 scan_again".into(),
            Outcome::Foreign(_) => "err 0 foreign_code".into(),
            Outcome::Read { .. } => "ok scan".into(),
        };
        let said = model.line(raw).unwrap();
        assert_eq!(said.last(), Some(&expected), "{raw}: {said:?}");
    }
    assert!(named.len() > 4, "only {named:?} are seen");
}

#[test]
fn the_texts_of_its_objects_are_those_of_the_library() {
    let country = Country::new();
    let (mut model, _) = Model::<8, 2_048>::boot(&AN386, &AN386.new_chip(), None);
    let mut texts = 0;
    for line in country.lines() {
        for said in model.line(&line).unwrap() {
            let Some(text) = said.strip_prefix("request ").or_else(|| said.strip_prefix("bundle ")) else { continue };
            assert_eq!(to_text(&from_text(text).unwrap()), text);
            texts += 1;
        }
    }
    assert_eq!(texts, 2, "the request and the hand-over");
    // A text that Base45 doesn't have, and bytes that are no object.
    assert_eq!(model.line("MEDLOT1:GGW").unwrap(), ["err 0 text_form"]);
    let no_object = medlot_core::record::read_header(b"xy").unwrap_err();
    let said = model.line("MEDLOT1:GAF").unwrap();
    assert_eq!(said, [format!("err {} {}", no_object.code(), no_object.name())]);
}
