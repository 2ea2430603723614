//! What is on the way between facilities.
use super::land::{
    A, B, FIRST, Land, NOON, SECOND, THIRD, answers, facility, goes_in, moves, note, own, refuses, said, sends,
};
use super::{Question, Set};
use crate::world::Done;
use medlot_core::ident::{Measure, Party, Quantity};
use medlot_core::movement::{Bucket, Direction, Group, Movement};
use serde_json::{Value, json};

const L: (&str, &str) = (A, "L1");
const M: (&str, &str) = (B, "L2");
const FROM: &str = "DN-01";
const TO: &str = "HN-0417";

fn remaining(said: &Value) -> Value {
    said["shipments"].as_array().into_iter().flatten().map(|s| s["remaining"].clone()).collect()
}

/// A sender that has 300, and a receiver with two devices.
fn base() -> Done<Land> {
    let mut land = Land::new(&[FROM, TO, TO])?;
    land.say(FIRST, 0, goes_in(L, 300)?)?;
    Ok(land)
}

fn unnamed(number: &'static str, of: (&'static str, &'static str), units: u32) -> Done<Movement<'static>> {
    Ok(Movement { counterparty: facility(FROM)?, document: note(number)?, ..moves(Direction::In, of, units)? })
}

pub(super) fn add(set: &mut Set) -> Done<()> {
    named(set)?;
    not_named(set)?;
    groups(set)?;
    strangers(set)?;
    twice(set)?;
    time(set)
}

fn named(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let mut land = base()?;
    let first = land.say(FIRST, 20, said(sends(TO, L, 100)?))?;
    let second = land.say(FIRST, 21, said(sends(TO, L, 100)?))?;
    land.say(SECOND, 30, answers(first, L, 120)?)?;
    land.say(SECOND, 31, answers(second, L, 80)?)?;
    let name = "row 14: an over-receipt of one line doesn't hide the shortage of another";
    let out = set.add(name, &land, q, &["DN-01 L1 100", "HN-0417 L1 200"], &[5003, 5007])?;
    set.expect(name, "on the way", &remaining(&out), &json!([0, 20]));
    let mut land = base()?;
    let sent = land.say(FIRST, 20, said(sends(TO, L, 100)?))?;
    land.say(SECOND, 30, answers(sent, L, 60)?)?;
    set.add("row 13: part of a delivery came", &land, q, &["DN-01 L1 200", "HN-0417 L1 60"], &[5007])?;
    land.say(SECOND, 40, answers(sent, L, 40)?)?;
    set.add("row 13: part-receipts add up", &land, q, &["DN-01 L1 200", "HN-0417 L1 100"], &[])?;
    land.say(SECOND, 50, answers(sent, L, 40)?)?;
    set.add("row 13: a transfer received again", &land, q, &["DN-01 L1 200", "HN-0417 L1 140"], &[5003])?;
    land.take_back(SECOND, 60, (SECOND, 3), 40)?;
    set.add("row 13: and taken back", &land, q, &["DN-01 L1 200", "HN-0417 L1 100"], &[])?;
    let mut land = base()?;
    let sent = land.say(FIRST, 20, said(sends(TO, L, 100)?))?;
    land.say(SECOND, 30, answers(sent, L, 90)?)?;
    land.take_back(FIRST, 40, (FIRST, 2), 30)?;
    set.add(
        "a shipment is taken back when most of it was received",
        &land,
        q,
        &["DN-01 L1 230", "HN-0417 L1 90"],
        &[5021],
    )?;
    let mut land = base()?;
    let sent = land.say(FIRST, 20, said(sends(TO, L, 100)?))?;
    land.say(SECOND, 30, refuses(sent, 100))?;
    let name = "refused goods stay on the way";
    let out = set.add(name, &land, q, &["DN-01 L1 200"], &[5007])?;
    set.expect(name, "on the way", &remaining(&out), &json!([100]));
    let at = land.len(SECOND) - 1;
    land.take_back(SECOND, 40, (SECOND, at), 100)?;
    land.say(SECOND, 40, answers(sent, L, 100)?)?;
    set.add("refused goods are accepted after all", &land, q, &["DN-01 L1 200", "HN-0417 L1 100"], &[])?;
    let mut land = base()?;
    let sent = land.say(FIRST, 20, said(sends(TO, L, 100)?))?;
    let lost = Movement { bucket: Bucket::Transit, reason: 17, answers: Some(sent), ..moves(Direction::Out, L, 10)? };
    land.say(SECOND, 30, said(lost))?;
    let name = "what the receiver closes as lost is no receipt";
    let out = set.add(name, &land, q, &["DN-01 L1 200"], &[5007])?;
    set.expect(name, "back", &out["shipments"][0]["back"], &10.into());
    let mut land = base()?;
    let sent = land.say(FIRST, 20, said(sends(TO, L, 100)?))?;
    let quantity = Quantity::Parts { parts: 100, per_unit: 10, measure: Measure::Piece };
    land.say(SECOND, 30, said(Movement { quantity, answers: Some(sent), ..moves(Direction::In, L, 1)? }))?;
    set.add("a receipt in another form takes nothing", &land, q, &["DN-01 L1 200", "HN-0417 L1 10"], &[5014])?;
    let mut land = base()?;
    let not_sent = land.reference(FIRST, 1)?;
    land.say(SECOND, 30, answers(not_sent, L, 5)?)?;
    set.add("a receipt of what wasn't sent", &land, q, &["DN-01 L1 300", "HN-0417 L1 5"], &[5005])?;
    let last = land.len(SECOND) - 1;
    land.take_back(SECOND, 31, (SECOND, last), 5)?;
    set.add("a receipt of what wasn't sent, taken back", &land, q, &["DN-01 L1 300"], &[])?;
    Ok(())
}

fn not_named(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let mut land = base()?;
    land.say(SECOND, 5, said(unnamed("DN77", L, 150)?))?;
    set.add("goods came before their record", &land, q, &["DN-01 L1 300", "HN-0417 L1 150"], &[5005])?;
    land.say(FIRST, 20, said(sends(TO, L, 100)?))?;
    land.say(FIRST, 21, said(sends(TO, L, 100)?))?;
    let name = "a receipt that names nothing fills lines of its document in their order";
    let out = set.add(name, &land, q, &["DN-01 L1 100", "HN-0417 L1 150"], &[5007])?;
    set.expect(name, "on the way", &remaining(&out), &json!([0, 50]));
    land.say(SECOND, 6, said(unnamed("DN77", L, 70)?))?;
    let name = "its surplus stays on the last line";
    set.add(name, &land, q, &["DN-01 L1 100", "HN-0417 L1 220"], &[5003])?;
    land.say(SECOND, 7, said(unnamed("DN78", L, 5)?))?;
    land.say(SECOND, 8, said(unnamed("DN77", (A, "L9"), 5)?))?;
    set.add(
        "another document and another lot fit no line",
        &land,
        q,
        &["DN-01 L1 100", "HN-0417 L1 225", "HN-0417 L9 5"],
        &[5003, 5005, 5005],
    )?;
    let mut land = base()?;
    let sent = land.say(FIRST, 20, said(sends(TO, L, 100)?))?;
    land.say(FIRST, 21, said(sends(TO, L, 50)?))?;
    land.say(SECOND, 30, said(unnamed("DN77", L, 60)?))?;
    land.say(SECOND, 31, answers(sent, L, 90)?)?;
    let name = "what is named takes first";
    let out = set.add(name, &land, q, &["DN-01 L1 150", "HN-0417 L1 150"], &[])?;
    set.expect(name, "on the way", &remaining(&out), &json!([0, 0]));
    let mut land = base()?;
    land.say(FIRST, 20, said(Movement { product: medlot_core::ident::Product::parse(A)?, ..sends(TO, L, 100)? }))?;
    land.say(SECOND, 30, said(unnamed("DN77", (B, "L1"), 100)?))?;
    set.add("another product isn't what was sent", &land, q, &["DN-01 L1 200", "HN-0417 L1 100"], &[5005])?;
    land.same(SECOND, 31, A, B)?;
    set.add("unless it is one with it at the receiver", &land, q, &["DN-01 L1 200", "HN-0417 L1 100"], &[])?;
    let mut land = Land::new(&[TO])?;
    land.say(FIRST, 30, said(unnamed("DN77", L, 100)?))?;
    set.add("a receipt from a facility of which nothing is held", &land, q, &["HN-0417 L1 100"], &[])?;
    Ok(())
}

fn groups(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let mut land = base()?;
    land.say(FIRST, 1, goes_in(M, 300)?)?;
    let named = land.say(FIRST, 20, said(Movement { group: Group::Head(2), ..sends(TO, L, 10)? }))?;
    let line = Movement { counterparty: None, document: None, group: Group::Line(1), ..sends(TO, M, 20)? };
    land.say(FIRST, 20, said(line))?;
    // A record behind the group that isn't of it.
    land.say(FIRST, 21, said(sends(TO, M, 5)?))?;
    let mut other = land.clone();
    land.say(
        SECOND,
        30,
        said(Movement { answers: Some(named), group: Group::Head(2), ..moves(Direction::In, L, 10)? }),
    )?;
    land.say(SECOND, 30, said(Movement { group: Group::Line(1), ..moves(Direction::In, M, 19)? }))?;
    let stock = ["DN-01 L1 290", "DN-01 L2 275", "HN-0417 L1 10", "HN-0417 L2 19"];
    let name = "a receiver's group names a shipment once and its lines are matched by lot";
    let out = set.add(name, &land, q, &stock, &[5007])?;
    set.expect(name, "on the way", &remaining(&out), &json!([0, 1, 5]));
    let mut turned = other.clone();
    let head = |of, units| -> Done<Movement<'static>> {
        Ok(Movement { answers: Some(named), group: Group::Head(2), ..moves(Direction::In, of, units)? })
    };
    turned.say(SECOND, 30, said(head(M, 19)?))?;
    turned.say(SECOND, 30, said(Movement { group: Group::Line(1), ..moves(Direction::In, L, 10)? }))?;
    let name = "a receiver's group that names a shipment says by each lot which line came, whatever it begins with";
    let out =
        set.add(name, &turned, q, &["DN-01 L1 290", "DN-01 L2 275", "HN-0417 L1 10", "HN-0417 L2 19"], &[5007])?;
    set.expect(name, "on the way", &remaining(&out), &json!([0, 1, 5]));
    let mut wrong = other.clone();
    wrong.say(SECOND, 30, said(head((A, "L9"), 10)?))?;
    wrong.say(SECOND, 30, said(Movement { group: Group::Line(1), ..moves(Direction::In, M, 20)? }))?;
    let name = "where its first lot fits no line it answers the line that it names";
    let out = set.add(name, &wrong, q, &["DN-01 L1 290", "DN-01 L2 275", "HN-0417 L9 10", "HN-0417 L2 20"], &[])?;
    set.expect(name, "on the way", &remaining(&out), &json!([0, 0, 5]));
    let mut single = other.clone();
    single.say(SECOND, 30, said(Movement { answers: Some(named), ..moves(Direction::In, M, 10)? }))?;
    let name = "a receipt that stands alone answers what it names, whatever its lot";
    let out = set.add(name, &single, q, &["DN-01 L1 290", "DN-01 L2 275", "HN-0417 L2 10"], &[])?;
    set.expect(name, "on the way", &remaining(&out), &json!([0, 20, 5]));
    land.say(SECOND, 31, said(Movement { group: Group::Line(2), ..moves(Direction::In, (A, "L9"), 3)? }))?;
    let name = "a line behind those announced answers by its group all the same, and no line fits";
    let stock = ["DN-01 L1 290", "DN-01 L2 275", "HN-0417 L1 10", "HN-0417 L9 3", "HN-0417 L2 19"];
    set.add(name, &land, q, &stock, &[5007, 5005])?;
    other.say(SECOND, 30, said(Movement { group: Group::Head(2), ..unnamed("DN77", L, 10)? }))?;
    other.say(SECOND, 30, said(Movement { group: Group::Line(1), ..moves(Direction::In, M, 25)? }))?;
    let name = "lines of a group take counterparty and document from its first record, on both sides";
    let out = set.add(name, &other, q, &["DN-01 L1 290", "DN-01 L2 275", "HN-0417 L1 10", "HN-0417 L2 25"], &[])?;
    set.expect(name, "on the way", &remaining(&out), &json!([0, 0, 0]));
    other.show(FIRST, &[(0, 3), (4, 6)]);
    let name = "a line whose group's first record isn't held is on the way to nobody";
    let out =
        set.add(name, &other, q, &["DN-01 L1 300", "DN-01 L2 275", "HN-0417 L1 10", "HN-0417 L2 25"], &[5003, 5005])?;
    set.expect(name, "on the way", &remaining(&out), &json!([0]));
    for (what, group) in [("isn't sent", Some(Group::Line(1))), ("isn't of the group", None)] {
        let mut land = base()?;
        land.say(FIRST, 1, goes_in(M, 300)?)?;
        let named = land.say(FIRST, 20, said(Movement { group: Group::Head(3), ..sends(TO, L, 10)? }))?;
        let between = match group {
            Some(group) => Movement { group, reason: 14, ..moves(Direction::Out, M, 5)? },
            None => sends(TO, M, 5)?,
        };
        land.say(FIRST, 20, said(between))?;
        land.say(FIRST, 20, said(Movement { group: Group::Line(2), ..sends(TO, M, 20)? }))?;
        let head = Movement { answers: Some(named), group: Group::Head(2), ..moves(Direction::In, L, 10)? };
        land.say(SECOND, 30, said(head))?;
        land.say(SECOND, 30, said(Movement { group: Group::Line(1), ..moves(Direction::In, M, 20)? }))?;
        let name = format!("a record that {what} stands between the lines of a shipment");
        let stock = ["DN-01 L1 290", "DN-01 L2 275", "HN-0417 L1 10", "HN-0417 L2 20"];
        let out = set.add(&name, &land, q, &stock, &[])?;
        let left = if group.is_some() { json!([0, 0]) } else { json!([0, 5, 0]) };
        set.expect(&name, "on the way", &remaining(&out), &left);
    }
    let mut land = base()?;
    let sent = land.say(FIRST, 20, said(sends(TO, L, 10)?))?;
    // A kit of goods sent back and on in one group.
    land.say(
        SECOND,
        30,
        said(Movement { answers: Some(sent), group: Group::Head(2), ..moves(Direction::In, L, 10)? }),
    )?;
    let on = Movement { group: Group::Line(1), ..sends("HN-0999", L, 4)? };
    land.say(SECOND, 30, said(on))?;
    let name = "what is sent on in the group of a receipt answers nothing";
    let out = set.add(name, &land, q, &["DN-01 L1 290", "HN-0417 L1 6"], &[])?;
    set.expect(name, "on the way", &remaining(&out), &json!([4, 0]));
    Ok(())
}

