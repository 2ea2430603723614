//! The answers are a function of the set of records: any order, any repetition, records that lapse and come back.
use super::*;
use crate::ident::{DocumentNumber, FacilityCode, Measure, Serial, Store};
use crate::ledger::Picking;
use crate::movement::{Amount, Bucket, Document, Group};
use crate::record::{Attest, ClockSet, Detail, EndRecall, Facility, LineAmount, List, LotFact, Recall, SameProduct};
use proptest::prelude::*;
use std::format;

pub(super) const FACILITIES: [&str; 3] = ["DN-01", "HN-0417", "HN-0999"];
const LOTS: [(&str, &str); 4] = [(A, "L1"), (A, "L2"), (B, "L1"), (B, "L9")];

/// One thing said: which log, what, and three choices.
pub(super) type Say = (usize, u8, usize, usize, u32);

pub(super) fn world(says: &[Say]) -> Vec<Log> {
    // Two devices each at two facilities, one at the third, a ministry.
    let mut logs: Vec<Log> = (1..).zip([0, 0, 1, 1, 2]).map(|(n, f)| Log::new(n, FACILITIES[f])).collect();
    logs.push(Log::new(9, "MOH"));
    let mut branches: Vec<Log> = Vec::new();
    let mut time = 1_000u32;
    for (log, what, a, b, n) in says {
        time += 7;
        let (log, units) = (log % 5, n % 40 + 1);
        let of = LOTS[a % 4];
        let number = ["D1", "D2"][b % 2];
        let document = Some(Document { kind: 1, number: DocumentNumber::parse(number).unwrap() });
        let to = facility(FACILITIES[b % 3]);
        let other = logs[b % 5].clone();
        let pick = |log: &Log| log.records.get(n.checked_rem(log.records.len() as u32).unwrap_or(0) as usize).cloned();
        let is_movement = |made: &Made| matches!(made.verified().record().entry, Entry::Movement { .. });
        let mine = &mut logs[log];
        match what % 20 {
            0..=2 => {
                let amount = (b % 3 > 0).then(|| Amount { value: u64::from(*n) * 7 + 1, tax_included: b % 3 == 1 });
                mine.say(time, said(Movement { amount, reason: (b % 14) as u16, ..moves(Direction::In, of, units) }));
            }
            3 | 4 => {
                mine.say(time, said(Movement { reason: (b % 21) as u16, ..moves(Direction::Out, of, units) }));
            }
            5 => {
                let expiry = Expiry::Day(Date::new(2027, 1 + (n % 3) as u8, 5).unwrap());
                mine.say(
                    time,
                    said(Movement { expiry, serial: Serial::parse("S").ok(), ..moves(Direction::In, of, units) }),
                );
            }
            6 | 7 => {
                mine.say(
                    time,
                    said(Movement { sent: true, counterparty: to, document, ..moves(Direction::Out, of, units) }),
                );
            }
            8 => {
                mine.say(
                    time,
                    said(Movement {
                        sent: true,
                        counterparty: to,
                        document,
                        group: Group::Head(2),
                        ..moves(Direction::Out, of, units)
                    }),
                );
                mine.say(
                    time,
                    said(Movement {
                        sent: true,
                        group: Group::Line(1),
                        ..moves(Direction::Out, LOTS[(a + 1) % 4], units)
                    }),
                );
                if n % 3 > 0 {
                    let amounts = [Some(Amount { value: 1_000, tax_included: false }), None].map(LineAmount);
                    let mut room = [0; 64];
                    let amounts = List::encode(&amounts, &mut room).unwrap();
                    let detail = Detail { first: 2, amounts, operator: operator("E"), extensions: None };
                    mine.say(time, Entry::Detail(detail));
                }
            }
            9 => {
                if let Some(sent) = pick(&other).filter(is_movement) {
                    mine.say(
                        time,
                        said(Movement { answers: Some(reference(&sent.at)), ..moves(Direction::In, of, units) }),
                    );
                }
            }
            10 => {
                mine.say(time, said(Movement { counterparty: to, document, ..moves(Direction::In, of, units) }));
            }
            11 => {
                if let Some(sent) = pick(&other).filter(is_movement) {
                    mine.say(time, refuses(reference(&sent.at), units));
                }
            }
            12 => {
                if pick(&other).is_some_and(|made| is_movement(&made)) {
                    let index = (*n as usize) % other.records.len();
                    let total = match &other.records[index].verified().record().entry {
                        Entry::Movement { movement, .. } => movement.quantity.count(),
                        _ => 1,
                    };
                    mine.take_back(time, &other, index, 1 + *n % total);
                }
            }
            13 => {
                let begin = mine.begin_count(time);
                mine.count_line(time + 1, begin, of, units);
                if b % 2 == 0 {
                    mine.count_line(time + 2, begin, LOTS[(a + 1) % 4], units / 2);
                }
                if b % 3 > 0 {
                    mine.end_count(time + 3, begin, b % 3 == 1);
                }
            }
            14 => mine.observe(time, &other, (n % 2 == 0).then_some(i64::from(*n % 600) - 300)),
            // The clock is lost, and set again or not.
            15 if b % 3 > 0 => {
                mine.say_unset(n % 50, goes_out(of, units));
                if b % 3 == 1 {
                    let change = i64::from(time) - i64::from(n % 70);
                    mine.say(time, Entry::ClockSet(ClockSet { change, extensions: None }));
                }
            }
            15 => {
                mine.say(time, Entry::ClockSet(ClockSet { change: i64::from(n % 900) + 1, extensions: None }));
            }
            16 => {
                mine.say_late(time, time - 1 - n % 200, goes_out(of, units));
            }
            17 => {
                let from = moves(Direction::Move, of, units);
                let ward = Some(Store::parse("K1").ok());
                mine.say(
                    time,
                    said(if b % 2 == 0 {
                        Movement { to_bucket: Some(Bucket::Hold), ..from }
                    } else {
                        Movement { to_store: ward, ..from }
                    }),
                );
            }
            18 => {
                // Another branch of the same log: each counts until a cut.
                let mut branch = mine.clone();
                branch.records.truncate((*n as usize) % (mine.records.len() + 1));
                branch.say(time + 500, goes_in(of, units));
                branch.observe(time + 501, &other, None);
                branches.push(branch);
            }
            _ => {
                let ministry = &mut logs[5];
                let (mut x, mut y) = ([0; 64], [0; 64]);
                let product = Product::parse(of.0).unwrap();
                let lot = LotNumber::parse(of.1).unwrap();
                let products = List::encode(&[product], &mut x).unwrap();
                match b % 5 {
                    0 => {
                        ministry.say(
                            time,
                            Entry::Recall(Recall {
                                class: 1,
                                notice: "n",
                                products,
                                lots: List::encode(&[Some(lot)], &mut y).ok(),
                                from: None,
                                extensions: None,
                            }),
                        );
                    }
                    1 => {
                        if !ministry.records.is_empty() {
                            let recall = Reference::Own(n % ministry.records.len() as u32);
                            ministry.say(time, Entry::EndRecall(EndRecall { recall, notice: None, extensions: None }));
                        }
                    }
                    2 => {
                        ministry.say(
                            time,
                            Entry::SameProduct(SameProduct {
                                a: Product::parse(A).unwrap(),
                                b: Product::parse(B).unwrap(),
                                extensions: None,
                            }),
                        );
                    }
                    3 => {
                        ministry.say(
                            time,
                            Entry::LotFact(LotFact {
                                product,
                                lot,
                                expiry: Expiry::Day(Date::new(2028, 1, 1 + (n % 20) as u8).unwrap()),
                                notice: "n",
                                extensions: None,
                            }),
                        );
                    }
                    _ => {
                        let code = |at: usize| FacilityCode::parse(FACILITIES[at % 3]).unwrap();
                        let successor = (n % 3 > 0).then(|| code(a + 1));
                        ministry.say(
                            time,
                            Entry::Facility(Facility {
                                code: code(*a),
                                kind: 1,
                                parent: None,
                                successor,
                                from: None,
                                extensions: None,
                            }),
                        );
                    }
                }
                let attest = Attest {
                    record: Reference::Own(0),
                    capacity: 0,
                    refused: false,
                    operator: operator("D"),
                    document: None,
                    extensions: None,
                };
                if !logs[log].records.is_empty() {
                    logs[log].say(time, Entry::Attest(attest));
                }
            }
        }
    }
    logs.extend(branches);
    logs
}

