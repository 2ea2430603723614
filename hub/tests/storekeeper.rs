//! The storekeeper's journey: two handhelds of a hospital, a count on the one while the other issues, clocks that differ.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
mod world;

use medlot_sdk::medlot_core::time::Timestamp;
use serde_json::{Value, json};
use world::World;
use world::books::{CEFTRIAXONE, findings, numbers, of_lot, record, stock};
use world::meet::follows_its_schema;

/// A hospital with handheld A, whose clock is right, and B, whose clock is so many days ahead.
struct Hospital {
    w: World,
    b_ahead: i64,
}

impl Hospital {
    /// Store K1 has 1,000 vials, 40 move to ward cupboard T05; both handhelds know it.
    fn new(name: &str, b_ahead: i64) -> Self {
        let h = Self { w: World::enrolled(&format!("storekeeper-{name}-{b_ahead}")), b_ahead };
        h.at("08:00");
        for who in ["A", "B"] {
            h.w.join("province", who, "01H01", "move", "own", "ed25519");
        }
        h.at("09:00");
        h.moves("A", "in", "1000", &["--store", "K1"]);
        h.moves("A", "move", "40", &["--store", "K1", "--to-store", "T05", "--reason", "store_to_store"]);
        let said = h.meet("09:20", ["A", "B"]);
        let ahead = b_ahead * 86_400;
        let noted = |who: &str| said[who]["observed"][0]["clock"].clone();
        assert_eq!((noted("A"), noted("B")), (json!(ahead), json!(-ahead)), "{said}");
        for who in ["A", "B"] {
            assert_eq!((h.on_hand(who, "K1"), h.on_hand(who, "T05")), (960, 40), "{who}");
        }
        h
    }

    /// It is so late on 24 November: each clock shows what it shows then.
    fn at(&self, time: &str) {
        self.w.set_clock("A", &format!("2026-11-24T{time}:00Z"));
        self.w.set_clock("B", &format!("2026-11-{}T{time}:00Z", 24 + self.b_ahead));
    }

    fn moves(&self, who: &str, direction: &str, vials: &str, more: &[&str]) {
        record(&self.w, who, direction, &format!("{CEFTRIAXONE};C7;2028-06"), vials, more);
    }

    fn issues(&self, who: &str, vials: &str, time: &str) {
        self.at(time);
        self.moves(who, "out", vials, &["--store", "K1", "--reason", "used_in_facility"]);
    }

    /// Writes what was taken from K1 so many seconds ago.
    fn writes_late(&self, who: &str, vials: u32, time: &str, ago: u32) {
        self.at(time);
        let now = Timestamp::parse(&self.w.clock(who)).unwrap();
        let took_place = Timestamp::from_secs(now.as_secs() - ago).to_string();
        let late = ["--store", "K1", "--reason", "used_in_facility", "--effective-at", &took_place];
        self.moves(who, "out", &vials.to_string(), &late);
    }

    /// At 10:00 A counts 928 in K1; its books say 960.
    fn a_counts(&self) {
        self.at("10:00");
        self.w.ok("A", &["count", "begin", "--store", "K1"]);
        let line = ["count", "line", "--product", CEFTRIAXONE, "--lot", "C7", "--quantity", "928"];
        assert_eq!(self.w.json("A", &line, 0)["records"][0]["shown"], 960);
        self.w.ok("A", &["count", "end"]);
    }

    /// Both synchronise, the first of the two begins, until nothing more goes over; what each said the first time.
    fn meet(&self, time: &str, order: [&str; 2]) -> Value {
        self.at(time);
        let mut first = None;
        for again in 0.. {
            let said = self.w.piped(order, b"", usize::MAX).map(|(code, said)| {
                assert_eq!(code, Some(0), "{said}");
                serde_json::from_str::<Value>(said.trim()).unwrap()
            });
            said.iter().for_each(follows_its_schema);
            let pieces: u64 = said.iter().map(|said| said["stored"]["pieces"].as_u64().unwrap()).sum();
            let [one, two] = said;
            first.get_or_insert_with(|| json!({order[0]: one, order[1]: two}));
            if pieces == 0 {
                break;
            }
            assert!(again < 3, "it never rests");
        }
        first.unwrap()
    }

    fn on_hand(&self, who: &str, store: &str) -> i64 {
        let rows = stock(&self.w, who, &[]);
        assert!(rows.iter().all(|row| row.get("incomplete").is_none()), "{who}: {rows:?}");
        numbers(of_lot(&rows, "C7", Some(store)), &["on_hand", "available"])[0]
    }

    /// What the count changed, as the stock card says it.
    fn difference(&self, who: &str) -> Vec<i64> {
        let card = self.w.json(who, &["card", "--product", CEFTRIAXONE, "--lot", "C7"], 0);
        let counts = card["card"].as_array().unwrap().iter().filter(|row| row["kind"] == "count_line");
        counts.map(|row| row["change"].as_i64().unwrap()).collect()
    }

