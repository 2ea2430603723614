//! Counts: what a line covers by what its device knew, by its log's order and by the clocks.
use super::land::{A, B, COUNT, FIRST, Land, NOON, SECOND, THIRD, fund, goes_in, goes_out, moves, said, store};
use super::{Question, Set};
use crate::world::Done;
use medlot_core::ident::{Product, Quantity};
use medlot_core::movement::{Bucket, Direction, Movement};
use medlot_core::record::{AnyFund, ClockSet, CountBegin, CountLine, Entry, List};

const L: (&str, &str) = (A, "L1");
const R: (&str, &str) = (A, "R1");
const SHOP: &str = "HN-0417";

fn shop(devices: usize) -> Done<Land> {
    Land::new(&[SHOP; 3][..devices])
}

pub(super) fn add(set: &mut Set) -> Done<()> {
    covers(set)?;
    clocks(set)?;
    late(set)?;
    rest(set)?;
    several(set)?;
    branches(set)
}

fn covers(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let mut land = shop(2)?;
    land.say(FIRST, 10, goes_in(L, 100)?)?;
    land.say(SECOND, 20, goes_out(L, 10)?)?;
    let begin = land.begin(FIRST, 30, None)?;
    land.line(FIRST, 31, begin, L, 90)?;
    land.say(FIRST, 32, goes_out(L, 5)?)?;
    set.add("a line sets stock and what its device writes later is added", &land, q, &["HN-0417 L1 85"], &[5017])?;
    land.say(SECOND, 31, goes_out(L, 3)?)?;
    set.add("in the same second on another device: covered", &land, q, &["HN-0417 L1 85"], &[5017, 5017])?;
    land.say(SECOND, 40, goes_out(L, 7)?)?;
    set.add("row 17: what is sold elsewhere while counting is added up", &land, q, &["HN-0417 L1 78"], &[5017, 5017])?;
    let mut land = shop(2)?;
    land.say(FIRST, 90_000, goes_in(L, 100)?)?;
    let begin = land.begin(FIRST, 90_010, None)?;
    land.line(FIRST, 90_011, begin, L, 100)?;
    land.observe(SECOND, 3_611, FIRST, None)?;
    land.say(SECOND, 3_700, goes_out(L, 7)?)?;
    let later = &Question::new().with("now", (NOON + 100_000).into());
    set.add("row 18: sold after seeing the count, by a clock a day late", &land, later, &["HN-0417 L1 93"], &[])?;
    let mut land = shop(2)?;
    land.say(SECOND, 50_000, goes_in(L, 100)?)?;
    land.observe(FIRST, 20, SECOND, None)?;
    let begin = land.begin(FIRST, 30, None)?;
    land.line(FIRST, 31, begin, L, 60)?;
    set.add(
        "row 18: what the counting device knew is counted though its clock says tomorrow",
        &land,
        q,
        &["HN-0417 L1 60"],
        &[],
    )?;
    land.say(SECOND, 10, goes_out(L, 1)?)?;
    set.add("a later record of that log falls back on the clocks", &land, q, &["HN-0417 L1 60"], &[5015, 5017])?;
    let mut land = shop(1)?;
    land.say(FIRST, 10, goes_in(L, 100)?)?;
    land.say(FIRST, 11, said(Movement { to_bucket: Some(Bucket::Hold), ..moves(Direction::Move, L, 40)? }))?;
    let begin = land.begin(FIRST, 30, None)?;
    land.line(FIRST, 31, begin, L, 58)?;
    set.add("held goods are another place", &land, q, &["HN-0417 L1 58", "HN-0417 L1 hold 40"], &[])?;
    let held = CountLine { bucket: Bucket::Hold, ..land.line_of(FIRST, begin, L, Quantity::Units(39))? };
    land.say(FIRST, 32, Entry::CountLine(held))?;
    set.add("and are counted by a line of their own", &land, q, &["HN-0417 L1 58", "HN-0417 L1 hold 39"], &[])?;
    Ok(())
}

