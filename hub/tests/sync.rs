//! `medlot sync` from end to end: devices of one facility, a phone as carrier, a hub, a line that is cut.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod world;

use serde_json::Value;
use std::fs;
use world::books::{numbers, record, stock};
use world::meet::{follows_its_schema, pieces};
use world::{BY_HAND, PACK, World};

/// A root, a province, a distributor, a pharmacy with a counter and a phone, a hub.
fn world(name: &str) -> World {
    let w = World::enrolled(name);
    for who in ["counter", "phone"] {
        w.join("province", who, "01C55", "move", "own", "ed25519");
    }
    w.begin_hub("hub");
    w
}

#[test]
fn two_devices_of_a_pharmacy_hold_the_same_and_then_rest() {
    let w = world("pair");
    w.sales("counter", 3);
    w.sales("phone", 2);
    let said = w.sync("counter", "phone");
    let (counter, phone) = (w.log("counter"), w.log("phone"));
    assert_eq!((w.movements("counter", "01C55"), w.movements("phone", "01C55")), (5, 5));
    assert_eq!(said["observed"][0]["log"], phone.as_str());
    assert_eq!((&said["observed"][0]["clock"], &said["own"]["standing"]), (&0.into(), &"as_here".into()));
    assert_eq!(said["there"]["own"]["held_by_peer"], 3, "the introduction and two sales");
    // What was observed goes over; nobody observes that, so then all rests.
    assert_eq!(w.sync("phone", "counter")["observed"].as_array().unwrap().len(), 0);
    let said = w.sync("counter", "phone");
    assert_eq!((pieces(&said), pieces(&said["there"])), ((0, 0), (0, 0)), "{said}");
    for log in [&counter, &phone] {
        assert_eq!(w.kept("counter", log), w.kept("phone", log));
    }
    assert_eq!(said["own"]["held_by_peer"], 5, "the introduction, three sales, one Observed");
}

#[test]
fn a_phone_carries_a_delivery_there_and_the_receipt_back_and_a_hub_holds_all() {
    let w = world("carrier");
    w.sales("distributor", 2);
    w.ok("distributor", &["handover", "--to", "facility:01C55", "--line", &format!("120={PACK}"), "--out", "d.mlt"]);
    w.sales("distributor", 1);
    // The phone meets the distributor's device: the batch comes over, and nothing else of that log.
    w.sync("phone", "distributor");
    assert_eq!(w.movements("phone", "DEMO-0001"), 1);
    w.sync("phone", "counter");
    assert_eq!(w.movements("counter", "DEMO-0001"), 1);
    let enough = ["receive", "d.mlt", "--got", "1=117"];
    w.ok("counter", &enough);
    w.sales("counter", 1);
    w.sync("counter", "phone");
    w.sync("phone", "distributor");
    assert_eq!(w.movements("distributor", "01C55"), 1, "the receipt reached the sender, no more of that log");
    assert_eq!(w.movements("phone", "DEMO-0001"), 1);
    // A hub keeps everything, of any device, and gives a device what is its own.
    w.sync("distributor", "hub");
    w.sync("phone", "hub");
    assert_eq!((w.movements("hub", "DEMO-0001"), w.movements("hub", "01C55")), (4, 2));
    w.sync("hub", "counter");
    let said = w.sync("counter", "hub");
    assert_eq!((pieces(&said), pieces(&said["there"])), ((0, 0), (0, 0)), "{said}");
    assert_eq!(w.kept("hub", &w.log("counter")), w.kept("counter", &w.log("counter")));
}

#[test]
fn a_stranger_gets_no_more_than_it_is_given() {
    let w = world("give");
    w.sales("counter", 2);
    // The hub asks for everything; the pharmacy gives only what concerns the distributor: nothing.
    let said = w.json("counter", &["sync", "hub", "--give", "DEMO-0001"], 0);
    assert_eq!(w.movements("hub", "01C55"), 0, "{said}");
    w.sync("counter", "hub");
    assert_eq!(w.movements("hub", "01C55"), 2);
}

#[test]
fn what_nobody_enrolled_here_waits_aside_until_its_authority_speaks() {
    let w = world("aside");
    // The hub of another device that knows nobody: only the root.
    w.begin_hub("fresh");
    w.sales("counter", 2);
    fs::remove_dir_all(w.folder.join("counter/extracts")).unwrap();
    fs::create_dir(w.folder.join("counter/extracts")).unwrap();
    let said = w.json("fresh", &["sync", "counter"], 2);
    assert_eq!(
        (said["aside"][0]["code"].as_u64(), said["aside"][0]["waits"].as_bool()),
        (Some(3004), Some(true)),
        "{said}"
    );
    assert_eq!(w.movements("fresh", "01C55"), 0);
    let again = w.json("fresh", &["sync", "counter"], 0);
    assert_eq!(pieces(&again["there"]), (0, 0), "what waits isn't sent again");
    let said = w.sync("fresh", "province");
    assert!(said["taken_from_aside"].as_u64() >= Some(1), "{said}");
    assert_eq!(w.movements("fresh", "01C55"), 2);
    assert_eq!(fs::read_dir(w.folder.join("fresh/aside")).unwrap().count(), 0);
}