/// Everything that can be asked, as text.
fn answers(ledger: &mut Ledger) -> String {
    let settled = ledger.settled();
    let mut out = String::new();
    for code in settled.facilities() {
        out += &format!("{code} as of {:?}\n", settled.as_of(code));
        for lot in settled.lots(code) {
            let (product, number) = (lot.product(), lot.number());
            out += &format!("{product:?} {number:?} {:?} {:?} {:?}\n", lot.stock(), lot.expiry(), lot.recalls());
            out += &format!("{:?}\n", lot.shipments_out());
            for line in settled.card(&lot) {
                out += &format!("{line:?}\n");
            }
        }
        for product in [A, B] {
            let product = Product::parse(product).unwrap();
            for quantity in [Quantity::Units(50), Quantity::Parts { parts: 75, per_unit: 10, measure: Measure::Dose }] {
                let (opened, today) = (false, day("2027-02-01"));
                let wanted = Picking { facility: code, product, quantity, opened, store: None, fund: None, today };
                let (picked, short) = settled.pick(&wanted);
                let picked: Vec<_> = picked.iter().map(|p| (p.lot.number(), p.place, p.quantity)).collect();
                out += &format!("{picked:?} {short}\n");
            }
        }
    }
    for (product, lot) in LOTS {
        let product = Product::parse(product).unwrap();
        out += &format!("{:?}\n", settled.trace(&product, LotNumber::parse(lot).ok().as_ref()));
    }
    out += &super::report_properties::reports(settled);
    for shipment in settled.shipments() {
        out += &format!("{shipment:?}\n");
    }
    for finding in settled.findings(&asked()) {
        out += &format!("{finding:?}\n");
    }
    out
}