fn clocks(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let base = || -> Done<Land> {
        let mut land = shop(2)?;
        land.say(FIRST, 1_000, goes_in(L, 100)?)?;
        let begin = land.begin(FIRST, 2_000, None)?;
        land.line(FIRST, 2_001, begin, L, 95)?;
        Ok(land)
    };
    let mut land = base()?;
    // An hour ahead: sold at 1,500 of the counter's clock.
    land.say(SECOND, 5_100, goes_out(L, 5)?)?;
    set.add("row 18: nothing is known of a clock an hour ahead", &land, q, &["HN-0417 L1 90"], &[])?;
    land.observe(SECOND, 6_000, FIRST, Some(-3_600))?;
    set.add(
        "row 18: the difference that its log noted afterwards places the sale before the count",
        &land,
        q,
        &["HN-0417 L1 95"],
        &[5017],
    )?;
    land.observe(SECOND, 7_000, FIRST, Some(0))?;
    set.add("the first difference noted after the sale is the one", &land, q, &["HN-0417 L1 95"], &[5017])?;
    let mut land = base()?;
    land.say(SECOND, 5_100, goes_out(L, 5)?)?;
    land.observe(FIRST, 2_500, SECOND, Some(3_600))?;
    set.add(
        "the difference that the counter's log noted with the sale, with opposite sign",
        &land,
        q,
        &["HN-0417 L1 95"],
        &[5017],
    )?;
    let mut again = land.clone();
    again.observe(FIRST, 2_600, SECOND, Some(0))?;
    set.add("the first difference noted that includes the sale is the one", &again, q, &["HN-0417 L1 95"], &[5017])?;
    land.say(SECOND, 5_700, goes_out(L, 2)?)?;
    set.add("and for what that doesn't include, the last noted", &land, q, &["HN-0417 L1 93"], &[5017])?;
    let mut land = shop(2)?;
    land.say(FIRST, 10, goes_in(L, 100)?)?;
    land.observe(SECOND, 3_700, FIRST, Some(-3_600))?;
    land.say(SECOND, 5_000, goes_out(L, 5)?)?;
    let begin = land.begin(FIRST, 2_000, None)?;
    land.line(FIRST, 2_001, begin, L, 95)?;
    set.add(
        "the difference that the sale's log noted before it, where there is no other",
        &land,
        q,
        &["HN-0417 L1 95"],
        &[5017],
    )?;
    let mut land = base()?;
    land.say(SECOND, 5_100, goes_out(L, 5)?)?;
    land.say(SECOND, 1_900, Entry::ClockSet(ClockSet { change: -3_600, extensions: None }))?;
    land.say(SECOND, 2_100, goes_out(L, 1)?)?;
    set.add("row 18: a clock that was set is read as the last one all along", &land, q, &["HN-0417 L1 94"], &[5017])?;
    let mut land = shop(2)?;
    land.say(FIRST, 1_000, goes_in(L, 100)?)?;
    land.observe(SECOND, 4_700, FIRST, Some(-3_600))?;
    land.say(SECOND, 1_200, Entry::ClockSet(ClockSet { change: -3_600, extensions: None }))?;
    land.say(SECOND, 1_500, goes_out(L, 5)?)?;
    let begin = land.begin(FIRST, 2_000, None)?;
    land.line(FIRST, 2_001, begin, L, 95)?;
    set.add(
        "a difference noted before the clock was set is read in the clock as it is set",
        &land,
        q,
        &["HN-0417 L1 95"],
        &[5017],
    )?;
    let mut land = base()?;
    land.begin_unset(SECOND)?;
    land.say_unset(SECOND, 700, goes_out(L, 5)?)?;
    land.say(SECOND, 2_600, Entry::ClockSet(ClockSet { change: i64::from(NOON) + 1_900 - 600, extensions: None }))?;
    set.add("an uptime is a time once the clock is set", &land, q, &["HN-0417 L1 95"], &[5017])?;
    // By a right clock; then its battery is pulled.
    let mut land = base()?;
    land.say(SECOND, 2_500, goes_out(L, 7)?)?;
    land.say_unset(SECOND, 700, goes_out(L, 5)?)?;
    let name = "what a lost clock wrote isn't placed by it, and what was written before it is";
    set.add(name, &land, q, &["HN-0417 L1 88"], &[5017])?;
    let lost = land.clone();
    let set_to = |at: i64| ClockSet { change: i64::from(NOON) + at - 700, extensions: None };
    land.say(SECOND, 2_600, Entry::ClockSet(set_to(1_900)))?;
    let name = "a clock that was lost and set changes no time that was written before it was lost";
    set.add(name, &land, q, &["HN-0417 L1 88"], &[5017])?;
    land.say(SECOND, 2_700, goes_out(L, 1)?)?;
    land.say(SECOND, 1_500, Entry::ClockSet(ClockSet { change: -1_200, extensions: None }))?;
    let name = "and set once more what it wrote since it was lost, not what another clock wrote before";
    set.add(name, &land, q, &["HN-0417 L1 88"], &[5015, 5017, 5017])?;
    let mut later = lost.clone();
    later.say(SECOND, 2_900, Entry::ClockSet(set_to(2_800)))?;
    set.add("it may say that something came after the count", &later, q, &["HN-0417 L1 83"], &[])?;
    let mut silent = lost;
    silent.say(SECOND, 2_600, goes_out(L, 2)?)?;
    silent.say(SECOND, 6_700, Entry::ClockSet(ClockSet { change: 4_000, extensions: None }))?;
    let name = "what a lost clock wrote stays without time where the clock is set and nobody says to what";
    set.add(name, &silent, q, &["HN-0417 L1 86"], &[5017])?;
    let mut forked = silent.clone();
    let branch = forked.branch(SECOND, forked.len(SECOND) - 2);
    forked.say(branch, 2_600, Entry::ClockSet(set_to(2_800)))?;
    let name = "a setting on any branch joins what is before it to what is behind it";
    set.add(name, &forked, q, &["HN-0417 L1 81"], &[5001])?;
    Ok(())
}

