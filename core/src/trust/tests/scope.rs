//! Roles, scopes and their containment (`spec/trust.md` sections 2.1 and 2.2).

use super::*;

const MOVE: Roles = Roles::of(&[Role::Move]);

#[test]
fn own_facility_contains_only_the_same_facility_and_only_scope_own() {
    let parent = grant(MOVE, Scope::OwnFacility, "V1");
    assert!(parent.contains(&grant(MOVE, Scope::OwnFacility, "V1")));
    assert!(!parent.contains(&grant(MOVE, Scope::OwnFacility, "V10")));
    assert!(!parent.contains(&grant(MOVE, list(&["V1"]), "V1")), "a list, though it begins with the code");
    assert!(!parent.contains(&grant(MOVE, Scope::Prefixes(List::EMPTY), "V1")));
}

#[test]
fn every_prefix_of_a_child_begins_with_one_of_its_parents() {
    let parent = grant(MOVE, list(&["HN-", "HP-"]), "DOH");
    assert!(parent.contains(&grant(MOVE, list(&["HN-04", "HP-"]), "HN-04")));
    assert!(!parent.contains(&grant(MOVE, list(&["HN-04", "H"]), "HN-04")), "one prefix is wider");
    assert!(!parent.contains(&grant(MOVE, list(&["HCM-"]), "HN-04")));
    assert!(parent.contains(&grant(MOVE, Scope::OwnFacility, "HP-7")));
}

#[test]
fn a_childs_facility_lies_within_its_parents_scope() {
    let parent = grant(MOVE, list(&["HN-"]), "DOH");
    assert!(!parent.contains(&grant(MOVE, Scope::OwnFacility, "DOH")), "the parent's own code isn't in its list");
    assert!(!parent.contains(&grant(MOVE, list(&["HN-1"]), "HP-1")));
}

#[test]
fn all_is_given_only_from_all_and_contains_everything() {
    let all = grant(MOVE, Scope::Prefixes(List::EMPTY), "MOH");
    let list = grant(MOVE, list(&["H"]), "MOH");
    let child = grant(MOVE, Scope::Prefixes(List::EMPTY), "HN");
    assert!(all.contains(&child) && all.contains(&list) && all.contains(&grant(MOVE, Scope::OwnFacility, "x")));
    assert!(!list.contains(&child));
}

#[test]
fn prefixes_are_bytes_so_v1_reaches_v10() {
    assert!(grant(MOVE, list(&["V1"]), "A").reaches("V10"));
    assert!(!grant(MOVE, list(&["V1-"]), "A").reaches("V10"));
    assert!(!grant(MOVE, list(&["V1-"]), "A").reaches("V1"));
}

#[test]
fn roles_of_a_child_are_a_subset_and_unnamed_bits_are_compared_too() {
    let parent = grant(Roles(0b10_0000_0101), Scope::Prefixes(List::EMPTY), "A");
    assert!(parent.contains(&grant(Roles(0b10_0000_0100), Scope::OwnFacility, "P")));
    assert!(!parent.contains(&grant(Roles(0b01_0000_0100), Scope::OwnFacility, "P")));
    assert!(parent.contains(&grant(Roles::NONE, Scope::OwnFacility, "P")));
}

#[test]
fn one_enrol_must_grant_a_record_alone() {
    let mut w = World::new();
    let moves = grant(Roles::of(&[Role::Move, Role::Regulate]), Scope::OwnFacility, "P-1");
    let list = grant(Roles::of(&[Role::Move]), list(&["P-"]), "P-1");
    let log = w.enrol(w.root, "key", moves);
    w.enrol(w.root, "key", list);
    let record = w.fill(log);
    let asks = |need: Need<'_>| w.verdict(record, need).reason;
    assert_eq!(asks(Need::role(Role::Regulate).of_facility("P-1")), None);
    assert_eq!(asks(Need::STOCK.of_facility("P-2")), None);
    assert_eq!(asks(Need::role(Role::Regulate).of_facility("P-2")), Some(Reason::RoleExceeded), "no union of the two");
}

#[test]
fn each_need_is_met_by_its_roles_and_by_no_other() {
    let cases: &[(Need<'_>, &[Role])] = &[
        (Need::STOCK, &[Role::Move, Role::Report]),
        (Need::WITNESS, &[Role::Attest, Role::Move, Role::Report]),
        (Need::role(Role::Supply), &[Role::Supply]),
        (Need::role(Role::Attest), &[Role::Attest]),
        (Need::role(Role::Regulate), &[Role::Regulate]),
        (Need::role(Role::Enrol), &[Role::Enrol]),
    ];
    let all = [Role::Enrol, Role::Regulate, Role::Move, Role::Supply, Role::Attest, Role::Report];
    for (need, meets) in cases {
        for role in all {
            let mut w = World::new();
            let log = w.enrol(w.root, "key", grant(Roles::of(&[role]), Scope::OwnFacility, "P-1"));
            let record = w.fill(log);
            assert_eq!(w.verdict(record, *need).counts == Counts::Yes, meets.contains(&role), "{need:?} {role:?}");
            assert_eq!(w.verdict(record, Need::ANY).counts, Counts::Yes);
        }
    }
}

#[test]
fn an_enrol_needs_the_role_enrol_besides_what_it_gives() {
    let mut w = World::new();
    let other = w.enrol(w.root, "key", grant(Roles(0b11_1110), Scope::Prefixes(List::EMPTY), "A"));
    let device = w.enrol(other, "device", DEVICE);
    let sale = w.fill(device);
    assert_eq!(w.of(sale), no(Reason::EnrolmentRefused));
}
