//! Counting: stock is what stands on the shelf, whoever recorded what, and whenever it was synchronised.
use super::*;
use proptest::prelude::*;

const LOT: (&str, &str) = (A, "L1");
const SHOP: &str = "HN-0417";

#[test]
fn a_count_sets_stock_and_later_movements_add_up() {
    let mut log = Log::new(1, SHOP);
    log.say(10, goes_in(LOT, 100));
    log.say(20, goes_out(LOT, 30));
    let begin = log.begin_count(30);
    log.count_line(31, begin, LOT, 65);
    log.say(32, goes_out(LOT, 5));
    log.end_count(33, begin, false);
    assert_eq!(stock(ledger_of(&[&log]).settled(), SHOP, LOT), (60, 0));
}

#[test]
fn a_count_covers_what_another_device_sold_before_it_and_not_what_it_sold_after() {
    let (mut counter, mut till) = (Log::new(1, SHOP), Log::new(2, SHOP));
    counter.say(10, goes_in(LOT, 100));
    till.say(20, goes_out(LOT, 10));
    let begin = counter.begin_count(30);
    counter.count_line(31, begin, LOT, 90);
    till.say(40, goes_out(LOT, 7));
    assert_eq!(stock(ledger_of(&[&counter, &till]).settled(), SHOP, LOT), (83, 0));
}

#[test]
fn what_a_device_sold_after_seeing_the_count_is_subtracted_though_its_clock_is_a_day_late() {
    let (mut counter, mut till) = (Log::new(1, SHOP), Log::new(2, SHOP));
    counter.say(100_000, goes_in(LOT, 100));
    let begin = counter.begin_count(100_010);
    counter.count_line(100_011, begin, LOT, 100);
    till.observe(13_611, &counter, None);
    till.say(13_700, goes_out(LOT, 7));
    assert_eq!(stock(ledger_of(&[&counter, &till]).settled(), SHOP, LOT), (93, 0));
}

#[test]
fn the_clock_difference_that_a_device_noted_places_its_earlier_sale_before_the_count() {
    let (mut counter, mut till) = (Log::new(1, SHOP), Log::new(2, SHOP));
    counter.say(1_000, goes_in(LOT, 100));
    let begin = counter.begin_count(2_000);
    counter.count_line(2_001, begin, LOT, 95);
    // By the till's clock, an hour ahead: sold at 1,500 of the counter's.
    till.say(5_100, goes_out(LOT, 5));
    assert_eq!(stock(ledger_of(&[&counter, &till]).settled(), SHOP, LOT), (90, 0), "nothing is known of its clock");
    till.observe(6_000, &counter, Some(-3_600));
    assert_eq!(stock(ledger_of(&[&counter, &till]).settled(), SHOP, LOT), (95, 0));
}

/// A till that was copied after two records: both sides go on.
fn copied() -> (Log, Log, Log) {
    let (counter, mut till) = (Log::new(1, SHOP), Log::new(2, SHOP));
    till.say(10, goes_in(LOT, 100));
    till.say(11, goes_out(LOT, 1));
    let copy = till.clone();
    (counter, till, copy)
}

#[test]
fn what_one_side_of_a_copied_till_sold_after_the_count_is_subtracted_though_the_count_knew_more_of_the_other_side() {
    let (mut counter, mut till, mut copy) = copied();
    for time in 20..28 {
        till.say(time, goes_out(LOT, 1));
    }
    counter.observe(30, &till, Some(0));
    let begin = counter.begin_count(31);
    counter.count_line(32, begin, LOT, 91);
    copy.say(40, goes_out(LOT, 7));
    // Of what both have something is known: what was sold before it and written later was counted.
    copy.say_late(41, 10, goes_out(LOT, 4));
    let mut both = copy.clone();
    both.records.drain(..2);
    let mut ledger = ledger_of(&[&counter, &till, &both]);
    assert_eq!(stock(ledger.settled(), SHOP, LOT), (84, 0));
    assert_eq!(found(ledger.settled()), ["ledger_fork", "absorbed_by_count"]);
}

