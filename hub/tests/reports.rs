//! The reports of the command: what a pharmacy hands in and plans by, from folders.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
mod world;

use serde_json::{Value, json};
use std::fs;
use world::{PACK, Schemas, World, follows};

const MORPHINE: &str = "registration:893111495225";

/// 120 boxes of 100 at 12,345 ₫ a box: 11,800 received, 100 refused, 100 missing; then a day's sales.
fn pharmacy(name: &str) -> World {
    let w = World::enrolled(name);
    w.ok("distributor", &["record", "in", "--scan", PACK, "--quantity", "50000"]);
    let sent = ["handover", "--to", "facility:01C55", "--document", "invoice:HD-77", "--show-detail"];
    let line = format!("12000={PACK}");
    w.ok("distributor", &[&sent[..], &["--line", &line, "--amount", "1481400", "--out", "d.mlt"]].concat());
    let at = |time: &str| format!("2026-11-{time}:00Z");
    let noon = at("25T05:00");
    let receive = ["receive", "d.mlt", "--got", "1=11800", "--refuse", "1=100:damaged", "--despite-warnings"];
    w.ok("01C55", &[&receive[..], &["--now", &noon]].concat());
    let controlled = |way: &str, reason: &str, quantity: &str, time: &str, more: &[&str]| {
        let args = ["record", way, "--product", MORPHINE, "--lot", "M1", "--expiry", "2028-01-31"];
        let now = at(time);
        let rest = ["--reason", reason, "--quantity", quantity, "--now", &now];
        w.ok("01C55", &[&args[..], &rest, more].concat());
    };
    let document = ["--document", "invoice:HD-9", "--counterparty", "tax:0100109106", "--operator", "DS01"];
    controlled("in", "supplier", "50", "25T06:00", &document);
    controlled("out", "retail", "6", "25T07:00", &["--operator", "DS02"]);
    controlled("out", "missing", "1", "25T08:00", &[]);
    let late = at("25T16:59"); // 23:59 of the legal day
    w.ok("01C55", &["record", "out", "--scan", PACK, "--quantity", "15", "--now", &late]);
    w
}

fn rows(report: &Value) -> &Vec<Value> {
    report["rows"].as_array().unwrap()
}

const NOW: [&str; 2] = ["--now", "2026-11-26T01:00:00Z"];

fn report(w: &World, kind: &str, args: &[&str]) -> Value {
    let report = w.json("01C55", &[&["report", kind], args, &NOW].concat(), 0);
    follows(&Schemas::new().of("report.schema.json"), &report);
    assert_eq!(report["report"], kind);
    report
}

