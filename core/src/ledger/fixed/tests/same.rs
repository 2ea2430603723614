//! Any records of a facility's logs, in any interleaving: the table says what the ledger says.
use super::*;
use crate::ident::{Fund, Quantity, Store};
use crate::ledger::fixed::Room;
use crate::ledger::tests::{goes_in, goes_out, moves, said};
use crate::movement::{Bucket, Direction, Movement};
use crate::record::{AnyFund, ClockSet, CountBegin, CountEnd, CountLine, Entry, List};
use crate::time::{Date, Expiry};
use proptest::prelude::*;
use std::boxed::Box;
use std::format;

/// One thing said: which log, what, and three choices.
type Say = (usize, u8, usize, usize, u32);

fn world(says: &[Say], devices: usize) -> Vec<Log> {
    let mut logs: Vec<Log> = (1..).take(devices).map(|n| Log::new(n, SHOP)).collect();
    let mut counts: Vec<Vec<u32>> = vec![Vec::new(); devices];
    let mut time = 100_000u32;
    for (log, what, a, b, n) in says {
        time += if n % 11 == 0 { 40 * 86_400 } else { 7 };
        let (log, units) = (log % devices, n % 40 + 1);
        let of = LOTS[a % 4];
        let other = logs[b % devices].clone();
        let store = (n % 5 == 0).then(|| Store::parse("K1").unwrap());
        let fund = (n % 7 == 0).then(|| Fund::parse("BHYT").unwrap());
        let vvm = (n % 6 == 0).then_some((n % 3 + 1) as u8);
        let own = log == b % devices;
        let mine = &mut logs[log];
        match what % 24 {
            0..=2 => drop(mine.say(time, goes_in(of, units))),
            3 | 4 => drop(mine.say(time, goes_out(of, units))),
            5 => {
                let expiry = Expiry::Day(Date::new(2027, 1 + (n % 3) as u8, 5).unwrap());
                let expiry = if n % 4 == 0 { Expiry::whole_month(2027, 2).unwrap() } else { expiry };
                mine.say(time, said(Movement { expiry, vvm, ..moves(Direction::In, of, units) }));
            }
            6 => drop(mine.say(time, said(Movement { store, fund, vvm, ..moves(Direction::In, of, units) }))),
            7 => drop(mine.say(time, said(Movement { store, fund, ..moves(Direction::Out, of, units) }))),
            8 => {
                let from = moves(Direction::Move, of, units);
                mine.say(time, said(Movement { to_bucket: Some(Bucket::Hold), ..from }));
            }
            9 => {
                let to = Some(Some(Store::parse("K1").unwrap()));
                mine.say(time, said(Movement { to_store: to, ..moves(Direction::Move, of, units) }));
            }
            10 => {
                let quantity = Quantity::Parts { parts: units, per_unit: 10, measure: Measure::Dose };
                let direction = if b % 2 == 0 { Direction::In } else { Direction::Out };
                mine.say(time, said(Movement { quantity, ..moves(direction, of, 1) }));
            }
            11 | 12 => drop(mine.say_late(time, time - 1 - n % 200, goes_out(of, units))),
            13..=15 if !other.records.is_empty() => {
                let index = (*n as usize) % other.records.len();
                let total = match &other.records[index].verified().record().entry {
                    Entry::Movement { movement, .. } => Some(movement.quantity.count()),
                    _ => None,
                };
                if let Some(quantity) = total {
                    mine.take_back(time, &other, index, 1 + *n % quantity);
                }
            }
            16 => {
                let (mut x, mut y) = ([0; 64], [0; 64]);
                let funds = List::encode(&[AnyFund(None)], &mut x).ok().filter(|_| n % 9 == 1);
                let product = [Product::parse(of.0).unwrap()];
                let products = List::encode(&product, &mut y).ok().filter(|_| n % 9 == 2);
                let begin = CountBegin {
                    operator: None,
                    store,
                    funds,
                    products,
                    blind: false,
                    document: None,
                    extensions: None,
                };
                mine.say(time, Entry::CountBegin(begin));
                counts[log].push(mine.records.len() as u32 - 1);
            }
            17..=19 => {
                let Some(begin) = counts[log].iter().rev().nth(b % 2) else { continue };
                let line = CountLine {
                    begin: mine.records.len() as u32 - begin,
                    product: Product::parse(of.0).unwrap(),
                    lot: LotNumber::parse(of.1).ok(),
                    expiry: Expiry::NotRead,
                    quantity: Quantity::Units(units),
                    shown: None,
                    operator: None,
                    bucket: if n % 8 == 0 { Bucket::Hold } else { Bucket::Available },
                    fund,
                    vvm,
                    made_on: None,
                    serial: None,
                    extensions: None,
                };
                mine.say(time, Entry::CountLine(line));
            }
            20 => {
                let Some(begin) = counts[log].iter().rev().nth(b % 2) else { continue };
                let begin = mine.records.len() as u32 - begin;
                let end = CountEnd { begin, lines: 1, rest_is_zero: n % 2 == 0, operator: None, extensions: None };
                mine.say(time, Entry::CountEnd(end));
            }
            21 if *n % 8 == 0 => {
                mine.say(time, Entry::ClockSet(ClockSet { change: i64::from(n % 900) - 450 + 1, extensions: None }));
            }
            // The clock is lost, and set again or not.
            21 if *n % 8 == 1 => {
                mine.say_unset(n % 50, goes_out(of, units));
                if b % 3 > 0 {
                    let change = i64::from(time) - i64::from(n % 70);
                    mine.say(time, Entry::ClockSet(ClockSet { change, extensions: None }));
                }
            }
            _ if !own => mine.observe(time, &other, (n % 2 == 0).then_some(i64::from(*n % 600) - 300)),
            _ => {}
        }
    }
    logs
}

