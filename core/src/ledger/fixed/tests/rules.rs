//! Each rule with the numbers of a pharmacy's day.
use super::*;
use crate::ident::Store;
use crate::ledger::fixed::{Reach, Room};
use crate::ledger::tests::{facility, goes_in, goes_out, moves, reference as names, said};
use crate::movement::{Bucket, Direction, Group, Movement, Reference};
use crate::record::{ClockSet, EndRecall, Entry, List, LotFact, Recall, SameProduct};
use crate::time::Expiry;

const LOT: (&str, &str) = (A, "L1");

fn device(number: u8) -> Log {
    Log::new(number, SHOP)
}

/// What is counted is what stands, whoever recorded what and whenever it was synchronised.
#[test]
fn the_storekeepers_count_of_918_stays_918() {
    let (mut handheld, mut till) = (device(1), device(2));
    handheld.say(100, goes_in(LOT, 950));
    till.observe(150, &handheld, None);
    // The till dispenses 30 before the count, and is synchronised afterwards.
    till.say(200, goes_out(LOT, 30));
    let begin = handheld.begin_count(300);
    handheld.count_line(301, begin, LOT, 918);
    handheld.end_count(302, begin, false);
    // 950 in, 30 out: the book says 920, the shelf 918. The 30 are in it.
    with(&[handheld.clone(), till.clone()], |table| assert_eq!(units(table, LOT), Ok(918)));
    with(&[till.clone(), handheld.clone()], |table| assert_eq!(units(table, LOT), Ok(918)));
    // A sale written down afterwards, of before the count, was in it too.
    handheld.say_late(400, 250, goes_out(LOT, 30));
    with(&[handheld.clone(), till.clone()], |table| assert_eq!(units(table, LOT), Ok(918)));
    // What the till sells after it saw the count is subtracted.
    till.observe(500, &handheld, None);
    till.say(501, goes_out(LOT, 18));
    with(&[till, handheld], |table| assert_eq!(units(table, LOT), Ok(900)));
}

#[test]
fn clocks_decide_only_where_nothing_else_does_and_both_ways() {
    let (mut counter, mut till) = (device(1), device(2));
    counter.say(1_000, goes_in(LOT, 100));
    let begin = counter.begin_count(2_000);
    counter.count_line(2_001, begin, LOT, 95);
    // By the till's clock, an hour ahead: sold at 1,500 of the counter's.
    till.say(5_100, goes_out(LOT, 5));
    with(&[counter.clone(), till.clone()], |table| assert_eq!(units(table, LOT), Ok(90)));
    till.observe(6_000, &counter, Some(-3_600));
    with(&[counter.clone(), till.clone()], |table| assert_eq!(units(table, LOT), Ok(95)));
    with(&[till.clone(), counter.clone()], |table| assert_eq!(units(table, LOT), Ok(95)));
    // The counter's own note, with the opposite sign, says the same.
    till.records.pop();
    counter.observe(2_500, &till, Some(3_600));
    with(&[till, counter], |table| assert_eq!(units(table, LOT), Ok(95)));
}

/// The storekeeper begins to count at 600. Her handheld's clock is set 420 s ahead, so the beginning is of 1,020, and is
/// lost again when the battery is changed: the end, at 660, is before the beginning. The till knows nothing of it.
#[test]
fn what_came_before_a_count_began_is_in_it_though_its_clock_says_that_it_ended_earlier() {
    let (mut handheld, mut till) = (device(1), device(2));
    let begin = handheld.begin_count(600);
    handheld.say(601, Entry::ClockSet(ClockSet { change: 420, extensions: None }));
    handheld.end_count(660, begin, true);
    // Both of between the end and the beginning: the storekeeper found nothing of this lot on the shelf.
    till.say(700, goes_in(LOT, 2));
    till.say(1_020, goes_out(LOT, 1));
    with(&[handheld.clone(), till.clone()], |table| assert_eq!(units(table, LOT), Ok(0)));
    with(&[till.clone(), handheld.clone()], |table| assert_eq!(units(table, LOT), Ok(0)));
    // Behind both.
    till.say(1_021, goes_in(LOT, 5));
    with(&[handheld.clone(), till.clone()], |table| assert_eq!(units(table, LOT), Ok(5)));
    with(&[till, handheld], |table| assert_eq!(units(table, LOT), Ok(5)));
}

