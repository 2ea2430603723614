//! The journeys that make or break adoption, through the command and with their numbers, as far as they need no
//! synchronisation: what one device says reaches another as a file or a code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod world;

use serde_json::{Value, json};
use world::books::{CEFTRIAXONE, findings, names, numbers, of_lot, picks, record, stock};
use world::{Schemas, World, follows};

const PARACETAMOL: &str = "gtin:8936098966893";
const VACCINE: &str = "gtin:08935221225326";
const DILUENT: &str = "local:MR-DILUENT";

/// A wholesaler ships lot A, 120 boxes of 100 tablets at 12,345 ₫ a box; 118 come, 1 is refused, 1 is missing.
fn delivered(name: &str) -> World {
    let w = World::enrolled(name);
    let line = format!("12000={PARACETAMOL};A1;2027-11");
    record(&w, "distributor", "in", &format!("{PARACETAMOL};A1;2027-11"), "24000", &[]);
    w.ok(
        "distributor",
        &[
            "handover",
            "--to",
            "facility:01C55",
            "--document",
            "delivery_note:PX-7",
            "--line",
            &line,
            "--amount",
            "1481400",
            "--show-detail",
            "--out",
            "d.png",
        ],
    );
    w.ok("01C55", &["receive", "d.png", "--got", "1=11800", "--refuse", "1=100:damaged", "--operator", "DS01"]);
    w
}

/// The pharmacy with lot A, and 385 of lot B under a class 1 recall that came by code.
fn recalled(name: &str) -> World {
    let w = delivered(name);
    record(&w, "01C55", "in", &format!("{PARACETAMOL};B1;2027-01"), "400", &["--reason", "opening_balance"]);
    assert_eq!(picks(&w, "01C55", PARACETAMOL, "15"), [("B1".to_owned(), 15)], "what expires sooner goes first");
    record(&w, "01C55", "out", &format!("{PARACETAMOL};B1;2027-01"), "15", &["--reason", "retail"]);
    // The sale of a second ago, which nobody sealed, is in the stock.
    assert_eq!(numbers(of_lot(&stock(&w, "01C55", &[]), "B1", None), &["available"]), [385]);
    let recall = ["authority", "recall", "--class", "1", "--notice", "TH-9", "--product", PARACETAMOL, "--lot", "B1"];
    w.ok("province", &[&recall[..], &["--out", "recall.png", "--now", "2026-11-24T09:00:00Z"]].concat());
    w.ok("01C55", &["device", "accept", "recall.png"]);
    w
}

#[test]
fn both_ends_of_a_delivery_see_what_was_received_refused_and_is_missing_and_its_value() {
    let w = delivered("both-ends");
    let want = json!({
        "amount": 200, "other": "01C55", "sent": 12_000, "received": 11_800, "refused": 100, "back": 0, "missing": 100,
        "value": {"sent": 1_481_400, "received": 1_456_710},
    });
    let found = findings(&w, "01C55", &[]);
    assert_eq!((names(&found), &found[0]["detail"]), (vec!["shortage"], &want));
    // The wholesaler learns it with the pharmacy's sealed records.
    assert!(findings(&w, "distributor", &[]).is_empty());
    w.ok("01C55", &["seal", "--out", "receipt.mlt"]);
    w.ok("distributor", &["device", "accept", "receipt.mlt"]);
    let found = findings(&w, "distributor", &[]);
    assert_eq!((names(&found), &found[0]["detail"]), (vec!["shortage"], &want));
    let keys = ["on_hand", "available", "in_transit_in", "in_transit_out"];
    assert_eq!(numbers(of_lot(&stock(&w, "01C55", &[]), "A1", None), &keys), [11_800, 11_800, 200, 0]);
    let sender = stock(&w, "distributor", &[]);
    assert_eq!(numbers(of_lot(&sender, "A1", None), &keys), [12_000, 12_000, 0, 200]);
    assert_eq!(sender[0]["refused_out"], 100);
    // The receipt itself carries the value of what came.
    let rows = w.json("01C55", &["movements", "--own"], 0);
    let receipt = rows["movements"].as_array().unwrap().iter().find(|r| r["direction"] == "in").unwrap();
    assert_eq!(receipt["amount"]["value"], 1_456_710);
    // What it says to people.
    let text = w.ok("01C55", &["--lang", "vi", "findings"]);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("nhận 11800, từ chối 100, thiếu 100"), "{text}");
}