fn late(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let mut land = shop(2)?;
    land.say(FIRST, 10, goes_in(L, 100)?)?;
    land.say(FIRST, 11, goes_out(L, 10)?)?;
    let begin = land.begin(FIRST, 30, None)?;
    land.line(FIRST, 31, begin, L, 85)?;
    land.say_late(FIRST, 40, 20, goes_out(L, 5)?)?;
    set.add("row 18: a sale written late was counted", &land, q, &["HN-0417 L1 85"], &[5017])?;
    let written = (FIRST, land.len(FIRST) - 1);
    land.take_back(SECOND, 41, written, 5)?;
    set.add("a reversal of what was counted changes nothing", &land, q, &["HN-0417 L1 85"], &[])?;
    land.say_late(FIRST, 50, 31, goes_out(L, 5)?)?;
    set.add("written late, in the second of the line: it stands after it", &land, q, &["HN-0417 L1 80"], &[])?;
    let mut land = shop(2)?;
    land.say(SECOND, 10, goes_in(L, 100)?)?;
    land.say(SECOND, 25, goes_out(L, 1)?)?;
    land.observe(FIRST, 28, SECOND, None)?;
    let begin = land.begin(FIRST, 30, None)?;
    land.line(FIRST, 31, begin, L, 94)?;
    land.say_late(SECOND, 40, 20, goes_out(L, 5)?)?;
    set.add("what stands before a record that the line knew was counted", &land, q, &["HN-0417 L1 94"], &[5017])?;
    let mut land = shop(2)?;
    land.say(SECOND, 10, goes_in(L, 100)?)?;
    land.say(SECOND, 200, goes_out(L, 1)?)?;
    land.say_late(SECOND, 300, 50, goes_out(L, 1)?)?;
    land.say_late(SECOND, 400, 350, goes_out(L, 1)?)?;
    land.observe(FIRST, 1, SECOND, None)?;
    let begin = land.begin(FIRST, 2, None)?;
    land.line(FIRST, 3, begin, L, 92)?;
    land.say_late(SECOND, 500, 280, goes_out(L, 5)?)?;
    set.add("late records that the line knew have places too", &land, q, &["HN-0417 L1 92"], &[5017])?;
    let mut land = shop(1)?;
    land.say(FIRST, 10, goes_in(L, 100)?)?;
    land.say(FIRST, 50, goes_out(L, 10)?)?;
    let begin = land.begin(FIRST, 100, None)?;
    let line = land.line_of(FIRST, begin, L, Quantity::Units(98))?;
    land.say_late(FIRST, 101, 30, Entry::CountLine(line))?;
    set.add("a count on paper stands where it was made", &land, q, &["HN-0417 L1 88"], &[])?;
    let mut land = shop(1)?;
    land.say(FIRST, 10, goes_in(L, 10)?)?;
    let begin = land.begin(FIRST, 30, None)?;
    land.line(FIRST, 31, begin, L, 5)?;
    land.say(FIRST, 32, goes_out(L, 3)?)?;
    land.say(FIRST, 33, goes_out(L, 4)?)?;
    set.add("below nothing after a count names what went since and the line", &land, q, &["HN-0417 L1 -2"], &[5002])?;
    Ok(())
}