#[test]
fn two_reversals_of_one_mistake_give_back_5_once() {
    let (mut a, mut b) = (device(1), device(2));
    a.say(10, goes_in(LOT, 100));
    a.say(11, goes_out(LOT, 10));
    let copy = a.clone();
    a.take_back(20, &copy, 1, 5);
    b.take_back(21, &copy, 1, 5);
    with(&[a.clone(), b.clone()], |table| assert_eq!(units(table, LOT), Ok(95)));
    with(&[b.clone(), a.clone()], |table| assert_eq!(units(table, LOT), Ok(95)));
    b.take_back(30, &copy, 1, 8);
    with(&[a, b], |table| assert_eq!(units(table, LOT), Ok(98)));
}

#[test]
fn an_own_count_and_what_follows_it_read_nothing_of_the_log() {
    let (mut own, mut peer) = (device(1), device(2));
    for _ in 0..50 {
        peer.say(10, goes_in(LOT, 20));
    }
    own.observe(100, &peer, Some(0));
    own.say(101, goes_out(LOT, 7));
    let begin = own.begin_count(200);
    own.count_line(201, begin, LOT, 990);
    own.end_count(202, begin, false);
    own.say(300, goes_out(LOT, 90));
    let logs = [peer, own];
    let mut memory: std::boxed::Box<FixedLedger<64, 2_048, 8>> = std::boxed::Box::default();
    let (mut table, mut shelf) = (memory.table(SHOP), Shelf::new(&logs));
    for record in logs.iter().flat_map(|log| &log.records) {
        table.apply(&record.verified(), &mut shelf).unwrap();
    }
    assert_eq!((table.is_complete(), shelf.reads), (true, 0));
    assert_eq!(units(&mut table, LOT), Ok(900));
    // A peer that counts without knowing the last sale: its tail is read, nothing else.
    let mut logs = logs;
    let (peer, own) = logs.split_first_mut().unwrap();
    let seen = {
        let mut seen = own[0].clone();
        seen.records.truncate(4);
        seen
    };
    peer.observe(400, &seen, Some(0));
    let begin = peer.begin_count(401);
    peer.count_line(402, begin, LOT, 900);
    let mut shelf = Shelf::new(&logs);
    for record in &logs[0].records[50..] {
        table.apply(&record.verified(), &mut shelf).unwrap();
    }
    table.settle(&mut shelf).unwrap();
    assert_eq!(units(&mut table, LOT), Ok(900));
    assert_eq!(shelf.reads, 2, "two of the four records that it didn't know are all");
}

#[test]
fn what_was_held_and_moved_stands_where_it_was_put() {
    let mut log = device(1);
    log.say(10, goes_in(LOT, 100));
    let from = moves(Direction::Move, LOT, 40);
    log.say(11, said(Movement { to_bucket: Some(Bucket::Hold), ..from }));
    log.say(
        12,
        said(Movement { to_store: Some(Some(Store::parse("T05").unwrap())), ..moves(Direction::Move, LOT, 10) }),
    );
    with(&[log], |table| {
        let product = Product::parse(A).unwrap();
        let lot = LotNumber::parse("L1").ok();
        assert_eq!(table.units(&product, lot.as_ref()), Ok((60, 100)));
    });
}

/// All facilities are reached; a log ends what it began.
struct All;
impl Reach for All {
    fn reaches(&self, _: &Hash, _: &str) -> bool {
        true
    }
    fn may_end(&self, by: &Hash, issuer: &Hash) -> bool {
        by == issuer
    }
}

fn expiring(of: (&'static str, &'static str), units: u32, expiry: &str) -> Entry<'static> {
    said(Movement { expiry: Expiry::parse(expiry).unwrap(), ..moves(Direction::In, of, units) })
}