#[test]
fn a_recalled_lot_leaves_what_is_available_and_the_next_scan_of_it_is_stopped() {
    let w = recalled("recall");
    let rows = stock(&w, "01C55", &[]);
    let keys = ["on_hand", "available", "recalled"];
    assert_eq!(numbers(of_lot(&rows, "B1", None), &keys), [385, 0, 385]);
    assert_eq!(numbers(of_lot(&rows, "A1", None), &keys), [11_800, 11_800, 0]);
    let scan = "(01)08936098966893(17)270131(10)B1";
    let said = w.json("01C55", &["scan", "--dispense", scan], 4);
    follows(&Schemas::new().of("scan.schema.json"), &said);
    assert_eq!(
        (&said["dispense"]["usable"], &said["dispense"]["stops"][0]["name"]),
        (&json!(false), &json!("recalled"))
    );
    assert_eq!(said["dispense"]["propose"][0]["lot"], "A1");
    let stopped = w.ends("01C55", &["record", "out", "--scan", scan, "--quantity", "5"], 4);
    assert!(stopped.err.contains("TH-9") && stopped.err.contains("lot A1") && stopped.err.contains("--anyway"));
    assert_eq!(picks(&w, "01C55", PARACETAMOL, "15"), [("A1".to_owned(), 15)]);
    let line = format!("5={PARACETAMOL};B1;2027-01");
    assert!(w.ends("01C55", &["handover", "--to", "facility:01C56", "--line", &line], 4).err.contains("line 1"));
    // To send it back is what a recall is for; what happened all the same is recorded, and found.
    record(&w, "01C55", "out", &format!("{PARACETAMOL};B1"), "300", &["--reason", "recall_return"]);
    assert!(!names(&findings(&w, "01C55", &[])).contains(&"recalled_dispensed"));
    record(&w, "01C55", "out", &format!("{PARACETAMOL};B1"), "5", &["--anyway", "--now", "2026-11-24T09:30:00Z"]);
    assert!(names(&findings(&w, "01C55", &[])).contains(&"recalled_dispensed"));
    // The recall ends: what is left is available again.
    let index = of_lot(&rows, "B1", None)["recalls"][0]["record"]["index"].to_string();
    w.ok("province", &["authority", "end-recall", &index, "--out", "end.mlt"]);
    w.ok("01C55", &["device", "accept", "end.mlt"]);
    assert_eq!(numbers(of_lot(&stock(&w, "01C55", &[]), "B1", None), &keys), [80, 80, 0]);
}

#[test]
fn two_phones_that_reverse_one_mistake_take_it_back_once() {
    let w = delivered("two-phones");
    w.join("province", "phone", "01C55", "move", "own", "p256");
    let sale = record(&w, "01C55", "out", &format!("{PARACETAMOL};A1"), "5", &[]);
    let index = sale["first"].to_string();
    w.ok("01C55", &["seal", "--out", "sale.mlt"]);
    for object in ["d.png", "sale.mlt"] {
        w.ok("phone", &["device", "accept", object]);
    }
    assert_eq!(numbers(of_lot(&stock(&w, "phone", &[]), "A1", None), &["on_hand"]), [11_795]);
    let rows = w.json("phone", &["movements"], 0);
    let row = rows["movements"].as_array().unwrap().iter().find(|r| r["direction"] == "out" && r["quantity"] == 5);
    let row = row.unwrap();
    let name = format!("{}:{}:{}", row["log"].as_str().unwrap(), row["index"], row["id"].as_str().unwrap());
    w.ok("phone", &["reverse", &name]);
    w.ok("01C55", &["reverse", &index]);
    for (from, to) in [("phone", "01C55"), ("01C55", "phone")] {
        let file = format!("{from}-reversal.mlt");
        w.ok(from, &["seal", "--out", &file]);
        w.ok(to, &["device", "accept", &file]);
    }
    for who in ["phone", "01C55"] {
        assert_eq!(numbers(of_lot(&stock(&w, who, &[]), "A1", None), &["on_hand"]), [11_800], "{who}");
    }
}

