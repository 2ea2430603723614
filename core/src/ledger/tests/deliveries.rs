//! Deliveries: what was sent, what came, and who is told.
use super::*;
use crate::ident::{DocumentNumber, FacilityCode, Serial};
use crate::ledger::Picking;
use crate::movement::{Bucket, Document, Group, reasons};
use crate::record::{Attest, EndRecall, Facility, List, LotFact, Recall, SameProduct};

const LOT: (&str, &str) = (A, "L1");
const FROM: &str = "DN-01";
const TO: &str = "HN-0417";

fn document(number: &'static str) -> Option<Document<'static>> {
    Some(Document { kind: 1, number: DocumentNumber::parse(number).unwrap() })
}

fn sends(to: &'static str, of: (&'static str, &'static str), units: u32) -> Movement<'static> {
    let out = Movement { sent: true, reason: 1, counterparty: facility(to), ..moves(Direction::Out, of, units) };
    Movement { document: document("DN77"), ..out }
}

fn answers(reference: Reference, of: (&'static str, &'static str), units: u32) -> Entry<'static> {
    said(Movement { answers: Some(reference), ..moves(Direction::In, of, units) })
}

fn shipment(ledger: &mut Ledger) -> (u64, u64, u64, u64) {
    let all = ledger.settled().shipments();
    (all[0].received, all[0].back, all[0].refused, all[0].remaining)
}

#[test]
fn a_shortage_is_seen_from_both_ends_until_the_sender_closes_it() {
    let (mut a, mut b) = (Log::new(1, FROM), Log::new(2, TO));
    a.say(10, goes_in(LOT, 12_000));
    let sent = a.say(20, said(sends(TO, LOT, 12_000)));
    b.say(30, answers(sent, LOT, 11_800));
    b.say(31, refuses(sent, 100));
    let mut ledger = ledger_of(&[&a, &b]);
    assert_eq!((stock(ledger.settled(), FROM, LOT), stock(ledger.settled(), TO, LOT)), ((0, 0), (11_800, 0)));
    assert_eq!(shipment(&mut ledger), (11_800, 0, 100, 200));
    let findings = ledger.settled().findings(&asked());
    assert_eq!(
        (findings[0].kind.name(), findings[0].amount, findings[0].facility, findings[0].other),
        ("shortage", Some(200), FROM, Some(TO))
    );
    let only = Asked { facility: Some(TO), ..asked() };
    assert_eq!(ledger.settled().findings(&only).len(), 1);
    let back = Movement { reason: 9, answers: Some(Reference::Own(1)), ..moves(Direction::In, LOT, 100) };
    a.say(40, said(back));
    let lost = Movement {
        bucket: Bucket::Transit,
        answers: Some(Reference::Own(1)),
        reason: 17,
        ..moves(Direction::Out, LOT, 100)
    };
    a.say(41, said(lost));
    let mut ledger = ledger_of(&[&b, &a]);
    assert_eq!(stock(ledger.settled(), FROM, LOT), (100, 0));
    assert_eq!(shipment(&mut ledger), (11_800, 200, 100, 0));
    assert!(found(ledger.settled()).is_empty());
}

#[test]
fn an_over_receipt_of_one_line_doesnt_hide_the_shortage_of_another() {
    let (mut a, mut b) = (Log::new(1, FROM), Log::new(2, TO));
    a.say(10, goes_in(LOT, 300));
    let first = a.say(20, said(sends(TO, LOT, 100)));
    let second = a.say(21, said(sends(TO, LOT, 100)));
    b.say(30, answers(first, LOT, 120));
    b.say(31, answers(second, LOT, 80));
    assert_eq!(
        found(ledger_of(&[&a, &b]).settled()),
        ["shortage", "over_receipt"].iter().rev().copied().collect::<Vec<_>>()
    );
}

#[test]
fn receipts_that_name_no_record_fill_lines_of_the_same_document_in_order() {
    let (mut a, mut b) = (Log::new(1, FROM), Log::new(2, TO));
    // The goods came before their record.
    b.say(
        5,
        said(Movement { counterparty: facility(FROM), document: document("DN77"), ..moves(Direction::In, LOT, 150) }),
    );
    a.say(10, goes_in(LOT, 300));
    a.say(20, said(sends(TO, LOT, 100)));
    a.say(21, said(sends(TO, LOT, 100)));
    let mut ledger = ledger_of(&[&b, &a]);
    let left: Vec<u64> = ledger.settled().shipments().iter().map(|s| s.remaining).collect();
    assert_eq!(left, [0, 50]);
    b.say(
        6,
        said(Movement { counterparty: facility(FROM), document: document("DN78"), ..moves(Direction::In, LOT, 5) }),
    );
    assert!(found(ledger_of(&[&a, &b]).settled()).contains(&"receipt_without_shipment"));
}

#[test]
fn a_group_takes_counterparty_and_document_from_its_first_record() {
    let (mut a, mut b) = (Log::new(1, FROM), Log::new(2, TO));
    let other = (B, "L2");
    a.say(20, said(Movement { group: Group::Head(2), ..sends(TO, LOT, 10) }));
    let line = Movement { counterparty: None, document: None, group: Group::Line(1), ..sends(TO, other, 20) };
    a.say(20, said(line));
    let named = reference(&a.records[0].at);
    // The receiver's group names the shipment once, on its first record.
    b.say(30, said(Movement { answers: Some(named), group: Group::Head(2), ..moves(Direction::In, LOT, 10) }));
    b.say(30, said(Movement { group: Group::Line(1), ..moves(Direction::In, other, 19) }));
    for logs in [[&a, &b], [&b, &a]] {
        let mut ledger = ledger_of(&logs);
        let all: Vec<(u64, u64)> = ledger.settled().shipments().iter().map(|s| (s.received, s.remaining)).collect();
        assert_eq!(all, [(10, 0), (19, 1)]);
    }
}

#[test]
fn two_phones_that_receive_one_line_are_found_and_one_reversal_mends_it() {
    let (mut a, mut b, mut c) = (Log::new(1, FROM), Log::new(2, TO), Log::new(3, TO));
    a.say(10, goes_in(LOT, 100));
    let sent = a.say(20, said(sends(TO, LOT, 100)));
    b.say(30, answers(sent, LOT, 100));
    c.say(31, answers(sent, LOT, 100));
    let mut ledger = ledger_of(&[&a, &b, &c]);
    assert_eq!(stock(ledger.settled(), TO, LOT), (200, 0));
    assert_eq!(found(ledger.settled()), ["over_receipt", "received_twice"]);
    let copy = c.clone();
    b.take_back(40, &copy, 0, 100);
    let mut ledger = ledger_of(&[&a, &b, &c]);
    assert_eq!(stock(ledger.settled(), TO, LOT), (100, 0));
    assert!(found(ledger.settled()).is_empty());
}

#[test]
fn a_strangers_receipt_raises_its_stock_and_takes_nothing_from_the_shipment() {
    let (mut a, mut c) = (Log::new(1, FROM), Log::new(3, "HN-0999"));
    a.say(10, goes_in(LOT, 100));
    let sent = a.say(20, said(sends(TO, LOT, 100)));
    c.say(30, answers(sent, LOT, 100));
    let mut ledger = ledger_of(&[&a, &c]);
    assert_eq!((shipment(&mut ledger).3, stock(ledger.settled(), "HN-0999", LOT)), (100, (100, 0)));
    assert!(found(ledger.settled()).contains(&"answered_by_another"));
    // A merger: the stranger is the successor.
    let mut ministry = Log::new(9, "MOH");
    let successor = Facility {
        code: FacilityCode::parse(TO).unwrap(),
        kind: 1,
        parent: None,
        successor: FacilityCode::parse("HN-0999").ok(),
        from: None,
        extensions: None,
    };
    ministry.say(1, Entry::Facility(successor));
    let mut ledger = ledger_of(&[&a, &c, &ministry]);
    assert_eq!(shipment(&mut ledger), (100, 0, 0, 0));
    assert!(found(ledger.settled()).is_empty());
}

#[test]
fn a_reversal_of_what_was_received_already_is_too_late() {
    let (mut a, mut b) = (Log::new(1, FROM), Log::new(2, TO));
    a.say(10, goes_in(LOT, 100));
    let sent = a.say(20, said(sends(TO, LOT, 100)));
    b.say(30, answers(sent, LOT, 100));
    let copy = a.clone();
    a.take_back(40, &copy, 1, 30);
    let mut ledger = ledger_of(&[&a, &b]);
    assert_eq!(stock(ledger.settled(), FROM, LOT), (30, 0));
    assert_eq!(found(ledger.settled()), ["reversal_too_late"]);
}

fn expiring(of: (&'static str, &'static str), units: u32, expiry: &str) -> Entry<'static> {
    said(Movement { expiry: Expiry::parse(expiry).unwrap(), ..moves(Direction::In, of, units) })
}