fn rest(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let new = (A, "N1");
    let mut land = shop(1)?;
    land.say(FIRST, 10, goes_in(L, 100)?)?;
    land.say(FIRST, 11, goes_in(R, 50)?)?;
    let begin = land.begin(FIRST, 30, None)?;
    land.line(FIRST, 31, begin, L, 99)?;
    land.say(FIRST, 32, goes_in(new, 20)?)?;
    land.say(FIRST, 33, goes_out(R, 5)?)?;
    set.add(
        "an unfinished count leaves the rest",
        &land,
        q,
        &["HN-0417 L1 99", "HN-0417 N1 20", "HN-0417 R1 45"],
        &[],
    )?;
    land.end(FIRST, 34, begin, true)?;
    land.say(FIRST, 40, goes_out(new, 1)?)?;
    set.add(
        "the rest is zero: what came in while counting stays, what went out was on the shelf",
        &land,
        q,
        &["HN-0417 L1 99", "HN-0417 N1 19"],
        &[],
    )?;
    land.end(FIRST, 50, begin, false)?;
    set.add("a second end has no effect", &land, q, &["HN-0417 L1 99", "HN-0417 N1 19"], &[5019])?;
    let mut land = shop(2)?;
    land.say(FIRST, 10, goes_in(R, 50)?)?;
    let begin = land.begin(FIRST, 1_000, None)?;
    land.say(FIRST, 1_100, goes_in(new, 20)?)?;
    land.say(FIRST, 1_200, goes_out(new, 8)?)?;
    land.say(FIRST, 1_300, goes_out(R, 4)?)?;
    land.say(FIRST, 1_400, goes_in(R, 30)?)?;
    let mut far = land.clone();
    land.end(FIRST, 2_000, begin, true)?;
    let name =
        "the rest is zero: of what came while counting, what left again is gone; what left before was on the shelf";
    set.add(name, &land, q, &["HN-0417 N1 12", "HN-0417 R1 30"], &[])?;
    land.say(FIRST, 2_100, goes_out(R, 3)?)?;
    land.say_late(FIRST, 2_200, 1_350, goes_in(R, 1)?)?;
    land.say_late(FIRST, 2_300, 900, goes_in(R, 9)?)?;
    let name = "what is written later and took place while counting is added then, before counting is covered";
    set.add(name, &land, q, &["HN-0417 N1 12", "HN-0417 R1 28"], &[5017])?;
    // The second device's clock is an hour late: by it what left did so before it came.
    far.say(SECOND, 1_250 - 3_600, goes_out(new, 5)?)?;
    far.observe(SECOND, 2_100 - 3_600, FIRST, Some(3_600))?;
    far.say(SECOND, 2_200 - 3_600, goes_out(R, 2)?)?;
    far.end(FIRST, 2_000, begin, true)?;
    set.add("in the order of the count's clock", &far, q, &["HN-0417 N1 7", "HN-0417 R1 28"], &[5017])?;
    let begin = far.begin(FIRST, 3_000, None)?;
    far.line(FIRST, 3_001, begin, R, 27)?;
    far.end(FIRST, 3_002, begin, true)?;
    set.add("and a later count of everything leaves nothing of it", &far, q, &["HN-0417 R1 27"], &[5017, 5017])?;
    let mut land = shop(1)?;
    let begin = land.begin(FIRST, 30, None)?;
    land.line(FIRST, 31, begin, L, 80)?;
    land.line(FIRST, 32, begin, L, 15)?;
    land.end(FIRST, 33, begin, false)?;
    land.line(FIRST, 34, begin, L, 1)?;
    set.add(
        "lines for one lot on two shelves add up and one after the end has no effect",
        &land,
        q,
        &["HN-0417 L1 95"],
        &[5019],
    )?;
    let mut land = shop(1)?;
    let (bhyt, k1) = (fund("BHYT")?, store("K1")?);
    land.say(FIRST, 1, said(Movement { fund: bhyt, ..moves(Direction::In, L, 50)? }))?;
    land.say(FIRST, 2, said(Movement { store: k1, ..moves(Direction::In, L, 40)? }))?;
    land.say(FIRST, 3, goes_in(L, 30)?)?;
    land.say(FIRST, 4, goes_in((B, "R1"), 20)?)?;
    let begin = land.begin(FIRST, 30, None)?;
    land.line(FIRST, 31, begin, L, 29)?;
    set.add(
        "a lot's line empties its other balances in the store",
        &land,
        q,
        &["HN-0417 L1 29", "HN-0417 L1 K1 40", "HN-0417 R1 20"],
        &[],
    )?;
    let mut room = [0; 64];
    let funds = List::encode(&[AnyFund(None)], &mut room)?;
    let count = CountBegin { funds: Some(funds), ..COUNT };
    land.say(FIRST, 40, said(Movement { fund: bhyt, ..moves(Direction::In, L, 7)? }))?;
    land.say(FIRST, 50, Entry::CountBegin(count))?;
    let begin = land.len(FIRST) - 1;
    land.line(FIRST, 51, begin, L, 28)?;
    set.add(
        "a count of one fund leaves the others",
        &land,
        q,
        &["HN-0417 L1 28", "HN-0417 L1 fund=BHYT 7", "HN-0417 L1 K1 40", "HN-0417 R1 20"],
        &[],
    )?;
    let mut room = [0; 64];
    let products = List::encode(&[Product::parse(B)?], &mut room)?;
    land.say(FIRST, 60, Entry::CountBegin(CountBegin { products: Some(products), ..COUNT }))?;
    let begin = land.len(FIRST) - 1;
    land.end(FIRST, 61, begin, true)?;
    set.add(
        "the rest of a count of one product",
        &land,
        q,
        &["HN-0417 L1 28", "HN-0417 L1 fund=BHYT 7", "HN-0417 L1 K1 40"],
        &[],
    )?;
    land.same(FIRST, 70, A, B)?;
    set.add("the rest of a count reaches products that are one with it", &land, q, &["HN-0417 L1 K1 40"], &[])?;
    Ok(())
}