#[test]
fn recalls_facts_and_ends_count_in_any_order() {
    let mut log = device(1);
    log.say(10, expiring((A, "BAD"), 50, "2027-12-01"));
    log.say(11, expiring((A, "DAY"), 50, "2027-03-27"));
    log.say(12, expiring((A, "MONTH"), 50, "2027-03"));
    let mut ministry = Log::new(9, "MOH");
    let (mut products, mut lots) = ([0; 64], [0; 64]);
    let (a, b) = (Product::parse(A).unwrap(), Product::parse(B).unwrap());
    let recall = Recall {
        class: 1,
        notice: "4567/QLD-CL",
        products: List::encode(&[a], &mut products).unwrap(),
        lots: List::encode(&[LotNumber::parse("BAD").ok(), LotNumber::parse("DAY").ok()], &mut lots).ok(),
        from: None,
        extensions: None,
    };
    ministry.say(17, Entry::Recall(recall));
    let fact = LotFact {
        product: b,
        lot: LotNumber::parse("MONTH").unwrap(),
        expiry: Expiry::parse("2027-01").unwrap(),
        notice: "n",
        extensions: None,
    };
    ministry.say(18, Entry::LotFact(fact));
    ministry.say(19, Entry::SameProduct(SameProduct { a, b, extensions: None }));
    ministry.say(20, Entry::EndRecall(EndRecall { recall: Reference::Own(0), notice: None, extensions: None }));
    let lots = |table: &mut Table<'_>| picked(table, B).into_iter().map(|p| p.0.unwrap()).collect::<Vec<_>>();
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        for first in [true, false] {
            let mut memory: std::boxed::Box<FixedLedger<8, 512, 2>> = std::boxed::Box::default();
            let logs = [log.clone()];
            let (mut table, mut shelf) = (memory.table(SHOP), Shelf::new(&logs));
            let mut records = logs[0].records.iter();
            if first {
                records.by_ref().for_each(|r| assert_eq!(table.apply(&r.verified(), &mut shelf), Ok(true)));
            }
            for at in order {
                assert_eq!(table.rule(&ministry.records[at].verified(), &All), Ok(true));
                assert_eq!(table.rule(&ministry.records[at].verified(), &All), Ok(false));
            }
            records.for_each(|r| assert_eq!(table.apply(&r.verified(), &mut shelf), Ok(true)));
            assert_eq!(lots(&mut table), ["DAY", "BAD"], "the recall ended; the month was shortened to January");
            table.forget_rules();
            for at in [2, 0] {
                table.rule(&ministry.records[at].verified(), &All).unwrap();
            }
            assert_eq!(lots(&mut table), ["MONTH"]);
        }
    }
}

#[test]
fn what_is_on_the_way_is_taken_by_own_receipts_and_take_backs() {
    let mut sender = Log::new(7, "DN-01");
    let to = Movement { sent: true, counterparty: facility(SHOP), ..moves(Direction::Out, LOT, 120) };
    sender.say(1, said(Movement { group: Group::Head(2), ..to }));
    let second = moves(Direction::Out, (A, "L2"), 30);
    sender.say(2, said(Movement { sent: true, group: Group::Line(1), ..second }));
    let mut own = device(1);
    let named = Some(names(&sender.records[0].at));
    own.say(10, said(Movement { answers: named, group: Group::Head(2), ..moves(Direction::In, LOT, 118) }));
    own.say(11, said(Movement { group: Group::Line(1), ..moves(Direction::In, (A, "L2"), 30) }));
    let out = Movement { sent: true, counterparty: facility("HN-0999"), ..moves(Direction::Out, LOT, 50) };
    own.say(12, said(out));
    own.say(13, said(Movement { answers: Some(Reference::Own(2)), ..moves(Direction::In, LOT, 8) }));
    let copy = own.clone();
    own.take_back(14, &copy, 0, 18);
    let logs = [own];
    let mut memory: std::boxed::Box<FixedLedger<8, 512, 3>> = std::boxed::Box::default();
    let (mut table, mut shelf) = (memory.table(SHOP), Shelf::new(&logs));
    for line in &sender.records {
        assert_eq!(table.expect(&line.verified()), Ok(true));
        assert_eq!(table.expect(&line.verified()), Ok(false));
    }
    for record in &logs[0].records {
        table.apply(&record.verified(), &mut shelf).unwrap();
    }
    let left: Vec<(u32, bool, u32)> = table.on_the_way().map(|line| (line.index, line.own, line.remaining)).collect();
    assert_eq!(left, [(0, false, 20), (2, true, 42)]);
    assert_eq!(units(&mut table, LOT), Ok(100 - 50 + 8));
    assert!(table.is_complete());
}