#[test]
fn what_one_side_of_a_copied_till_sold_before_the_count_was_counted_though_the_other_side_saw_the_count_earlier_in_its_log()
 {
    let (mut counter, mut till, mut copy) = copied();
    for time in 20..28 {
        copy.say(time, goes_out(LOT, 1));
    }
    let begin = counter.begin_count(31);
    counter.count_line(32, begin, LOT, 91);
    till.observe(40, &counter, Some(0));
    till.say(41, goes_out(LOT, 7));
    copy.records.drain(..2);
    assert_eq!(stock(ledger_of(&[&counter, &till, &copy]).settled(), SHOP, LOT), (84, 0));
}

#[test]
fn a_sale_written_late_was_counted_and_is_said_to_be() {
    let mut log = Log::new(1, SHOP);
    log.say(10, goes_in(LOT, 100));
    let begin = log.begin_count(30);
    log.count_line(31, begin, LOT, 95);
    log.say_late(40, 20, goes_out(LOT, 5));
    let mut ledger = ledger_of(&[&log]);
    assert_eq!(stock(ledger.settled(), SHOP, LOT), (95, 0));
    assert_eq!(found(ledger.settled()), ["absorbed_by_count"]);
}

#[test]
fn a_reversal_of_what_was_counted_changes_nothing_and_of_what_came_after_does() {
    let mut log = Log::new(1, SHOP);
    log.say(10, goes_in(LOT, 100));
    log.say(11, goes_out(LOT, 10));
    let begin = log.begin_count(30);
    log.count_line(31, begin, LOT, 90);
    log.say(40, goes_out(LOT, 20));
    let copy = log.clone();
    log.take_back(50, &copy, 1, 10);
    log.take_back(51, &copy, 4, 15);
    let mut ledger = ledger_of(&[&log]);
    assert_eq!(stock(ledger.settled(), SHOP, LOT), (85, 0));
    // Which of them a count covers already: for who asks whether goods moved.
    let by = |index: usize| ledger_of(&[&log]).settled().counted_by(&log.records[index].at).map(|by| by.index);
    assert_eq!((by(0), by(1), by(4), by(5)), (Some(3), Some(3), None, None));
    let settled = ledger.settled();
    assert_eq!(settled.named(&log.id, &Reference::Own(4)), Some(log.records[4].at));
    assert_eq!(settled.named(&log.id, &reference(&log.records[1].at)), Some(log.records[1].at));
    assert_eq!(settled.named(&log.id, &Reference::Own(40)), None);
}

#[test]
fn a_rest_that_is_zero_covers_what_stood_before_it() {
    let mut log = Log::new(1, SHOP);
    log.say(10, goes_in(LOT, 8));
    let begin = log.begin_count(20);
    log.say(21, goes_in(LOT, 3));
    log.end_count(30, begin, true);
    log.say(40, goes_in(LOT, 1));
    let by = |index: usize| ledger_of(&[&log]).settled().counted_by(&log.records[index].at).map(|by| by.index);
    assert_eq!((by(0), by(2), by(4)), (Some(3), None, None));
    assert_eq!(stock(ledger_of(&[&log]).settled(), SHOP, LOT), (4, 0));
}

#[test]
fn two_phones_reversing_one_mistake_reverse_it_once_and_a_larger_total_corrects_further() {
    let (mut a, mut b) = (Log::new(1, SHOP), Log::new(2, SHOP));
    a.say(10, goes_in(LOT, 100));
    a.say(11, goes_out(LOT, 10));
    let copy = a.clone();
    a.take_back(20, &copy, 1, 4);
    b.take_back(21, &copy, 1, 4);
    assert_eq!(stock(ledger_of(&[&a, &b]).settled(), SHOP, LOT), (94, 0));
    b.take_back(30, &copy, 1, 10);
    assert_eq!(stock(ledger_of(&[&a, &b]).settled(), SHOP, LOT), (100, 0));
}