#[test]
fn the_month_of_a_pharmacy_has_opening_in_out_closing_and_what_they_were_worth() {
    let w = pharmacy("month");
    let november = report(&w, "turnover", &["--month", "2026-11"]);
    let row = rows(&november).iter().find(|row| row["lot"] == "241021VA").unwrap();
    let of = |row: &Value| ["opening", "in", "out", "counted", "closing"].map(|key| row[key].as_i64().unwrap());
    assert_eq!(of(row), [0, 11_800, 15, 0, 11_785]);
    assert_eq!((&row["in_by"], &row["out_by"]), (&json!({"supplier": 11_800}), &json!({"sale-retail": 15})));
    assert_eq!(row["value_in"], json!({"with_tax": 0, "without_tax": 1_456_710, "unvalued": 0}));
    assert_eq!(november["provisional"], true, "the device may still write in November");
    assert_eq!(report(&w, "turnover", &["--from", "2026-11-01", "--until", "2026-11-25"])["provisional"], true);
    let morphine = rows(&november).iter().find(|row| row["lot"] == "M1").unwrap();
    assert_eq!((of(morphine), &morphine["lost"]), ([0, 50, 7, 0, 43], &json!(1)));
    let day = report(&w, "turnover", &["--from", "2026-11-26"]);
    assert_eq!(of(&rows(&day)[0])[0], rows(&day)[0]["closing"], "nothing moved on the 26th");
    let text = w.ok("01C55", &[&["--lang", "vi", "report", "turnover", "--month", "2026-11"], &NOW[..]].concat());
    for shown in ["Xuất nhập tồn, 01C55, từ 2026-11-01 đến 2026-11-30", "241021VA", "11800", "Tạm thời"]
    {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    // Written in December, the device has said all of November.
    w.ok("01C55", &["record", "out", "--scan", PACK, "--quantity", "1", "--now", "2026-12-01T02:00:00Z"]);
    let after = w.json("01C55", &["report", "products", "--month", "2026-11", "--now", "2026-12-01T03:00:00Z"], 0);
    follows(&Schemas::new().of("report.schema.json"), &after);
    assert_eq!((&after["provisional"], rows(&after).len()), (&json!(false), 2), "{after}");
    let jsonl = w.ok("01C55", &[&["report", "turnover", "--month", "2026-11", "--jsonl"], &NOW[..]].concat());
    assert_eq!(jsonl.lines().count(), rows(&november).len());
}

#[test]
fn specially_controlled_medicines_have_a_register_and_a_half_years_form() {
    let w = pharmacy("controlled");
    let controlled = format!("narcotic={MORPHINE}");
    let register = report(&w, "register", &["--month", "2026-11", "--controlled", &controlled]);
    let lines: Vec<_> = rows(&register).iter().map(|row| (&row["reason"], &row["change"], &row["balance"])).collect();
    let expected = [
        (&json!("opening"), &Value::Null, &json!(0)),
        (&json!("supplier"), &json!(50), &json!(50)),
        (&json!("retail"), &json!(-6), &json!(44)),
        (&json!("missing"), &json!(-1), &json!(43)),
    ];
    assert_eq!(lines, expected);
    let came = &rows(&register)[1];
    assert_eq!((&came["counterparty"], &came["document"]), (&json!("tax:0100109106"), &json!("HD-9")));
    assert_eq!((&came["operator"], &came["control"]), (&json!("DS01"), &json!("narcotic")));
    let form = report(&w, "half-year", &["--half", "2026-2", "--controlled", &controlled]);
    assert_eq!(
        (&form["from"], &form["until"], &form["due"]),
        (&json!("2026-07-01"), &json!("2026-12-31"), &json!("2027-01-15"))
    );
    let row = &rows(&form)[0];
    let of = ["opening", "in", "out", "lost", "counted", "closing"].map(|key| row[key].as_i64().unwrap());
    assert_eq!(of, [0, 50, 6, 1, 0, 43]);
    let none = report(&w, "register", &["--month", "2026-11"]);
    assert!(rows(&none).is_empty(), "nothing is said to be controlled");
    let refused = w.ends("01C55", &["report", "register", "--month", "2026-11", "--controlled", "strong=local:X"], 3);
    assert!(refused.err.contains("no control type"), "{}", refused.err);
    let text =
        w.ok("01C55", &[&["report", "half-year", "--half", "2026-2", "--controlled", &controlled], &NOW[..]].concat());
    assert!(text.contains("To be handed in by 2027-01-15"), "{text}");
}

#[test]
fn a_report_that_was_sent_is_corrected_by_what_came_late() {
    let w = pharmacy("correction");
    let sent = report(&w, "turnover", &["--month", "2026-11"]);
    let file = w.folder.join("sent.json");
    fs::write(&file, sent.to_string()).unwrap();
    let correct = |now: &str| {
        let args = ["report", "correction", "--sent", "sent.json", "--now", now];
        let report = w.json("01C55", &args, 0);
        follows(&Schemas::new().of("report.schema.json"), &report);
        assert_eq!((&report["from"], &report["until"]), (&json!("2026-11-01"), &json!("2026-11-30")));
        report
    };
    assert!(rows(&correct("2026-11-26T02:00:00Z")).is_empty());
    // The sale of 15 was the last record.
    let log = w.json("01C55", &["movements"], 0);
    let sale = log["movements"].as_array().unwrap().iter().find(|row| row["quantity"] == 15).unwrap();
    let index = sale["index"].to_string();
    w.ok("01C55", &["reverse", &index, "--total", "5", "--now", "2026-12-02T02:00:00Z"]);
    let correction = correct("2026-12-02T03:00:00Z");
    let row = &rows(&correction)[0];
    assert_eq!(
        (rows(&correction).len(), &row["closing_before"], &row["closing_after"]),
        (1, &json!(11_785), &json!(11_790))
    );
    let cause = &row["causes"][0];
    assert_eq!((&cause["why"], &cause["record"]["index"]), (&json!("taken_back"), &sale["index"]));
    assert_eq!((&cause["before"]["change"], &cause["after"]["change"]), (&json!(-15), &json!(-10)));
    assert_eq!(cause["because"].as_array().unwrap().len(), 1);
    let text = w.ok("01C55", &["report", "correction", "--sent", "sent.json", "--now", "2026-12-02T03:00:00Z"]);
    assert!(text.contains("taken back") && text.contains("11790"), "{text}");
    fs::write(&file, "{\"facility\": \"01C55\"}").unwrap();
    let refused = w.ends("01C55", &["report", "correction", "--sent", "sent.json"], 3);
    assert!(refused.err.contains("held"), "{}", refused.err);
    w.ends("01C55", &["report", "correction", "--month", "2026-11"], 3);
}

#[test]
fn consumption_stock_outs_what_expires_and_deliveries_are_planned_by() {
    let w = pharmacy("plans");
    let usage = report(&w, "usage", &["--month", "2026-11"]);
    let of = |report: &Value, key: &str| {
        rows(report).iter().find(|row| row["product"].to_string().contains(key)).unwrap().clone()
    };
    let row = of(&usage, "08935221225326");
    assert_eq!((&row["consumed"], &row["average"], &row["usable"]), (&json!(15), &json!("15.00"), &json!(11_785)));
    // In stock from the 25th on: 6 days of 30, so the need is 5 times as much.
    assert_eq!((&row["days_in_stock"], &row["average_in_stock"]), (&json!(6), &json!("75.00")));
    assert_eq!(row["months_of_stock_exact"], json!([2_357, 15]));
    let outs = report(&w, "stock-outs", &["--month", "2026-11"]);
    assert_eq!(
        (&of(&outs, "08935221225326")["days"], &of(&outs, "08935221225326")["out_of_stock"]),
        (&json!(6), &json!(0))
    );
    let risk = report(&w, "at-risk", &["--within", "130"]);
    assert_eq!(rows(&risk).len(), 1);
    let row = &rows(&risk)[0];
    // 11,785 × 123.45 = 1,454,858.25.
    assert_eq!(
        (&row["last_usable"], &row["price"], &row["value"]),
        (&json!("2027-03-31"), &json!("123.45"), &json!(1_454_858))
    );
    let deliveries = report(&w, "deliveries", &["--month", "2026-11"]);
    let row = &rows(&deliveries)[0];
    let of = ["sent", "received", "refused", "short", "over", "lost"].map(|key| row[key].as_i64().unwrap());
    assert_eq!(of, [12_000, 11_800, 100, 100, 0, 0]);
    let only =
        report(&w, "turnover", &["--month", "2026-11", "--product", MORPHINE, "--store", "main", "--fund", "own"]);
    assert_eq!(rows(&only).len(), 1);
    assert!(rows(&report(&w, "turnover", &["--month", "2026-11", "--store", "K9"])).is_empty());
    let refused = w.ends("01C55", &["report", "turnover", "--from", "2026-11-26", "--until", "2026-11-01"], 3);
    assert!(refused.err.contains("lies before"), "{}", refused.err);
}