#[test]
fn what_has_no_room_is_said_and_stays_said() {
    let mut log = device(1);
    log.say(10, goes_in(LOT, 10));
    log.say(11, goes_in((A, "L2"), 10));
    log.say(12, goes_out(LOT, 1));
    let logs = [log];
    let mut memory: FixedLedger<1, 512, 0> = FixedLedger::new();
    let (mut table, mut shelf) = (memory.table(SHOP), Shelf::new(&logs));
    let told: Vec<_> = logs[0].records.iter().map(|r| table.apply(&r.verified(), &mut shelf)).collect();
    assert_eq!(told, [Ok(true), Err(FixedError::Full(Room::Balances)), Ok(true)]);
    assert_eq!((table.is_complete(), table.lost()), (false, 1 << Room::Balances as u8));
    let mut small: FixedLedger<4, 32, 0> = FixedLedger::new();
    let mut table = small.table(SHOP);
    let told: Vec<_> = (0..2).map(|at| table.apply(&logs[0].records[at].verified(), &mut shelf)).collect();
    assert_eq!(told[0], Ok(true));
    for number in 1..10 {
        let mut other = device(number);
        other.say(1, goes_in(LOT, 1));
        let got = table.apply(&other.records[0].verified(), &mut shelf);
        assert_eq!(got == Err(FixedError::Full(Room::Logs)), number == 9, "{number}: {got:?}");
    }
}

#[test]
fn records_out_of_order_of_others_and_of_another_branch_are_refused() {
    let mut log = device(1);
    log.say(10, goes_in(LOT, 10));
    log.say(11, goes_in(LOT, 10));
    let mut branch = log.clone();
    branch.records.truncate(1);
    branch.say(12, goes_in(LOT, 99));
    let mut stranger = Log::new(3, "DN-01");
    stranger.say(1, goes_in(LOT, 1));
    let logs = [log];
    let mut memory: FixedLedger<4, 512, 0> = FixedLedger::new();
    let (mut table, mut shelf) = (memory.table(SHOP), Shelf::new(&logs));
    let [first, second] = [0, 1].map(|at| logs[0].records[at].verified());
    assert_eq!(table.apply(&second, &mut shelf), Err(FixedError::Order(0)));
    assert_eq!(table.apply(&stranger.records[0].verified(), &mut shelf), Err(FixedError::Facility));
    assert_eq!(table.apply(&first, &mut shelf), Ok(true));
    assert_eq!(table.apply(&first, &mut shelf), Ok(false));
    assert_eq!(table.apply(&second, &mut shelf), Ok(true));
    assert!(table.is_complete());
    let other = branch.records[1].verified();
    assert_eq!(table.apply(&other, &mut shelf), Err(FixedError::Full(Room::Branches)));
    assert_eq!((units(&mut table, LOT), table.is_complete()), (Ok(20), false));
}

