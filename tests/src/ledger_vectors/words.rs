//! What authorities say: recalls, lot facts, same products; and picking.
use super::land::{A, B, FIRST, Land, MINISTRY, PROVINCE, SECOND, fund, goes_in, goes_out, moves, own, said, store};
use super::{Question, Set};
use crate::world::Done;
use medlot_core::movement::{Bucket, Direction, Movement};
use medlot_core::record::{EndRecall, Entry, SameProduct};
use medlot_core::time::Expiry;
use serde_json::{Value, json};

const L: (&str, &str) = (A, "L1");

fn end(recall: medlot_core::movement::Reference) -> Entry<'static> {
    Entry::EndRecall(EndRecall { recall, notice: None, extensions: None })
}

fn picked(said: &Value) -> Value {
    said["picks"][0]["picked"].as_array().into_iter().flatten().map(|p| json!([p["lot"], p["units"]])).collect()
}

pub(super) fn add(set: &mut Set) -> Done<()> {
    recalls(set)?;
    products(set)?;
    picking(set)
}

fn recalls(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let mut land = Land::new(&["HN-0417", "DN-01"])?;
    for log in [FIRST, SECOND] {
        land.say(log, 10, goes_in(L, 10)?)?;
        land.say(log, 11, goes_in((A, "L2"), 10)?)?;
    }
    let recall = land.recall(PROVINCE, 20, A, &["L1"])?;
    land.say(FIRST, 30, goes_out(L, 3)?)?;
    land.say(SECOND, 30, goes_out(L, 3)?)?;
    land.say(FIRST, 31, said(Movement { reason: 12, ..moves(Direction::Out, L, 2)? }))?;
    let stock = ["DN-01 L1 7", "DN-01 L2 10", "HN-0417 L1 5", "HN-0417 L2 10"];
    let name = "row 23: a recall reaches the facilities of its authority and its lots, and sending them back is right";
    let out = set.add(name, &land, q, &stock, &[5010])?;
    set.expect(
        name,
        "recalled",
        &out["lots"].as_array().into_iter().flatten().map(|lot| lot["recalls"].is_array()).collect(),
        &json!([false, false, true, false]),
    );
    let at = land.len(PROVINCE) - 1;
    land.say(FIRST, 40, goes_out(L, 1)?)?;
    land.say(MINISTRY, 40, end(recall))?;
    land.say(PROVINCE, 50, end(own(at)?))?;
    land.say(FIRST, 41, goes_out(L, 1)?)?;
    let name = "a recall is ended by a line above, the earliest end is the one";
    set.add(name, &land, q, &["DN-01 L1 7", "DN-01 L2 10", "HN-0417 L1 3", "HN-0417 L2 10"], &[5010])?;
    let mut land = Land::new(&["HN-0417"])?;
    land.say(FIRST, 10, goes_in(L, 10)?)?;
    let recall = land.recall(MINISTRY, 20, A, &[])?;
    land.say(PROVINCE, 30, end(recall))?;
    land.say(FIRST, 40, goes_out(L, 1)?)?;
    set.add("a recall of all lots isn't ended by an authority beneath", &land, q, &["HN-0417 L1 9"], &[5010])?;
    Ok(())
}

fn products(set: &mut Set) -> Done<()> {
    let q = &Question::new();
    let mut land = Land::new(&["HN-0417", "DN-01"])?;
    for log in [FIRST, SECOND] {
        land.say(log, 10, goes_in((A, "L1"), 10)?)?;
        land.say(log, 11, goes_out((B, "L1"), 4)?)?;
    }
    set.add(
        "two names of a product are two products",
        &land,
        q,
        &["DN-01 L1 10", "DN-01 L1 -4", "HN-0417 L1 10", "HN-0417 L1 -4"],
        &[5002, 5002],
    )?;
    land.same(PROVINCE, 12, A, B)?;
    set.add(
        "they are one where the authority's word reaches",
        &land,
        q,
        &["DN-01 L1 10", "DN-01 L1 -4", "HN-0417 L1 6"],
        &[5002],
    )?;
    land.recall(MINISTRY, 13, B, &["L1"])?;
    let question = &Question::new().pick("HN-0417", A, 1, "2026-11-24").pick("DN-01", A, 1, "2026-11-24");
    let name = "a recall of one name stops the other where they are one";
    let out = set.add(name, &land, question, &["DN-01 L1 10", "DN-01 L1 -4", "HN-0417 L1 6"], &[5002])?;
    set.expect(name, "short", &json!([out["picks"][0]["short"], out["picks"][1]["short"]]), &json!([1, 0]));
    let mut land = Land::new(&["HN-0417"])?;
    land.say(FIRST, 10, goes_in((A, "L1"), 10)?)?;
    land.say(FIRST, 11, goes_out((B, "L1"), 4)?)?;
    let (a, b) = (medlot_core::ident::Product::parse(A)?, medlot_core::ident::Product::parse(B)?);
    let ext: &[u8] = &[1, 5, 0];
    land.say(MINISTRY, 12, Entry::SameProduct(SameProduct { a, b, extensions: Some(ext) }))?;
    set.add(
        "what an authority says with an extension not understood makes nothing one",
        &land,
        q,
        &["HN-0417 L1 10", "HN-0417 L1 -4"],
        &[5002],
    )?;
    Ok(())
}

