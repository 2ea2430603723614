//! What records do to balances: directions, moves, parts, reversals; clocks and forks; expiry and dispensing.
use super::land::{
    A, B, C, FIRST, Land, MINISTRY, NOON, SECOND, facility, fund, goes_in, goes_out, moves, said, store,
};
use super::{Question, Set};
use crate::world::Done;
use medlot_core::ident::{Measure, Operator, Quantity, Serial};
use medlot_core::movement::{Bucket, Direction, Group, Movement};
use medlot_core::record::{ClockSet, Entry, Reversed};
use medlot_core::time::Expiry;

const L: (&str, &str) = (A, "L1");
const SHOP: &str = "HN-0417";

fn one() -> Done<Land> {
    Land::new(&[SHOP])
}

fn two() -> Done<Land> {
    Land::new(&[SHOP, SHOP])
}

fn expiring(of: (&'static str, &'static str), units: u32, expiry: &str) -> Done<Entry<'static>> {
    Ok(said(Movement { expiry: Expiry::parse(expiry)?, ..moves(Direction::In, of, units)? }))
}

fn doses(direction: Direction, parts: u32, per_unit: u16) -> Done<Movement<'static>> {
    let quantity = Quantity::Parts { parts, per_unit, measure: Measure::Dose };
    Ok(Movement { quantity, ..moves(direction, L, 1)? })
}

pub(super) fn add(set: &mut Set) -> Done<()> {
    balances(set)?;
    parts(set)?;
    reversals(set)?;
    logs(set)?;
    cut_off(set)?;
    dispensing(set)?;
    serials(set)
}

fn balances(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let mut land = one()?;
    land.say(FIRST, 0, goes_in(L, 100)?)?;
    land.say(FIRST, 1, goes_out(L, 30)?)?;
    land.say(FIRST, 2, goes_in((A, ""), 7)?)?;
    land.say(FIRST, 3, goes_in((A, "l1"), 8)?)?;
    set.add(
        "lot numbers compare byte for byte, and none printed is one",
        &land,
        q,
        &["HN-0417 - 7", "HN-0417 L1 70", "HN-0417 l1 8"],
        &[],
    )?;
    let mut land = one()?;
    let (bhyt, k1) = (fund("BHYT")?, store("K1")?);
    land.say(FIRST, 0, said(Movement { fund: bhyt, vvm: Some(1), ..moves(Direction::In, L, 50)? }))?;
    land.say(
        FIRST,
        1,
        said(Movement { fund: bhyt, vvm: Some(1), to_store: Some(k1), ..moves(Direction::Move, L, 20)? }),
    )?;
    let from = Movement { fund: bhyt, vvm: Some(1), store: k1, ..moves(Direction::Move, L, 5)? };
    land.say(FIRST, 2, said(Movement { to_vvm: Some(Some(2)), to_fund: Some(None), ..from }))?;
    land.say(FIRST, 3, said(Movement { to_bucket: Some(Bucket::Hold), ..from }))?;
    let held = Movement { bucket: Bucket::Hold, to_bucket: Some(Bucket::Available), to_store: Some(None), ..from };
    land.say(FIRST, 4, said(Movement { quantity: Quantity::Units(2), ..held }))?;
    let stock = [
        "HN-0417 L1 fund=BHYT vvm=1 32",
        "HN-0417 L1 K1 vvm=2 5",
        "HN-0417 L1 K1 fund=BHYT vvm=1 10",
        "HN-0417 L1 K1 fund=BHYT vvm=1 hold 3",
    ];
    set.add("a move changes the dimensions that it names and no other", &land, q, &stock, &[])?;
    let mut land = one()?;
    for (at, units) in [(0, 10i64), (1, -4), (2, -8), (3, -1)] {
        let n = u32::try_from(units.abs())?;
        land.say(FIRST, at, if units > 0 { goes_in(L, n)? } else { goes_out(L, n)? })?;
    }
    set.add(
        "row 15: stock below nothing is found and names what took it there",
        &land,
        q,
        &["HN-0417 L1 -3"],
        &[5002],
    )?;
    land.say(FIRST, 4, goes_in(L, 2)?)?;
    set.add("what came in later makes up for part of what is below nothing", &land, q, &["HN-0417 L1 -1"], &[5002])?;
    let mut land = two()?;
    for log in [FIRST, SECOND] {
        land.say(log, 0, goes_in(L, 10)?)?;
        land.say(log, 0, goes_out(L, 3)?)?;
        land.say(log, 0, goes_out(L, 4)?)?;
    }
    set.add("row 16: everything in one second on two devices", &land, q, &["HN-0417 L1 6"], &[])?;
    let mut land = one()?;
    let all = [(A, "L1"), (B, "L1")];
    for (of, expiry) in all.into_iter().zip(["2027-03-31", "2026-12-31"]) {
        land.say(FIRST, 0, expiring(of, 10, expiry)?)?;
    }
    set.add(
        "row 10: two products with one lot number are two lots",
        &land,
        q,
        &["HN-0417 L1 10", "HN-0417 L1 10"],
        &[],
    )?;
    let mut land = one()?;
    for at in 0..3 {
        land.say(FIRST, at, expiring(L, 10, "2027-03-31")?)?;
    }
    set.add("row 11: one lot arrives any number of times", &land, q, &["HN-0417 L1 30"], &[])?;
    Ok(())
}

