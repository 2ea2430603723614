//! The command from end to end, as a person or a script runs it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod world;

use serde_json::Value;
use std::fs;
use world::{PACK, Schemas, World, follows};

fn quantities(rows: &Value, facility: &str) -> Vec<(String, u64)> {
    let rows = rows["movements"].as_array().unwrap().iter().filter(|r| r["facility"] == facility);
    rows.map(|r| (r["direction"].as_str().unwrap_or("refuse").to_owned(), r["quantity"].as_u64().unwrap())).collect()
}

#[test]
fn a_delivery_is_received_short_refused_in_part_and_never_twice() {
    let w = World::enrolled("delivery");
    w.hand_over("distributor", "01C55", "d.mlt");
    let args = ["receive", "d.mlt", "--got", "1=117", "--refuse", "1=1:damaged", "--operator", "DS01"];
    w.ok("01C55", &args);
    let rows = w.json("01C55", &["movements", "--own"], 0);
    let want = [("refuse", 1), ("in", 117), ("in", 60)].map(|(d, q)| (d.to_owned(), q));
    assert_eq!(quantities(&rows, "01C55"), want);
    let answered: Vec<&Value> = rows["movements"].as_array().unwrap().iter().map(|r| &r["answers"]["index"]).collect();
    assert_eq!((answered[0], answered[0] == answered[1], answered[1] == answered[2]), (&Value::from(2), true, false));
    assert!(w.ends("01C55", &["receive", "d.mlt"], 4).err.contains("received here already"));
    // Nothing more was written.
    assert_eq!(quantities(&w.json("01C55", &["movements", "--own"], 0), "01C55").len(), 3);
    assert!(w.ends("01C56", &["receive", "d.mlt"], 4).err.contains("another facility"));
    assert!(w.ends("01C55", &["receive", "d.mlt", "--got", "9=1"], 3).err.contains("lines 1 to 2"));
}

#[test]
fn answers_follow_their_schemas() {
    let w = World::enrolled("schemas");
    w.hand_over("distributor", "01C55", "d.mlt");
    w.ok("01C55", &["receive", "d.mlt"]);
    w.ok(
        "01C55",
        &["record", "out", "--scan", PACK, "--quantity", "31/10 dose", "--serial", "X1", "--operator", "DS01"],
    );
    w.ok("01C55", &["record", "move", "--scan", PACK, "--quantity", "4", "--reason", "hold", "--to", "hold"]);
    let pick =
        |args: &[&str]| w.json("01C55", &[&["stock", "--scan", PACK, "--pick"], args].concat(), 0)["pick"].clone();
    assert_eq!(pick(&["12/10 dose"])[0]["take"], "12/10 dose");
    let opened = pick(&["12/10 dose", "--opened"]);
    assert_eq!((&opened[0]["take"], &opened[0]["parts"]), (&"9/10 dose".into(), &9.into()));
    let schemas = Schemas::new();
    let (rows, verdicts, scans) =
        (schemas.of("movements.schema.json"), schemas.of("verify.schema.json"), schemas.of("scan.schema.json"));
    let lines = w.ok("01C55", &["movements", "--jsonl"]);
    assert!(lines.lines().count() >= 6);
    for line in lines.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        follows(&rows, &row);
    }
    for (file, code) in [("d.mlt", 0), ("01C55-enrolment.mlt", 0)] {
        let answer = w.json("01C55", &["verify", file], code);
        follows(&verdicts, &answer);
    }
    for raw in [PACK, "893100105223", "0103400935955839", "0108470006709382211082464896195410NB226517260430"] {
        let ended = w.run("01C55", &["--json", "scan", raw]);
        let answer: Value = serde_json::from_str(ended.out.trim()).unwrap();
        follows(&scans, &answer);
    }
    // A schema that takes everything would prove nothing.
    assert!(!rows.is_valid(&serde_json::json!({"log": "12", "index": -1, "kind": "movement"})));
    assert!(!verdicts.is_valid(&serde_json::json!({"verdict": "perhaps"})));
}