fn several(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let mut land = shop(3)?;
    let count = |land: &mut Land, log, at, units| -> Done<()> {
        let begin = land.begin(log, at, None)?;
        land.line(log, at + 1, begin, L, units).map(drop)
    };
    count(&mut land, FIRST, 30, 80)?;
    let mut seen = land.clone();
    count(&mut land, SECOND, 40, 70)?;
    set.add("two counts that knew nothing of each other: the later governs", &land, q, &["HN-0417 L1 70"], &[5018])?;
    count(&mut land, THIRD, 50, 60)?;
    set.add("three counts that knew nothing of each other", &land, q, &["HN-0417 L1 60"], &[5018, 5018])?;
    for units in 70..73 {
        let mut even = seen.clone();
        count(&mut even, SECOND, 30, units)?;
        set.put(&format!("two counts in one second, {units} and 80: the greater identity governs"), &even, q)?;
    }
    land.observe(THIRD, 60, FIRST, None)?;
    land.observe(THIRD, 60, SECOND, None)?;
    count(&mut land, THIRD, 20, 55)?;
    set.add("a count that knew the others governs whatever its clock says", &land, q, &["HN-0417 L1 55"], &[5015])?;
    seen.observe(SECOND, 35, FIRST, None)?;
    count(&mut seen, SECOND, 10, 70)?;
    set.add("a count that knew the other overlaps with nothing", &seen, q, &["HN-0417 L1 70"], &[5015])?;
    Ok(())
}

