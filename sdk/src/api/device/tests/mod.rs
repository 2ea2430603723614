//! Devices whose files and keys the platform keeps: nothing that was confirmed is lost, and nothing else happened.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
mod account;
mod counter;
mod renewal;

use super::*;
use crate::api::{StoredChange, StoredFile, VerdictKind, Verifier};
use crate::authority::{EnrolPlan, RootPlan, ScopePlan, enrol, init, invite};
use medlot_core::crypto::{SoftwareKey, Suite};
use medlot_core::record::{Role, Roles};
use medlot_core::time::Timestamp;
use std::collections::BTreeMap;

/// 2026-11-28, 08:00 UTC.
const NOW: i64 = 1_795_939_200;
const PARACETAMOL: &str = "gtin:08934567000017";

/// What a platform stores.
#[derive(Clone, Default)]
struct Stored(BTreeMap<String, Vec<u8>>);

impl Stored {
    fn apply(&mut self, changes: Vec<StoredChange>) {
        for change in changes {
            match change {
                StoredChange::Write { name, bytes } => {
                    self.0.insert(name, bytes);
                }
                StoredChange::Append { name, at, bytes } => {
                    let file = self.0.get_mut(&name).unwrap();
                    file.truncate(at as usize);
                    file.extend(bytes);
                }
                StoredChange::Remove { name } => {
                    self.0.remove(&name).unwrap();
                }
            }
        }
    }
    fn files(&self) -> Vec<StoredFile> {
        self.0.iter().map(|(name, bytes)| StoredFile { name: name.clone(), bytes: bytes.clone() }).collect()
    }
    /// Makes durable what a call left.
    fn keep(&mut self, device: &Device) {
        self.apply(device.changes().unwrap());
        device.confirm();
    }
}

/// A ministry in memory.
struct Ministry(Desk);

impl Ministry {
    fn new() -> Self {
        let plan =
            RootPlan { country: "VN".into(), currency: "VND".into(), utc_offset: 420, suite: Suite::Ed25519, keys: 1 };
        let memory = Memory::default();
        let now = Timestamp::from_unix(NOW).unwrap();
        init(memory.clone(), &plan, now).unwrap();
        Self(Desk::open(memory, now).unwrap())
    }
    fn root(&self) -> Vec<u8> {
        self.0.folder().root().unwrap()
    }
    fn invite(&self, facility: &str) -> Vec<u8> {
        self.invite_as(facility, &[Role::Move, Role::Supply])
    }
    fn invite_as(&self, facility: &str, roles: &[Role]) -> Vec<u8> {
        invite(&self.0, Some(facility), Roles::of(roles)).unwrap().object
    }
    fn enrol(&mut self, request: &[u8]) -> Vec<u8> {
        let plan = EnrolPlan { roles: None, scope: ScopePlan::Own, valid_from: None, valid_until: None, renews: None };
        enrol(&mut self.0, request, &plan).unwrap().object
    }
    /// Enrols a new key of the line of this log.
    fn enrol_renewed(&mut self, request: &[u8], log: &str) -> Vec<u8> {
        let renews = Some(log.to_owned());
        let plan = EnrolPlan { roles: None, scope: ScopePlan::Own, valid_from: None, valid_until: None, renews };
        enrol(&mut self.0, request, &plan).unwrap().object
    }
    /// A device whose key is kept with its files.
    fn device(&mut self, facility: &str) -> (Device, Stored) {
        self.device_as(facility, &[Role::Move, Role::Supply])
    }
    fn device_as(&mut self, facility: &str, roles: &[Role]) -> (Device, Stored) {
        let device = Device::join(self.invite_as(facility, roles), JoinInput::default(), None, NOW).unwrap();
        let mut stored = Stored::default();
        stored.keep(&device);
        let enrolment = self.enrol(&device.request().unwrap());
        assert!(device.accept(enrolment, NOW).unwrap().enrolled);
        stored.keep(&device);
        (device, stored)
    }
    /// A device whose key a key store outside keeps.
    fn signed_outside(&mut self, facility: &str, suite: Suite) -> (Device, Stored, SoftwareKey) {
        let key = SoftwareKey::from_seed(suite, &[7; 32]).unwrap();
        let public_key = Some(key.public_key(&mut [0; 33]).to_vec());
        let of = if suite == Suite::P256 { KeySuite::P256 } else { KeySuite::Ed25519 };
        let input = JoinInput { public_key, suite: Some(of), ..JoinInput::default() };
        let device = Device::join(self.invite(facility), input, None, NOW).unwrap();
        let mut stored = Stored::default();
        stored.keep(&device);
        sign(&device, &mut stored, &key);
        let enrolment = self.enrol(&device.request().unwrap());
        assert!(device.accept(enrolment, NOW).unwrap().enrolled);
        stored.keep(&device);
        (device, stored, key)
    }
}