#[test]
fn a_ward_cupboard_holds_half_vials_exactly() {
    let w = World::enrolled("half-vials");
    let lot = format!("{CEFTRIAXONE};C7;2028-06");
    record(&w, "01C55", "in", &lot, "1000", &["--store", "K1"]);
    record(&w, "01C55", "move", &lot, "40", &["--store", "K1", "--to-store", "T05", "--reason", "store_to_store"]);
    for _ in 0..3 {
        record(&w, "01C55", "out", &lot, "1/2 piece", &["--store", "T05", "--reason", "used_in_facility"]);
    }
    let rows = stock(&w, "01C55", &[]);
    assert_eq!(numbers(of_lot(&rows, "C7", Some("K1")), &["on_hand", "available"]), [960, 960]);
    let ward = of_lot(&rows, "C7", Some("T05"));
    assert_eq!(
        (numbers(ward, &["on_hand"]), &ward["parts"]),
        (
            vec![38],
            &json!([{
                "count": 1, "per_unit": 2, "measure": "piece", "available": 1, "hold": 0, "recalled": 0, "expired": 0,
            }])
        )
    );
    assert!(w.ok("01C55", &["stock"]).contains("38 1/2"));
    assert!(findings(&w, "01C55", &[]).is_empty(), "half a vial is no negative stock");
    // The card's last balance is the stock: 998½ in both stores.
    let card = w.json("01C55", &["card", "--product", CEFTRIAXONE, "--lot", "C7"], 0);
    let last = card["card"].as_array().unwrap().last().unwrap().clone();
    follows(&Schemas::new().of("card.schema.json"), &last);
    assert_eq!((&last["balance"], &last["balance_parts"][0]["count"]), (&json!(998), &json!(1)));
}

#[test]
fn a_count_shows_the_books_balance_but_to_the_blind_and_a_reversal_that_it_covers_asks_whether_goods_moved() {
    let w = World::enrolled("count-shown");
    let lot = format!("{CEFTRIAXONE};C7;2028-06");
    record(&w, "01C55", "in", &lot, "1000", &["--store", "K1"]);
    let issue = record(&w, "01C55", "out", &lot, "40", &["--store", "K1", "--reason", "used_in_facility"]);
    w.ok("01C55", &["count", "begin", "--store", "K1"]);
    let line = ["count", "line", "--product", CEFTRIAXONE, "--lot", "C7", "--quantity", "928"];
    assert_eq!(w.json("01C55", &line, 0)["records"][0]["shown"], 960);
    w.ok("01C55", &["count", "end"]);
    assert_eq!(numbers(of_lot(&stock(&w, "01C55", &[]), "C7", Some("K1")), &["on_hand"]), [928]);
    w.ok("01C55", &["count", "begin", "--store", "K1", "--blind"]);
    assert_eq!(w.json("01C55", &line, 0)["records"][0].get("shown"), None);
    let said = w.json("01C55", &["reverse", &issue["first"].to_string()], 0);
    assert_eq!(said["note"]["name"], "counted_already", "{said}");
    assert_eq!(numbers(of_lot(&stock(&w, "01C55", &[]), "C7", Some("K1")), &["on_hand"]), [928]);
    let later = record(&w, "01C55", "out", &lot, "8", &["--store", "K1", "--reason", "used_in_facility"]);
    assert_eq!(w.json("01C55", &["reverse", &later["first"].to_string()], 0).get("note"), None);
}

