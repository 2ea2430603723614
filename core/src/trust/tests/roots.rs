//! Roots and next roots (`spec/trust.md` section 2).

use super::*;

fn commitment(key: &str, carried: Hash) -> Hash {
    id(&[b"commit", key.as_bytes(), &carried.0])
}

/// A next root over `old`, whose NextRoot cuts it at the count.
fn next_root(w: &mut World, old: Hash, key: &str, carried: Hash, n: u32) -> Hash {
    let log = child_of(&w.root.clone(), key, "");
    w.chains.insert((log, 0), vec![log]);
    let cut = w.cut(old, 0, n);
    w.push(log, FactKind::NextRoot { cut, opens: commitment(key, carried), commitment: carried, key: NO_KEY });
    log
}

fn two_roots_ahead() -> World {
    World::committed(commitment("second", commitment("third", Hash([0; 32]))))
}

#[test]
fn a_next_root_goes_on_as_the_same_line_and_ends_the_old_one() {
    let mut w = two_roots_ahead();
    let root = w.root;
    let kept = w.enrol(root, "kept", DEVICE);
    let late = w.enrol(root, "late", DEVICE);
    w.hold(root, 0);
    let second = next_root(&mut w, root, "second", commitment("third", Hash([0; 32])), 2);
    let new = w.enrol_under(second, root, "new", DEVICE);
    let [kept, late, new] = [kept, late, new].map(|log| w.fill(log));
    assert_eq!(w.of(kept), YES, "enrolled before the cut");
    assert_eq!(w.of(late), no(Reason::EnrolmentRefused), "enrolled after it");
    assert_eq!(w.of(new), YES, "enrolled by the next root, under the same line");
}

#[test]
fn enrolments_after_the_cut_of_a_root_hold_again_when_the_next_root_repeats_them() {
    let mut w = two_roots_ahead();
    let root = w.root;
    let log = w.enrol(root, "key", DEVICE);
    w.hold(root, 0);
    let second = next_root(&mut w, root, "second", commitment("third", Hash([0; 32])), 1);
    let sale = w.fill(log);
    assert_eq!(w.of(sale), no(Reason::EnrolmentRefused));
    w.enrol_under(second, root, "key", DEVICE);
    assert_eq!(w.of(sale), YES);
}

#[test]
fn the_newest_root_decides_which_next_root_counts() {
    let mut w = two_roots_ahead();
    let root = w.root;
    let log = w.enrol(root, "key", DEVICE);
    let sale = w.fill(log);
    w.hold(root, 0);
    let second = next_root(&mut w, root, "second", commitment("third", Hash([0; 32])), 1);
    assert_eq!(w.of(sale), no(Reason::EnrolmentRefused));
    // The second root wrote its entry 0 twice: on the other branch it keeps the enrolment.
    w.chains.insert((second, 1), vec![second]);
    let cut = w.cut(root, 0, 2);
    let carried = commitment("third", Hash([0; 32]));
    let opens = commitment("second", carried);
    let other = w.push_on(second, 1, FactKind::NextRoot { cut, opens, commitment: carried, key: NO_KEY });
    assert_eq!(w.of(sale), no(Reason::EnrolmentRefused), "both count, and the root is held to both cuts");
    w.hold(second, 0);
    w.hold(second, 1);
    let third = child_of(&root, "third", "");
    w.chains.insert((third, 0), vec![third]);
    let cut = w.cut(second, 1, 1);
    w.push(
        third,
        FactKind::NextRoot { cut, opens: commitment("third", Hash([0; 32])), commitment: Hash([0; 32]), key: NO_KEY },
    );
    assert_eq!(w.of_entry(other), YES);
    assert_eq!(w.of(sale), YES, "the third root picked the branch that keeps it");
}

#[test]
fn a_log_without_the_committed_key_is_no_root() {
    let mut w = two_roots_ahead();
    let root = w.root;
    w.hold(root, 0);
    let thief = next_root(&mut w, root, "thief", commitment("third", Hash([0; 32])), 1);
    let log = w.enrol_under(thief, root, "key", DEVICE);
    let sale = w.fill(log);
    assert_eq!(w.of(sale), unknown(Reason::NotEnrolled));
}

#[test]
fn a_next_root_must_cut_the_root_before_it_at_one_or_more() {
    for n in [0, 1] {
        let mut w = two_roots_ahead();
        let root = w.root;
        let second = next_root(&mut w, root, "second", commitment("third", Hash([0; 32])), n);
        let log = w.enrol_under(second, root, "key", DEVICE);
        let sale = w.fill(log);
        assert_eq!(w.of(sale).0, if n == 1 { Counts::Yes } else { Counts::Unknown });
    }
}

#[test]
fn zeros_commit_to_no_root() {
    let mut w = World::new();
    let root = w.root;
    let log = child_of(&root, "second", "");
    w.chains.insert((log, 0), vec![log]);
    let cut = w.cut(root, 0, 1);
    let entry = w.push(log, FactKind::NextRoot { cut, opens: Hash([0; 32]), commitment: Hash([0; 32]), key: NO_KEY });
    assert_eq!(w.of_entry(entry), unknown(Reason::NotEnrolled));
}

#[test]
fn a_newer_root_confirms_a_prefix_of_an_older_one_and_the_older_itself_does_not() {
    for by_newer in [false, true] {
        let mut w = two_roots_ahead();
        let root = w.root;
        let log = w.enrol(root, "key", DEVICE);
        let sale = w.fill(log);
        let enrolled = w.cut(root, 0, 2);
        w.fill(root);
        if !by_newer {
            w.confirm(root, enrolled);
        }
        let n = w.tip(root).count;
        let second = next_root(&mut w, root, "second", commitment("third", Hash([0; 32])), n);
        assert_eq!(w.of(sale), unknown(Reason::PathUnknown), "the chain between isn't here");
        if by_newer {
            w.confirm(second, enrolled);
            assert_eq!(w.of(sale), YES);
        }
    }
}

#[test]
fn root_records_stand_at_index_0_of_a_root_only() {
    let mut w = World::new();
    let (root, kind) = (w.root, FactKind::Root { commitment: Hash([1; 32]) });
    let later = w.push(root, kind);
    let log = w.enrol(root, "key", AUTHORITY);
    let beneath = w.push(log, kind);
    for entry in [later, beneath] {
        assert_eq!(w.of_entry(entry), no(Reason::Malformed));
    }
}
