//! What anybody can make without a key of the tree must not get in, nor cost much.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use medlot_core::crypto::Suite;
use medlot_core::record::Entry;
use medlot_core::trust::{BundleError, Counts};
use medlot_sdk::evidence::{Evidence, Library};
use medlot_sdk::verify::{Question, verify_with};
use medlot_tests::world::{ALL, AUTHORITY, Bundle, Grant, Key, Log};

fn judged(root: &Log, object: Vec<u8>) -> (Counts, Option<BundleError>, usize) {
    let mut library = Library::of_root(root.anchor().unwrap());
    library.objects.push(object);
    let evidence = Evidence::of(&library).unwrap();
    let answer = verify_with(&evidence, &library.objects[0], &Question::default()).unwrap();
    (answer.counts, answer.refused, evidence.all_facts().len())
}

/// A root that committed to no next one, and a stranger's log that says it is the next.
fn rival() -> (Log, Log) {
    let root = Log::root(Suite::Ed25519, 1, [0; 32]).unwrap();
    let mut rival = Log::next_root(&root, Key::new(Suite::Ed25519, 66).unwrap(), root.at(1).unwrap(), [0; 32]).unwrap();
    let device = Log::under(&root, Suite::Ed25519, 67, "01C55").unwrap();
    for _ in 0..1_000 {
        rival.enrol(&device, Grant::over(AUTHORITY, ALL)).unwrap();
    }
    (root, rival)
}

#[test]
fn a_log_that_claims_to_be_the_next_root_brings_in_its_claim_and_nothing_more() {
    let (root, rival) = rival();
    let whole = Bundle::new().keyed(&rival, &rival.body(0, 300).unwrap()).unwrap().object();
    let (counts, refused, facts) = judged(&root, whole);
    assert_eq!((counts, facts), (Counts::No, 1));
    assert_eq!(refused, Some(BundleError::NotUnder(0)));
    let claim = Bundle::new().keyed(&rival, &rival.one(0).unwrap()).unwrap();
    let (counts, refused, facts) = judged(&root, claim.clone().run(&rival, 1, 301).unwrap().object());
    assert_eq!((counts, facts), (Counts::Unknown, 2));
    assert_eq!(refused, Some(BundleError::UnknownLog(1, rival.id.log_id())));
    let (counts, refused, _) = judged(&root, claim.object());
    assert_ne!(counts, Counts::Yes, "the claim itself is read, and doesn't count");
    assert_eq!(refused, None);
}

#[test]
fn a_root_that_committed_to_it_takes_the_next_ones_records() {
    let key = Key::new(Suite::P256, 66).unwrap();
    let root = Log::root(Suite::Ed25519, 1, key.commitment(&[0; 32]).unwrap()).unwrap();
    let mut next = Log::next_root(&root, key, root.at(1).unwrap(), [0; 32]).unwrap();
    let device = Log::under(&root, Suite::Ed25519, 67, "01C55").unwrap();
    next.enrol(&device, Grant::over(AUTHORITY, ALL)).unwrap();
    let path = Bundle::new().keyed(&next, &next.one(0).unwrap()).unwrap().one(&next, 1).unwrap();
    let object = path.under(&device.one(0).unwrap()).unwrap().object();
    let (counts, refused, _) = judged(&root, object);
    assert_eq!((counts, refused), (Counts::Yes, None));
}

#[test]
fn the_largest_bundle_of_an_authority_is_judged_in_bounded_work() {
    // Sixteen segments full of cuts, by an authority that is enrolled: the worst that somebody inside can hand over.
    let mut root = Log::root(Suite::Ed25519, 1, [0; 32]).unwrap();
    let mut authority = Log::under(&root, Suite::Ed25519, 2, "01").unwrap();
    root.enrol(&authority, Grant::over(AUTHORITY, ALL)).unwrap();
    let device = Log::under(&authority, Suite::Ed25519, 3, "01C55").unwrap();
    authority.enrol(&device, Grant::own(medlot_tests::world::MOVE)).unwrap();
    for _ in 0..1_500 {
        authority.push(Entry::Revoke(device.at(0).unwrap())).unwrap();
    }
    let mut bundle = Bundle::new().one(&root, 1).unwrap();
    for from in (0..authority.len() - 2).step_by(500).take(3) {
        bundle = bundle.run(&authority, from, from + 500).unwrap();
    }
    let (counts, refused, facts) = judged(&root, bundle.object());
    assert_eq!((counts, refused, facts), (Counts::Yes, None, 1_502));
}