fn strangers(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let mut land = Land::new(&[FROM, "HN-0999", "HN-0500"])?;
    land.say(FIRST, 0, goes_in(L, 300)?)?;
    let sent = land.say(FIRST, 20, said(sends(TO, L, 100)?))?;
    land.say(SECOND, 30, answers(sent, L, 100)?)?;
    let stock = ["DN-01 L1 200", "HN-0999 L1 100"];
    set.add("a stranger's receipt raises its stock and takes nothing", &land, q, &stock, &[5008])?;
    let mut back = land.clone();
    back.take_back(SECOND, 31, (SECOND, 1), 100)?;
    set.add("a stranger's receipt that is taken back", &back, q, &["DN-01 L1 200"], &[])?;
    land.merge(1, 40, TO, Some("HN-0999"))?;
    set.add("the stranger is the successor", &land, q, &stock, &[])?;
    land.merge(1, 41, "HN-0999", Some("HN-0500"))?;
    set.add("a successor that has a successor itself may still answer", &land, q, &stock, &[])?;
    land.merge(1, 42, "HN-0600", Some("HN-0500"))?;
    land.say(
        THIRD,
        50,
        said(Movement { counterparty: facility(FROM)?, document: note("DN77")?, ..moves(Direction::In, L, 1)? }),
    )?;
    set.add(
        "the last successor receives without naming",
        &land,
        q,
        &["DN-01 L1 200", "HN-0500 L1 1", "HN-0999 L1 100"],
        &[5003, 5004],
    )?;
    land.merge(1, 60, "HN-0500", Some(TO))?;
    set.add(
        "successors in a circle are none",
        &land,
        q,
        &["DN-01 L1 200", "HN-0500 L1 1", "HN-0999 L1 100"],
        &[5005, 5008],
    )?;
    land.merge(1, 61, TO, None)?;
    set.add(
        "the latest word is that it has no successor",
        &land,
        q,
        &["DN-01 L1 200", "HN-0500 L1 1", "HN-0999 L1 100"],
        &[5005, 5008],
    )?;
    let mut land = Land::new(&[FROM, TO])?;
    land.merge(1, 0, TO, Some("HN-0500"))?;
    land.merge(1, 1, "HN-0999", Some("HN-0500"))?;
    land.say(FIRST, 0, goes_in(L, 300)?)?;
    let sent = land.say(FIRST, 20, said(sends("HN-0999", L, 100)?))?;
    land.say(SECOND, 30, answers(sent, L, 100)?)?;
    set.add("two that have one successor aren't each other's", &land, q, &["DN-01 L1 200", "HN-0417 L1 100"], &[5008])?;
    let mut land = Land::new(&[FROM, TO])?;
    land.say(FIRST, 0, goes_in(L, 300)?)?;
    let gln = Some(Party::parse("gln:8930000000009").or_else(|_| Party::parse("described:a clinic"))?);
    let sent = land.say(FIRST, 20, said(Movement { counterparty: gln, ..sends(TO, L, 100)? }))?;
    land.say(SECOND, 30, answers(sent, L, 100)?)?;
    set.add("what goes to no facility's code anybody may answer", &land, q, &["DN-01 L1 200", "HN-0417 L1 100"], &[])?;
    let mut land = Land::new(&[FROM, FROM])?;
    land.say(FIRST, 0, goes_in(L, 300)?)?;
    let sent = land.say(FIRST, 20, said(sends(FROM, L, 100)?))?;
    land.say(SECOND, 30, answers(sent, L, 60)?)?;
    let lost =
        Movement { bucket: Bucket::Transit, answers: Some(own(2)?), reason: 17, ..moves(Direction::Out, L, 40)? };
    land.say(FIRST, 40, said(lost))?;
    let name = "a facility that sends to itself";
    let out = set.add(name, &land, q, &["DN-01 L1 260"], &[])?;
    set.expect(
        name,
        "received, back",
        &json!([out["shipments"][0]["received"], out["shipments"][0]["back"]]),
        &json!([60, 40]),
    );
    Ok(())
}