#[test]
fn picking_takes_what_expires_first_and_nothing_recalled_held_or_expired() {
    let mut log = Log::new(1, TO);
    log.say(10, expiring((A, "OLD"), 50, "2026-11-23"));
    log.say(11, expiring((A, "MONTH"), 50, "2027-02"));
    log.say(12, expiring((A, "DAY"), 50, "2027-02-27"));
    log.say(13, expiring((A, "BAD"), 50, "2026-12-01"));
    log.say(14, said(Movement { vvm: Some(2), ..moves(Direction::In, (A, "WARM"), 5) }));
    log.say(15, said(Movement { vvm: Some(3), ..moves(Direction::In, (A, "HOT"), 5) }));
    log.say(16, said(Movement { bucket: Bucket::Hold, ..moves(Direction::In, (A, "HELD"), 500) }));
    let mut ministry = Log::new(9, "MOH");
    let (mut products, mut lots) = ([0; 64], [0; 64]);
    let recall = Recall {
        class: 1,
        notice: "4567/QLD-CL",
        products: List::encode(&[Product::parse(A).unwrap()], &mut products).unwrap(),
        lots: List::encode(&[LotNumber::parse("BAD").ok()], &mut lots).ok(),
        from: None,
        extensions: None,
    };
    ministry.say(17, Entry::Recall(recall));
    let pick = |ledger: &mut Ledger, units| {
        let wanted = Picking {
            facility: TO,
            product: Product::parse(A).unwrap(),
            quantity: Quantity::Units(units),
            opened: false,
            store: None,
            fund: None,
            today: day("2026-11-24"),
        };
        let (picked, short) = ledger.settled().pick(&wanted);
        let picked: Vec<(String, u32)> =
            picked.iter().map(|p| (p.lot.number().unwrap().as_str().into(), p.quantity.count())).collect();
        (picked, short)
    };
    let mut ledger = ledger_of(&[&log, &ministry]);
    ledger.rules.reach_all(ministry.id);
    let named = |all: &[(&str, u32)]| all.iter().map(|(lot, n)| (String::from(*lot), *n)).collect::<Vec<_>>();
    assert_eq!(pick(&mut ledger, 60), (named(&[("WARM", 5), ("DAY", 50), ("MONTH", 5)]), 0));
    assert_eq!(pick(&mut ledger, 200), (named(&[("WARM", 5), ("DAY", 50), ("MONTH", 50)]), 95));
    ministry.say(18, Entry::EndRecall(EndRecall { recall: Reference::Own(0), notice: None, extensions: None }));
    ledger.apply(&ministry.records[1].verified());
    assert_eq!(pick(&mut ledger, 60), (named(&[("WARM", 5), ("BAD", 50), ("DAY", 5)]), 0));
}