/// The first line in which two answers differ.
fn difference(a: &str, b: &str) -> Option<(String, String)> {
    let differ = a.lines().chain([""]).zip(b.lines().chain([""])).find(|(a, b)| a != b);
    differ.map(|(a, b)| {
        let same = a.char_indices().zip(b.chars()).find(|((_, x), y)| x != y).map_or(0, |((at, _), _)| at);
        let near = |text: &str| text.chars().skip(same.saturating_sub(500)).take(700).collect();
        (near(a), near(b))
    })
}

/// Nothing yet; the ministry's word reaches all.
pub(super) fn new_ledger() -> Ledger {
    let mut ledger = Ledger::new();
    ledger.rules.reach_all(Hash([9; 32]));
    ledger
}

/// Things said; branches too where asked for.
pub(super) fn says(branches: bool) -> impl Strategy<Value = Vec<Say>> {
    let what = any::<u8>().prop_map(move |what| if !branches && what % 20 == 18 { 0 } else { what });
    proptest::collection::vec((0..5usize, what, 0..12usize, 0..30usize, 0..4_000u32), 1..30)
}

/// Orders of arrival that are tried for each set of records.
const ROUNDS: usize = 8;

/// How many orders are tried in all; `MEDLOT_SHUFFLES` asks for more.
pub(super) fn shuffles() -> usize {
    std::env::var("MEDLOT_SHUFFLES").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000)
}

/// Applies records in an order that `key` gives: asked in between, said twice, lapsed and said again; and somewhere on
/// the way a log is cut and its records behind the cut lapse, until the cut itself lapses at the end.
fn in_some_order(records: &[&Made], key: impl Fn(usize) -> u32) -> Result<Ledger, TestCaseError> {
    let mut order: Vec<usize> = (0..records.len()).collect();
    order.sort_by_key(|at| key(*at));
    let mut ledger = new_ledger();
    let mut lapsed: Vec<&Made> = Vec::new();
    let cut_at = key(records.len()) as usize % records.len().max(1);
    for (step, at) in order.iter().enumerate() {
        let record = records[*at];
        ledger.apply(&record.verified());
        match key(step) % 9 {
            0 => drop(ledger.settled().findings(&asked())),
            1 => prop_assert!(!ledger.apply(&record.verified())),
            2 => {
                prop_assert!(ledger.lapse(&record.at));
                if key(step).is_multiple_of(2) {
                    ledger.settled();
                }
                prop_assert!(ledger.apply(&record.verified()));
            }
            _ => {}
        }
        if step == cut_at {
            let from = record.at.index / 2;
            for behind in records.iter().filter(|r| r.at.log == record.at.log && r.at.index >= from) {
                if ledger.lapse(&behind.at) {
                    lapsed.push(behind);
                }
            }
        }
    }
    lapsed.reverse();
    for record in lapsed {
        ledger.apply(&record.verified()); // of a branch that shares its beginning it may be here again
    }
    Ok(ledger)
}

