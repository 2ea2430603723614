//! Every single-bit flip and every truncation of ten different bundles is refused: nothing of what comes out of one
//! ever counts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
use std::fs;
use std::path::PathBuf;

use medlot_core::crypto::Suite;
use medlot_core::movement::Direction;
use medlot_core::record::Roles;
use medlot_core::time::Timestamp;
use medlot_core::trust::Counts;
use medlot_sdk::authority::{self, EnrolPlan, RecallPlan, RootPlan, ScopePlan, Written};
use medlot_sdk::desk::{Desk, JoinPlan};
use medlot_sdk::evidence::{Evidence, Library};
use medlot_sdk::fields::Fields;
use medlot_sdk::stock::{self, HandoverPlan};
use medlot_sdk::verify::{Question, verify_with};

const NOW: Timestamp = Timestamp::from_secs(217_600_000);
const EVERYTHING: Roles = Roles(0b11_1111);

struct World {
    folder: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl World {
    fn join(&self, by: &mut Desk, who: &str, suite: Suite, roles: Roles, scope: &ScopePlan) -> (Desk, Vec<u8>) {
        let invitation = authority::invite(by, Some(who), roles).unwrap();
        let plan = JoinPlan { facility: None, roles: None, label: Some(who.to_owned()), suite, outside_key: None };
        let (mut desk, request) = Desk::join(&self.folder.join(who), &invitation.object, &plan, NOW).unwrap();
        let plan = EnrolPlan { roles: None, scope: scope.clone(), valid_from: None, valid_until: None, renews: None };
        let enrolment = authority::enrol(by, &request, &plan).unwrap();
        desk.accept(std::slice::from_ref(&enrolment.object)).unwrap();
        assert!(desk.is_enrolled().unwrap());
        (desk, enrolment.object)
    }
}

fn line(n: u32) -> Fields {
    Fields {
        product: Some(format!("registration:893110{:04}25", 1000 + n)),
        lot: Some(format!("LOT{n:03}")),
        expiry: Some("2028-03".into()),
        quantity: Some((n + 1).to_string()),
        ..Fields::default()
    }
}

fn hand_over(desk: &mut Desk, lines: u32) -> Vec<u8> {
    let plan = HandoverPlan {
        to: "facility:01C55".into(),
        reason: None,
        documents: vec!["delivery_note:PX-7".into()],
        lines: (0..lines).map(line).collect(),
        operator: None,
        show_detail: false,
    };
    stock::handover(desk, &plan).unwrap().0
}

/// The root and ten bundles of every sort, with what has to be held to verify each.
fn bundles() -> (Vec<u8>, Vec<(&'static str, Vec<u8>)>) {
    let folder = std::env::temp_dir().join(format!("medlot-tampering-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    let world = World { folder: folder.clone() };
    let plan =
        RootPlan { country: "VN".into(), currency: "VND".into(), utc_offset: 420, suite: Suite::Ed25519, keys: 2 };
    authority::init(&folder.join("root"), &plan, NOW).unwrap();
    let mut root = Desk::open(&folder.join("root"), NOW).unwrap();
    let all = ScopePlan::Prefixes(Vec::new());
    let (mut province, one) = world.join(&mut root, "SYT", Suite::P256, EVERYTHING, &all);
    let (mut district, two) = world.join(&mut province, "HUYEN", Suite::Ed25519, EVERYTHING, &all);
    let (mut device, three) = world.join(&mut district, "01C56", Suite::Ed25519, Roles(0b100), &ScopePlan::Own);
    let (mut phone, _) = world.join(&mut province, "01C58", Suite::P256, Roles(0b100), &ScopePlan::Own);
    let single = hand_over(&mut device, 1);
    let ten = hand_over(&mut device, 10);
    let by_phone = hand_over(&mut phone, 2);
    stock::record(&mut phone, Direction::In, &line(3)).unwrap();
    phone.seal().unwrap();
    let whole = stock::extract(&phone, 0).unwrap();
    let object = |written: medlot_sdk::error::Result<Written>| written.unwrap().object;
    let recall = RecallPlan {
        class: 1,
        notice: "TB-1".into(),
        products: vec!["gtin:8936098966893".into(), "registration:540100430425".into()],
        lots: vec!["LOT001".into()],
        from: None,
    };
    let recall = object(authority::recall(&mut district, &recall));
    province.accept(std::slice::from_ref(&whole)).unwrap();
    let cut = object(authority::revoke(&mut province, &phone.log().id().to_string(), None));
    let next = object(authority::next_root(root));
    let anchor = fs::read(folder.join("root/root.mlt")).unwrap();
    let all = vec![
        ("one enrolment", one),
        ("two enrolments, both suites", two),
        ("three enrolments", three),
        ("one line", single),
        ("ten lines", ten),
        ("a phone's P-256", by_phone),
        ("a whole log in three segments", whole),
        ("a recall", recall),
        ("a cut", cut),
        ("a next root with what it repeats", next),
    ];
    drop(world);
    (anchor, all)
}

/// What a stranger with the root says of an object.
fn verdict(library: &mut Library, object: Vec<u8>) -> Counts {
    library.objects.clear();
    library.objects.push(object);
    let evidence = Evidence::of(library).unwrap();
    let object = &library.objects[0];
    verify_with(&evidence, object, &Question::default()).unwrap().counts
}

#[test]
fn every_flipped_bit_and_every_truncation_of_ten_bundles_is_refused() {
    let (anchor, bundles) = bundles();
    assert_eq!(bundles.len(), 10);
    let mut library = Library::of_root(anchor);
    for (name, bundle) in bundles {
        assert_eq!(verdict(&mut library, bundle.clone()), Counts::Yes, "{name}");
        for length in 0..bundle.len() {
            let cut = bundle[..length].to_vec();
            // A bundle that ends between two elements is a shorter bundle: what is left of it must still count by itself.
            let ends_between = medlot_core::record::read_header(&cut)
                .is_ok_and(|(_, rest)| !rest.is_empty() && medlot_core::record::Elements::new(rest).all(|e| e.is_ok()));
            if !ends_between {
                assert_ne!(
                    verdict(&mut library, cut),
                    Counts::Yes,
                    "{name}, cut to {length} of {} bytes",
                    bundle.len()
                );
            }
        }
        for bit in 0..bundle.len() * 8 {
            let mut flipped = bundle.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(verdict(&mut library, flipped), Counts::Yes, "{name}, bit {bit}");
        }
    }
}