#[test]
fn a_recall_reaches_only_its_authoritys_facilities_and_its_lots() {
    let mut log = Log::new(1, TO);
    log.say(10, goes_in(LOT, 10));
    log.say(11, goes_in((A, "L2"), 10));
    let mut ministry = Log::new(9, "MOH");
    let (mut products, mut lots) = ([0; 64], [0; 64]);
    let recall = Recall {
        class: 1,
        notice: "n",
        products: List::encode(&[Product::parse(A).unwrap()], &mut products).unwrap(),
        lots: List::encode(&[LotNumber::parse("L1").ok()], &mut lots).ok(),
        from: None,
        extensions: None,
    };
    ministry.say(17, Entry::Recall(recall));
    log.say(20, said(Movement { reason: 0, ..moves(Direction::Out, LOT, 3) }));
    let recalls = |ledger: &mut Ledger, of: (&str, &str)| {
        let settled = ledger.settled();
        settled.lot(TO, &Product::parse(of.0).unwrap(), LotNumber::parse(of.1).ok().as_ref()).unwrap().recalls().len()
    };
    let mut ledger = ledger_of(&[&log, &ministry]);
    assert_eq!(recalls(&mut ledger, LOT), 0, "nothing says that it reaches this facility");
    ledger.rules.reach_all(ministry.id);
    assert_eq!((recalls(&mut ledger, LOT), recalls(&mut ledger, (A, "L2"))), (1, 0));
    assert_eq!(found(ledger.settled()), ["recalled_dispensed"]);
}

