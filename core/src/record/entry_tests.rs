//! Every kind comes back as written, and in its one form only.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use super::*;
use crate::crypto::Hash;
use crate::ident::*;
use crate::movement::*;
use crate::time::{Date, Days, Expiry, Timestamp};

/// One of each kind, with few fields or with all.
fn each(all: bool, check: &mut dyn FnMut(Entry<'_>)) {
    let product = Product::parse("registration:QLĐB-382-13").unwrap();
    let gtin = Product::parse("gtin:08936098966893").unwrap();
    let operator = all.then(|| Operator::parse("DS07").unwrap());
    let document = all.then(|| Document { kind: 1, number: DocumentNumber::parse("PX-77").unwrap() });
    let fund = Fund::parse("BHYT").unwrap();
    let (lot_a, lot_b) = (LotNumber::parse("AB").unwrap(), LotNumber::parse("CD").unwrap());
    let facility = FacilityCode::parse("01-008179").unwrap();
    let extensions: Extensions<'_> = all.then_some(&[2, 4, 1, 7, 5, 0][..]);
    let from = all.then(|| Days::new(2_500));
    let head = Hash([6; 32]);
    let cut = Cut { log: [3; 16], count: 40, head };
    let other = Reference::Other { log: [1; 8], index: 70_000, identity: [5; 16] };
    let key = KeyOf { suite: 1, key: &[2; 33], format: 1 };
    let mut buffers = [[0u8; 200]; 6];
    let [b1, b2, b3, b4, b5, b6] = &mut buffers;
    let funds = List::encode(&[AnyFund(None), AnyFund(Some(fund))], b1).unwrap();
    let products = List::encode(&[gtin, product], b2).unwrap();
    let lots = List::encode(&[None, Some(lot_a), Some(lot_b)], b3).unwrap();
    let scope = List::encode(&[Prefix(FacilityCode::parse("01").unwrap())], b4).unwrap();
    let amount = LineAmount(Some(Amount { value: 12_345, tax_included: true }));
    let amounts = List::encode(&[LineAmount(None), amount], b5).unwrap();
    let everywhere = List::encode(&[], b6).unwrap();
    let parts = if all { Quantity::parts(9, 10, Measure::Dose) } else { Quantity::units(9) }.unwrap();
    let expiry = Expiry::Day(Date::new(2028, 2, 28).unwrap());
    let refuse = Refuse {
        shipment: other,
        quantity: parts,
        reason: 1,
        operator,
        document,
        group: if all { Group::Head(3) } else { Group::Line(2) },
        local_reason: all.then(|| LocalReason::parse("K9").unwrap()),
        extensions: None,
    };
    let movement = Movement { operator, ..Movement::new(Direction::Out, 0, product, Some(lot_a), expiry, parts) };
    check(Entry::Movement { movement, extensions });
    check(Entry::Reversal(Reversal {
        target: Reference::Own(4),
        total: 9,
        of: Reversed::Movement(movement),
        extensions,
    }));
    check(Entry::Reversal(Reversal { target: other, total: 1, of: Reversed::Refuse(refuse), extensions }));
    check(Entry::Refuse(Refuse { extensions, ..refuse }));
    check(Entry::CountBegin(CountBegin {
        operator,
        store: all.then(|| Store::parse("K1").unwrap()),
        funds: all.then_some(funds),
        products: all.then_some(products),
        blind: all,
        document,
        extensions,
    }));
    check(Entry::CountLine(CountLine {
        begin: 1,
        product,
        lot: all.then_some(lot_a),
        expiry,
        quantity: if all { parts } else { Quantity::units(0).unwrap() },
        shown: all.then_some(-40),
        operator,
        bucket: if all { Bucket::Hold } else { Bucket::Available },
        fund: all.then_some(fund),
        vvm: all.then_some(2),
        made_on: all.then(|| Date::new(2026, 1, 2).unwrap()),
        serial: all.then(|| Serial::parse("S1").unwrap()),
        extensions,
    }));
    check(Entry::CountEnd(CountEnd { begin: 7, lines: 6, rest_is_zero: all, operator, extensions }));
    let clock = all.then_some(-172_800);
    check(Entry::Observed(Observed { log: [3; 16], count: 9, head: [8; 16], clock, extensions }));
    check(Entry::ClockSet(ClockSet { change: -86_400, extensions }));
    check(Entry::Attest(Attest { record: other, capacity: 1, refused: all, operator, document, extensions }));
    check(Entry::Blind([7; 16]));
    check(Entry::Detail(Detail { first: 2, amounts, operator, extensions }));
    check(Entry::Close(Close { extensions }));
    let commitment = [9; 32];
    check(Entry::Root(Root { country: *b"VN", currency: *b"VND", utc_offset: 420, commitment, extensions }));
    check(Entry::NextRoot(NextRoot { cut, commitment, extensions }));
    check(Entry::Introduce(Introduce { roles: Roles(4), label: all.then_some("Quầy 1"), extensions }));
    check(Entry::Enrol(Enrol {
        key,
        facility,
        roles: Roles(0b10_0101),
        first: all.then_some(KeyOf { suite: 0, key: &[4; 32], format: 1 }),
        scope: Some(if all { scope } else { everywhere }),
        valid_from: from,
        valid_until: all.then(|| Days::new(2_600)),
        extensions,
    }));
    check(Entry::Revoke(cut));
    check(Entry::Revoke(Cut { log: [6; 16], count: 0, head }));
    check(Entry::Confirm(Confirm { prefix: cut, extensions }));
    check(Entry::State(State { good_for_days: 30, entries: 4, root: [1; 32], extensions }));
    let lots = all.then_some(lots);
    check(Entry::Recall(Recall { class: 1, notice: "CV-12/QLD", products, lots, from, extensions }));
    check(Entry::EndRecall(EndRecall { recall: other, notice: all.then_some("CV-13/QLD"), extensions }));
    check(Entry::SameProduct(SameProduct { a: gtin, b: product, extensions }));
    check(Entry::LotFact(LotFact { product, lot: lot_b, expiry, notice: "CV-14/QLD", extensions }));
    let (parent, successor) = (all.then_some(facility), all.then_some(facility));
    check(Entry::Facility(Facility { code: facility, kind: 1, parent, successor, from, extensions }));
}

fn written(entry: Entry<'_>) -> Vec<u8> {
    let mut out = [0; 4096];
    let record = Record { effective: Some(5), ..Record::new(Timestamp::from_secs(217_000_000), entry) };
    let n = record.encode(&mut out).unwrap();
    assert_eq!(Record::decode(&out[..n]), Ok(record));
    out[..n].to_vec()
}

#[test]
fn every_kind_comes_back_with_few_fields_and_with_all() {
    let mut kinds = std::collections::BTreeSet::new();
    for all in [false, true] {
        each(all, &mut |entry| {
            kinds.insert(entry.kind().number());
            written(entry);
        });
    }
    let known: std::collections::BTreeSet<u8> = (0..64).filter(|n| Kind::of_head(*n).is_known()).collect();
    assert_eq!(kinds, known);
}

#[test]
fn every_truncation_left_over_byte_and_second_form_of_every_kind_is_refused() {
    for all in [false, true] {
        each(all, &mut |entry| {
            let bytes = written(entry);
            for cut in 0..bytes.len() {
                assert!(Record::decode(&bytes[..cut]).is_err(), "{entry:?} cut to {cut}");
            }
            let mut longer = bytes.clone();
            longer.push(0);
            assert!(Record::decode(&longer).is_err(), "{entry:?}");
            for bit in 0..bytes.len() * 8 {
                let mut changed = bytes.clone();
                changed[bit / 8] ^= 1 << (bit % 8);
                let Ok(record) = Record::decode(&changed) else { continue };
                let mut out = [0; 4096];
                let n = record.encode(&mut out).unwrap();
                assert_eq!(&out[..n], &changed[..], "bit {bit} of {entry:?}");
            }
        });
    }
}

#[test]
fn kinds_of_a_newer_build_are_kept_as_they_are_and_the_closed_set_stays_closed() {
    for (head, accepted) in [(20u8, true), (31, true), (44, true), (63, true), (8, false), (15, false)] {
        let bytes = [1, 2, 3, 4, head, 9, 9];
        assert_eq!(Record::decode(&bytes).is_ok(), accepted, "kind {head}");
        if let Ok(record) = Record::decode(&bytes) {
            let mut out = [0; 16];
            let n = record.encode(&mut out).unwrap();
            assert_eq!(&out[..n], &bytes);
        }
    }
}

#[test]
fn lists_out_of_order_and_cuts_of_another_log_are_refused() {
    let mut buffer = [0; 100];
    let gtin = Product::parse("gtin:08936098966893").unwrap();
    let products = List::encode(&[gtin, gtin], &mut buffer).unwrap();
    let recall = Recall { class: 1, notice: "x", products, lots: None, from: None, extensions: None };
    let mut out = [0; 200];
    let refused = Record::new(Timestamp::from_secs(1), Entry::Recall(recall)).encode(&mut out);
    assert_eq!(refused, Err(RecordError::List("products")));
    let cut = Cut { log: [1; 16], count: 0, head: Hash([2; 32]) };
    let refused = Record::new(Timestamp::from_secs(1), Entry::Revoke(cut)).encode(&mut out);
    assert_eq!(refused, Err(RecordError::Limit("cut")));
}

/// Values that public fields and variants can hold and no reader takes.
#[test]
fn what_could_not_be_read_again_is_not_written() {
    let product = Product::parse("gtin:08936098966893").unwrap();
    let code = Code50::parse("X1").unwrap();
    let good = Movement::new(Direction::Out, 0, product, None, Expiry::NotRead, Quantity::Units(5));
    let mut out = [0; 256];
    let mut write = |entry| Record::new(Timestamp::from_secs(9), entry).encode(&mut out);
    let parts = |parts, per_unit, measure| Movement { quantity: Quantity::Parts { parts, per_unit, measure }, ..good };
    let month = |year, month| Movement { expiry: Expiry::Month { year, month }, ..good };
    let of = |scheme| Movement { product: Product::Other { scheme, value: code }, ..good };
    let to = |scheme| Movement { counterparty: Some(Party::Other { scheme, value: code }), ..good };
    for (movement, accepted) in [
        (Movement { quantity: Quantity::Units(999_999_999), ..good }, true),
        (Movement { quantity: Quantity::Units(1_000_000_000), ..good }, false),
        (parts(999_999_999, 2, Measure::Other(5)), true),
        (parts(1_000_000_000, 2, Measure::Dose), false),
        (parts(3, 1, Measure::Dose), false),
        (parts(3, 10, Measure::Other(4)), false),
        (parts(3, 10, Measure::Other(16_383)), true),
        (parts(3, 10, Measure::Other(16_384)), false),
        (month(1975, 1), true),
        (month(2102, 12), true),
        (month(1974, 1), false),
        (month(2103, 1), false),
        (month(2027, 0), false),
        (month(2027, 13), false),
        (month(2027, 17), false),
        (of(5), true),
        (of(4), false),
        (of(0), false),
        (of(16_383), true),
        (of(16_384), false),
        (to(5), true),
        (to(0), false),
        (to(16_384), false),
    ] {
        let entry = Entry::Movement { movement, extensions: None };
        assert_eq!(write(entry).is_ok(), accepted, "{movement:?}");
        if accepted {
            written(entry);
        }
    }
    let document = |kind| Some(Document { kind, number: DocumentNumber::parse("A").unwrap() });
    let attest = Attest {
        record: Reference::Own(1),
        capacity: 1,
        refused: false,
        operator: None,
        document: None,
        extensions: None,
    };
    assert!(write(Entry::Attest(Attest { document: document(16_383), ..attest })).is_ok());
    let refused = write(Entry::Attest(Attest { document: document(16_384), ..attest }));
    assert_eq!(refused, Err(RecordError::Limit("document kind")));
    let refuse = Refuse {
        shipment: Reference::Own(1),
        quantity: Quantity::Units(3),
        reason: 0,
        operator: None,
        document: None,
        group: Group::None,
        local_reason: None,
        extensions: Some(&[1, 2, 0]),
    };
    assert!(write(Entry::Refuse(refuse)).is_ok());
    let reversal = Reversal { target: Reference::Own(1), total: 1, of: Reversed::Refuse(refuse), extensions: None };
    assert_eq!(write(Entry::Reversal(reversal)), Err(RecordError::Limit("extensions")));
    assert_eq!(write(Entry::Unknown { kind: Kind::of_head(20), body: &[] }), Err(RecordError::Truncated("body")));
}

#[test]
fn an_amount_over_its_limit_is_refused_in_a_detail_and_never_wraps() {
    let line = |value, tax_included| LineAmount(Some(Amount { value, tax_included }));
    for tax_included in [false, true] {
        for value in [1_000_000_000_000_001, u64::MAX / 2, 1 << 63, u64::MAX] {
            let refused = List::encode(&[line(value, tax_included)], &mut [0; 40]).err();
            assert_eq!(refused, Some(RecordError::Limit("amount")), "{value}");
        }
        let mut buffer = [0; 40];
        let most = [line(1_000_000_000_000_000, tax_included), LineAmount(None)];
        let amounts = List::encode(&most, &mut buffer).unwrap();
        let bytes = written(Entry::Detail(Detail { first: 1, amounts, operator: None, extensions: None }));
        let Entry::Detail(detail) = Record::decode(&bytes).unwrap().entry else { panic!() };
        assert_eq!(detail.amounts.iter().collect::<Vec<_>>(), most);
    }
}

proptest::proptest! {
    /// Bytes near a record of each kind, of which many are accepted: random bytes alone hardly ever are.
    #[test]
    fn whatever_a_changed_record_decodes_to_encodes_to_the_same_bytes(
        all: bool,
        edits in proptest::collection::vec((0usize..400, 0u8..3, 0u8..=255), 1..4),
    ) {
        each(all, &mut |entry| {
            let mut bytes = written(entry);
            for &(at, how, byte) in &edits {
                let at = at % bytes.len();
                match how {
                    0 => bytes[at] = byte,
                    1 => bytes.insert(at, byte),
                    _ if bytes.len() > 6 => drop(bytes.remove(at)),
                    _ => {}
                }
            }
            if let Ok(record) = Record::decode(&bytes) {
                let mut out = [0; 4096];
                let n = record.encode(&mut out).unwrap();
                assert_eq!(&out[..n], &bytes[..], "{record:?}");
            }
        });
    }
}

#[test]
fn a_bare_movement_takes_26_bytes() {
    // 4 time, 1 head, 1 presence, 1 what, 7 GTIN, 8 lot of 7, 2 expiry, 2 quantity of 128 and more
    let lot = LotNumber::parse("B260901").unwrap();
    let expiry = Expiry::Day(Date::new(2028, 2, 28).unwrap());
    let product = Product::parse("gtin:08936098966893").unwrap();
    let movement = Movement::new(Direction::Out, 0, product, Some(lot), expiry, Quantity::units(150).unwrap());
    let record = Record::new(Timestamp::from_secs(217_543_166), Entry::Movement { movement, extensions: None });
    assert_eq!(record.encode(&mut [0; 64]), Ok(26));
}