fn twice(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let mut land = base()?;
    let sent = land.say(FIRST, 20, said(sends(TO, L, 100)?))?;
    land.say(SECOND, 30, answers(sent, L, 50)?)?;
    land.say(THIRD, 31, answers(sent, L, 50)?)?;
    set.add("two phones book a part each", &land, q, &["DN-01 L1 200", "HN-0417 L1 100"], &[])?;
    let mut land = base()?;
    let sent = land.say(FIRST, 20, said(sends(TO, L, 100)?))?;
    land.say(SECOND, 30, answers(sent, L, 100)?)?;
    let mut knew = land.clone();
    land.say(THIRD, 31, answers(sent, L, 100)?)?;
    set.add("two phones receive one line", &land, q, &["DN-01 L1 200", "HN-0417 L1 200"], &[5003, 5004])?;
    land.take_back(SECOND, 40, (THIRD, 1), 100)?;
    set.add(
        "two phones received one line, and one took the other's receipt back",
        &land,
        q,
        &["DN-01 L1 200", "HN-0417 L1 100"],
        &[],
    )?;
    knew.observe(THIRD, 31, SECOND, None)?;
    knew.say(THIRD, 32, answers(sent, L, 100)?)?;
    set.add("received again by a phone that knew: more came", &knew, q, &["DN-01 L1 200", "HN-0417 L1 200"], &[5003])?;
    Ok(())
}

fn time(set: &mut Set) -> Done<()> {
    let mut land = Land::new(&[FROM])?;
    land.say(FIRST, 0, goes_in(L, 300)?)?;
    land.say(FIRST, 10, said(sends(TO, L, 60)?))?;
    land.say(FIRST, 1_000, said(sends(TO, L, 40)?))?;
    let at = |after: u32| Question::new().with("now", (NOON + after).into());
    set.add("a week after a shipment", &land, &at(10 + 7 * 86_400), &["DN-01 L1 200"], &[])?;
    set.add("a second more than a week after a shipment", &land, &at(11 + 7 * 86_400), &["DN-01 L1 200"], &[5006])?;
    let only = |code: &str| at(11 + 7 * 86_400).with("facility", code.into());
    set.add("what nobody answered as the addressee sees it", &land, &only(TO), &["DN-01 L1 200"], &[5006])?;
    set.add("what nobody answered doesn't concern a third", &land, &only("HN-0999"), &["DN-01 L1 200"], &[])?;
    Ok(())
}