#[test]
fn products_that_are_one_share_their_lots_from_whenever_that_is_said() {
    let mut log = Log::new(1, TO);
    log.say(10, goes_in((A, "L1"), 10));
    log.say(11, goes_out((B, "L1"), 4));
    let mut ledger = ledger_of(&[&log]);
    assert_eq!(found(ledger.settled()), ["negative_stock"]);
    let (a, b) = (Product::parse(A).unwrap(), Product::parse(B).unwrap());
    log.say(12, Entry::SameProduct(SameProduct { a, b, extensions: None }));
    ledger.apply(&log.records[2].verified());
    for name in [A, B] {
        assert_eq!(stock(ledger.settled(), TO, (name, "L1")), (6, 0));
    }
    assert_eq!(ledger.settled().lots(TO).len(), 1);
    assert!(found(ledger.settled()).is_empty());
}

#[test]
fn a_recall_under_any_name_of_a_product_is_told_of_it_once() {
    const C: &str = "local:C";
    for recalled in [vec![A], vec![B], vec![A, B], vec![C]] {
        let mut log = Log::new(1, TO);
        log.say(10, goes_in((A, "L1"), 10));
        log.say(10, goes_in((B, "L2"), 10));
        let mut ministry = Log::new(9, "MOH");
        let (a, b) = (Product::parse(A).unwrap(), Product::parse(B).unwrap());
        ministry.say(11, Entry::SameProduct(SameProduct { a, b, extensions: None }));
        let mut room = [0; 64];
        let products: Vec<_> = recalled.iter().map(|name| Product::parse(name).unwrap()).collect();
        let products = List::encode(&products, &mut room).unwrap();
        let recall = Recall { class: 2, notice: "n", products, lots: None, from: None, extensions: None };
        ministry.say(12, Entry::Recall(recall));
        let mut ledger = ledger_of(&[&log, &ministry]);
        ledger.rules.reach_all(ministry.id);
        let told = usize::from(recalled != [C]);
        let settled = ledger.settled();
        for (name, lot) in [(A, "L1"), (B, "L1"), (A, "L2"), (B, "L2"), (A, "never here")] {
            let (product, lot) = (Product::parse(name).unwrap(), LotNumber::parse(lot).ok());
            assert_eq!(settled.recalls(TO, &product, lot.as_ref()).len(), told, "{recalled:?} of {name}");
        }
        let other = Product::parse(C).unwrap();
        assert_eq!(settled.recalls(TO, &other, None).len(), 1 - told);
        assert_eq!(settled.recalls("elsewhere", &a, None).len(), usize::from(recalled.contains(&A)), "as it is named");
    }
}