/// Makes durable, signs, makes durable.
fn sign(device: &Device, stored: &mut Stored, key: &SoftwareKey) {
    stored.keep(device);
    let to_sign = device.prepare_seal(NOW).unwrap().unwrap();
    stored.keep(device);
    device.attach_seal(to_sign.count, key.sign(&to_sign.bytes).to_vec(), false, NOW).unwrap();
    stored.keep(device);
}

fn line(lot: &str, quantity: &str) -> MovementInput {
    let text = |text: &str| Some(text.to_owned());
    MovementInput {
        product: text(PARACETAMOL),
        lot: text(lot),
        expiry: text("2028-06"),
        quantity: text(quantity),
        ..MovementInput::default()
    }
}

fn lot(number: &str) -> LotInput {
    LotInput { product: PARACETAMOL.into(), lot: Some(number.into()), ..LotInput::default() }
}

fn comes_in(device: &Device, lot: &str, quantity: &str) -> Answer<Written> {
    device.record(Direction::In, line(lot, quantity), false, Language::En, NOW)
}

fn on_hand(device: &Device) -> Vec<(String, i64, i64)> {
    let page = device.stock(StockInput::default(), 0, 100, Language::En, NOW).unwrap();
    assert_eq!((page.total as usize, page.incomplete.len()), (page.rows.len(), 0));
    page.rows.into_iter().map(|row| (row.lot.unwrap(), row.on_hand, row.in_transit_in)).collect()
}

fn handover(to: &str, lines: Vec<MovementInput>) -> HandoverInput {
    HandoverInput { to: format!("facility:{to}"), lines, operator: Some("NV07".into()), ..HandoverInput::default() }
}

#[test]
fn what_was_confirmed_is_there_again_and_what_was_not_never_happened() {
    let mut ministry = Ministry::new();
    let (device, mut stored) = ministry.device("01C55");
    comes_in(&device, "A1", "100").unwrap();
    stored.keep(&device);
    let kept = stored.clone();
    comes_in(&device, "A1", "7").unwrap();
    assert_eq!(on_hand(&device), [("A1".into(), 107, 0)]);
    // The page is killed before the second was stored.
    let again = Device::open(kept.files(), None, NOW).unwrap();
    assert_eq!(on_hand(&again), [("A1".into(), 100, 0)]);
    assert_eq!(again.status().unwrap().dropped, 0);
}

#[test]
fn nothing_further_is_written_until_the_last_is_confirmed_and_a_failure_closes_it() {
    let mut ministry = Ministry::new();
    let (device, _) = ministry.device("01C55");
    comes_in(&device, "A1", "100").unwrap();
    assert_eq!(comes_in(&device, "A1", "1").unwrap_err().code(), 4012);
    assert_eq!(device.sync_begin(SyncInput::default(), NOW).unwrap_err().code(), 4012);
    assert_eq!(on_hand(&device).len(), 1, "it can be read");
    device.failed();
    assert_eq!((comes_in(&device, "A1", "1").unwrap_err().code(), device.changes().unwrap().len()), (4013, 0));
    let refused = device.status().unwrap_err();
    assert_eq!((refused.code(), refused.name(), refused.kind()), (4013, "closed", "usage"));
    assert!(refused.vietnamese().contains("mở lại"), "{}", refused.vietnamese());
}

#[test]
fn a_file_cut_off_anywhere_in_its_last_change_opens_without_it() {
    let mut ministry = Ministry::new();
    let (device, mut stored) = ministry.device("01C55");
    comes_in(&device, "A1", "100").unwrap();
    stored.keep(&device);
    comes_in(&device, "A1", "7").unwrap();
    let changes = device.changes().unwrap();
    let [StoredChange::Append { name, at, bytes }] = changes.as_slice() else { panic!("{changes:?}") };
    for cut in 0..bytes.len() {
        let mut torn = stored.clone();
        torn.apply(vec![StoredChange::Append { name: name.clone(), at: *at, bytes: bytes[..cut].to_vec() }]);
        let again = Device::open(torn.files(), None, NOW).unwrap();
        assert_eq!((on_hand(&again), again.status().unwrap().dropped as usize), (vec![("A1".into(), 100, 0)], cut));
    }
}