#[test]
fn the_rest_of_a_count_is_zero_and_what_came_in_while_counting_stays() {
    let (rest, new) = ((A, "R1"), (A, "N1"));
    let mut log = Log::new(1, SHOP);
    log.say(10, goes_in(LOT, 100));
    log.say(11, goes_in(rest, 50));
    let begin = log.begin_count(30);
    log.count_line(31, begin, LOT, 100);
    log.say(32, goes_in(new, 20));
    log.say(33, goes_out(rest, 5)); // from a shelf not counted yet
    log.end_count(34, begin, true);
    log.say(40, goes_out(new, 1));
    let mut ledger = ledger_of(&[&log]);
    assert_eq!(stock(ledger.settled(), SHOP, LOT), (100, 0));
    assert_eq!(stock(ledger.settled(), SHOP, rest), (0, 0));
    assert_eq!(stock(ledger.settled(), SHOP, new), (19, 0));
}

#[test]
fn an_unfinished_count_keeps_its_lines_and_leaves_the_rest() {
    let rest = (A, "R1");
    let mut log = Log::new(1, SHOP);
    log.say(10, goes_in(LOT, 100));
    log.say(11, goes_in(rest, 50));
    let begin = log.begin_count(30);
    log.count_line(31, begin, LOT, 80);
    let mut ledger = ledger_of(&[&log]);
    assert_eq!((stock(ledger.settled(), SHOP, LOT), stock(ledger.settled(), SHOP, rest)), ((80, 0), (50, 0)));
}

#[test]
fn lines_of_one_count_for_one_lot_on_two_shelves_add_up_and_lines_after_its_end_are_found() {
    let mut log = Log::new(1, SHOP);
    let begin = log.begin_count(30);
    log.count_line(31, begin, LOT, 80);
    log.count_line(32, begin, LOT, 15);
    log.end_count(33, begin, false);
    log.count_line(34, begin, LOT, 1);
    let mut ledger = ledger_of(&[&log]);
    assert_eq!(stock(ledger.settled(), SHOP, LOT), (95, 0));
    assert_eq!(found(ledger.settled()), ["after_end_of_count"]);
}

#[test]
fn two_counts_that_knew_nothing_of_each_other_are_found_and_the_later_governs() {
    let (mut a, mut b) = (Log::new(1, SHOP), Log::new(2, SHOP));
    let begin = a.begin_count(30);
    a.count_line(31, begin, LOT, 80);
    let begin = b.begin_count(40);
    b.count_line(41, begin, LOT, 70);
    let mut ledger = ledger_of(&[&a, &b]);
    assert_eq!(stock(ledger.settled(), SHOP, LOT), (70, 0));
    assert_eq!(found(ledger.settled()), ["overlapping_counts"]);
    b.records.clear();
    b.observe(35, &a, None);
    let begin = b.begin_count(40);
    b.count_line(41, begin, LOT, 70);
    assert!(found(ledger_of(&[&a, &b]).settled()).is_empty());
}

#[test]
fn held_goods_are_another_place_and_counting_the_shelf_leaves_them() {
    let mut log = Log::new(1, SHOP);
    log.say(10, goes_in(LOT, 100));
    let hold = Movement { to_bucket: Some(crate::movement::Bucket::Hold), ..moves(Direction::Move, LOT, 40) };
    log.say(11, said(hold));
    let begin = log.begin_count(30);
    log.count_line(31, begin, LOT, 58);
    log.end_count(32, begin, true);
    assert_eq!(stock(ledger_of(&[&log]).settled(), SHOP, LOT), (58, 40));
}

#[test]
fn a_second_end_of_a_count_is_found() {
    let mut log = Log::new(1, SHOP);
    let begin = log.begin_count(30);
    log.count_line(31, begin, LOT, 80);
    log.end_count(33, begin, false);
    log.end_count(34, begin, true);
    assert_eq!(found(ledger_of(&[&log]).settled()), ["after_end_of_count"]);
}

