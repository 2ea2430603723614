//! Sessions over folders: when the own log is sealed, and that an old copy of it never is.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
use medlot_sdk::authority::{EnrolPlan, RootPlan, ScopePlan, enrol, init, invite};
use medlot_sdk::desk::{Desk, JoinPlan};
use medlot_sdk::folder::{Folder, LogFile, Medium, ReadOnly, Vault};
use medlot_sdk::medlot_core::crypto::{Hash, Suite};
use medlot_sdk::medlot_core::record::{Entry, Record, Role, Roles};
use medlot_sdk::medlot_core::sync::Standing;
use medlot_sdk::medlot_core::time::Timestamp;
use medlot_sdk::sync::{Exchange, Plan, Report};
use std::fs;
use std::path::{Path, PathBuf};

const NOW: Timestamp = Timestamp::from_secs(217_000_000);

/// A root and two devices of one facility, in folders.
struct Place(PathBuf);

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|e| (e.path(), e.file_name())).unwrap();
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

impl Place {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("medlot-exchange-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        let place = Self(path);
        let root =
            RootPlan { country: "VN".into(), currency: "VND".into(), utc_offset: 420, suite: Suite::Ed25519, keys: 1 };
        init(&place.at("ministry"), &root, NOW).unwrap();
        for device in ["a", "b"] {
            let mut ministry = place.desk("ministry");
            let invitation = invite(&ministry, Some("01C55"), Roles::of(&[Role::Move])).unwrap().object;
            let plan = JoinPlan { facility: None, roles: None, label: None, suite: Suite::Ed25519, outside_key: None };
            let (mut desk, request) = Desk::join(&place.at(device), &invitation, &plan, NOW).unwrap();
            let plan =
                EnrolPlan { roles: None, scope: ScopePlan::Own, valid_from: None, valid_until: None, renews: None };
            let enrolment = enrol(&mut ministry, &request, &plan).unwrap().object;
            desk.accept(&[enrolment]).unwrap();
        }
        place
    }
    fn at(&self, who: &str) -> PathBuf {
        self.0.join(who)
    }
    fn desk(&self, who: &str) -> Desk {
        Desk::open(&self.at(who), NOW).unwrap()
    }
    /// Writes records, and seals nothing.
    fn write(&self, who: &str, words: std::ops::Range<u8>) {
        let mut desk = self.desk(who);
        for word in words {
            desk.write(Entry::Blind([word; 16])).unwrap();
        }
    }
    fn open(&self, who: &str) -> Exchange {
        Exchange::open(&self.at(who), &Plan::new(NOW)).unwrap()
    }
    /// The file of a device's own log in a folder; `medlot.toml` says which it is.
    fn log(&self, who: &str, of: &str) -> PathBuf {
        let config = fs::read_to_string(self.at(of).join("medlot.toml")).unwrap();
        let log = config.lines().find_map(|line| line.strip_prefix("log = ")).unwrap().trim_matches('"').to_owned();
        self.at(who).join("logs").join(format!("{log}.mlog"))
    }
    /// Records and sealed records of a device's own log, as another one's folder keeps it.
    fn kept(&self, who: &str, of: &str) -> (usize, u32) {
        let log = LogFile::open(&self.log(who, of), &Medium::Disk, &Vault::plain()).unwrap();
        (log.records().len(), log.seals().last().map_or(0, |seal| seal.count))
    }
    fn meet(&self, a: &str, b: &str) -> [Report; 2] {
        let (mut one, mut two) = (self.open(a), self.open(b));
        loop {
            let there = one.take_outgoing().unwrap();
            two.receive(&there).unwrap();
            let back = two.take_outgoing().unwrap();
            one.receive(&back).unwrap();
            if there.is_empty() && back.is_empty() {
                return [one.finish().unwrap(), two.finish().unwrap()];
            }
        }
    }
}