#[test]
fn a_key_kept_outside_signs_hand_overs_that_anyone_verifies_in_either_suite() {
    for suite in [Suite::Ed25519, Suite::P256] {
        let mut ministry = Ministry::new();
        let (sender, mut stored, key) = ministry.signed_outside("01A01", suite);
        let (receiver, mut kept) = ministry.device("01C55");
        comes_in(&sender, "A1", "120").unwrap();
        stored.keep(&sender);
        assert_eq!(sender.seal(NOW).unwrap_err().code(), 4011);
        // What stands before it is sealed first, so that it stays at home.
        let goods = handover("01C55", vec![line("A1", "50"), line("A1", "10")]);
        let early = sender.hand_over(goods.clone(), false, Language::Vi, NOW).unwrap_err();
        assert_eq!((early.code(), sender.changes().unwrap().len()), (4011, 0));
        sign(&sender, &mut stored, &key);
        let written = sender.hand_over(goods, false, Language::Vi, NOW).unwrap();
        assert_eq!((written.lines, &written.bundle), (2, &None));
        stored.keep(&sender);
        // The operator's code waits for the seal, over a restart too.
        assert_eq!(comes_in(&sender, "A2", "1").unwrap_err().code(), 4011);
        let sender = Device::open(stored.files(), None, NOW).unwrap();
        assert_eq!(sender.bundle(written.first, 2).unwrap_err().code(), 4011);
        sign(&sender, &mut stored, &key);
        let bundle = sender.bundle(written.first, 2).unwrap();
        assert!(!bundle.windows(4).any(|bytes| bytes == b"NV07"), "staff codes stay at home");
        assert_eq!(sender.status().unwrap().unsealed, 1, "the code stands behind the seal");

        let trace = sender.trace(lot("A1"), Language::En, NOW).unwrap();
        assert_eq!(trace.edges.iter().map(|edge| edge.quantity).collect::<Vec<_>>(), [50, 10]);
        let verdict = Verifier::new(ministry.root()).unwrap().verify(bundle.clone(), Some(NOW), None).unwrap();
        assert_eq!((verdict.verdict, verdict.records.len() > 2), (VerdictKind::Valid, true));
        let found = ReceiveInput { got: vec![GotLine { line: 2, quantity: "8".into() }], ..ReceiveInput::default() };
        let receipt = receiver.receive(bundle.clone(), found, NOW).unwrap();
        kept.keep(&receiver);
        assert_eq!(receipt.records.iter().filter(|record| record.answers.is_some()).count(), 2);
        assert_eq!(on_hand(&receiver), [("A1".into(), 58, 2)]);
        let mut forged = bundle;
        let middle = forged.len() / 2;
        forged[middle] ^= 1;
        let verdict = Verifier::new(ministry.root()).unwrap().verify(forged, Some(NOW), None).unwrap();
        assert_eq!(verdict.verdict, VerdictKind::Invalid);
    }
}

#[test]
fn what_waits_behind_a_seal_is_written_once_wherever_the_power_fails() {
    let mut ministry = Ministry::new();
    let (sender, mut stored, key) = ministry.signed_outside("01A01", Suite::P256);
    comes_in(&sender, "A1", "120").unwrap();
    sign(&sender, &mut stored, &key);
    sender.hand_over(handover("01C55", vec![line("A1", "50")]), false, Language::Vi, NOW).unwrap();
    stored.keep(&sender);
    let to_sign = sender.prepare_seal(NOW).unwrap().unwrap();
    stored.keep(&sender);
    sender.attach_seal(to_sign.count, key.sign(&to_sign.bytes).to_vec(), false, NOW).unwrap();
    let changes = sender.changes().unwrap();
    assert_eq!(changes.len(), 3, "the seal, what waited, and that it waits no more: {changes:?}");
    for cut in 0..=changes.len() {
        let mut cut_off = stored.clone();
        cut_off.apply(changes[..cut].to_vec());
        let again = Device::open(cut_off.files(), None, NOW).unwrap();
        cut_off.keep(&again);
        if cut == 0 {
            assert_eq!(comes_in(&again, "A2", "1").unwrap_err().code(), 4011);
            sign(&again, &mut cut_off, &key);
        }
        let status = again.status().unwrap();
        assert_eq!((status.records, status.unsealed), (to_sign.count + 1, 1), "cut after {cut} changes");
        comes_in(&again, "A2", "1").unwrap();
    }
}

