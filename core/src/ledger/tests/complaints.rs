//! What users of other systems complain about, each as a test named after it. Where another file says the same at
//! length, it is named here:
//!
//! | What hurt | Where |
//! |---|---|
//! | two products under one lot number merged; differing expiries merged to the furthest | here, and `deliveries::the_earliest_expiry_governs_until_it_is_taken_back_or_the_regulator_speaks` |
//! | a batch that arrives in stages blocked as a duplicate | here |
//! | stock booked twice on a retry | here, and `order` for any set of records |
//! | a transfer received again after a part-receipt | here, and `deliveries::an_over_receipt_of_one_line_doesnt_hide_the_shortage_of_another` |
//! | the sender never learns of a shortage; differences in packs | `deliveries::a_shortage_is_seen_from_both_ends_until_the_sender_closes_it` |
//! | negative stock refused, lost or hidden | `deliveries::negative_stock_names_what_took_it_below_zero` |
//! | a running balance that differs from run to run when times tie | here |
//! | a count that can't finish because stock moved | `shelf::a_count_sets_stock_and_later_movements_add_up`, `shelf::the_rest_of_a_count_is_zero_and_what_came_in_while_counting_stays` |
//! | pack and unit arithmetic, decimal packs | here |
//! | recalled lots counted as available | `deliveries::picking_takes_what_expires_first_and_nothing_recalled_held_or_expired` |
use super::*;
use crate::ident::Measure;
use crate::ledger::report::{Period, Span};
use crate::ledger::{Picking, together};
use crate::movement::Bucket;

const LOT: (&str, &str) = (A, "L1");
const FROM: &str = "DN-01";
const SHOP: &str = "HN-0417";

fn of_parts(direction: Direction, parts: u32, per_unit: u16, measure: Measure) -> Entry<'static> {
    said(Movement { quantity: Quantity::Parts { parts, per_unit, measure }, ..moves(direction, LOT, 1) })
}

#[test]
fn two_products_under_one_lot_number_are_two_lots() {
    let mut log = Log::new(1, SHOP);
    log.say(10, goes_in((A, "L1"), 10));
    log.say(11, goes_in((B, "L1"), 7));
    let mut ledger = ledger_of(&[&log]);
    let settled = ledger.settled();
    assert_eq!((stock(settled, SHOP, (A, "L1")), stock(settled, SHOP, (B, "L1"))), ((10, 0), (7, 0)));
    assert_eq!(settled.lots(SHOP).len(), 2);
}

#[test]
fn a_lot_may_arrive_any_number_of_times() {
    let mut log = Log::new(1, SHOP);
    for n in 0..5 {
        log.say(10 + n, goes_in(LOT, 20));
    }
    let mut ledger = ledger_of(&[&log]);
    assert_eq!((stock(ledger.settled(), SHOP, LOT), found(ledger.settled())), ((100, 0), Vec::new()));
}

#[test]
fn a_record_that_is_applied_twice_counts_once() {
    let mut log = Log::new(1, SHOP);
    log.say(10, goes_in(LOT, 20));
    let mut ledger = ledger_of(&[&log]);
    assert!(!ledger.apply(&log.records[0].verified()));
    assert_eq!((stock(ledger.settled(), SHOP, LOT), ledger.len()), ((20, 0), 1));
}

#[test]
fn part_receipts_name_their_shipment_and_add_up_and_one_too_many_is_found() {
    let (mut a, mut b) = (Log::new(1, FROM), Log::new(2, SHOP));
    a.say(10, goes_in(LOT, 100));
    let out = Movement { sent: true, reason: 1, counterparty: facility(SHOP), ..moves(Direction::Out, LOT, 100) };
    let sent = a.say(20, said(out));
    let receipt = |units| said(Movement { answers: Some(sent), ..moves(Direction::In, LOT, units) });
    b.say(30, receipt(60));
    b.say(40, receipt(40));
    assert!(found(ledger_of(&[&a, &b]).settled()).is_empty());
    b.say(50, receipt(40));
    let mut ledger = ledger_of(&[&a, &b]);
    assert_eq!((found(ledger.settled()), stock(ledger.settled(), SHOP, LOT)), (["over_receipt"].into(), (140, 0)));
}

#[test]
fn a_running_balance_is_the_same_from_run_to_run_when_times_tie() {
    let (mut a, mut b) = (Log::new(1, SHOP), Log::new(2, SHOP));
    a.say(10, goes_in(LOT, 50));
    b.say(10, goes_out(LOT, 3));
    a.say(10, goes_out(LOT, 5));
    b.say(10, goes_in(LOT, 20));
    let balances = |logs: &[&Log]| -> Vec<i64> {
        let mut ledger = ledger_of(logs);
        let settled = ledger.settled();
        settled.card(&settled.lots(SHOP)[0]).iter().map(|line| line.balance).collect()
    };
    assert_eq!(balances(&[&a, &b]), balances(&[&b, &a]));
    assert_eq!(balances(&[&a, &b]).last(), Some(&62));
}