fn parts(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let mut land = one()?;
    land.say(FIRST, 0, said(doses(Direction::In, 31, 10)?))?;
    land.say(FIRST, 1, said(doses(Direction::Out, 7, 10)?))?;
    set.add("doses add up exactly", &land, q, &["HN-0417 L1 2+4/10"], &[])?;
    land.say(FIRST, 2, said(doses(Direction::In, 3, 5)?))?;
    set.add("doses of another number per vial can't be added", &land, q, &["HN-0417 L1 2+3/5+4/10"], &[5014])?;
    let wrong = (FIRST, land.len(FIRST) - 1);
    land.take_back(FIRST, 3, wrong, 3)?;
    set.add("what can't be added is taken back", &land, q, &["HN-0417 L1 2+4/10"], &[])?;
    let mut land = one()?;
    land.say(FIRST, 0, goes_in(L, 2)?)?;
    land.say(FIRST, 1, said(doses(Direction::Out, 15, 10)?))?;
    set.add("vials come and doses go", &land, q, &["HN-0417 L1 0+5/10"], &[])?;
    land.say(FIRST, 2, said(doses(Direction::Out, 10, 10)?))?;
    set.add("half a vial more went than there was", &land, q, &["HN-0417 L1 0+-5/10"], &[5002])?;
    let begin = land.begin(FIRST, 10, None)?;
    land.line(FIRST, 11, begin, L, 3)?;
    let line = land.line_of(FIRST, begin, L, Quantity::Parts { parts: 4, per_unit: 10, measure: Measure::Dose })?;
    land.say(FIRST, 12, Entry::CountLine(line))?;
    set.add("a count of closed vials and of the doses in the open one", &land, q, &["HN-0417 L1 3+4/10"], &[])?;
    let begin = land.begin(FIRST, 20, None)?;
    land.line(FIRST, 21, begin, L, 3)?;
    set.add("a count that names no open vial finds none", &land, q, &["HN-0417 L1 3"], &[])?;
    Ok(())
}