#[test]
fn the_exit_code_says_how_it_ended() {
    let w = World::enrolled("codes");
    w.hand_over("distributor", "01C55", "d.mlt");
    w.ends("01C55", &["verify", "d.mlt"], 0);
    w.ends("01C55", &["verify", "--root", "root.mlt", "d.mlt"], 0);
    // No State is here: with --current that is unknown, without it the records count.
    w.ends("01C55", &["verify", "--current", "d.mlt"], 2);
    let mut forged = fs::read(w.folder.join("d.mlt")).unwrap();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    fs::write(w.folder.join("forged.mlt"), &forged).unwrap();
    w.ends("01C55", &["verify", "forged.mlt"], 1);
    w.ok("other", &["authority", "init", "--out", "other.mlt"]);
    w.ends("01C55", &["verify", "--root", "other.mlt", "d.mlt"], 2);
    w.ends("nobody", &["movements"], 3);
    w.ends("01C55", &["verify", "no-such-file.mlt"], 3);
    w.ends("01C55", &["record", "out", "--scan", PACK], 3);
    w.ends("01C55", &["handover"], 3);
    w.ends("01C55", &["authority", "revoke", &w.log("distributor")], 2);
    w.ends("province", &["authority", "revoke", &w.log("ministry")], 4);
    assert!(w.ends("01C55", &["--version"], 0).out.contains("AI table"));
}

#[test]
fn private_keys_are_readable_by_the_owner_only_and_never_printed() {
    let w = World::enrolled("keys");
    let key = fs::read_dir(w.folder.join("distributor/keys")).unwrap().next().unwrap().unwrap().path();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
        let folder = fs::metadata(w.folder.join("distributor/keys")).unwrap();
        assert_eq!(folder.permissions().mode() & 0o777, 0o700);
    }
    let secret = fs::read_to_string(&key).unwrap();
    let secret = secret.trim().split(':').nth(1).unwrap().to_owned();
    assert_eq!(secret.len(), 64);
    w.hand_over("distributor", "01C55", "d.mlt");
    for args in [&["device", "show"][..], &["movements"], &["verify", "d.mlt"], &["inspect", "d.mlt"], &["seal"]] {
        for level in ["error", "trace"] {
            let ended = w.run("distributor", &[&["--json", "--log", level], args].concat());
            assert!(!ended.out.contains(&secret) && !ended.err.contains(&secret), "{args:?}");
        }
    }
}

#[test]
fn amounts_and_operator_stay_out_of_a_hand_over_unless_asked() {
    let w = World::enrolled("detail");
    let line = format!("120={PACK}");
    let args = ["handover", "--to", "facility:01C55", "--line", &line, "--amount", "1481400", "--operator", "TK03"];
    w.ok("distributor", &[&args[..], &["--out", "closed.mlt"]].concat());
    w.ok("distributor", &[&args[..], &["--show-detail", "--out", "open.mlt"]].concat());
    let said = |file: &str| w.ok("01C55", &["--json", "inspect", file]);
    assert!(!said("closed.mlt").contains("1481400") && !said("closed.mlt").contains("TK03"));
    assert!(said("open.mlt").contains("1481400") && said("open.mlt").contains("TK03"));
    // The device itself keeps them, and shows them with their lines.
    let rows = w.json("distributor", &["movements"], 0);
    let row = &rows["movements"][0];
    assert_eq!((&row["amount"]["value"], &row["operator"]), (&Value::from(1_481_400), &Value::from("TK03")), "{rows}");
    w.ok("distributor", &["seal", "--out", "all.mlt"]);
    assert!(said("all.mlt").contains("1481400"));
}