#[test]
fn doses_are_picked_out_of_opened_vials_first_and_wasted_out_of_them_alone() {
    let product = Product::parse(A).unwrap();
    let pick = |ledger: &mut Ledger, quantity: &str, opened: bool| {
        let quantity = Quantity::parse(quantity).unwrap();
        let wanted =
            Picking { facility: SHOP, product, quantity, opened, store: None, fund: None, today: day("2026-11-24") };
        let (picked, missing) = ledger.settled().pick(&wanted);
        let of = |p: &crate::ledger::Picked<'_>| {
            (String::from(p.lot.number().unwrap().as_str()), std::format!("{}", p.quantity))
        };
        (picked.iter().map(of).collect::<Vec<_>>(), missing)
    };
    let named = |all: &[(&str, &str)]| all.iter().map(|(lot, n)| ((*lot).into(), (*n).into())).collect::<Vec<_>>();
    let dated = |lot: &'static str, units, expiry: &str| {
        said(Movement { expiry: Expiry::parse(expiry).unwrap(), ..moves(Direction::In, (A, lot), units) })
    };
    let doses = |lot: &'static str, parts| {
        let quantity = Quantity::Parts { parts, per_unit: 10, measure: Measure::Dose };
        Movement { quantity, ..moves(Direction::Out, (A, lot), 1) }
    };
    let mut log = Log::new(1, SHOP);
    log.say(10, dated("SOON", 2, "2027-01-31"));
    log.say(11, dated("LATE", 5, "2028-01-31"));
    log.say(12, dated("OVER", 1, "2026-11-23"));
    log.say(20, said(doses("SOON", 7)));
    log.say(21, said(doses("OVER", 4)));
    let mut ledger = ledger_of(&[&log]);
    assert_eq!(pick(&mut ledger, "2/10 dose", false), (named(&[("SOON", "2/10 dose")]), 0));
    assert_eq!(pick(&mut ledger, "20/10 dose", false), (named(&[("SOON", "13/10 dose"), ("LATE", "7/10 dose")]), 0));
    assert_eq!(pick(&mut ledger, "70/10 dose", false), (named(&[("SOON", "13/10 dose"), ("LATE", "50/10 dose")]), 7));
    // Parts of another size lie in whole vials only.
    assert_eq!(pick(&mut ledger, "4/5 dose", false), (named(&[("SOON", "4/5 dose")]), 0));
    // Thrown away is what is open, the expired vial's rest too; no whole one is opened for it.
    assert_eq!(pick(&mut ledger, "20/10 dose", true), (named(&[("OVER", "6/10 dose"), ("SOON", "3/10 dose")]), 11));
    assert_eq!(pick(&mut ledger, "1", true), (Vec::new(), 1));
    // What is held is neither given nor thrown away from the shelf.
    log.say(30, said(Movement { to_bucket: Some(Bucket::Hold), direction: Direction::Move, ..doses("SOON", 13) }));
    let mut ledger = ledger_of(&[&log]);
    assert_eq!(pick(&mut ledger, "2/10 dose", false), (named(&[("LATE", "2/10 dose")]), 0));
    assert_eq!(pick(&mut ledger, "20/10 dose", true), (named(&[("OVER", "6/10 dose")]), 14));
}

#[test]
fn opened_vials_are_reckoned_with_whole_ones_to_the_last_dose() {
    let mut log = Log::new(1, SHOP);
    log.say(10, goes_in(LOT, 20));
    log.say(20, of_parts(Direction::Out, 31, 10, Measure::Dose));
    log.say(30, of_parts(Direction::Out, 9, 10, Measure::Dose));
    let mut ledger = ledger_of(&[&log]);
    let settled = ledger.settled();
    let lot = settled.lots(SHOP)[0];
    let shelf = |lot: &crate::ledger::Lot<'_>| lot.shelf().into_iter().map(|s| (s.units, s.parts)).collect::<Vec<_>>();
    assert_eq!(shelf(&lot), [(16, Vec::new())]);
    let wanted = Picking {
        facility: SHOP,
        product: Product::parse(A).unwrap(),
        quantity: Quantity::Units(20),
        opened: false,
        store: None,
        fund: None,
        today: day("2026-11-24"),
    };
    let (picked, missing) = settled.pick(&wanted);
    assert_eq!((picked[0].quantity.count(), missing), (16, 4));
    assert!(found(settled).is_empty(), "no part is below 0 while vials stand there");
    // The report keeps vials and doses apart, exactly; together they are what stands there.
    let span = Span::new(day("2020-01-01"), day("2020-01-01")).unwrap();
    let report = settled.period(&Period::new(SHOP, span, 420));
    let said: Vec<_> = report.lots.iter().map(|l| (l.parts, l.turnover.came, l.turnover.went)).collect();
    assert_eq!(said, [(None, 20, 0), (Some((10, Measure::Dose)), 0, 40)]);
    let closing: Vec<_> = report.lots.iter().map(|l| (l.turnover.closing, l.parts)).collect();
    assert_eq!(together(&closing), (16, Vec::new()));
    log.say(40, of_parts(Direction::Out, 165, 10, Measure::Dose));
    let mut ledger = ledger_of(&[&log]);
    let settled = ledger.settled();
    // Half a vial too much.
    assert_eq!(shelf(&settled.lots(SHOP)[0]), [(0, [(-5, 10, Measure::Dose)].into())]);
    let findings = settled.findings(&asked());
    assert_eq!((findings[0].kind.name(), findings[0].amount), ("negative_stock", Some(-1)));
    assert_eq!(findings[0].records.last().unwrap().index, 3);
}

#[test]
fn half_a_vial_is_exact() {
    let mut log = Log::new(1, SHOP);
    log.say(10, goes_in(LOT, 40));
    for n in 0..3 {
        log.say(20 + n, of_parts(Direction::Out, 1, 2, Measure::Piece));
    }
    let mut ledger = ledger_of(&[&log]);
    let shelf = ledger.settled().lots(SHOP)[0].shelf();
    assert_eq!((shelf[0].units, shelf[0].parts.as_slice()), (38, &[(1, 2, Measure::Piece)][..]));
    // Counted in whole vials and an opened one: the count governs, whatever was written in parts before.
    let begin = log.begin_count(30);
    log.count_line(31, begin, LOT, 37);
    let mut ledger = ledger_of(&[&log]);
    let shelf = ledger.settled().lots(SHOP)[0].shelf();
    assert_eq!((shelf[0].units, shelf[0].parts.len()), (37, 0));
}