/// The records in some interleaving of their logs.
fn interleaved<'l>(logs: &'l [Log], keys: &[u32]) -> Vec<&'l Made> {
    let mut at = vec![0; logs.len()];
    let mut out = Vec::new();
    let all: usize = logs.iter().map(|log| log.records.len()).sum();
    let mut step = 0usize;
    while out.len() < all {
        // Runs of one log, as a synchronisation brings them.
        let key = keys[step % keys.len()];
        let log = key as usize % logs.len();
        for _ in 0..=(key >> 8) % 6 {
            if let Some(made) = logs[log].records.get(at[log]) {
                out.push(made);
                at[log] += 1;
            }
        }
        step += 1;
        if step > keys.len() * 4 {
            for (log, at) in logs.iter().zip(&at) {
                out.extend(&log.records[*at..]);
            }
            break;
        }
    }
    out
}

fn cases(default: u32) -> u32 {
    std::env::var("MEDLOT_SHUFFLES").ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

fn says() -> impl Strategy<Value = Vec<Say>> {
    proptest::collection::vec((0..4usize, any::<u8>(), 0..12usize, 0..30usize, 0..4_000u32), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(800), max_shrink_iters: 8_000, ..ProptestConfig::default() })]

    #[test]
    fn it_says_what_the_ledger_says(
        says in says(), devices in 1..4usize, keys in proptest::collection::vec(any::<u32>(), 64),
    ) {
        let logs = world(&says, devices);
        let records = interleaved(&logs, &keys);
        let mut memory: Box<FixedLedger<64, 2_048, 8>> = Box::default();
        let mut shelf = Shelf::new(&logs);
        for (step, record) in records.iter().enumerate() {
            let mut table = memory.table(SHOP);
            match table.apply(&record.verified(), &mut shelf) {
                Ok(news) => prop_assert!(news),
                // More counts open at once than there is room for: said, and nothing more is claimed.
                Err(error) => {
                    prop_assert_eq!(error, FixedError::Full(Room::Counts));
                    prop_assert!(!table.is_complete());
                    break;
                }
            }
            if keys[(step + 1) % keys.len()] % 4 == 0 {
                super::rules::reload(&mut memory);
            }
            let mut table = memory.table(SHOP);
            let last = step + 1 == records.len();
            let mut settled = false;
            if last || keys[step % keys.len()] % 5 == 0 {
                match table.settle(&mut shelf) {
                    Ok(()) => settled = true,
                    Err(error) => prop_assert_eq!(error, FixedError::Full(Room::Counts)),
                }
                prop_assert_eq!(table.is_complete(), settled);
            }
            if !settled {
                continue;
            }
            if last || keys[step % keys.len()] % 3 == 0 {
                let mut ledger = reference(&records[..=step]);
                let settled = ledger.settled();
                prop_assert_eq!(lines(&table), expected(settled), "after {}", step);
                for product in [A, B] {
                    prop_assert_eq!(picked(&mut table, product), expected_pick(settled, product));
                }
            }
        }
    }

    #[test]
    fn what_it_calls_settled_is_right_though_nothing_can_be_read_again(
        says in says(), devices in 1..4usize, keys in proptest::collection::vec(any::<u32>(), 64), gone in 0..40u32,
    ) {
        let logs = world(&says, devices);
        let records = interleaved(&logs, &keys);
        let mut memory: Box<FixedLedger<64, 2_048, 8>> = Box::default();
        let mut shelf = Shelf { gone, ..Shelf::new(&logs) };
        for (step, record) in records.iter().enumerate() {
            let mut table = memory.table(SHOP);
            let _ = table.apply(&record.verified(), &mut shelf);
            let _ = table.settle(&mut shelf);
            if step % 7 != 0 || table.lost() != 0 {
                continue;
            }
            let mut ledger = reference(&records[..=step]);
            let right = expected(ledger.settled());
            let all: Vec<(bool, Line)> = table.balances().map(|held| (held.settled, line(&held))).collect();
            for (_, said) in all.iter().filter(|(settled, said)| *settled && said.4 != 0) {
                prop_assert!(right.contains(said), "{}", format!("after {step}: {said:?} isn't in {right:?}"));
            }
            for one in &right {
                let held = all.iter().find(|(_, said)| (&said.0, &said.1, &said.2, said.3) == (&one.0, &one.1, &one.2, one.3));
                prop_assert!(held.is_some_and(|(settled, said)| !settled || said == one), "{}", format!("{one:?} {held:?}"));
            }
        }
    }
    #[test]
    fn a_small_table_is_right_or_says_that_it_has_no_room(
        says in says(), devices in 1..4usize, keys in proptest::collection::vec(any::<u32>(), 64),
    ) {
        let logs = world(&says, devices);
        let records = interleaved(&logs, &keys);
        let mut memory: Box<FixedLedger<5, 320, 2>> = Box::default();
        let mut shelf = Shelf::new(&logs);
        for (step, record) in records.iter().enumerate() {
            let mut table = memory.table(SHOP);
            let _ = table.apply(&record.verified(), &mut shelf);
            let settled = table.settle(&mut shelf).is_ok();
            if table.lost() != 0 || !settled {
                prop_assert!(!table.is_complete());
                break;
            }
            let mut ledger = reference(&records[..=step]);
            // Which expiry a lot once claimed is forgotten with its last row.
            let stock = |lines: Vec<Line>| lines.into_iter().map(|line| (line.0, line.1, line.2, line.3, line.4)).collect::<Vec<_>>();
            prop_assert_eq!(stock(lines(&table)), stock(expected(ledger.settled())), "after {}", step);
        }
    }
}