#[test]
fn what_a_cut_off_device_writes_later_does_not_count_and_what_it_wrote_before_is_confirmed() {
    let w = World::enrolled("cut");
    w.hand_over("distributor", "01C55", "before.mlt");
    // So that the cut's head lies beyond what the station holds.
    w.ok("distributor", &["record", "in", "--scan", PACK, "--quantity", "600"]);
    w.ok("distributor", &["seal", "--out", "log.mlt"]);
    w.ok("province", &["device", "accept", "log.mlt"]);
    let log = w.log("distributor");
    w.ok("province", &["authority", "revoke", &log, "--out", "cut.mlt"]);
    w.hand_over("distributor", "01C55", "after.mlt");
    w.ends("01C55", &["verify", "after.mlt"], 0); // nobody told the station yet
    w.ok("01C55", &["device", "accept", "before.mlt"]);
    let said = w.json("01C55", &["device", "accept", "cut.mlt"], 0);
    let lost = said["objects"][0]["changes"].as_array().unwrap().iter().find(|c| c["before"] == "yes").unwrap();
    assert_eq!((&lost["log"], &lost["now"]), (&Value::from(log.as_str()), &Value::from("unknown")));
    let after = w.json("01C55", &["verify", "after.mlt"], 1);
    assert_eq!((&after["current"], &after["reasons"][0]["code"]), (&Value::from("revoked"), &Value::from(3009)));
    assert_eq!(w.json("01C55", &["verify", "before.mlt"], 2)["reasons"][0]["ask_for"]["log"], log.as_str());
    let end = w.json("province", &["verify", "before.mlt"], 0)["records"].as_array().unwrap().last().unwrap()["index"]
        .as_u64()
        .unwrap()
        + 1;
    w.ok("province", &["authority", "confirm", &log, "--at", &end.to_string(), "--out", "confirm.mlt"]);
    let said = w.json("01C55", &["device", "accept", "confirm.mlt"], 0);
    let back = said["objects"][0]["changes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["before"] == "unknown" && c["log"] == log.as_str());
    assert_eq!(back.unwrap()["now"], "yes");
    let answer = w.json("01C55", &["verify", "before.mlt"], 0);
    assert_eq!(answer["current"], "revoked");
    w.ends("01C55", &["verify", "--current", "before.mlt"], 1);
}

#[test]
fn a_renewed_authority_and_a_next_root_go_on() {
    let w = World::enrolled("renew");
    w.ok("province", &["authority", "renew", "--suite", "p256", "--out", "request.mlt"]);
    let old = w.log("province");
    w.ok(
        "ministry",
        &["authority", "enrol", "request.mlt", "--scope", "01,DEMO-", "--renews", &old, "--out", "renewal.mlt"],
    );
    let said = w.json("province", &["device", "accept", "renewal.mlt"], 0);
    assert_eq!(said["goes_on_as"], w.log("province").as_str());
    assert_ne!(w.log("province"), old);
    w.join("province", "second", "DEMO-0001", "move", "own", "ed25519");
    w.hand_over("second", "01C55", "second.mlt");
    w.ends("01C55", &["verify", "second.mlt"], 0);
    w.hand_over("distributor", "01C55", "first.mlt");
    w.ends("01C55", &["verify", "first.mlt"], 0);
    // The next root repeats the enrolments: a path through it leads to the same logs.
    let root = w.log("ministry");
    w.ok("ministry", &["authority", "renew", "--out", "next-root.mlt"]);
    assert_ne!(w.log("ministry"), root);
    w.ok("distributor", &["device", "accept", "next-root.mlt"]);
    w.hand_over("distributor", "01C55", "third.mlt");
    w.ends("01C56", &["verify", "--root", "root.mlt", "third.mlt"], 0);
    assert!(w.ends("ministry", &["authority", "renew"], 4).err.contains("new root"));
}

#[test]
fn an_authority_gives_no_more_than_it_has() {
    let w = World::enrolled("more");
    w.ok("province", &["authority", "invite", "--facility", "02C11", "--out", "i.mlt"]);
    w.ok("far", &["device", "init", "--invitation", "i.mlt", "--out", "r.mlt"]);
    assert!(w.ends("province", &["authority", "enrol", "r.mlt"], 4).err.contains("within its scope"));
    w.ok("province", &["authority", "invite", "--facility", "01C57", "--out", "i2.mlt"]);
    w.ok("near", &["device", "init", "--invitation", "i2.mlt", "--out", "r2.mlt"]);
    w.ends("province", &["authority", "enrol", "r2.mlt", "--roles", "report"], 4);
    w.ends("ministry", &["authority", "enrol", "r2.mlt"], 4);
    w.ok("province", &["authority", "enrol", "r2.mlt", "--out", "e2.mlt"]);
}

#[test]
fn what_cannot_be_taken_is_kept_with_its_reason() {
    let w = World::enrolled("aside");
    w.hand_over("distributor", "01C55", "d.mlt");
    let mut forged = fs::read(w.folder.join("d.mlt")).unwrap();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    fs::write(w.folder.join("forged.mlt"), &forged).unwrap();
    w.ends("01C55", &["device", "accept", "forged.mlt"], 1);
    let aside: Vec<_> = fs::read_dir(w.folder.join("01C55/aside")).unwrap().flatten().map(|e| e.path()).collect();
    assert_eq!(aside.len(), 2);
    let reason = aside.iter().find(|p| p.extension().is_some_and(|e| e == "txt")).unwrap();
    assert!(fs::read_to_string(reason).unwrap().contains("seal does not hold"));
    assert_eq!(fs::read(reason.with_extension("mlt")).unwrap(), forged);
}

#[test]
fn an_object_travels_as_bytes_text_and_picture() {
    let w = World::enrolled("forms");
    let line = format!("120={PACK}");
    let args = [
        "handover",
        "--to",
        "facility:01C55",
        "--line",
        &line,
        "--out",
        "d.mlt",
        "--out",
        "d.txt",
        "--out",
        "d.png",
        "--out",
        "d.svg",
    ];
    w.ok("distributor", &args);
    let bytes = fs::read(w.folder.join("d.mlt")).unwrap();
    assert!(fs::read_to_string(w.folder.join("d.txt")).unwrap().starts_with("MEDLOT1:"));
    assert!(fs::read_to_string(w.folder.join("d.svg")).unwrap().contains("<svg"));
    for form in ["d.txt", "d.png"] {
        w.ok("01C55", &["verify", form]);
        w.ok("01C55", &["qr", "--read", form, "--out", "again.mlt"]);
        assert_eq!(fs::read(w.folder.join("again.mlt")).unwrap(), bytes, "{form}");
    }
    assert!(w.ok("01C55", &["qr", "d.mlt"]).contains("1 / 1"));
    assert!(w.ends("01C55", &["verify", "d.svg"], 1).err.contains("not medlot's"));
}

#[test]
fn a_batch_that_needs_several_codes_is_read_from_several_pictures() {
    let w = World::enrolled("several");
    let lines: Vec<String> = (0..90)
        .map(|n| {
            format!("{}=registration:893110{:04}25;LOT{n:04}-{};2028-{:02}-15", n + 1, 1000 + n, n * 7919, n % 12 + 1)
        })
        .collect();
    let mut args = vec!["handover", "--to", "facility:01C55", "--out", "d.png", "--out", "d.mlt"];
    for line in &lines {
        args.extend(["--line", line]);
    }
    w.ok("distributor", &args);
    let mut pictures: Vec<String> = fs::read_dir(&w.folder)
        .unwrap()
        .flatten()
        .map(|e| e.file_name().into_string().unwrap())
        .filter(|n| n.starts_with("d-") && n.ends_with(".png"))
        .collect();
    pictures.sort();
    pictures.reverse(); // in any order
    assert!(pictures.len() >= 2, "{pictures:?}");
    let all: Vec<&str> = pictures.iter().map(String::as_str).collect();
    w.ok("01C55", &[&["verify"], &all[..]].concat());
    assert!(w.ends("01C55", &["verify", all[0]], 2).err.contains("missing"));
}

/// A delivery of 1,231 lines: more than one seal holds.
fn long_delivery() -> Vec<String> {
    (0..1_231).map(|n| format!("{}=local:P{n:04};LOT{n};2028-01", n + 1)).collect()
}

fn movements(verified: &Value) -> usize {
    verified["records"].as_array().unwrap().iter().filter(|record| record["kind"] == "movement").count()
}

fn long_args<'a>(lines: &'a [String], out: &'a str) -> Vec<&'a str> {
    let mut args = vec!["handover", "--to", "facility:01C55", "--document", "delivery_note:PX-9", "--out", out];
    for line in lines {
        args.extend(["--line", line]);
    }
    args
}

#[test]
fn a_delivery_of_1231_lines_travels_in_several_segments_and_is_received_whole_once() {
    let w = World::enrolled("long");
    let lines = long_delivery();
    assert_eq!(w.json("distributor", &long_args(&lines, "long.mlt"), 0)["records"].as_array().unwrap().len(), 1_231);
    let said = w.json("01C55", &["verify", "long.mlt"], 0);
    assert_eq!((&said["verdict"], movements(&said)), (&"valid".into(), 1_231));
    let said = w.json("01C55", &["receive", "long.mlt", "--got", "1231=1000"], 0);
    assert_eq!(said["records"].as_array().unwrap().len(), 1_231);
    assert!(w.ends("01C55", &["receive", "long.mlt"], 4).err.contains("received here already"));
    let rows = w.json("01C55", &["movements"], 0);
    let own = quantities(&rows, "01C55");
    assert_eq!(own.iter().map(|(_, units)| units).sum::<u64>(), (1..=1_230).sum::<u64>() + 1_000);
}

#[test]
fn a_long_delivery_that_the_power_cut_in_two_is_finished_by_the_same_command() {
    use medlot_sdk::medlot_core::log::Frames;
    let w = World::enrolled("cut");
    let lines = long_delivery();
    for (who, args) in [("distributor", long_args(&lines, "long.mlt")), ("01C55", vec!["receive", "long.mlt"])] {
        let log = w.folder.join(who).join("logs").join(format!("{}.mlog", w.log(who)));
        let before = fs::read(&log).unwrap();
        w.ok(who, &args);
        let (whole, records) = (fs::read(&log).unwrap(), w.json(who, &["device", "show"], 0)["records"].clone());
        let mut frames = Frames::new(&whole, before.len());
        let mut ends = vec![before.len()];
        while frames.next().is_some() {
            ends.push(frames.at());
        }
        let mut tried = 0;
        for end in ends.iter().rev() {
            fs::write(&log, &whole[..*end]).unwrap();
            let left = w.json(who, &["device", "show"], 0)["records"].as_u64().unwrap();
            let ended = w.run(who, &args);
            if ended.code == 4 {
                // Everything stood already: a receipt isn't written twice.
                assert!(who == "01C55" && left == records.as_u64().unwrap(), "{}", ended.err);
                continue;
            }
            assert_eq!(ended.code, 0, "{}", ended.err);
            let now = w.json(who, &["device", "show"], 0)["records"].as_u64().unwrap();
            // A hand-over that stood whole is sent again: the person asked for it.
            let again = who == "distributor" && left == records.as_u64().unwrap();
            assert!(again || now == records.as_u64().unwrap(), "cut at {end}: {left} records, then {now}");
            tried += 1;
        }
        assert!(tried >= 3, "{who}: {tried} cuts");
    }
    let said = w.json("01C55", &["verify", "long.mlt"], 0);
    assert_eq!((&said["verdict"], movements(&said)), (&"valid".into(), 1_231));
}

#[test]
fn states_make_what_is_known_current_until_they_are_too_old_and_a_clock_before_them_is_none() {
    let w = World::enrolled("states");
    w.hand_over("distributor", "01C55", "d.mlt");
    assert_eq!(w.json("01C55", &["verify", "d.mlt"], 0)["current"], "stale");
    w.ok("province", &["authority", "revoke", &w.log("01C56"), "--at", "0"]);
    for who in ["ministry", "province"] {
        w.ok(who, &["authority", "state", "--good-for", "7", "--out", &format!("{who}-state.mlt")]);
    }
    w.ok("01C55", &["device", "accept", "ministry-state.mlt", "ministry-state.list.mlt", "province-state.mlt"]);
    // Whose list isn't here can't be looked up.
    assert_eq!(w.json("01C55", &["verify", "d.mlt"], 0)["current"], "stale");
    w.ok("01C55", &["device", "accept", "province-state.list.mlt"]);
    assert_eq!(w.json("01C55", &["verify", "--current", "d.mlt"], 0)["current"], "yes");
    let at = |now: &str, more: &[&str], code| {
        w.json("01C55", &[&["verify", "--current", "d.mlt", "--now", now], more].concat(), code)
    };
    assert_eq!(at("2026-12-01T08:00:00Z", &[], 0)["current"], "yes");
    let old = at("2026-12-01T08:00:01Z", &[], 2);
    assert_eq!(
        (&old["current"], &old["reasons"][0]["since"]),
        (&Value::from("stale"), &Value::from("2026-12-01T08:00:00Z"))
    );
    assert_eq!(at("2026-11-27T08:00:01Z", &["--max-age", "3"], 2)["current"], "stale");
    let early = at("2026-11-23T08:00:00Z", &[], 2);
    assert_eq!((&early["current"], &early["findings"][0]["code"]), (&Value::from("clock"), &Value::from(3018)));
}

#[test]
fn people_are_answered_in_their_language() {
    let w = World::enrolled("language");
    let said = w.ok("01C56", &["--lang", "vi", "count", "begin", "--store", "K1"]);
    assert!(said.contains("bắt đầu kiểm kê") && said.contains("kho K1"), "{said}");
    let said = w.ok("01C55", &["--lang", "vi", "record", "in", "--scan", PACK, "--quantity", "10"]);
    assert!(said.contains("Đã ghi") && said.contains("Số lô"), "{said}");
    assert!(w.ok("01C55", &["--lang", "en", "movements"]).contains("Lot"));
}

/// Index and reference of the last movement that the own log holds.
fn last_of(w: &World, who: &str) -> String {
    let rows = w.json(who, &["movements"], 0);
    let row = rows["movements"].as_array().unwrap().iter().rfind(|r| r["facility"] == "01C55").unwrap();
    format!("{}:{}:{}", row["log"].as_str().unwrap(), row["index"], row["id"].as_str().unwrap())
}

#[test]
fn a_mistaken_sale_is_taken_back_and_both_records_stay_readable() {
    let w = World::enrolled("reverse");
    w.ok("01C55", &["record", "out", "--scan", PACK, "--quantity", "5", "--operator", "DS01"]);
    let said = w.json("01C55", &["reverse", "1", "--operator", "DS02", "--local-reason", "typing"], 0);
    let record = &said["records"][0];
    assert_eq!((&record["kind"], &record["reverses"]["index"]), (&"reversal".into(), &1.into()), "{said}");
    assert_eq!((&record["total"], &record["quantity"], &record["operator"]), (&5.into(), &5.into(), &"DS02".into()));
    let rows = w.json("01C55", &["movements", "--own"], 0);
    assert_eq!(rows["movements"].as_array().unwrap().len(), 2);
    // A larger total than was sold, a record that isn't there, a reversal, and what moves nothing.
    assert!(w.ends("01C55", &["reverse", "1", "--total", "6"], 3).err.contains("give 1 to 5"));
    assert!(w.ends("01C55", &["reverse", "9"], 3).err.contains("records 0 to 2"));
    assert!(w.ends("01C55", &["reverse", "2"], 4).err.contains("write the movement anew"));
    assert!(w.ends("01C55", &["reverse", "0"], 4).err.contains("nothing to reverse"));
    assert_eq!(w.json("01C55", &["device", "show"], 0)["records"], 3);
}

#[test]
fn only_the_own_facility_reverses_and_anyone_attests_what_is_here() {
    let w = World::enrolled("attest");
    w.hand_over("distributor", "01C55", "d.mlt");
    w.ok("01C55", &["receive", "d.mlt"]);
    let sent = {
        let rows = w.json("01C55", &["movements"], 0);
        let row = rows["movements"].as_array().unwrap().iter().find(|r| r["sent"] == true).unwrap().clone();
        format!("{}:{}:{}", row["log"].as_str().unwrap(), row["index"], row["id"].as_str().unwrap())
    };
    assert!(w.ends("01C55", &["reverse", &sent], 4).err.contains("another facility's"));
    let said = w.json("01C55", &["attest", &sent, "--capacity", "receiver", "--operator", "DS01"], 0);
    assert_eq!((&said["records"][0]["kind"], &said["records"][0]["capacity"]), (&"attest".into(), &"receiver".into()));
    // Attestations are listed where they are asked for.
    let kinds = |args: &[&str]| {
        let rows = w.json("01C55", &[&["movements"], args].concat(), 0)["movements"].as_array().unwrap().clone();
        let schema = Schemas::new().of("movements.schema.json");
        rows.iter().for_each(|row| follows(&schema, row));
        rows.iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&["--kind", "attest"]), ["attest"]);
    assert!(!kinds(&[]).contains(&"attest".to_owned()));
    w.ends("01C55", &["movements", "--kind", "observed"], 3);
    // The own record by its full name is the own index; an id that isn't the log's is refused.
    let own = last_of(&w, "01C55");
    assert_eq!(w.json("01C55", &["reverse", &own], 0)["records"][0]["reverses"], serde_json::json!({"index": 3}));
    let wrong = format!("{}{}", &own[..own.len() - 64], "ab".repeat(32));
    assert!(w.ends("01C55", &["reverse", &wrong], 1).err.contains("another id"));
    assert!(w.ends("01C56", &["attest", &sent, "--capacity", "receiver"], 2).err.contains("isn't here"));
    assert!(w.ends("01C55", &["attest", &sent, "--capacity", "king"], 3).err.contains("witness_of_destruction"));
}