#[test]
fn a_peer_is_told_nothing_that_is_not_durable() {
    let mut ministry = Ministry::new();
    let (a, mut of_a) = ministry.device("01C55");
    let (b, mut of_b) = ministry.device("01C55");
    comes_in(&a, "A1", "100").unwrap();
    of_a.keep(&a);
    a.sync_begin(SyncInput::default(), NOW).unwrap();
    b.sync_begin(SyncInput::default(), NOW).unwrap();
    let mut waited = false;
    for _ in 0..20 {
        b.sync_receive(a.sync_send().unwrap()).unwrap();
        if !b.changes().unwrap().is_empty() {
            assert_eq!(b.sync_send().unwrap_err().code(), 4012);
            waited = true;
        }
        of_b.keep(&b);
        a.sync_receive(b.sync_send().unwrap()).unwrap();
        of_a.keep(&a);
    }
    assert!(waited && b.sync_finish(NOW).unwrap().done);
}

#[test]
fn a_public_key_that_is_none_is_refused_before_anything_is_begun() {
    let ministry = Ministry::new();
    for (suite, key) in [(KeySuite::P256, vec![7; 33]), (KeySuite::P256, vec![2; 5]), (KeySuite::Ed25519, vec![9; 33])]
    {
        let input = JoinInput { public_key: Some(key), suite: Some(suite), ..JoinInput::default() };
        let refused = Device::join(ministry.invite("01C55"), input, None, NOW).unwrap_err();
        assert!(refused.english().starts_with("public_key: "), "{refused}");
    }
}

#[test]
fn a_foreign_signature_is_refused_and_the_offer_stands() {
    let mut ministry = Ministry::new();
    let (device, mut stored, key) = ministry.signed_outside("01A01", Suite::P256);
    comes_in(&device, "A1", "120").unwrap();
    stored.keep(&device);
    let to_sign = device.prepare_seal(NOW).unwrap().unwrap();
    stored.keep(&device);
    let other = SoftwareKey::from_seed(Suite::P256, &[8; 32]).unwrap().sign(&to_sign.bytes).to_vec();
    assert!(device.attach_seal(to_sign.count, other, false, NOW).is_err());
    let refused = device.attach_seal(to_sign.count, vec![0; 63], false, NOW).unwrap_err();
    assert!(refused.english().contains("63 bytes"), "{refused}");
    device.attach_seal(to_sign.count, key.sign(&to_sign.bytes).to_vec(), false, NOW).unwrap();
    stored.keep(&device);
    assert_eq!(device.prepare_seal(NOW).unwrap(), None);
}

#[test]
fn two_devices_of_one_facility_synchronise_and_agree() {
    let mut ministry = Ministry::new();
    let (a, mut of_a) = ministry.device("01C55");
    let (b, mut of_b, key) = ministry.signed_outside("01C55", Suite::P256);
    comes_in(&a, "A1", "100").unwrap();
    of_a.keep(&a);
    comes_in(&b, "B1", "40").unwrap();
    sign(&b, &mut of_b, &key);
    a.sync_begin(SyncInput::default(), NOW).unwrap();
    b.sync_begin(SyncInput::default(), NOW).unwrap();
    assert!(comes_in(&a, "A1", "1").unwrap_err().english().contains("under way"));
    while !(a.sync_is_done().unwrap() && b.sync_is_done().unwrap()) {
        let there = a.sync_send().unwrap();
        b.sync_receive(there.clone()).unwrap();
        of_b.keep(&b);
        let back = b.sync_send().unwrap();
        a.sync_receive(back.clone()).unwrap();
        of_a.keep(&a);
        assert!(!there.is_empty() || !back.is_empty(), "it goes on");
    }
    let far = a.sync_progress().unwrap();
    assert!(far.done && far.sent.pieces > 0 && far.stored.bytes > 0, "{far:?}");
    for (device, stored) in [(&a, &mut of_a), (&b, &mut of_b)] {
        let said = device.sync_finish(NOW).unwrap();
        assert!(said.done && said.aside.is_empty() && said.standing == "as_here", "{said:?}");
        stored.keep(device);
    }
    let both = [("A1".to_owned(), 100, 0), ("B1".to_owned(), 40, 0)];
    assert_eq!((on_hand(&a), on_hand(&b)), (both.to_vec(), both.to_vec()));
    let again = Device::open(of_b.files(), None, NOW).unwrap();
    assert_eq!(on_hand(&again), both);
}