#[test]
fn an_outreach_day_ends_with_sixteen_vials_and_the_one_at_stage_two_goes_first() {
    let w = World::enrolled("outreach");
    let (vials, water) = (format!("{VACCINE};MR26;2026-11"), format!("{DILUENT};W1;2027-05"));
    record(&w, "01C55", "in", &vials, "20", &["--vvm", "1"]);
    record(&w, "01C55", "in", &water, "20", &[]);
    let to_field = ["--to-store", "OUT1", "--reason", "store_to_store"];
    record(&w, "01C55", "move", &vials, "5", &[&to_field[..], &["--vvm", "1"]].concat());
    record(&w, "01C55", "move", &water, "5", &to_field);
    let out = |what: &str, quantity: &str, reason: &str, more: &[&str]| {
        record(&w, "01C55", "out", what, quantity, &[&["--store", "OUT1", "--reason", reason], more].concat());
    };
    out(&vials, "31/10 dose", "administered", &["--vvm", "1"]);
    out(&vials, "9/10 dose", "open_vial_wastage", &["--vvm", "1"]);
    out(&water, "4", "used_in_facility", &[]);
    let back = ["--store", "OUT1", "--to-store", "main", "--reason", "store_to_store"];
    record(&w, "01C55", "move", &vials, "1", &[&back[..], &["--vvm", "1", "--to-vvm", "2"]].concat());
    record(&w, "01C55", "move", &water, "1", &back);
    let rows = stock(&w, "01C55", &["--product", VACCINE]);
    let said: Vec<_> =
        rows.iter().map(|r| (r["vvm"].as_u64(), r["available"].as_i64().unwrap(), r.get("parts"))).collect();
    assert_eq!(said, [(Some(2), 1, None), (Some(1), 15, None)], "16 vials, 160 doses, none open: {rows:?}");
    let picked = w.json("01C55", &["stock", "--product", VACCINE, "--pick", "3"], 0);
    let turn: Vec<_> =
        picked["pick"].as_array().unwrap().iter().map(|l| (l["vvm"].as_u64(), l["quantity"].as_u64())).collect();
    assert_eq!(turn, [(Some(2), Some(1)), (Some(1), Some(2))]);
    assert!(w.ok("01C55", &["--lang", "vi", "stock"]).contains("VVM giai đoạn 2: dùng trước"));
    // 9 of the 40 doses that were opened were discarded: 22.5 %.
    let rows = w.json("01C55", &["movements"], 0);
    let doses = |reason: &str| -> u64 {
        let rows = rows["movements"].as_array().unwrap().iter().filter(|r| r["reason"] == reason);
        rows.filter_map(|r| r["parts"].as_u64()).sum()
    };
    let (given, wasted) = (doses("administered"), doses("open_vial_wastage"));
    assert_eq!((given, wasted, wasted * 1_000 / (given + wasted)), (31, 9, 225));
    // The month: 4 vials went, and 4 of the diluent.
    let report = w.json("01C55", &["report", "turnover", "--month", "2026-11"], 0);
    follows(&Schemas::new().of("report.schema.json"), &report);
    let mut said: Vec<_> =
        report["rows"].as_array().unwrap().iter().map(|row| numbers(row, &["in", "out", "closing"])).collect();
    said.sort();
    assert_eq!(said, [[20, 4, 16], [20, 4, 16]]);
    assert!(findings(&w, "01C55", &[]).is_empty());
}