fn reversals(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let mut land = two()?;
    land.say(FIRST, 0, goes_in(L, 100)?)?;
    land.say(FIRST, 1, goes_out(L, 10)?)?;
    land.take_back(FIRST, 10, (FIRST, 2), 4)?;
    land.take_back(SECOND, 11, (FIRST, 2), 4)?;
    set.add("two devices take back the same and it comes back once", &land, q, &["HN-0417 L1 94"], &[])?;
    land.take_back(SECOND, 12, (FIRST, 2), 10)?;
    set.add("a larger total corrects further", &land, q, &["HN-0417 L1 100"], &[])?;
    let other = Reversed::Movement(moves(Direction::Out, L, 12)?);
    land.repeat(SECOND, 13, (FIRST, 2), 12, other)?;
    set.add(
        "a reversal that states more than its target takes back all of it and is found",
        &land,
        q,
        &["HN-0417 L1 100"],
        &[5020],
    )?;
    let mut land = two()?;
    land.say(FIRST, 0, goes_in(L, 100)?)?;
    land.repeat(SECOND, 13, (FIRST, 1), 30, Reversed::Movement(moves(Direction::In, (A, "L2"), 100)?))?;
    set.add(
        "a reversal that repeats another lot takes its target back and is found",
        &land,
        q,
        &["HN-0417 L1 70"],
        &[5020],
    )?;
    let mut land = Land::new(&[SHOP, "HN-0999"])?;
    land.say(FIRST, 0, goes_in(L, 100)?)?;
    land.take_back(SECOND, 13, (FIRST, 1), 30)?;
    set.add(
        "a reversal from another facility takes nothing back and is found",
        &land,
        q,
        &["HN-0417 L1 100"],
        &[5020],
    )?;
    let mut land = one()?;
    land.say(FIRST, 0, goes_in(L, 100)?)?;
    let begin = land.begin(FIRST, 1, None)?;
    land.line(FIRST, 2, begin, L, 90)?;
    land.repeat(FIRST, 3, (FIRST, 3), 90, Reversed::Movement(moves(Direction::In, L, 90)?))?;
    set.add("a line of a count can't be taken back", &land, q, &["HN-0417 L1 90"], &[5020])?;
    let mut land = one()?;
    land.say(FIRST, 0, goes_in(L, 100)?)?;
    land.say(FIRST, 1, said(Movement { to_bucket: Some(Bucket::Hold), ..moves(Direction::Move, L, 40)? }))?;
    land.take_back(FIRST, 2, (FIRST, 2), 15)?;
    set.add("part of a move is taken back at both ends", &land, q, &["HN-0417 L1 75", "HN-0417 L1 hold 25"], &[])?;
    Ok(())
}

fn logs(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let mut land = one()?;
    land.say(FIRST, 100, goes_in(L, 10)?)?;
    land.say(FIRST, 40, goes_out(L, 1)?)?;
    set.add("a clock that went back", &land, q, &["HN-0417 L1 9"], &[5015])?;
    land.say(FIRST, 41, Entry::ClockSet(ClockSet { change: -3_600, extensions: None }))?;
    land.say(FIRST, 42, goes_out(L, 1)?)?;
    set.add("a clock that is set back explains itself", &land, q, &["HN-0417 L1 8"], &[5015])?;
    let mut land = one()?;
    land.say(FIRST, 86_400 + 601, goes_in(L, 10)?)?;
    land.say(FIRST, 86_400 + 700, goes_out(L, 1)?)?;
    land.say(FIRST, 86_400 + 700, goes_out(L, 1)?)?;
    set.add("a clock that is ahead names the furthest record", &land, q, &["HN-0417 L1 8"], &[5016])?;
    let later = Question::new().with("now", (NOON + 90_000).into());
    set.add("a clock that isn't ahead of a later now", &land, &later, &["HN-0417 L1 8"], &[])?;
    let mut land = one()?;
    land.begin_unset(FIRST)?;
    land.say_unset(FIRST, 50, goes_in(L, 10)?)?;
    land.say_unset(FIRST, 20, goes_out(L, 1)?)?;
    land.say(FIRST, 100, Entry::ClockSet(ClockSet { change: i64::from(NOON), extensions: None }))?;
    land.say(FIRST, 110, goes_out(L, 2)?)?;
    set.add("a clock that was never set is no clock that went back", &land, q, &["HN-0417 L1 7"], &[])?;
    let mut land = one()?;
    land.say(FIRST, 0, goes_in(L, 100)?)?;
    land.say(FIRST, 1, goes_out(L, 1)?)?;
    let branch = land.branch(FIRST, 2);
    land.say(branch, 1, goes_out(L, 10)?)?;
    land.say(branch, 2, goes_out(L, 20)?)?;
    set.add("both branches of a forked log count", &land, q, &["HN-0417 L1 69"], &[5001])?;
    land.show(branch, &[(3, 4)]);
    set.add("a branch shows where a record follows none that is held", &land, q, &["HN-0417 L1 79"], &[5001])?;
    let at = land.logs[FIRST].at(3)?;
    land.logs[1].revoke(at)?;
    land.show(branch, &[(2, 4)]);
    set.add("a cut ends the branch that it doesn't name", &land, q, &["HN-0417 L1 99"], &[])?;
    Ok(())
}