#[test]
fn the_earliest_expiry_governs_until_it_is_taken_back_or_the_regulator_speaks() {
    let mut log = Log::new(1, TO);
    log.say(10, expiring(LOT, 10, "2027-12-31"));
    log.say(11, expiring(LOT, 10, "2026-12-31"));
    let expiry = |ledger: &mut Ledger| {
        let settled = ledger.settled();
        settled.lot(TO, &Product::parse(A).unwrap(), LotNumber::parse("L1").ok().as_ref()).unwrap().expiry().to_string()
    };
    let mut ledger = ledger_of(&[&log]);
    assert_eq!((expiry(&mut ledger).as_str(), found(ledger.settled())), ("2026-12-31", vec!["expiry_conflict"]));
    let mut ministry = Log::new(9, "MOH");
    let fact = LotFact {
        product: Product::parse(A).unwrap(),
        lot: LotNumber::parse("L1").unwrap(),
        expiry: Expiry::parse("2028-06").unwrap(),
        notice: "n",
        extensions: None,
    };
    ministry.say(12, Entry::LotFact(fact));
    let mut told = ledger_of(&[&log, &ministry]);
    told.rules.reach_all(ministry.id);
    assert_eq!((expiry(&mut told).as_str(), found(told.settled())), ("2028-06", vec![]));
    let copy = log.clone();
    log.take_back(20, &copy, 1, 10);
    ledger.apply(&log.records[2].verified());
    assert_eq!((expiry(&mut ledger).as_str(), found(ledger.settled())), ("2027-12-31", vec![]));
}

#[test]
fn negative_stock_names_what_took_it_below_zero() {
    let mut log = Log::new(1, TO);
    log.say(10, goes_in(LOT, 10));
    log.say(11, goes_out(LOT, 4));
    log.say(12, goes_out(LOT, 8));
    log.say(13, goes_out(LOT, 1));
    let mut ledger = ledger_of(&[&log]);
    let findings = ledger.settled().findings(&asked());
    let named: Vec<u32> = findings[0].records.iter().map(|r| r.index).collect();
    assert_eq!((findings[0].kind.name(), findings[0].amount, named), ("negative_stock", Some(-3), vec![2, 3]));
}

#[test]
fn a_serial_that_is_dispensed_twice_rings_and_one_that_came_back_may_go_again() {
    let serial = Serial::parse("SN1").ok();
    let with = |direction, reason| said(Movement { serial, reason, ..moves(direction, LOT, 30) });
    let mut log = Log::new(1, TO);
    log.say(10, with(Direction::In, 0));
    log.say(11, with(Direction::Out, 0));
    log.say(12, with(Direction::In, 2));
    log.say(13, with(Direction::Out, 0));
    assert!(found(ledger_of(&[&log]).settled()).is_empty());
    log.say(14, goes_in(LOT, 30));
    log.say(15, with(Direction::Out, 0));
    assert_eq!(found(ledger_of(&[&log]).settled()), ["duplicate_serial"]);
}