#[test]
fn a_count_has_a_beginning_lines_that_may_say_zero_and_one_end() {
    let w = World::enrolled("count");
    assert!(w.ends("01C55", &["count", "end"], 4).err.contains("no count was begun"));
    let begin = ["count", "begin", "--store", "K1", "--fund", "TCMR", "--fund", "none", "--operator", "DS01"];
    let said = w.json("01C55", &begin, 0);
    assert_eq!((&said["records"][0]["kind"], &said["first"]), (&"count_begin".into(), &1.into()));
    assert_eq!(said["records"][0]["funds"], serde_json::json!(["", "TCMR"]));
    let line = |quantity: &str, code: i32| {
        w.ends("01C55", &["--json", "count", "line", "--scan", PACK, "--quantity", quantity, "--shown", "960"], code)
    };
    line("928", 0);
    let empty: Value = serde_json::from_str(line("0", 0).out.trim()).unwrap();
    let record = &empty["records"][0];
    assert_eq!((&record["begin"], &record["quantity"], &record["shown"]), (&2.into(), &0.into(), &960.into()));
    assert_eq!(line("1000000000", 3).code, 3);
    let transit = ["count", "line", "--scan", PACK, "--quantity", "1", "--from", "transit"];
    assert!(w.ends("01C55", &transit, 4).err.contains("never counted"));
    let said = w.json("01C55", &["count", "end", "--rest-is-zero"], 0);
    let end = &said["records"][0];
    assert_eq!((&end["lines"], &end["begin"], &end["rest_is_zero"]), (&2.into(), &3.into(), &true.into()), "{said}");
    assert!(line("1", 4).err.contains("is ended"));
    assert!(w.ends("01C55", &["count", "end", "--count", "2"], 3).err.contains("no count begins"));
    // A second count goes on beside the first, which stays as it is.
    w.ok("01C55", &["count", "begin", "--blind"]);
    assert!(
        w.ends("01C55", &["count", "line", "--count", "1", "--scan", PACK, "--quantity", "1"], 4)
            .err
            .contains("is ended")
    );
    line("5", 0);
}

#[test]
fn a_second_device_takes_back_a_line_that_stands_further_in_its_group_than_its_own_log_is_long() {
    let w = World::enrolled("second");
    w.join("province", "second", "01C55", "move", "own", "ed25519");
    w.hand_over("distributor", "01C55", "d.mlt");
    w.ok("01C55", &["receive", "d.mlt", "--got", "1=117", "--refuse", "1=1:damaged"]);
    w.ok("01C55", &["seal", "--out", "sealed.mlt"]);
    for object in ["d.mlt", "sealed.mlt"] {
        w.ok("second", &["device", "accept", object]);
    }
    w.json("second", &["reverse", &last_of(&w, "01C55")], 0);
    w.ok("second", &["seal", "--out", "reversal.mlt"]);
    w.ok("01C55", &["device", "accept", "reversal.mlt"]);
    let rows = w.json("01C55", &["movements"], 0);
    let reversals: Vec<_> = rows["movements"].as_array().unwrap().iter().filter(|r| r["kind"] == "reversal").collect();
    assert_eq!(reversals.len(), 1, "{rows}");
    assert_eq!((&reversals[0]["counts"], &reversals[0]["group"]["back"]), (&"yes".into(), &2.into()));
}