#[test]
fn the_own_log_is_sealed_when_the_peers_first_page_was_read_and_no_sooner() {
    let place = Place::new("when");
    place.write("a", 0..3);
    place.write("b", 0..2);
    let (mut a, mut b) = (place.open("a"), place.open("b"));
    assert_eq!(place.kept("a", "a"), (4, 1), "opening seals nothing");
    let hello = b.take_outgoing().unwrap();
    a.receive(&hello).unwrap();
    let first = a.take_outgoing().unwrap();
    assert_eq!(place.kept("a", "a"), (4, 1), "a hello says nothing of the log");
    // b reads a's hello and first page, and seals; a reads b's first page byte by byte.
    b.receive(&first).unwrap();
    assert_eq!((place.kept("b", "b"), place.kept("a", "a")), ((3, 3), (4, 1)));
    let page = b.take_outgoing().unwrap();
    let mut sealed_at = None;
    for (at, byte) in page.iter().enumerate() {
        a.receive(&[*byte]).unwrap();
        if sealed_at.is_none() && place.kept("a", "a") == (4, 4) {
            sealed_at = Some(at);
        }
    }
    assert!(sealed_at.is_some_and(|at| at > 19), "a page of at least one item: {sealed_at:?}");
    loop {
        let there = a.take_outgoing().unwrap();
        b.receive(&there).unwrap();
        let back = b.take_outgoing().unwrap();
        a.receive(&back).unwrap();
        if there.is_empty() && back.is_empty() {
            break;
        }
    }
    let (a, b) = (a.finish().unwrap(), b.finish().unwrap());
    assert!(a.done && b.done && a.exit_code() == 0 && b.exit_code() == 0);
    // All of it went over in the session that sealed it; then each wrote what it observed.
    assert_eq!((place.kept("b", "a").0, place.kept("a", "b").0), (4, 3));
    assert_eq!((a.own.unwrap().1, b.own.unwrap().1), (4, 3), "and each knows that the other holds it");
}