#[test]
fn each_of_three_counts_that_knew_nothing_of_each_other_is_named() {
    let mut logs = [Log::new(1, SHOP), Log::new(2, SHOP), Log::new(3, SHOP)];
    for (at, log) in (10..).zip(&mut logs) {
        let begin = log.begin_count(at * 10);
        log.count_line(at * 10 + 1, begin, LOT, at);
    }
    let [a, b, c] = &logs;
    let mut ledger = ledger_of(&[a, b, c]);
    assert_eq!(found(ledger.settled()), ["overlapping_counts", "overlapping_counts"]);
}

#[test]
fn below_nothing_after_a_count_names_nothing_that_was_counted() {
    let (mut counter, mut till) = (Log::new(1, SHOP), Log::new(2, SHOP));
    counter.say(100_000, goes_in(LOT, 100));
    counter.say(100_001, goes_out(LOT, 95));
    let begin = counter.begin_count(100_010);
    counter.count_line(100_011, begin, LOT, 5);
    // Its clock is a day late, but it has seen the count.
    till.observe(13_611, &counter, None);
    till.say(13_700, goes_out(LOT, 7));
    let mut ledger = ledger_of(&[&counter, &till]);
    let findings = ledger.settled().findings(&asked());
    let named: Vec<(Hash, u32)> = findings[0].records.iter().map(|r| (r.log, r.index)).collect();
    assert_eq!((findings[0].amount, named), (Some(-2), vec![(till.id, 1), (counter.id, 3)]));
}

#[test]
fn a_late_entry_before_a_late_entry_that_the_line_knew_was_counted() {
    let (mut counter, mut till) = (Log::new(1, SHOP), Log::new(2, SHOP));
    till.say(10, goes_in(LOT, 100));
    till.say(200, goes_out(LOT, 1));
    till.say_late(300, 50, goes_out(LOT, 1));
    till.say_late(400, 350, goes_out(LOT, 1));
    counter.observe(1, &till, None);
    let begin = counter.begin_count(2);
    counter.count_line(3, begin, LOT, 92);
    till.say_late(500, 280, goes_out(LOT, 5));
    let mut ledger = ledger_of(&[&counter, &till]);
    assert_eq!((stock(ledger.settled(), SHOP, LOT), found(ledger.settled())), ((92, 0), vec!["absorbed_by_count"]));
}

#[test]
fn a_line_knows_one_branch_and_of_the_other_the_clocks_decide() {
    let (mut counter, mut till) = (Log::new(1, SHOP), Log::new(2, SHOP));
    till.say(10, goes_in(LOT, 100));
    let mut branch = till.clone();
    till.say(20, goes_out(LOT, 1));
    till.say(21, goes_out(LOT, 2));
    branch.say(50, goes_out(LOT, 10));
    branch.records.remove(0);
    counter.observe(28, &till, None);
    let begin = counter.begin_count(30);
    counter.count_line(31, begin, LOT, 97);
    for logs in [[&counter, &till, &branch], [&branch, &till, &counter]] {
        assert_eq!(stock(ledger_of(&logs).settled(), SHOP, LOT), (87, 0));
    }
}

#[test]
fn more_units_than_a_record_can_say_add_up_and_are_picked_from() {
    let mut log = Log::new(1, SHOP);
    for _ in 0..6 {
        log.say(10, goes_in(LOT, 999_999_999));
    }
    let mut ledger = ledger_of(&[&log]);
    assert_eq!(stock(ledger.settled(), SHOP, LOT), (5_999_999_994, 0));
    let product = Product::parse(A).unwrap();
    let wanted = crate::ledger::Picking {
        facility: SHOP,
        product,
        quantity: Quantity::Units(10),
        opened: false,
        store: None,
        fund: None,
        today: day("2026-11-25"),
    };
    let (picked, missing) = ledger.settled().pick(&wanted);
    assert_eq!((picked[0].quantity.count(), missing), (10, 0));
}