fn picking(set: &mut Set) -> Done<()> {
    let mut land = Land::new(&["HN-0417"])?;
    let of = |lot, units, expiry: &str| -> Done<_> {
        Ok(Movement { expiry: Expiry::parse(expiry)?, ..moves(Direction::In, (A, lot), units)? })
    };
    land.say(FIRST, 10, said(of("OLD", 50, "2026-11-23")?))?;
    land.say(FIRST, 11, said(of("MONTH", 50, "2027-02")?))?;
    land.say(FIRST, 12, said(of("DAY", 50, "2027-02-27")?))?;
    land.say(FIRST, 13, said(of("BAD", 50, "2026-12-01")?))?;
    land.say(FIRST, 14, said(Movement { vvm: Some(2), ..of("WARM", 5, "2028-01")? }))?;
    land.say(FIRST, 15, said(Movement { vvm: Some(3), ..of("HOT", 5, "2027-01")? }))?;
    land.say(FIRST, 16, said(Movement { bucket: Bucket::Hold, ..of("HELD", 500, "2027-01")? }))?;
    land.say(FIRST, 17, goes_in((A, "DATELESS"), 9)?)?;
    land.say(FIRST, 18, said(Movement { store: store("K1")?, ..of("DAY", 8, "2027-02-27")? }))?;
    land.say(FIRST, 19, said(Movement { fund: fund("BHYT")?, ..of("DAY", 7, "2027-02-27")? }))?;
    let recall = land.recall(MINISTRY, 20, A, &["BAD"])?;
    let stock = [
        "HN-0417 BAD 50",
        "HN-0417 DAY 50",
        "HN-0417 DAY fund=BHYT 7",
        "HN-0417 DAY K1 8",
        "HN-0417 HOT vvm=3 5",
        "HN-0417 OLD 50",
        "HN-0417 HELD hold 500",
        "HN-0417 WARM vvm=2 5",
        "HN-0417 MONTH 50",
        "HN-0417 DATELESS 9",
    ];
    let question = |units| Question::new().pick("HN-0417", A, units, "2026-11-24");
    let name = "row 23: picking takes what expires first, nothing recalled, held, expired or spoilt";
    let out = set.add(name, &land, &question(300), &stock, &[])?;
    let all = json!([["WARM", 5], ["DAY", 50], ["DAY", 7], ["DAY", 8], ["MONTH", 50], ["DATELESS", 9]]);
    set.expect(name, "picked", &picked(&out), &all);
    set.expect(name, "short", &out["picks"][0]["short"], &171.into());
    let mut asked = question(60);
    asked.asked["picks"][0]["store"] = "K1".into();
    let name = "picking from one store";
    let out = set.add(name, &land, &asked, &stock, &[])?;
    set.expect(name, "picked", &picked(&out), &json!([["DAY", 8]]));
    asked.asked["picks"][0]["store"] = "".into();
    asked.asked["picks"][0]["fund"] = "BHYT".into();
    let name = "picking from the main store, of one fund";
    let out = set.add(name, &land, &asked, &stock, &[])?;
    set.expect(name, "picked", &picked(&out), &json!([["DAY", 7]]));
    land.say(MINISTRY, 30, end(recall))?;
    let name = "row 23: a recall that is ended gives its lots back";
    let out = set.add(name, &land, &question(60), &stock, &[])?;
    set.expect(name, "picked", &picked(&out), &json!([["WARM", 5], ["BAD", 50], ["DAY", 5]]));
    Ok(())
}