/// Tries so many orders of worlds of its own; how many were tried.
fn try_orders(orders: usize) -> usize {
    let cases = u32::try_from(orders.div_ceil(ROUNDS)).unwrap();
    let config =
        ProptestConfig { cases, max_shrink_iters: 4_000, failure_persistence: None, ..ProptestConfig::default() };
    let made = std::cell::Cell::new(0);
    let strategy = (says(true), any::<[u32; 32]>());
    let run = proptest::test_runner::TestRunner::new(config).run(&strategy, |(says, keys)| {
        let logs = world(&says);
        let records: Vec<&Made> = logs.iter().flat_map(|log| &log.records).collect();
        let mut first = new_ledger();
        for record in &records {
            first.apply(&record.verified());
        }
        let expected = answers(&mut first);
        for round in 0..ROUNDS {
            let key = |at: usize| {
                let mixed = keys[(at * 7 + round * 5) % keys.len()] ^ (round as u32).wrapping_mul(0x85eb_ca6b);
                mixed.wrapping_mul(0x9e37_79b9u32.wrapping_add(2 * at as u32)).rotate_left(15)
            };
            let mut ledger = in_some_order(&records, key)?;
            prop_assert_eq!(difference(&answers(&mut ledger), &expected), None);
            made.set(made.get() + 1);
        }
        Ok(())
    });
    if let Err(error) = run {
        panic!("{error}");
    }
    made.get()
}

#[test]
fn any_order_and_any_repetition_give_the_same_answers() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    let made: usize = std::thread::scope(|scope| {
        let share = || scope.spawn(|| try_orders(shuffles().div_ceil(threads)));
        let shares: Vec<_> = (0..threads).map(|_| share()).collect();
        shares.into_iter().map(|share| share.join().unwrap()).sum()
    });
    std::println!("{made} orders of arrival");
    assert!(made >= shuffles());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_500, max_shrink_iters: 4_000, ..ProptestConfig::default() })]
    #[test]
    fn branches_are_followed_by_pieces_as_by_records(
        says in says(true), gone in proptest::collection::vec(any::<bool>(), 128), step in 1..4usize,
    ) {
        let mut ledger = new_ledger();
        let logs = world(&says);
        let records: Vec<&Made> = logs.iter().flat_map(|log| &log.records).step_by(step).collect();
        for (at, record) in records.iter().enumerate() {
            ledger.apply(&record.verified());
            prop_assert!(at % 20 > 0 || ledger.branches_are_right());
        }
        for (at, record) in records.iter().enumerate().filter(|(at, _)| gone[at % gone.len()] && at % 5 == 0) {
            ledger.lapse(&record.at);
            prop_assert!(at % 20 > 0 || ledger.branches_are_right());
        }
        prop_assert!(ledger.branches_are_right());
    }

    #[test]
    fn what_lapsed_leaves_no_trace(
        says in says(true),
        gone in proptest::collection::vec(any::<bool>(), 128),
    ) {
        let logs = world(&says);
        let records: Vec<&Made> = logs.iter().flat_map(|log| &log.records).collect();
        let lapses = |at: usize| gone[at % gone.len()] && at.is_multiple_of(3);
        let (mut never, mut once) = (new_ledger(), new_ledger());
        for (at, record) in records.iter().enumerate() {
            once.apply(&record.verified());
            let again = records[..at].iter().any(|r| r.at == record.at);
            if !again && !lapses(at) {
                never.apply(&record.verified());
            }
        }
        for (at, record) in records.iter().enumerate() {
            let again = records[..at].iter().any(|r| r.at == record.at);
            if !again && lapses(at) {
                once.lapse(&record.at);
            }
        }
        prop_assert_eq!(difference(&answers(&mut once), &answers(&mut never)), None);
    }
}