#[test]
fn a_clock_ahead_in_both_branches_of_a_fork_names_the_same_record_whatever_came_first() {
    let mut log = Log::new(1, SHOP);
    log.say(10, goes_in(LOT, 100));
    let mut branch = log.clone();
    log.say(NOW + 5_000, goes_out(LOT, 1));
    branch.say(NOW + 5_000, goes_out(LOT, 2));
    let ahead = |logs: [&Log; 2]| {
        let mut ledger = Ledger::new();
        for record in logs.into_iter().flat_map(|log| &log.records) {
            ledger.apply(&record.verified());
        }
        let findings = ledger.settled().findings(&asked());
        findings.iter().filter(|f| f.kind.name() == "clock_ahead").map(|f| f.records.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ahead([&log, &branch]), ahead([&branch, &log]));
    assert_eq!(ahead([&log, &branch]).len(), 1);
}

/// What happens in a shop: which device, what, how much.
#[derive(Clone, Debug)]
enum Event {
    In(usize, u32),
    Out(usize, u32),
    /// Written some seconds after it took place.
    Late(usize, u32, u32),
    /// Written by mistake, and taken back later by that device or another that saw it.
    Mistake(usize, u32),
    TakeBack(usize),
    Count(usize),
    /// One device synchronises from another.
    Sync(usize, usize),
}

fn event() -> impl Strategy<Value = Event> {
    let device = 0..3usize;
    prop_oneof![
        (device.clone(), 1..50u32).prop_map(|(d, n)| Event::In(d, n)),
        (device.clone(), 1..20u32).prop_map(|(d, n)| Event::Out(d, n)),
        (device.clone(), 1..20u32, 1..40u32).prop_map(|(d, n, late)| Event::Late(d, n, late)),
        (device.clone(), 1..20u32).prop_map(|(d, n)| Event::Mistake(d, n)),
        device.clone().prop_map(Event::TakeBack),
        device.clone().prop_map(Event::Count),
        (device.clone(), device).prop_map(|(a, b)| Event::Sync(a, b)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]
    #[test]
    fn stock_is_what_stands_on_the_shelf(events in proptest::collection::vec(event(), 1..40)) {
        let mut logs = [Log::new(1, SHOP), Log::new(2, SHOP), Log::new(3, SHOP)];
        let (mut time, mut shelf) = (1_000u32, 0i64);
        let mut mistakes: Vec<(usize, usize, u32)> = Vec::new();
        // What took place and is written later: nobody counts in between, or the shelf isn't the book's.
        for event in events {
            time += 50;
            match event {
                Event::In(d, n) => { logs[d].say(time, goes_in(LOT, n)); shelf += i64::from(n); }
                Event::Out(d, n) => { logs[d].say(time, goes_out(LOT, n)); shelf -= i64::from(n); }
                Event::Late(d, n, late) => {
                    logs[d].say_late(time, time - late, goes_in(LOT, n));
                    shelf += i64::from(n);
                }
                Event::Mistake(d, n) => {
                    logs[d].say(time, goes_in(LOT, n));
                    mistakes.push((d, logs[d].records.len() - 1, n));
                }
                Event::TakeBack(d) => {
                    if let Some((of, index, n)) = mistakes.pop() {
                        let of = logs[of].clone();
                        logs[d].take_back(time, &of, index, n);
                    }
                }
                Event::Count(d) => {
                    let begin = logs[d].begin_count(time);
                    logs[d].count_line(time + 1, begin, LOT, shelf.max(0) as u32);
                    shelf = shelf.max(0);
                }
                Event::Sync(a, b) => if a != b {
                    let other = logs[b].clone();
                    logs[a].observe(time, &other, Some(0));
                }
            }
        }
        for (of, index, n) in std::mem::take(&mut mistakes) {
            let copy = logs[of].clone();
            logs[0].take_back(time + 60, &copy, index, n);
        }
        let mut ledger = ledger_of(&[&logs[0], &logs[1], &logs[2]]);
        prop_assert_eq!(stock(ledger.settled(), SHOP, LOT), (shelf, 0));
    }
}
