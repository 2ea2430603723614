//! A station with a folder of its own beside the handheld: an authority above both, and synchronisation between the two.
use crate::device::{Device, Model, NoAnswer};
use medlot_core::crypto::Suite;
use medlot_core::movement::Direction;
use medlot_core::record::{Role, Roles};
use medlot_core::time::Timestamp;
use medlot_handheld::{Event, Input, Out, Wire};
use medlot_sdk::account::{Account, StockQuery};
use medlot_sdk::authority::{self, EnrolPlan, RecallPlan, RootPlan, ScopePlan};
use medlot_sdk::count::{self, CountPlan};
use medlot_sdk::desk::{Desk, JoinPlan};
use medlot_sdk::fields::Fields;
use medlot_sdk::folder::Folder;
use medlot_sdk::lang::Lang;
use medlot_sdk::qr::{from_text, to_text};
use medlot_sdk::stock;
use medlot_sdk::sync::{Exchange, Plan, Report};
use medlot_tests::chip::Chip;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The station's facility.
pub const STATION: &str = "01C55";
/// The time of all that is done in folders.
pub const NOW: &str = "2026-11-24T08:00:00Z";
const GTIN: &str = crate::day::GTIN;

/// What stands of a lot: its number, whether it is on hold, how many, whether it is recalled.
pub type Shelf = Vec<(String, bool, i64, bool)>;

fn now() -> Timestamp {
    Timestamp::parse(NOW).unwrap()
}

/// Folders of the authority and of the station's device.
pub struct Station {
    pub folder: PathBuf,
}