#[test]
fn lots_that_are_sold_out_give_their_room_to_new_ones() {
    let lots: Vec<String> = (0..60).map(|n| std::format!("LOT-{n:05}")).collect();
    let mut log = device(1);
    let mut time = 100_000;
    let begin = log.begin_count(time);
    log.count_line(time, begin, (A, "LOT-00000"), 7);
    for lot in &lots {
        time += 10 * 86_400;
        let of: (&str, &str) = (A, lot.clone().leak());
        let units = if lot == &lots[0] { 7 } else { 10 };
        if units == 10 {
            log.say(time, goes_in(of, units));
        }
        log.say(time + 1, goes_out(of, units));
    }
    log.say(time + 2, goes_in((A, "LAST"), 3));
    // Of before the count that found 7, whose row is long given up.
    log.say_late(time + 3, 99_000, goes_out((A, "LOT-00000"), 2));
    let logs = [log];
    let mut memory: std::boxed::Box<FixedLedger<8, 384, 0>> = std::boxed::Box::default();
    let (mut table, mut shelf) = (memory.table(SHOP), Shelf::new(&logs));
    let (late, before) = logs[0].records.split_last().unwrap();
    for record in before {
        assert_eq!(table.apply(&record.verified(), &mut shelf), Ok(true));
        assert!(table.is_complete());
    }
    assert_eq!((units(&mut table, (A, "LAST")), shelf.reads), (Ok(3), 0));
    table.apply(&late.verified(), &mut shelf).unwrap();
    assert!(!table.is_complete(), "only the log knows that it was counted");
    table.settle(&mut shelf).unwrap();
    assert_eq!((units(&mut table, (A, "LOT-00000")), table.is_complete()), (Ok(0), true));
}

/// In a table of so many rows, of which those that are idle are given up, all records of the first log and then of the
/// second.
fn with_rows<const ROWS: usize, T>(logs: &[Log; 2], ask: impl FnOnce(&mut Table<'_>, &mut Shelf<'_>) -> T) -> T {
    let mut memory: std::boxed::Box<FixedLedger<ROWS, 384, 0>> = std::boxed::Box::default();
    let (mut table, mut shelf) = (memory.table(SHOP), Shelf::new(logs));
    for record in logs.iter().flat_map(|log| &log.records) {
        let _ = table.apply(&record.verified(), &mut shelf);
    }
    ask(&mut table, &mut shelf)
}

const DAYS: u32 = 86_400;

#[test]
fn a_lot_counted_by_a_clock_that_was_set_since_is_not_given_up_as_if_it_were_old() {
    let (mut handheld, mut till) = (device(1), device(2));
    // By a clock that began anew in 2020.
    handheld.say(5, goes_in(LOT, 1));
    let begin = handheld.begin_count(10);
    handheld.count_line(11, begin, LOT, 0);
    handheld.say(60 * DAYS, Entry::ClockSet(ClockSet { change: i64::from(60 * DAYS - 20), extensions: None }));
    handheld.say(60 * DAYS + 1, goes_in((A, "L2"), 1));
    handheld.say(60 * DAYS + 2, goes_in((A, "L3"), 1));
    // An hour before that count, and heard of afterwards.
    till.say(60 * DAYS - 3_600, goes_in(LOT, 4));
    with_rows::<3, _>(&[handheld, till], |table, shelf| {
        table.settle(shelf).unwrap();
        assert_eq!((table.is_complete(), units(table, LOT)), (true, Ok(0)));
    });
}

#[test]
fn a_clock_set_forward_makes_what_was_given_up_by_it_younger() {
    let (mut handheld, mut till) = (device(1), device(2));
    // By its clock on day 2, in truth on day 42.
    let begin = handheld.begin_count(2 * DAYS);
    handheld.count_line(2 * DAYS + 1, begin, LOT, 0);
    for (day, lot) in [(35, "L2"), (36, "L3"), (37, "L4")] {
        handheld.say(day * DAYS, goes_in((A, lot), 1));
    }
    handheld.say(78 * DAYS, Entry::ClockSet(ClockSet { change: i64::from(40 * DAYS), extensions: None }));
    handheld.say(79 * DAYS, goes_out((A, "L2"), 1));
    // A day before that count, and heard of afterwards.
    till.say(41 * DAYS, goes_in(LOT, 4));
    let all: Vec<&Made> = handheld.records.iter().chain(&till.records).collect();
    let counts: Vec<i64> = expected(reference(&all).settled()).iter().map(|line| line.4).collect();
    assert_eq!(counts, [1, 1], "what came before the count is covered by it");
    with_rows::<4, _>(&[handheld, till], |table, shelf| {
        table.settle(shelf).unwrap();
        assert_eq!((table.is_complete(), units(table, LOT)), (true, Ok(0)));
    });
}