#[test]
fn a_lot_whose_expiry_the_regulator_extended_scans_as_usable_naming_the_notice() {
    let w = World::enrolled("extended");
    let fact = ["authority", "lot-fact", VACCINE, "MR26", "2027-02-28", "--notice", "CV-1188", "--out", "fact.mlt"];
    w.ok("province", &fact);
    w.ok("01C55", &["device", "accept", "fact.mlt"]);
    for who in ["01C55", "01C56"] {
        record(&w, who, "in", &format!("{VACCINE};MR26;2026-11"), "10", &[]);
    }
    let pack = "(01)08935221225326(17)261100(10)MR26";
    let scan = |who: &str, now: &str, code: i32| {
        w.json(who, &["scan", "--dispense", pack, "--now", now], code)["dispense"].clone()
    };
    // The legal day decides, not UTC's: in Hà Nội it is the 1st of December already.
    let evening = "2026-11-30T17:00:00Z";
    assert_eq!(scan("01C56", "2026-11-30T16:59:59Z", 0)["last_usable"], "2026-11-30");
    let with = scan("01C55", evening, 0);
    assert_eq!(
        (&with["usable"], &with["expiry_notice"], &with["last_usable"]),
        (&json!(true), &json!("CV-1188"), &json!("2027-02-28"))
    );
    let without = scan("01C56", evening, 4);
    assert_eq!((&without["usable"], &without["stops"][0]["name"]), (&json!(false), &json!("expired")));
    let keys = ["on_hand", "available", "expired"];
    let of = |who| numbers(&stock(&w, who, &["--today", "2026-12-01"])[0], &keys);
    assert_eq!((of("01C55"), of("01C56")), (vec![10, 10, 0], vec![10, 0, 10]));
    let lots = |who: &str, days: &str| stock(&w, who, &["--today", "2026-12-01", "--expiring", days]).len();
    assert_eq!((lots("01C55", "60"), lots("01C55", "2027-02-28"), lots("01C56", "0")), (0, 1, 1));
    assert!(
        w.ends("01C56", &["record", "out", "--scan", pack, "--quantity", "1", "--now", evening], 4)
            .err
            .contains("EXPIRED")
    );
}

#[test]
fn what_is_unknown_here_makes_the_answer_incomplete_and_says_what_to_ask_for() {
    let w = World::enrolled("incomplete");
    w.join("province", "second", "01C55", "move", "own", "ed25519");
    for n in ["5", "7", "9"] {
        record(&w, "second", "in", &format!("{PARACETAMOL};A1;2027-11"), n, &[]);
        w.ok("second", &["seal"]);
    }
    // Only its last record reaches the first device: two before it are missing.
    w.ok("second", &["seal", "--first", "3", "--out", "last.mlt"]);
    w.ok("01C55", &["device", "accept", "last.mlt"]);
    let rows = stock(&w, "01C55", &[]);
    let missing = &rows[0]["incomplete"][0];
    assert_eq!(
        (numbers(&rows[0], &["on_hand"]), &missing["name"], &missing["records"]),
        (vec![9], &json!("gap"), &json!(3))
    );
    assert_eq!(missing["ask_for"], json!({"log": w.log("second"), "index": 0}));
    assert_eq!(rows[0]["as_of"].as_array().unwrap().len(), 2);
    let found = findings(&w, "01C55", &[]);
    assert_eq!(
        (names(&found), &found[0]["detail"]["missing_records"]),
        (vec!["gap"], &json!([{"first": 0, "last": 2}]))
    );
    w.ok("second", &["seal", "--first", "0", "--out", "all.mlt"]);
    w.ok("01C55", &["device", "accept", "all.mlt"]);
    let rows = stock(&w, "01C55", &[]);
    assert_eq!((numbers(&rows[0], &["on_hand"]), rows[0].get("incomplete")), (vec![21], None));
    assert!(findings(&w, "01C55", &[]).is_empty());
}

#[test]
fn a_delivery_of_a_cut_off_device_is_found_by_whom_it_was_sent_to() {
    let w = delivered("cut-off");
    // So that the cut's head lies beyond what the pharmacy holds.
    record(&w, "distributor", "in", &format!("{PARACETAMOL};A1;2027-11"), "600", &[]);
    w.ok("distributor", &["seal", "--out", "log.mlt"]);
    w.ok("province", &["device", "accept", "log.mlt"]);
    w.ok("province", &["authority", "revoke", &w.log("distributor"), "--out", "cut.mlt"]);
    let line = format!("10={PARACETAMOL};A1;2027-11");
    w.ok("distributor", &["handover", "--to", "facility:01C55", "--line", &line, "--out", "after.mlt"]);
    w.ok("01C55", &["device", "accept", "cut.mlt", "after.mlt"]);
    let found = findings(&w, "01C55", &[]);
    assert!(names(&found).contains(&"cut_off_device"), "{found:?}");
    // What it sent before isn't confirmed yet: what is on its way is not whole, and the log to ask for is named.
    let rows = stock(&w, "01C55", &[]);
    let asked: Vec<&Value> = rows[0]["incomplete"].as_array().unwrap().iter().map(|m| &m["ask_for"]["log"]).collect();
    assert_eq!(asked, [&json!(w.log("distributor"))]);
    // Its own stock hangs on nobody's log: what was received stands.
    assert_eq!(numbers(of_lot(&rows, "A1", None), &["on_hand"]), [11_800]);
}