impl Drop for Station {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Station {
    /// An authority under a root, and the station's device, which has sold before the handheld comes.
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("medlot-hh-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let station = Self { folder };
        let plan =
            RootPlan { country: "VN".into(), currency: "VND".into(), utc_offset: 420, suite: Suite::Ed25519, keys: 1 };
        authority::init(&station.path("ministry"), &plan, now()).unwrap();
        let roles = Roles::of(&[Role::Enrol, Role::Regulate, Role::Move]);
        station.join("ministry", "province", "01SYT", roles, ScopePlan::Prefixes(vec!["01".into()]));
        station.join("province", "phone", STATION, Roles::of(&[Role::Move]), ScopePlan::Own);
        for (lot, units) in [("A100", "40"), ("A200", "25")] {
            station.record(Direction::In, lot, units);
        }
        station.record(Direction::Out, "A100", "3");
        station.desk("phone").seal().unwrap();
        station
    }
    /// The same in another folder.
    pub fn copy(&self, name: &str) -> Self {
        let to = Self { folder: self.folder.with_extension(name) };
        let _ = std::fs::remove_dir_all(&to.folder);
        copy(&self.folder, &to.folder);
        to
    }
    /// The folder of one of them.
    pub fn path(&self, who: &str) -> PathBuf {
        self.folder.join(who)
    }
    fn desk(&self, who: &str) -> Desk {
        Desk::open(&self.path(who), now()).unwrap()
    }
    fn enrol(&self, by: &str, request: &[u8], roles: Roles, scope: ScopePlan) -> Vec<u8> {
        let plan = EnrolPlan { roles: Some(roles), scope, valid_from: None, valid_until: None, renews: None };
        authority::enrol(&mut self.desk(by), request, &plan).unwrap().object
    }
    fn join(&self, by: &str, who: &str, facility: &str, roles: Roles, scope: ScopePlan) {
        let invitation = authority::invite(&self.desk(by), Some(facility), roles).unwrap().object;
        let plan = JoinPlan { suite: Suite::Ed25519, facility: None, roles: None, label: None, outside_key: None };
        let (mut desk, request) = Desk::join(&self.path(who), &invitation, &plan, now()).unwrap();
        desk.accept(&[self.enrol(by, &request, roles, scope)]).unwrap();
    }
    fn fields(lot: &str, units: &str) -> Fields {
        Fields {
            product: Some(format!("gtin:{GTIN}")),
            lot: Some(lot.into()),
            expiry: Some("2027-03-31".into()),
            quantity: Some(units.into()),
            ..Fields::default()
        }
    }
    /// The station's device writes a movement.
    pub fn record(&self, direction: Direction, lot: &str, units: &str) {
        stock::record(&mut self.desk("phone"), direction, &Self::fields(lot, units)).unwrap();
    }
    /// The station's device counts one lot.
    pub fn count(&self, lot: &str, units: &str) {
        let mut desk = self.desk("phone");
        count::begin(&mut desk, &CountPlan::default()).unwrap();
        count::line(&mut desk, None, &Self::fields(lot, units), None).unwrap();
        count::end(&mut desk, None, false, None).unwrap();
    }
    /// The authority recalls a lot.
    pub fn recall(&self, lot: &str) {
        let plan = RecallPlan {
            class: 2,
            notice: "QLD-2026-118".into(),
            products: vec![format!("gtin:{GTIN}")],
            lots: vec![lot.into()],
            from: None,
        };
        authority::recall(&mut self.desk("province"), &plan).unwrap();
    }
    /// The authority ends the phone's log at so many records.
    pub fn revoke_phone(&self, at: u32) {
        let log = self.desk("phone").log().id().to_string();
        authority::revoke(&mut self.desk("province"), &log, Some(at)).unwrap();
    }
    /// Records that the phone's log has.
    pub fn phone_records(&self) -> u32 {
        self.desk("phone").log().tip().count()
    }
    /// The station's device and the authority, which keeps everything, synchronise as over a network.
    pub fn meet_the_authority(&self) {
        let open =
            |who: &str, everything| Exchange::open(&self.path(who), &Plan { everything, ..Plan::new(now()) }).unwrap();
        let (mut a, mut b) = (open("phone", false), open("province", true));
        loop {
            let out = a.take_outgoing().unwrap();
            b.receive(&out).unwrap();
            let back = b.take_outgoing().unwrap();
            a.receive(&back).unwrap();
            if out.is_empty() && back.is_empty() {
                break;
            }
        }
        assert!(a.finish().unwrap().done && b.finish().unwrap().done);
    }
    /// The handheld joins the station, by lines of text.
    pub fn take_in(&self, handheld: &mut impl Device) {
        let ok = |handheld: &mut dyn FnMut(&str) -> Vec<String>, line: &str| {
            let said = handheld(line);
            assert!(said.last().unwrap().starts_with("ok"), "{line}: {said:?}");
            said
        };
        let mut say = |line: &str| handheld.line(line).unwrap();
        ok(&mut say, &format!("time {NOW}"));
        ok(&mut say, &format!("seed {}", "07".repeat(32)));
        let roles = Roles::of(&[Role::Move]);
        let invitation = authority::invite(&self.desk("province"), Some(STATION), roles).unwrap().object;
        let said = ok(&mut say, &to_text(&invitation));
        let request = from_text(said[0].strip_prefix("request ").unwrap()).unwrap();
        ok(&mut say, &to_text(&self.enrol("province", &request, roles, ScopePlan::Own)));
    }
    /// What stands at the station, by the folder of its device: the rows of `medlot stock --json`.
    pub fn shelf(&self) -> Shelf {
        let folder = Folder::open(&self.path("phone")).unwrap();
        let mut account = Account::of_folder(&folder, Some(now())).unwrap();
        rows_shelf(&account.stock(&StockQuery::default(), Lang::En).unwrap().rows_json())
    }
    /// Synchronises the station's device with a handheld on the host's model. `Err`: the handheld's supply failed.
    pub fn meet<const W: usize, const E: usize>(
        &self,
        model: &mut Model<W, E>,
    ) -> Result<(Vec<String>, Report), NoAnswer> {
        let mut exchange = Exchange::open(&self.path("phone"), &Plan::new(now())).unwrap();
        let chip = model.chip.clone();
        let mut cable = Cable { exchange: &mut exchange, chip, to: VecDeque::new(), said: Vec::new() };
        let mut input = Input::new();
        loop {
            let byte = cable.byte().expect("a frame");
            match input.push(byte, &mut model.work) {
                None => {}
                Some(Event::Frame(length)) => break model.device.sync(&mut model.work, length, &mut cable),
                Some(other) => panic!("{other:?}"),
            }
        }
        let said = String::from_utf8(cable.said).unwrap().lines().map(str::to_owned).collect();
        let report = exchange.finish().unwrap();
        if model.chip.borrow().is_dead { Err(NoAnswer) } else { Ok((said, report)) }
    }
}

/// What isn't nothing, in order.
pub fn in_order(mut shelf: Shelf) -> Shelf {
    shelf.retain(|(_, _, count, _)| *count != 0);
    shelf.sort();
    shelf
}

/// What rows of `medlot stock --json` say.
pub fn rows_shelf(rows: &[Value]) -> Shelf {
    let mut shelf = Vec::new();
    for row in rows {
        let number = |key: &str| row[key].as_i64().unwrap();
        let (lot, recalled) = (row["lot"].as_str().unwrap().to_owned(), row.get("recalls").is_some());
        shelf.push((lot.clone(), false, number("on_hand") - number("hold"), recalled));
        shelf.push((lot, true, number("hold"), recalled));
    }
    in_order(shelf)
}

/// What a handheld's `stock` says; it must say that it is all.
pub fn said_shelf(answer: &[String]) -> Shelf {
    assert_eq!(answer.last().unwrap(), "ok stock", "{answer:?}");
    let read = |line: &str| {
        assert!(!line.contains("unsettled"), "{line}");
        let words: Vec<&str> = line.split(' ').collect();
        (words[1].to_owned(), words[4] == "hold", words[3].parse().unwrap(), words[5..].contains(&"recalled"))
    };
    in_order(answer.iter().filter_map(|line| line.strip_prefix("stock ")).map(read).collect())
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy(&from, &to);
        } else if kind.is_file() {
            std::fs::copy(&from, &to).unwrap();
        }
    }
}

/// The cable between the host's model and a folder's session.
struct Cable<'e> {
    exchange: &'e mut Exchange,
    chip: Rc<RefCell<Chip>>,
    to: VecDeque<u8>,
    said: Vec<u8>,
}

impl Out for Cable<'_> {
    fn put(&mut self, bytes: &[u8]) {
        // A board whose supply failed says nothing any more.
        if !self.chip.borrow().is_dead {
            self.exchange.receive(bytes).unwrap();
            self.said.extend(self.exchange.take_text());
        }
    }
}

impl Wire for Cable<'_> {
    fn byte(&mut self) -> Option<u8> {
        if self.to.is_empty() && !self.chip.borrow().is_dead {
            self.to.extend(self.exchange.take_outgoing().unwrap());
        }
        self.to.pop_front()
    }
}