#[test]
fn a_clock_set_back_that_puts_a_count_among_what_was_given_up_is_said() {
    let (mut till, mut handheld) = (device(1), device(2));
    till.say(10 * DAYS, goes_in(LOT, 10));
    till.say(12 * DAYS, goes_out(LOT, 10));
    for (day, lot) in [(58, "L2"), (59, "L3"), (60, "L4")] {
        till.say(day * DAYS, goes_in((A, lot), 1));
    }
    // By its clock on day 56, in truth on day 11: what left on day 12 left nothing, but less than nothing.
    let begin = handheld.begin_count(56 * DAYS);
    handheld.end_count(56 * DAYS + 60, begin, true);
    with_rows::<3, _>(&[till.clone(), handheld.clone()], |table, shelf| {
        table.settle(shelf).unwrap();
        assert!(table.is_complete());
        assert_eq!(units(table, LOT), Ok(0));
    });
    handheld.say(11 * DAYS + 90, Entry::ClockSet(ClockSet { change: -i64::from(45 * DAYS), extensions: None }));
    let all: Vec<&Made> = till.records.iter().chain(&handheld.records).collect();
    let counts: Vec<i64> = expected(reference(&all).settled()).iter().map(|line| line.4).collect();
    assert!(counts.contains(&-10), "{counts:?}");
    with_rows::<3, _>(&[till, handheld], |table, shelf| {
        let _ = table.settle(shelf);
        assert_eq!((table.is_complete(), table.lost()), (false, 1 << Room::Balances as u8));
    });
}

/// Saves and loads into fresh memory.
pub(super) fn reload<const B: usize, const T: usize, const S: usize>(memory: &mut FixedLedger<B, T, S>) {
    let image: Vec<u8> = memory.table(SHOP).image().flat_map(|piece| piece.as_ref().to_vec()).collect();
    let mut fresh: std::boxed::Box<FixedLedger<B, T, S>> = std::boxed::Box::default();
    let mut at = 0;
    let read = fresh.table(SHOP).read_from(&mut |out| {
        let Some(from) = image.get(at..at + out.len()) else { return false };
        out.copy_from_slice(from);
        at += out.len();
        true
    });
    assert_eq!((read, at), (Ok(()), image.len()));
    assert_eq!(std::format!("{:?}", fresh.table(SHOP)), std::format!("{:?}", memory.table(SHOP)));
    *memory = *fresh;
}

#[test]
fn a_damaged_or_foreign_image_is_refused() {
    let mut log = device(1);
    log.say(10, goes_in(LOT, 10));
    let logs = [log];
    let mut memory: FixedLedger<2, 64, 1> = FixedLedger::new();
    memory.table(SHOP).apply(&logs[0].records[0].verified(), &mut Shelf::new(&logs)).unwrap();
    let image: Vec<u8> = memory.table(SHOP).image().flat_map(|piece| piece.as_ref().to_vec()).collect();
    let load = |bytes: &[u8], facility: &str| {
        let mut rest = bytes.to_vec();
        let mut fresh: FixedLedger<2, 64, 1> = FixedLedger::new();
        let mut table = fresh.table(facility);
        let result = table.read_from(&mut |out| {
            let whole = rest.len() >= out.len();
            if whole {
                out.copy_from_slice(&rest[..out.len()]);
                rest.drain(..out.len());
            }
            whole
        });
        assert_eq!(result.is_ok(), table.balances().count() == 1);
        result
    };
    assert_eq!(load(&image, SHOP), Ok(()));
    assert_eq!(load(&image, "HN-0418"), Err(FixedError::Image));
    for at in (0..image.len()).step_by(7).chain([image.len() - 1]) {
        let mut bad = image.clone();
        bad[at] ^= 0x10;
        assert_eq!(load(&bad, SHOP), Err(FixedError::Image), "byte {at}");
        assert_eq!(load(&image[..at], SHOP), Err(FixedError::Image), "cut at {at}");
    }
}