#[test]
fn a_lot_is_traced_through_a_hand_over_and_a_repacking_to_where_nothing_is_known() {
    let w = delivered("trace");
    let line = format!("40={PARACETAMOL};A1;2027-11");
    w.ok("01C55", &["handover", "--to", "facility:01C56", "--reason", "transfer", "--line", &line, "--out", "t.mlt"]);
    let trace = w.json("01C55", &["trace", "--product", PARACETAMOL, "--lot", "A1"], 0);
    follows(&Schemas::new().of("trace.schema.json"), &trace);
    let edges: Vec<_> = trace["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["from"].as_str().unwrap(), e["to"].as_str().unwrap(), numbers(e, &["quantity", "received"])))
        .collect();
    let mut want = vec![("DEMO-0001", "01C55", vec![12_000, 11_800]), ("01C55", "01C56", vec![40, 0])];
    want.sort();
    let mut edges = edges;
    edges.sort();
    assert_eq!(edges, want);
    assert!(trace["nodes"].as_array().unwrap().contains(&json!({"facility": "01C56", "known": false})));
    assert!(w.ok("01C55", &["trace", "--product", PARACETAMOL, "--lot", "A1"]).contains("the trace ends there"));
    assert!(w.ends("01C55", &["trace", "--product", PARACETAMOL], 3).err.contains("lot: missing"));
    assert!(w.ends("01C55", &["card", "--product", PARACETAMOL, "--lot", "Z"], 3).err.contains("never was at 01C55"));
}

#[test]
fn negative_stock_is_never_refused_or_hidden() {
    let w = World::enrolled("negative");
    record(&w, "01C55", "out", &format!("{PARACETAMOL};A1"), "5", &[]);
    assert_eq!(numbers(&stock(&w, "01C55", &[])[0], &["on_hand", "available"]), [-5, 0]);
    let found = findings(&w, "01C55", &[]);
    assert_eq!((names(&found), found[0]["records"].as_array().unwrap().len()), (vec!["negative_stock"], 1));
    assert!(w.ok("01C55", &["--lang", "vi", "stock"]).contains("ÂM"));
}

#[test]
fn tables_fit_a_terminal_and_bad_questions_say_what_to_give() {
    let w = recalled("tables");
    for command in [
        &["stock"][..],
        &["findings"],
        &["card", "--product", PARACETAMOL],
        &["report", "turnover", "--month", "2026-11"],
    ] {
        for lang in ["vi", "en"] {
            let text = w.ok("01C55", &[&["--lang", lang], command].concat());
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= 80, "{command:?} {lang}: {widest}\n{text}");
        }
    }
    assert!(w.ends("01C55", &["stock", "--pick", "5"], 3).err.contains("product: missing"));
    assert!(w.ends("01C55", &["stock", "--expiring", "soon"], 3).err.contains("days"));
    assert!(w.ends("ministry", &["stock"], 3).err.contains("--facility"));
    assert!(w.ends("01C55", &["report", "turnover"], 3).err.contains("--month"));
    w.ends("01C55", &["report", "horoscope", "--month", "2026-11"], 3);
    // A schema that takes everything would prove nothing.
    let schemas = Schemas::new();
    for name in ["stock", "findings", "card", "trace", "report"] {
        assert!(!schemas.of(&format!("{name}.schema.json")).is_valid(&json!({"facility": 5})), "{name}");
    }
}