#[test]
fn destruction_needs_three_people_and_a_lost_controlled_medicine_a_report_within_two_days() {
    let (destroy, missing) = (reasons::OUT.number("destroy").unwrap(), reasons::OUT.number("missing").unwrap());
    let mut log = Log::new(1, TO);
    log.say(10, goes_in((B, "L1"), 100));
    log.say(11, said(Movement { reason: destroy, operator: operator("DS01"), ..moves(Direction::Out, (B, "L1"), 5) }));
    log.say(12, said(Movement { reason: missing, ..moves(Direction::Out, (B, "L1"), 5) }));
    assert_eq!(found(ledger_of(&[&log]).settled()), ["destruction_unwitnessed", "loss_not_reported"]);
    for (record, capacity, who) in [(1, 0, "DS02"), (1, 1, "DS03"), (2, 4, "DS01")] {
        let attest = Attest {
            record: Reference::Own(record),
            capacity,
            refused: false,
            operator: operator(who),
            document: None,
            extensions: None,
        };
        log.say(20, Entry::Attest(attest));
    }
    assert!(found(ledger_of(&[&log]).settled()).is_empty());
}

#[test]
fn a_shipment_that_nobody_answered_is_found_after_the_days_asked() {
    let mut a = Log::new(1, FROM);
    a.say(NOW - 8 * 86_400, goes_in(LOT, 100));
    a.say(NOW - 7 * 86_400 - 1, said(sends(TO, LOT, 60)));
    a.say(NOW - 6 * 86_400, said(sends(TO, LOT, 40)));
    assert_eq!(found(ledger_of(&[&a]).settled()), ["not_received"]);
}

#[test]
fn parts_add_up_exactly_and_another_number_per_unit_is_found() {
    let doses = |direction, parts, per_unit| {
        let quantity = Quantity::Parts { parts, per_unit, measure: crate::ident::Measure::Dose };
        said(Movement { quantity, ..moves(direction, LOT, 1) })
    };
    let mut log = Log::new(1, TO);
    log.say(10, doses(Direction::In, 31, 10));
    log.say(11, doses(Direction::Out, 7, 10));
    let mut ledger = ledger_of(&[&log]);
    let lots = ledger.settled().lots(TO);
    let parts: Vec<_> = lots[0].stock().iter().map(|s| (s.count, s.parts.unwrap().0)).collect();
    assert_eq!(parts, [(24, 10)]);
    log.say(12, doses(Direction::In, 3, 5));
    assert_eq!(found(ledger_of(&[&log]).settled()), ["parts_conflict"]);
}

#[test]
fn what_the_receiver_closes_as_lost_is_no_receipt() {
    let (mut a, mut b) = (Log::new(1, FROM), Log::new(2, TO));
    let sent = a.say(20, said(sends(TO, LOT, 100)));
    let lost = Movement { bucket: Bucket::Transit, reason: 17, answers: Some(sent), ..moves(Direction::Out, LOT, 10) };
    b.say(30, said(lost));
    assert_eq!(shipment(&mut ledger_of(&[&a, &b])), (0, 10, 0, 90));
}

#[test]
fn only_the_addressee_and_its_successors_may_answer() {
    let merges = |code: &'static str, successor: &'static str| {
        Entry::Facility(Facility {
            code: FacilityCode::parse(code).unwrap(),
            kind: 1,
            parent: None,
            successor: FacilityCode::parse(successor).ok(),
            from: None,
            extensions: None,
        })
    };
    let (mut a, mut b, mut ministry) = (Log::new(1, FROM), Log::new(2, "HN-0999"), Log::new(9, "MOH"));
    let sent = a.say(20, said(sends(TO, LOT, 100)));
    b.say(30, answers(sent, LOT, 100));
    // Both go over to a third: neither is the other's successor.
    ministry.say(1, merges(TO, "HN-0500"));
    ministry.say(2, merges("HN-0999", "HN-0500"));
    assert_eq!(shipment(&mut ledger_of(&[&a, &b, &ministry])).3, 100);
    // The addressee's successor may, also where that one has a successor itself.
    ministry.say(3, merges(TO, "HN-0999"));
    assert_eq!(shipment(&mut ledger_of(&[&a, &b, &ministry])).3, 0);
    // In a circle there is none.
    ministry.say(4, merges("HN-0500", TO));
    assert_eq!(shipment(&mut ledger_of(&[&a, &b, &ministry])).3, 100);
}