fn branches(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let mut land = shop(2)?;
    land.say(SECOND, 10, goes_in(L, 100)?)?;
    let branch = land.branch(SECOND, 2);
    land.say(SECOND, 20, goes_out(L, 1)?)?;
    land.say(SECOND, 21, goes_out(L, 2)?)?;
    land.say(branch, 50, goes_out(L, 10)?)?;
    land.say(branch, 51, goes_out(L, 20)?)?;
    land.observe(FIRST, 28, SECOND, None)?;
    let begin = land.begin(FIRST, 30, None)?;
    land.line(FIRST, 31, begin, L, 97)?;
    set.add(
        "a line knows the branch that its log observed and of the other the clocks decide",
        &land,
        q,
        &["HN-0417 L1 67"],
        &[5001],
    )?;
    let mut land = shop(2)?;
    land.say(SECOND, 70, goes_in(L, 100)?)?;
    let branch = land.branch(SECOND, 2);
    land.say(SECOND, 71, goes_out(L, 1)?)?;
    land.say(SECOND, 72, goes_out(L, 2)?)?;
    land.say(branch, 75, goes_out(L, 10)?)?;
    land.observe(FIRST, 28, SECOND, None)?;
    let begin = land.begin(FIRST, 30, None)?;
    land.line(FIRST, 31, begin, L, 97)?;
    land.show(SECOND, &[(0, 3)]);
    let name = "an observation of a forked log whose last record isn't held says nothing";
    set.add(name, &land, q, &["HN-0417 L1 186"], &[5001])?;
    let mut land = shop(2)?;
    land.say(FIRST, 10, goes_in(L, 100)?)?;
    land.say(SECOND, 1_050, goes_out(L, 5)?)?;
    let branch = land.branch(SECOND, 2);
    land.say(SECOND, 1_060, Entry::ClockSet(ClockSet { change: 100, extensions: None }))?;
    land.say(branch, 1_060, Entry::ClockSet(ClockSet { change: -100, extensions: None }))?;
    let begin = land.begin(FIRST, 990, None)?;
    land.line(FIRST, 1_000, begin, L, 95)?;
    let name = "of a clock set on two branches at one index the least change is read";
    set.add(name, &land, q, &["HN-0417 L1 95"], &[5001, 5017])?;
    let mut land = shop(2)?;
    land.say(FIRST, 10, goes_in(L, 100)?)?;
    let begin = land.begin(FIRST, 30, None)?;
    let branch = land.branch(FIRST, land.len(FIRST));
    land.line(FIRST, 31, begin, L, 80)?;
    land.end(FIRST, 32, begin, true)?;
    land.say(branch, 40, goes_in(R, 5)?)?;
    land.line(branch, 41, begin, L, 15)?;
    land.line(branch, 42, begin, L, 4)?;
    land.end(branch, 43, begin, true)?;
    set.add("lines of one count on two branches add up", &land, q, &["HN-0417 L1 99", "HN-0417 R1 5"], &[5001])?;
    let mut land = shop(2)?;
    land.say(SECOND, 10, goes_in(L, 100)?)?;
    land.say(SECOND, 20, goes_out(L, 1)?)?;
    land.say(SECOND, 9_000, goes_out(L, 2)?)?;
    let second = land.len(SECOND);
    land.observe(FIRST, 28, SECOND, None)?;
    let begin = land.begin(FIRST, 30, None)?;
    land.line(FIRST, 31, begin, L, 97)?;
    land.show(SECOND, &[(0, second - 1)]);
    set.add("an observation is taken at its word where its last record isn't held", &land, q, &["HN-0417 L1 97"], &[])?;
    land.show(SECOND, &[(0, 2), (3, second)]);
    set.add("a gap in a log that should be held whole", &land, q, &["HN-0417 L1 97"], &[])?;
    Ok(())
}