#[test]
fn counting_taking_back_and_asking_answer_with_fields() {
    let mut ministry = Ministry::new();
    let (device, mut stored) = ministry.device("01C55");
    let first = comes_in(&device, "A1", "100").unwrap();
    assert_eq!((first.first, first.records[0].quantity, first.unsealed), (1, Some(100), 1));
    stored.keep(&device);
    let reversed = device.reverse("1", Some(5), NoteInput::default(), Language::En, NOW).unwrap();
    assert_eq!(reversed.records[0].total, Some(5));
    stored.keep(&device);
    let begun = device.count_begin(CountInput::default(), NOW).unwrap();
    stored.keep(&device);
    device.count_line(Some(begun.first), line("A1", "93"), NOW).unwrap();
    stored.keep(&device);
    device.count_end(Some(begun.first), false, None, NOW).unwrap();
    stored.keep(&device);
    assert_eq!(on_hand(&device), [("A1".into(), 93, 0)]);
    let card = device.card(lot("A1"), 0, 100, NOW).unwrap();
    assert_eq!(card.rows.last().map(|row| (row.change, row.balance)), Some((-2, 93)));
    let pick =
        device.pick(StockInput { product: Some(PARACETAMOL.into()), ..StockInput::default() }, "95", NOW).unwrap();
    assert_eq!((pick.lines.len(), pick.lines[0].quantity, pick.missing), (1, Some(93), 2));
    let wrong = device.record(Direction::Out, line(&"X".repeat(200), "1"), false, Language::En, NOW).unwrap_err();
    assert!(wrong.english().contains("200") && wrong.code() / 100 == 11, "{wrong}");
    assert!(device.findings(FindingsInput::default(), 0, 10, Language::Vi, NOW).unwrap().rows.is_empty());
    device.close();
    assert_eq!(device.request().unwrap_err().code(), 4013);
}

#[test]
fn movements_entered_together_are_all_there_or_none_and_an_error_names_the_line() {
    let mut ministry = Ministry::new();
    let (device, mut stored) = ministry.device("01C55");
    let entered = |direction, lines| device.record_all(direction, lines, false, Language::En, NOW);
    let before = device.status().unwrap().records;
    let many = |count: u32| (0..count).map(|lot| line(&format!("L{lot}"), "2")).collect::<Vec<_>>();

    let refused = entered(Direction::In, [many(3), vec![line("BAD", "none")]].concat()).unwrap_err();
    assert!(refused.english().starts_with("line 4: "), "{refused}");
    for count in [0, 1_025] {
        let refused = entered(Direction::In, many(count)).unwrap_err();
        assert_eq!(refused.code(), 4001);
        assert!(refused.english().contains(&format!("movements: {count} are given")), "{refused}");
    }
    assert_eq!(device.status().unwrap().records, before, "nothing of it is written");

    let said = entered(Direction::In, many(700)).unwrap();
    assert_eq!((said.first, said.count), (before, 700));
    stored.keep(&device);
    assert_eq!(device.stock(StockInput::default(), 0, 0, Language::En, NOW).unwrap().total, 700);
    assert_eq!(Device::open(stored.files(), None, NOW).unwrap().status().unwrap().records, before + 700);

    let expired = MovementInput { expiry: Some("2020-01".into()), ..line("OLD", "1") };
    let stopped = entered(Direction::Out, vec![line("L1", "1"), expired]).unwrap_err();
    assert!(stopped.code() == 4010 && stopped.english().starts_with("line 2: "), "{stopped}");
}