fn cut_off(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let mut land = two()?;
    land.say(FIRST, 0, goes_in(L, 100)?)?;
    land.say(FIRST, 1, goes_out(L, 10)?)?;
    land.say(SECOND, 2, goes_out(L, 5)?)?;
    let at = land.logs[FIRST].at(2)?;
    land.logs[1].revoke(at)?;
    set.add("what a device wrote after its cut doesn't count", &land, q, &["HN-0417 L1 95"], &[])?;
    let begin = land.begin(FIRST, 10, None)?;
    land.line(FIRST, 11, begin, L, 40)?;
    set.add("a count that lapsed through a cut leaves no trace", &land, q, &["HN-0417 L1 95"], &[])?;
    let mut land = two()?;
    land.same(FIRST, 0, A, B)?;
    land.say(FIRST, 1, goes_in((A, "L1"), 10)?)?;
    land.say(SECOND, 2, goes_out((B, "L1"), 4)?)?;
    set.add("a device says for its facility that two products are one", &land, q, &["HN-0417 L1 6"], &[])?;
    let at = land.logs[FIRST].at(1)?;
    land.logs[1].revoke(at)?;
    set.add("a cut lapses what the device said of products", &land, q, &["HN-0417 L1 -4"], &[5002])?;
    Ok(())
}

fn dispensing(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let mut land = one()?;
    land.say(FIRST, 0, expiring(L, 100, "2026-11-23")?)?;
    // The legal day ends at 17:00 UTC, twelve hours after noon in Hanoi.
    land.say(FIRST, 12 * 3_600 - 1, goes_out(L, 1)?)?;
    set.add("row 7: dispensed in the last second of the last usable day", &land, q, &["HN-0417 L1 99"], &[])?;
    land.say(FIRST, 12 * 3_600, goes_out(L, 1)?)?;
    land.say(FIRST, 12 * 3_600, said(Movement { reason: 7, ..moves(Direction::Out, L, 1)? }))?;
    set.add(
        "row 7: dispensed in the first second after it; sorting expired packs out is right",
        &land,
        q,
        &["HN-0417 L1 97"],
        &[5009],
    )?;
    let mut land = one()?;
    land.say(FIRST, 0, said(Movement { bucket: Bucket::Hold, ..moves(Direction::In, L, 100)? }))?;
    land.say(FIRST, 1, said(Movement { bucket: Bucket::Hold, ..moves(Direction::Out, L, 3)? }))?;
    land.say(FIRST, 2, said(Movement { bucket: Bucket::Hold, reason: 13, ..moves(Direction::Out, L, 4)? }))?;
    set.add(
        "dispensed from what is held back; a destruction without witnesses",
        &land,
        q,
        &["HN-0417 L1 hold 93"],
        &[5011, 5022],
    )?;
    let mut land = two()?;
    land.say(FIRST, 0, goes_in((C, "M1"), 100)?)?;
    let who = |m| -> Done<_> { Ok(Movement { operator: Some(Operator::parse("DS01")?), ..m }) };
    let head = who(Movement { reason: 13, group: Group::Head(2), ..moves(Direction::Out, (C, "M1"), 5)? })?;
    let minutes = land.say(FIRST, 1, said(head))?;
    let line = who(Movement { reason: 13, group: Group::Line(1), ..moves(Direction::Out, (C, "M1"), 5)? })?;
    land.say(FIRST, 1, said(line))?;
    land.attest(SECOND, 2, minutes, 0, "DS02", false)?;
    land.attest(SECOND, 3, minutes, 1, "DS02", false)?;
    land.attest(SECOND, 4, minutes, 0, "DS03", true)?;
    land.attest(SECOND, 5, minutes, 2, "DS04", false)?;
    set.add(
        "two people stand for a destruction: one twice, one refused, a receiver",
        &land,
        q,
        &["HN-0417 M1 90"],
        &[5022, 5022],
    )?;
    land.attest(SECOND, 6, minutes, 3, "DS05", false)?;
    set.add("three people stand for all lines of a destruction", &land, q, &["HN-0417 M1 90"], &[])?;
    let mut land = one()?;
    land.say(FIRST, 0, goes_in((C, "M1"), 100)?)?;
    land.say(FIRST, 0, goes_in((A, "M1"), 100)?)?;
    let lost = land.say(FIRST, 10, said(Movement { reason: 10, ..moves(Direction::Out, (C, "M1"), 5)? }))?;
    land.say(FIRST, 10, said(Movement { reason: 11, ..moves(Direction::Out, (A, "M1"), 5)? }))?;
    let stock = ["HN-0417 M1 95", "HN-0417 M1 95"];
    let at = |after: u32| Question::new().with("now", (NOON + after).into());
    set.add("a controlled medicine is missing for 48 hours", &land, &at(10 + 172_800), &stock, &[])?;
    set.add("a controlled medicine is missing for more", &land, &at(11 + 172_800), &stock, &[5023])?;
    land.attest(FIRST, 10 + 172_800, lost, 4, "DS01", false)?;
    set.add("its loss was reported in time", &land, &at(20 + 172_800), &stock, &[])?;
    set.add(
        "nothing that depends on the time is found without it",
        &land,
        &Question::new().with("now", serde_json::Value::Null),
        &stock,
        &[],
    )?;
    let mut land = one()?;
    land.say(FIRST, 0, expiring(L, 10, "2027-12-31")?)?;
    land.say(FIRST, 1, expiring(L, 10, "2026-12")?)?;
    land.say(FIRST, 2, expiring(L, 10, "2026-12-31")?)?;
    land.say(FIRST, 3, expiring(L, 10, "none")?)?;
    let name = "row 10: expiries differ, the earliest governs and all are named";
    let said_ = set.add(name, &land, q, &["HN-0417 L1 40"], &[5013])?;
    set.expect(name, "expiry", &said_["lots"][0]["expiry"], &"2026-12".into());
    let took = |land: &mut Land, index| land.take_back(FIRST, 10, (FIRST, index), 10);
    took(&mut land, 2)?;
    took(&mut land, 3)?;
    took(&mut land, 4)?;
    let name = "row 8: what is taken back whole claims no expiry";
    let said_ = set.add(name, &land, q, &["HN-0417 L1 10"], &[])?;
    set.expect(name, "expiry", &said_["lots"][0]["expiry"], &"2027-12-31".into());
    land.fact(MINISTRY, 20, L, "2028-06")?;
    land.fact(MINISTRY, 21, L, "2028-07-15")?;
    land.fact(MINISTRY, 22, (A, "L2"), "2029-07-15")?;
    let name = "the regulator's latest word on the lot governs";
    let said_ = set.add(name, &land, q, &["HN-0417 L1 10"], &[])?;
    set.expect(name, "expiry", &said_["lots"][0]["expiry"], &"2028-07-15".into());
    Ok(())
}

