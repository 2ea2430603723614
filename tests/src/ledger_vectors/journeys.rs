//! The journeys, with their numbers.
use super::land::{
    A, B, FIRST, Land, MINISTRY, NOON, SECOND, answers, goes_in, goes_out, moves, own, refuses, said, sends, store,
};
use super::{Question, Set};
use crate::world::Done;
use medlot_core::ident::{Measure, Quantity};
use medlot_core::movement::{Direction, Movement};
use medlot_core::time::Expiry;
use serde_json::json;

pub(super) fn add(set: &mut Set) -> Done<()> {
    delivery(set)?;
    recall(set)?;
    hospital(set)?;
    vaccinator(set)
}

fn delivery(set: &mut Set) -> Done<()> {
    // 120 boxes of 100 tablets are sent; 118 come, 1 is crushed, 1 is missing.
    let mut land = Land::new(&["DN-01", "HN-0417"])?;
    land.say(FIRST, 0, goes_in((A, "LOTA"), 12_000)?)?;
    let sent = land.say(FIRST, 10, said(sends("HN-0417", (A, "LOTA"), 12_000)?))?;
    land.say(SECOND, 100, answers(sent, (A, "LOTA"), 11_800)?)?;
    land.say(SECOND, 101, refuses(sent, 100))?;
    let name = "journey: 118 of 120 boxes received, one refused, one missing";
    let said_ = set.add(name, &land, &Question::new(), &["HN-0417 LOTA 11800"], &[5007])?;
    let shipment = &said_["shipments"][0];
    let numbers = json!([shipment["received"], shipment["refused"], shipment["remaining"]]);
    set.expect(name, "received, refused, on the way", &numbers, &json!([11_800, 100, 200]));
    for facility in ["DN-01", "HN-0417"] {
        let name = format!("journey: the shortage as {facility} sees it");
        let question = Question::new().with("facility", facility.into());
        let said_ = set.add(&name, &land, &question, &["HN-0417 LOTA 11800"], &[5007])?;
        set.expect(&name, "missing", &said_["findings"][0]["amount"], &200.into());
    }
    let back = Movement { reason: 9, answers: Some(own(2)?), ..moves(Direction::In, (A, "LOTA"), 100)? };
    land.say(FIRST, 500, said(back))?;
    let name = "journey: the wholesaler has the crushed box back and closes the missing one";
    let lost = Movement {
        reason: 17,
        bucket: medlot_core::movement::Bucket::Transit,
        answers: Some(own(2)?),
        ..moves(Direction::Out, (A, "LOTA"), 100)?
    };
    land.say(FIRST, 501, said(lost))?;
    let said_ = set.add(name, &land, &Question::new(), &["DN-01 LOTA 100", "HN-0417 LOTA 11800"], &[])?;
    set.expect(name, "back", &said_["shipments"][0]["back"], &200.into());
    Ok(())
}

fn recall(set: &mut Set) -> Done<()> {
    // Lot B expires sooner: 15 of 400 are sold; a recall of it arrives; two phones take one mistaken sale of 5 back.
    let mut land = Land::new(&["HN-0417", "HN-0417"])?;
    let of = |lot, units, expiry: &str| -> Done<_> {
        Ok(said(Movement { expiry: Expiry::parse(expiry)?, ..moves(Direction::In, (A, lot), units)? }))
    };
    land.say(FIRST, 0, of("LOTA", 11_800, "2028-06-30")?)?;
    land.say(FIRST, 1, of("LOTB", 400, "2027-01-31")?)?;
    land.say(FIRST, 10, goes_out((A, "LOTB"), 15)?)?;
    let question = Question::new().pick("HN-0417", A, 30, "2026-11-23");
    let name = "journey: the lot that expires sooner is proposed first";
    let said_ = set.add(name, &land, &question, &["HN-0417 LOTA 11800", "HN-0417 LOTB 385"], &[])?;
    set.expect(name, "picked", &said_["picks"][0]["picked"][0]["lot"], &"LOTB".into());
    land.recall(MINISTRY, 7_200, A, &["LOTB"])?;
    let name = "journey: the recalled lot leaves the proposals though it stands on the shelf";
    let said_ = set.add(name, &land, &question, &["HN-0417 LOTA 11800", "HN-0417 LOTB 385"], &[])?;
    set.expect(name, "picked", &said_["picks"][0]["picked"][0]["lot"], &"LOTA".into());
    land.say(FIRST, 8_000, goes_out((A, "LOTA"), 5)?)?;
    let mistake = (FIRST, land.len(FIRST) - 1);
    land.take_back(FIRST, 8_100, mistake, 5)?;
    land.take_back(SECOND, 8_050, mistake, 5)?;
    let name = "journey: two phones take one mistaken sale back and it comes back once";
    set.add(name, &land, &question, &["HN-0417 LOTA 11800", "HN-0417 LOTB 385"], &[])?;
    Ok(())
}