#[test]
fn a_session_that_is_cut_before_the_peers_first_page_leaves_the_log_as_it_was() {
    let place = Place::new("cut");
    place.write("a", 0..3);
    let mut b = place.open("b");
    let hello = b.take_outgoing().unwrap();
    let path = place.log("a", "a");
    let before = fs::read(&path).unwrap();
    for came in [&[][..], &hello] {
        let mut a = place.open("a");
        a.receive(came).unwrap();
        a.take_outgoing().unwrap();
        assert!(!a.finish().unwrap().done);
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

#[test]
fn an_old_copy_that_was_written_on_seals_nothing_and_is_closed() {
    // The copy wrote nothing, less, as much, and more than the device itself did.
    for (written, standing) in [(0, "behind"), (1, "behind"), (2, "forked"), (3, "forked")] {
        let place = Place::new(&format!("copy-{written}"));
        copy(&place.at("a"), &place.at("twin"));
        place.write("a", 0..2);
        place.meet("a", "b");
        // What the device observed stands behind its two records.
        place.meet("a", "b");
        let held = place.kept("b", "a").0 as u32;
        assert_eq!(held, 4);
        place.write("twin", 100..100 + written + u8::from(written > 1));
        let path = place.log("twin", "twin");
        let before = fs::read(&path).unwrap();
        let [twin, b] = place.meet("twin", "b");
        match (standing, twin.standing) {
            ("behind", Standing::Behind(count)) | ("forked", Standing::Forked(count)) => assert_eq!(count, held),
            other => panic!("{written}: {other:?}"),
        }
        assert_eq!(fs::read(&path).unwrap(), before, "{written}: neither a seal nor a record");
        assert_eq!((twin.exit_code(), b.exit_code(), b.forks.len()), (4, 0, 0));
        assert_eq!(twin.unsealed, usize::from(written + u8::from(written > 1)), "what nobody else will get");
        assert!(place.desk("twin").write(Entry::Blind([9; 16])).is_err());
        // The device itself goes on.
        place.write("a", 5..6);
        assert_eq!(place.meet("a", "b").map(|report| report.exit_code()), [0, 0]);
    }
}

#[test]
fn a_device_that_is_shown_another_history_of_its_log_writes_no_more_under_its_key() {
    // What another device wrote under the same key: more than stands here, as much, and what is a proof of two histories.
    for (here, there) in [(0, 1), (2, 2), (3, 1)] {
        let place = Place::new(&format!("shown-{here}-{there}"));
        let sealed = |who: &str, words: std::ops::Range<u8>| {
            for word in words {
                place.write(who, word..word + 1);
                place.desk(who).seal().unwrap();
            }
        };
        sealed("a", 0..2);
        copy(&place.at("a"), &place.at("twin"));
        if here == 3 {
            sealed("a", 10..10 + here);
        } else {
            place.write("a", 10..10 + here);
        }
        sealed("twin", 20..20 + there);
        let piece = place.desk("twin").entries_bundle(3, 3 + u32::from(there)).unwrap();
        let mut desk = place.desk("a");
        let own = desk.entries_bundle(1, 3).unwrap();
        let said = desk.accept(&[own]).unwrap();
        assert!(said.get("read_only").is_none(), "its own records are no other history: {said}");
        let before = fs::read(place.log("a", "a")).unwrap();
        let said = desk.accept(&[piece]).unwrap();
        assert!(said["read_only"].as_str().unwrap().contains("new key"), "{said}");
        assert_eq!(desk.write(Entry::Blind([9; 16])).unwrap_err().name, "ahead");
        assert_eq!(fs::read(place.log("a", "a")).unwrap(), before, "neither a seal nor a record");
    }
}

/// A log that stands in a device's folder.
fn kept_log(desk: &Desk, id: Hash) -> LogFile {
    let mut logs = desk.folder().logs().unwrap().into_iter().map(|path| desk.folder().open_log(&path).unwrap());
    logs.find(|log| log.id() == id).unwrap()
}

#[test]
fn a_new_key_seals_what_the_old_one_left_and_its_log_notes_where_that_ends() {
    let place = Place::new("new-key");
    place.write("a", 1..4);
    let mut desk = place.desk("a");
    let old = desk.log().id();
    assert_eq!(desk.log().tip().unsealed(), 3);
    let request = desk.renew(Suite::P256).unwrap();
    let plan = EnrolPlan {
        roles: None,
        scope: ScopePlan::Own,
        valid_from: None,
        valid_until: None,
        renews: Some(old.to_string()),
    };
    let enrolment = enrol(&mut place.desk("ministry"), &request, &plan).unwrap().object;
    desk.accept(&[enrolment]).unwrap();
    drop(desk);
    let desk = place.desk("a");
    assert_ne!(desk.log().id(), old);
    let before = kept_log(&desk, old);
    assert_eq!(before.tip().unsealed(), 0, "nobody else would ever learn what stands unsealed");
    let Entry::Observed(noted) = Record::decode(desk.log().records().get(1).unwrap()).unwrap().entry else {
        panic!("the new log begins with its introduction and where the old one ends")
    };
    assert_eq!((noted.log, noted.count, noted.clock), (old.log16(), before.tip().count(), Some(0)));
    // Restored elsewhere, others may hold more of the old log: nothing more is sealed under its key.
    place.write("b", 1..3);
    let desk = place.desk("b");
    let old = desk.log().id();
    let request = desk.renew(Suite::Ed25519).unwrap();
    drop(desk);
    let mut folder = Folder::open(&place.at("b")).unwrap();
    folder.make_read_only(ReadOnly::Restored).unwrap();
    drop(folder);
    let plan = EnrolPlan { renews: Some(old.to_string()), ..plan };
    let enrolment = enrol(&mut place.desk("ministry"), &request, &plan).unwrap().object;
    let mut desk = place.desk("b");
    desk.accept(&[enrolment]).unwrap();
    assert_eq!(kept_log(&desk, old).tip().unsealed(), 2);
}