fn serials(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let serial = Some(Serial::parse("SN1")?);
    let with = |direction, reason| -> Done<_> { Ok(said(Movement { serial, reason, ..moves(direction, L, 30)? })) };
    let mut land = Land::new(&[SHOP, "HN-0999"])?;
    land.say(FIRST, 10, with(Direction::In, 0)?)?;
    land.say(FIRST, 11, with(Direction::Out, 0)?)?;
    land.say(FIRST, 12, with(Direction::In, 2)?)?;
    land.say(FIRST, 13, with(Direction::Out, 0)?)?;
    set.add("a pack that a customer brought back may be sold again", &land, q, &[], &[])?;
    land.say(SECOND, 14, with(Direction::In, 0)?)?;
    set.add("the same serial number at another facility rings", &land, q, &["HN-0999 L1 30"], &[5012])?;
    let mut land = Land::new(&[SHOP, "HN-0999"])?;
    land.say(FIRST, 10, with(Direction::In, 0)?)?;
    let sent = Movement { serial, sent: true, counterparty: facility("HN-0999")?, ..moves(Direction::Out, L, 30)? };
    let sent = land.say(FIRST, 11, said(sent))?;
    set.add("a pack on the way is one pack", &land, q, &[], &[])?;
    land.say(SECOND, 12, said(Movement { serial, answers: Some(sent), ..moves(Direction::In, L, 30)? }))?;
    set.add("and one when it arrived", &land, q, &["HN-0999 L1 30"], &[])?;
    land.take_back(FIRST, 13, (FIRST, 2), 30)?;
    set.add(
        "a shipment that is taken back after it was received",
        &land,
        q,
        &["HN-0417 L1 30", "HN-0999 L1 30"],
        &[5021, 5012],
    )?;
    Ok(())
}