#[test]
fn a_strangers_receipt_that_is_taken_back_is_no_finding() {
    let (mut a, mut c) = (Log::new(1, FROM), Log::new(3, "HN-0999"));
    a.say(10, goes_in(LOT, 100));
    let sent = a.say(20, said(sends(TO, LOT, 100)));
    c.say(30, answers(sent, LOT, 100));
    let copy = c.clone();
    c.take_back(31, &copy, 0, 100);
    assert!(!found(ledger_of(&[&a, &c]).settled()).contains(&"answered_by_another"));
}

#[test]
fn what_is_sent_on_in_the_group_of_a_receipt_answers_nothing() {
    let (mut a, mut b) = (Log::new(1, FROM), Log::new(2, TO));
    let sent = a.say(20, said(sends(TO, LOT, 10)));
    b.say(30, said(Movement { answers: Some(sent), group: Group::Head(2), ..moves(Direction::In, LOT, 10) }));
    b.say(30, said(Movement { group: Group::Line(1), ..sends("HN-0999", LOT, 4) }));
    let mut ledger = ledger_of(&[&a, &b]);
    let left: Vec<(u64, u64)> = ledger.settled().shipments().iter().map(|s| (s.received, s.remaining)).collect();
    assert_eq!(left, [(10, 0), (0, 4)]);
}

#[test]
fn a_long_delivery_answered_as_a_whole_is_matched_lot_by_lot() {
    const LINES: usize = 300;
    let numbers: Vec<String> = (0..LINES).map(|n| std::format!("L{n:04}")).collect();
    let line = |direction, n: usize, units| {
        let lot = LotNumber::parse(&numbers[n]).ok();
        Movement { lot, ..moves(direction, LOT, units) }
    };
    let group = |at: usize| if at == 0 { Group::Head(LINES as u16) } else { Group::Line(at as u32) };
    let (mut a, mut b) = (Log::new(1, FROM), Log::new(2, TO));
    for at in 0..LINES {
        let counterparty = if at == 0 { facility(TO) } else { None };
        a.say(10, said(Movement { sent: true, counterparty, group: group(at), ..line(Direction::Out, at, 10) }));
    }
    let first = reference(&a.records[0].at);
    // In another order, and of every tenth line less.
    for at in 0..LINES {
        let n = at * 7 % LINES;
        let answers = if at == 0 { Some(first) } else { None };
        let units = if n.is_multiple_of(10) { 9 } else { 10 };
        b.say(20, said(Movement { answers, group: group(at), ..line(Direction::In, n, units) }));
    }
    for logs in [[&a, &b], [&b, &a]] {
        let mut ledger = ledger_of(&logs);
        let settled = ledger.settled();
        let missing: Vec<u64> = settled.shipments().iter().map(|s| s.remaining).collect();
        let expected: Vec<u64> = (0..LINES).map(|n| u64::from(n.is_multiple_of(10))).collect();
        assert_eq!(missing, expected);
        // Nothing ever came in at the sender's.
        let others: Vec<_> = found(settled).into_iter().filter(|name| *name != "negative_stock").collect();
        assert_eq!(others, ["shortage"; LINES / 10]);
    }
}

#[test]
fn what_goes_to_nobody_known_stays_on_the_way_whatever_else_goes_there() {
    let mut a = Log::new(1, FROM);
    let to = Party::parse("described:Tram y te").ok();
    for _ in 0..3 {
        a.say(10, said(Movement { sent: true, counterparty: to, ..moves(Direction::Out, LOT, 10) }));
    }
    let back = Movement { reason: 9, answers: Some(Reference::Own(1)), ..moves(Direction::In, LOT, 4) };
    a.say(20, said(back));
    let mut ledger = ledger_of(&[&a]);
    let remaining: Vec<u64> = ledger.settled().shipments().iter().map(|s| s.remaining).collect();
    assert_eq!(remaining, [10, 6, 10]);
}