fn hospital(set: &mut Set) -> Done<()> {
    const V: (&str, &str) = (A, "CEF1");
    let half = |units| -> Done<_> {
        let quantity = Quantity::Parts { parts: units, per_unit: 2, measure: Measure::Piece };
        Ok(Movement { quantity, reason: 4, store: store("T05")?, ..moves(Direction::Out, V, 1)? })
    };
    for (skew, name) in [(0i64, "right"), (172_800, "two days ahead"), (-172_800, "two days behind")] {
        let mut land = Land::new(&["HN-BV1", "HN-BV1"])?;
        let (a, b) = (FIRST, SECOND);
        let k1 = Movement { store: store("K1")?, ..moves(Direction::In, V, 1_000)? };
        land.say(a, -20_000, said(k1))?;
        let to_ward = Movement {
            store: store("K1")?,
            to_store: Some(store("T05")?),
            reason: 1,
            ..moves(Direction::Move, V, 40)?
        };
        land.say(a, -19_000, said(to_ward))?;
        for i in 0..3 {
            land.say(a, -18_000 + i, said(half(1)?))?;
        }
        let question = Question::new().with("now", (NOON + 200_000).into());
        if skew == 0 {
            let name = "journey: 40 vials move to a ward cupboard and half a vial is used three times";
            set.add(name, &land, &question, &["HN-BV1 CEF1 K1 960", "HN-BV1 CEF1 T05 38+1/2"], &[])?;
        }
        // 09:50 by the shelf: B issues 30; 10:00: A counts 928 of 960 shown; 10:20: B issues 10.
        land.observe(b, -15_000 + skew, a, Some(-skew))?;
        let out = |units| -> Done<_> {
            Ok(said(Movement { reason: 4, store: store("K1")?, ..moves(Direction::Out, V, units)? }))
        };
        land.say(b, -7_800 + skew, out(30)?)?;
        let begin = land.begin(a, -7_210, Some("K1"))?;
        land.line(a, -7_200, begin, V, 928)?;
        land.end(a, -7_190, begin, false)?;
        let seen = land.clone();
        land.say(b, -6_000 + skew, out(10)?)?;
        // Both synchronise: each notes the other, and by how much its clock differs.
        land.observe(a, -5_000, b, Some(skew))?;
        land.observe(b, -5_000 + skew, a, Some(-skew))?;
        land.say(a, -4_000, said(Movement { store: store("T05")?, reason: 4, ..moves(Direction::Out, V, 1)? }))?;
        let expected = ["HN-BV1 CEF1 K1 918", "HN-BV1 CEF1 T05 37+1/2"];
        // The 30 were gone when A counted, and A didn't know.
        let absorbed = &[5017];
        set.add(
            &format!("journey: a count while the other handheld issues, its clock {name}"),
            &land,
            &question,
            &expected,
            absorbed,
        )?;
        // The same, the last issue written after B saw the count, whatever the clocks say.
        let mut land = seen;
        land.observe(b, -6_500 + skew, a, None)?;
        land.say(b, -6_000 + skew, out(10)?)?;
        let expected = ["HN-BV1 CEF1 K1 918", "HN-BV1 CEF1 T05 38+1/2"];
        set.add(
            &format!("journey: what is issued after seeing the count, the clock {name}"),
            &land,
            &question,
            &expected,
            absorbed,
        )?;
    }
    Ok(())
}

fn vaccinator(set: &mut Set) -> Done<()> {
    const V: (&str, &str) = (A, "MR1");
    const D: (&str, &str) = (B, "DIL1");
    let mut land = Land::new(&["HN-TYT"])?;
    let log = FIRST;
    let stage = |m: Movement<'static>| Movement { vvm: Some(1), expiry: Expiry::Month { year: 2026, month: 11 }, ..m };
    let out1 = store("OUT1")?;
    land.say(log, 0, said(stage(moves(Direction::In, V, 20)?)))?;
    land.say(log, 1, goes_in(D, 20)?)?;
    land.say(log, 10, said(stage(Movement { to_store: Some(out1), ..moves(Direction::Move, V, 5)? })))?;
    land.say(log, 11, said(Movement { to_store: Some(out1), ..moves(Direction::Move, D, 5)? }))?;
    let doses = |parts, reason| -> Done<_> {
        let quantity = Quantity::Parts { parts, per_unit: 10, measure: Measure::Dose };
        Ok(said(stage(Movement { quantity, reason, store: out1, ..moves(Direction::Out, V, 1)? })))
    };
    land.say(log, 3_600, doses(31, 5)?)?;
    land.say(log, 3_700, doses(9, 6)?)?;
    land.say(log, 3_800, said(Movement { store: out1, reason: 4, ..moves(Direction::Out, D, 4)? }))?;
    land.say(
        log,
        7_200,
        said(stage(Movement {
            store: out1,
            to_store: Some(None),
            to_vvm: Some(Some(2)),
            ..moves(Direction::Move, V, 1)?
        })),
    )?;
    land.say(log, 7_201, said(Movement { store: out1, to_store: Some(None), ..moves(Direction::Move, D, 1)? }))?;
    let question = |today| Question::new().pick("HN-TYT", A, 2, today);
    let stock = ["HN-TYT MR1 vvm=1 15", "HN-TYT MR1 vvm=2 1", "HN-TYT DIL1 16"];
    let name = "journey: vaccines on an outreach, the vial at stage 2 first";
    let said_ = set.add(name, &land, &question("2026-11-23"), &stock, &[])?;
    let picked = &said_["picks"][0]["picked"];
    set.expect(name, "picked", &json!([picked[0]["vvm"], picked[1]["vvm"]]), &json!([2, 1]));
    let name = "journey: without the regulator's extension the pack of November is over in December";
    let said_ = set.add(name, &land, &question("2026-12-01"), &stock, &[])?;
    set.expect(name, "missing", &said_["picks"][0]["short"], &2.into());
    land.fact(MINISTRY, 9_000, V, "2027-02-28")?;
    let name = "journey: the regulator extends the lot and the pack of November is usable in December";
    let said_ = set.add(name, &land, &question("2026-12-01"), &stock, &[])?;
    set.expect(name, "missing", &said_["picks"][0]["short"], &0.into());
    Ok(())
}