#[test]
fn a_restored_folder_takes_no_more_records_and_says_the_way_on() {
    let w = world("restored");
    w.sales("counter", 1);
    w.copy("counter", "backup");
    w.sales("counter", 2);
    w.sync("counter", "phone");
    fs::remove_dir_all(w.folder.join("counter")).unwrap();
    w.copy("backup", "counter");
    let said = w.json("counter", &["sync", "phone"], 4);
    assert_eq!((&said["own"]["standing"], &said["own"]["peer_count"]), (&"behind".into(), &4.into()), "{said}");
    assert_eq!(w.movements("counter", "01C55"), 3, "what the other device holds of it is here again");
    // The sale that the backup holds unsealed is one of them.
    assert_eq!((numbers(&stock(&w, "counter", &[])[0], &["on_hand"]), said["own"].get("unsealed")), (vec![-6], None));
    assert!(w.ends("counter", &["record", "out", "--scan", PACK, "--quantity", "1"], 4).err.contains("new key"));
    // The way on: a new key, enrolled as the same line.
    w.ok("counter", &["authority", "renew", "--out", "renewal.mlt"]);
    let log = w.log("counter");
    w.ok("province", &["authority", "enrol", "renewal.mlt", "--renews", &log[..16], "--out", "renewed.mlt"]);
    w.ok("counter", &["device", "accept", "renewed.mlt"]);
    w.sales("counter", 1);
    w.sync("counter", "phone");
    assert_eq!((w.movements("counter", "01C55"), w.movements("phone", "01C55")), (4, 4));
}

#[test]
fn a_copied_folder_that_was_written_on_is_told_so_before_it_seals_a_second_history() {
    let w = world("copy-unsealed");
    w.sales("counter", 1);
    w.copy("counter", "twin");
    w.sales("counter", 2);
    w.sync("counter", "phone");
    record(&w, "twin", "out", BY_HAND, "7", &[]);
    let (log, seals) = (w.log("twin"), |who: &str, log: &str| w.kept(who, log).2);
    let before = seals("twin", &log);
    for peer in ["phone", "hub"] {
        // Whoever holds the log says so: the phone, and the hub that the phone brought it to.
        let said = w.json("twin", &["sync", peer], 4);
        follows_its_schema(&said);
        let own = &said["own"];
        assert_eq!((&own["standing"], &own["unsealed"]), (&"behind".into(), &1.into()), "{said}");
        assert_eq!(seals("twin", &log), before, "no seal over what contradicts the other history");
        assert_eq!((&said["there"]["forks"], pieces(&said).0), (&Value::Array(Vec::new()), 0), "{said}");
        w.sync("phone", "hub");
    }
    assert!(w.ends("twin", &["seal"], 4).err.contains("new key"));
    // The device itself goes on: nobody holds two histories of its log.
    w.sales("counter", 1);
    let said = w.sync("counter", "hub");
    assert_eq!((&said["own"]["standing"], &said["there"]["forks"]), (&"as_here".into(), &Value::Array(Vec::new())));
    assert_eq!((w.movements("hub", "01C55"), w.movements("counter", "01C55")), (4, 4));
}

#[test]
fn a_copied_folder_that_was_sealed_is_a_fork_that_both_hold() {
    let w = world("copied");
    w.sales("counter", 1);
    w.copy("counter", "twin");
    w.sales("counter", 1);
    record(&w, "twin", "out", BY_HAND, "7", &[]);
    // Each side sealed what it wrote before it met anybody who knows better.
    w.ok("twin", &["seal"]);
    w.sync("counter", "phone");
    let said = w.json("twin", &["sync", "phone"], 4);
    assert_eq!(
        (&said["own"]["standing"], said["there"]["forks"].as_array().unwrap().len()),
        (&"forked".into(), 1),
        "{said}"
    );
    for who in ["twin", "phone"] {
        assert_eq!(w.movements(who, "01C55"), 3, "both branches at {who}");
    }
    // The proof travels on: to the hub, and to the device itself.
    let said = w.sync("phone", "hub");
    assert_eq!(said["there"]["forks"].as_array().unwrap().len(), 1, "{said}");
    assert_eq!(w.movements("hub", "01C55"), 3);
    assert_eq!(w.json("counter", &["sync", "hub"], 4)["own"]["standing"], "forked");
    assert_eq!(w.json("twin", &["sync", "hub"], 4)["own"]["standing"], "forked");
    let said = w.json("twin", &["sync", "hub"], 4);
    assert_eq!((pieces(&said), pieces(&said["there"])), ((0, 0), (0, 0)), "{said}");
}

#[test]
fn over_pipes_with_text_between_the_frames_and_cut_anywhere() {
    let w = world("pipes");
    w.sales("counter", 3);
    w.sales("phone", 1);
    for most in [0, 30, 100, 200] {
        let [a, b] = w.piped(["counter", "phone"], b"", most);
        assert!(a.0 == Some(3) && b.0 == Some(3), "{a:?} {b:?}");
    }
    let [a, b] = w.piped(["counter", "phone"], b"0108935221225326\nready\n", usize::MAX);
    assert_eq!((a.0, b.0), (Some(0), Some(0)), "{a:?} {b:?}");
    assert!(a.1.contains("ready"), "lines of text are handed on: {}", a.1);
    let said: Value = serde_json::from_str(a.1.lines().last().unwrap()).unwrap();
    follows_its_schema(&said);
    assert_eq!((w.movements("counter", "01C55"), w.movements("phone", "01C55")), (4, 4));
}