    /// Findings besides that the other clock is ahead of the one by which it is asked.
    fn found(&self, who: &str) -> Vec<Value> {
        let (clocks, found): (Vec<_>, Vec<_>) =
            findings(&self.w, who, &[]).into_iter().partition(|finding| finding["name"] == "clock_ahead");
        let is_ahead = if who == "A" { self.b_ahead > 0 } else { self.b_ahead < 0 };
        assert_eq!(clocks.len(), usize::from(is_ahead), "at {who}: {clocks:?}");
        found
    }

    /// The journey's numbers, at both: 918 and never 888, and the count found 2 too few.
    fn is_reconciled(&self, t05: i64, found: &[(&str, Option<i64>)]) {
        self.at("12:00");
        for who in ["A", "B"] {
            assert_eq!((self.on_hand(who, "K1"), self.on_hand(who, "T05")), (918, t05), "at {who}, B {}", self.b_ahead);
            assert_eq!(self.difference(who), [-2], "at {who}, B {} days ahead", self.b_ahead);
            let said = self.found(who);
            let said: Vec<_> =
                said.iter().map(|f| (f["name"].as_str().unwrap(), f["detail"]["amount"].as_i64())).collect();
            assert_eq!(said, found, "at {who}, B {} days ahead", self.b_ahead);
        }
    }
}

/// With B's clock right, two days ahead and two days behind, and whoever begins to synchronise.
fn in_any_order(name: &str, journey: impl Fn(&Hospital, [&str; 2])) {
    for b_ahead in [0, 2, -2] {
        let begun = Hospital::new(name, b_ahead);
        for order in [["A", "B"], ["B", "A"]] {
            let name = format!("storekeeper-{name}-{b_ahead}-{}", order[0]);
            journey(&Hospital { w: begun.w.again(&name), b_ahead }, order);
        }
    }
}

#[test]
fn what_the_other_handheld_issued_before_the_count_was_counted_and_what_it_issued_after_is_taken_off() {
    in_any_order("count", |h, order| {
        h.issues("B", "30", "09:50");
        h.a_counts();
        h.issues("B", "10", "10:20");
        assert_eq!((h.on_hand("A", "K1"), h.on_hand("B", "K1")), (928, 920), "each as far as it knows");
        h.meet("11:00", order);
        h.is_reconciled(40, &[("absorbed_by_count", Some(30))]);
        assert!(h.w.ok("A", &["findings"]).contains("30"));
    });
}

#[test]
fn an_issue_that_is_written_late_is_absorbed_by_the_count_and_that_is_found() {
    in_any_order("late", |h, order| {
        h.at("09:52");
        h.moves("B", "out", "1", &["--store", "T05", "--reason", "used_in_facility"]);
        h.meet("09:55", order);
        h.a_counts();
        // What was taken at 09:50 is written at 10:15. A knew something later of B when it counted.
        h.writes_late("B", 30, "10:15", 25 * 60);
        h.issues("B", "10", "10:20");
        h.meet("11:00", order);
        h.is_reconciled(39, &[("absorbed_by_count", Some(30))]);
        assert!(h.w.ok("A", &["findings"]).contains("30"));
    });
}

#[test]
fn once_the_other_handheld_has_observed_the_count_nothing_later_is_absorbed_whatever_its_clock_says() {
    in_any_order("observed", |h, order| {
        h.issues("B", "30", "09:50");
        h.a_counts();
        h.meet("10:10", order);
        // B's clock falls back to an hour before the count, and nobody notes it.
        h.issues("B", "10", "09:00");
        h.meet("11:00", order);
        h.is_reconciled(40, &[("clock_back", Some(70 * 60)), ("absorbed_by_count", Some(30))]);
    });
}

#[test]
fn what_is_given_before_its_expiry_and_written_after_it_needs_no_leave_and_a_time_to_come_is_refused() {
    let h = Hospital::new("late", 0);
    let given = |who: &str, day: &str, at: &str, code: i32| {
        h.w.set_clock(who, &format!("{day}T08:00:00Z"));
        let pack = ["--product", CEFTRIAXONE, "--lot", "C7", "--expiry", "2028-06", "--quantity", "1"];
        let how = ["--store", "K1", "--reason", "used_in_facility", "--effective-at", at];
        h.w.json(who, &[&["record", "out"][..], &pack, &how].concat(), code)
    };
    let late = given("A", "2028-07-02", "2028-06-30T09:00:00Z", 0);
    assert_eq!(late["records"][0]["effective_at"], "2028-06-30T09:00:00Z", "{late}");
    let stopped = given("A", "2028-07-02", "2028-07-01T09:00:00Z", 4);
    assert_eq!(stopped["error"]["code"], 4010, "{stopped}");
    let to_come = given("A", "2028-07-02", "2028-07-02T08:00:01Z", 3);
    let said = to_come["error"]["message"].as_str().unwrap();
    assert!(said.contains("effective_at: 2028-07-02T08:00:01Z is later than now, 2028-07-02T08:00:00Z"), "{said}");
}