#[test]
fn what_is_not_taken_or_believed_says_why_in_both_languages() {
    let mut ministry = Ministry::new();
    let (device, _) = ministry.device("01C55");
    let damaged = b"not an object".to_vec();

    let taken = device.accept(damaged.clone(), NOW).unwrap().objects.remove(0);
    let why = taken.why.unwrap();
    assert!(!taken.taken && why.code > 0 && !why.message.is_empty());
    assert_eq!(Some(why.vietnamese.as_str()), crate::words::vietnamese(why.code));

    let verdict = device.verify(damaged, NOW).unwrap();
    let reason = &verdict.reasons[0];
    assert_eq!(Some(reason.vietnamese.as_str()), crate::words::vietnamese(reason.code), "{reason:?}");
}

#[test]
fn files_under_a_storage_key_open_with_it_alone() {
    let ministry = Ministry::new();
    let device = Device::join(ministry.invite("01C55"), JoinInput::default(), Some(vec![3; 32]), NOW).unwrap();
    let mut stored = Stored::default();
    stored.keep(&device);
    assert!(
        stored
            .0
            .iter()
            .filter(|(name, _)| name.ends_with(".mlog"))
            .all(|(_, bytes)| !bytes.windows(5).any(|b| b == b"01C55"))
    );
    assert!(Device::open(stored.files(), Some(vec![3; 32]), NOW).is_ok());
    for key in [None, Some(vec![4; 32]), Some(vec![3; 31])] {
        assert!(Device::open(stored.files(), key, NOW).is_err());
    }
}

#[test]
fn a_folder_of_a_disk_is_the_same_device() {
    let mut ministry = Ministry::new();
    let folder = std::env::temp_dir().join(format!("medlot-device-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let path = folder.to_str().unwrap();
    let device = Device::join_folder(path, ministry.invite("01C55"), JoinInput::default(), None, NOW).unwrap();
    let enrolment = ministry.enrol(&device.request().unwrap());
    device.accept(enrolment, NOW).unwrap();
    comes_in(&device, "A1", "100").unwrap();
    assert_eq!(device.changes().unwrap(), []);
    assert!(Device::open_folder(path, None, NOW).unwrap_err().english().contains("wait"), "one holds it");
    device.close();
    assert_eq!(on_hand(&Device::open_folder(path, None, NOW).unwrap()), [("A1".into(), 100, 0)]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_backup_comes_back_to_be_read_and_goes_on_under_a_new_key() {
    let mut ministry = Ministry::new();
    let (device, mut stored) = ministry.device("01C55");
    comes_in(&device, "A1", "100").unwrap();
    stored.keep(&device);
    let backup = device.backup(false, NOW).unwrap();
    stored.keep(&device);
    assert_eq!(device.status().unwrap().unsealed, 0, "what stood unsealed was sealed first");
    comes_in(&device, "A1", "7").unwrap();

    let again = Device::restore(backup.clone(), None, NOW).unwrap();
    let mut kept = Stored::default();
    kept.keep(&again);
    assert!(!kept.0.keys().any(|name| name.starts_with("keys/")), "{:?}", kept.0.keys());
    let again = Device::open(kept.files(), None, NOW).unwrap();
    assert_eq!(on_hand(&again), [("A1".into(), 100, 0)]);
    let why = again.status().unwrap().read_only.unwrap();
    assert_eq!((why.code, why.name.as_str()), (4014, "restored"));
    assert!(why.message.contains("new key") && why.vietnamese.contains("khóa mới"), "{why:?}");
    assert!(comes_in(&again, "A1", "1").is_err());
    let elsewhere = Ministry::new().invite("01C55");
    assert!(again.begin_again(elsewhere, JoinInput::default(), NOW).is_err());
    assert!(again.status().unwrap().read_only.is_some(), "it is as it was");
    again.begin_again(ministry.invite("01C55"), JoinInput::default(), NOW).unwrap();
    kept.keep(&again);
    let enrolment = ministry.enrol(&again.request().unwrap());
    assert!(again.accept(enrolment, NOW).unwrap().enrolled);
    kept.keep(&again);
    comes_in(&again, "A1", "1").unwrap();
    kept.keep(&again);
    assert_eq!(on_hand(&Device::open(kept.files(), None, NOW).unwrap()), [("A1".into(), 101, 0)]);
    let refused = again.begin_again(ministry.invite("01C55"), JoinInput::default(), NOW).unwrap_err();
    assert!(refused.english().contains("needs no other key"), "{refused}");

    for wrong in [&b"nothing"[..], &backup[..backup.len() / 2]] {
        assert!(Device::restore(wrong.to_vec(), None, NOW).is_err());
    }
}
