//! What holds in every world.

use super::reference::Reference;
use super::*;
use proptest::prelude::*;

static GRANTS: std::sync::LazyLock<[Grant<'static>; 7]> = std::sync::LazyLock::new(|| {
    [
        AUTHORITY,
        AUTHORITY,
        grant(Roles(0b1111), list(&["P-"]), "P-0"),
        grant(Roles(0b101), list(&["P-1"]), "P-1"),
        DEVICE,
        grant(Roles(0b101), Scope::OwnFacility, "P-1"),
        grant(Roles(0b10_0000), Scope::Prefixes(List::EMPTY), "Q"),
    ]
});

const SECOND: &str = "second root";

/// What a world is made of: what happens, and three numbers that pick where.
type Step = (u8, u8, u8, u8);

fn pick<T: Copy>(all: &[T], by: u8) -> T {
    all[usize::from(by) % all.len()]
}

fn build(steps: &[Step]) -> World {
    let commitment = id(&[b"commit", SECOND.as_bytes()]);
    let mut w = World::committed(commitment);
    // Logs with the lines that they are of.
    let mut logs = vec![(w.root, w.root)];
    for (what, a, b, c) in steps.iter().copied() {
        let (by, under) = pick(&logs, a);
        let (target, _) = pick(&logs, b);
        let branch = |w: &World, log: Hash| if c % 3 == 0 && w.chains.contains_key(&(log, 1)) { 1 } else { 0 };
        let part = |w: &World, log: Hash, branch| {
            let n = usize::from(c) % w.chain(log, branch).len();
            w.cut(log, branch, u32::try_from(n).unwrap())
        };
        match what {
            0..=4 => {
                // The last but one: trees are to grow downwards too.
                let (by, under) = if what == 4 { pick(&logs[logs.len().saturating_sub(2)..], a) } else { (by, under) };
                let child = w.enrol_under(by, under, &format!("key {}", c % 5), pick(&*GRANTS, b));
                logs.push((child, child));
            }
            5 => {
                let grant = pick(&*GRANTS, c);
                let child = child_of(&under, &format!("renewed {}", c % 2), grant.facility);
                // As in the format, *first* is of the same parent and facility: perhaps a line that stands, perhaps none.
                let line = child_of(&under, &format!("key {}", b % 5), grant.facility);
                w.begin_enrolled(by, FactKind::Enrol { under, child, line, grant, key: NO_KEY });
                logs.push((child, line));
            }
            6..=8 => {
                let cut = part(&w, target, branch(&w, target));
                let at = branch(&w, by);
                w.push_on(by, at, FactKind::Cut(cut));
            }
            9 => {
                let prefix = part(&w, target, branch(&w, target));
                w.confirm(by, prefix);
            }
            10 => drop(w.push_on(by, branch(&w, by), FactKind::Critical)),
            11 => drop(w.fill_on(by, branch(&w, by))),
            12 if !w.chains.contains_key(&(by, 1)) => w.branch(by, usize::from(c) % w.chain(by, 0).len()),
            13..=16 => {
                let branch = branch(&w, by);
                let (from, to) = (usize::from(b) % 3, w.chain(by, branch).len() - 1);
                let span = w.span(by, branch, from.min(to), to, c % 4 != 1);
                w.spans.push(span);
            }
            17 => drop(w.push(by, FactKind::Other(Need::role(Role::Regulate)))),
            18 => {
                let log = child_of(&w.root.clone(), SECOND, "");
                let cut = part(&w, w.root, 0);
                let kind = FactKind::NextRoot { cut, opens: commitment, commitment: Hash([0; 32]), key: NO_KEY };
                if let std::collections::btree_map::Entry::Vacant(place) = w.chains.entry((log, 0)) {
                    place.insert(vec![log]);
                    w.push(log, kind);
                    logs.push((log, w.root));
                }
            }
            _ => {}
        }
    }
    w
}

fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0..19_u8, any::<u8>(), any::<u8>(), any::<u8>()), 0..most)
}

const NEEDS: [Need<'static>; 4] = [Need::STOCK, Need::INTRODUCE, Need::ANY, Need::role(Role::Regulate)];

/// What is told of a log's fork and of those above it.
fn forks(w: &World, log: &Hash) -> (Option<Fork>, Vec<Hash>) {
    w.with(|trust| (trust.fork_of(log), trust.forks_above(log).collect()))
}

/// Every verdict on every record of the world.
fn all_verdicts(w: &World) -> Vec<(RecordId, Vec<Verdict>)> {
    w.with(|trust| {
        w.records()
            .into_iter()
            .map(|record| (record, NEEDS.map(|need| trust.counts_of(record, need)).to_vec()))
            .collect()
    })
}

fn shuffled<T: Copy>(all: &[T], seed: u64) -> Vec<T> {
    let mut keyed: Vec<(Hash, T)> =
        all.iter().enumerate().map(|(at, item)| (id(&[&seed.to_le_bytes(), &at.to_le_bytes()]), *item)).collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, item)| item).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn evaluation_and_the_algorithm_written_down_naively_agree(steps in steps(70)) {
        let w = build(&steps);
        let reference = Reference::of(&w);
        w.with(|trust| {
            for (position, verdict) in trust.verdicts().iter().enumerate() {
                prop_assert_eq!(verdict.counts, reference.entry(position), "{:?}", w.entries[position]);
            }
            for record in w.records() {
                for need in NEEDS {
                    prop_assert_eq!(trust.counts_of(record, need).counts, reference.counts_of(&record, &need));
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_order_of_facts_never_matters(steps in steps(70), seed: u64) {
        let w = build(&steps);
        let mut other = w.clone();
        other.entries = shuffled(&w.entries, seed);
        other.spans = shuffled(&w.spans, seed);
        prop_assert_eq!(all_verdicts(&w), all_verdicts(&other));
        let entries = w.with(|trust| trust.verdicts().to_vec());
        let moved = other.with(|trust| trust.verdicts().to_vec());
        for (entry, verdict) in other.entries.iter().zip(moved) {
            let before = w.entries.iter().position(|e| e == entry).unwrap();
            prop_assert_eq!(entries[before], verdict);
        }
        for log in w.chains.keys().map(|(log, _)| *log) {
            prop_assert_eq!(forks(&w, &log), forks(&other, &log));
        }
    }

    #[test]
    fn facts_that_stand_twice_say_nothing_more(steps in steps(50)) {
        let w = build(&steps);
        let mut twice = w.clone();
        twice.entries.extend(w.entries.iter().rev());
        twice.spans.extend(w.spans.iter().rev());
        prop_assert_eq!(all_verdicts(&w), all_verdicts(&twice));
    }

    #[test]
    fn a_reason_is_given_exactly_where_a_record_does_not_count_and_belongs_to_the_verdict(steps in steps(50)) {
        for (_, verdicts) in all_verdicts(&build(&steps)) {
            for verdict in verdicts {
                prop_assert_eq!(verdict.counts, verdict.reason.map_or(Counts::Yes, Reason::counts));
            }
        }
    }

    /// More of a chain may decide what was unknown, in either direction; it never turns yes to no nor no to yes, but
    /// by deciding a cut or Confirm that hung on it. Without those, it only ever decides.
    #[test]
    fn more_of_a_chain_only_decides_what_was_unknown(steps in steps(50), held in any::<u8>()) {
        let mut w = build(&steps);
        w.entries.retain(|entry| match entry.kind {
            // Cuts of logs that are never cut themselves: by the root, on what isn't the root's.
            FactKind::Cut(_) => entry.at.log == w.root,
            FactKind::NextRoot { .. } | FactKind::Critical | FactKind::Confirm(_) => false,
            _ => true,
        });
        let before = all_verdicts(&w);
        let logs: Vec<(Hash, u8)> = w.chains.keys().copied().collect();
        let (log, branch) = pick(&logs, held);
        w.hold(log, branch);
        for ((record, old), (_, new)) in before.iter().zip(all_verdicts(&w)) {
            for (old, new) in old.iter().zip(new) {
                prop_assert!(old.counts == Counts::Unknown || old.counts == new.counts, "{record:?} {old:?} {new:?}");
            }
        }
    }

    /// The exceptions are the design's: a later cut of the same log replaces, and what is cut no longer cuts,
    /// confirms what others hang on, or stands in the way as a critical record.
    #[test]
    fn adding_a_cut_never_raises_anything_but_by_replacement(steps in steps(60), by: u8, on: u8, n: u8) {
        let mut w = build(&steps);
        let logs: Vec<Hash> = w.chains.keys().map(|(log, _)| *log).collect();
        let (by, on) = (pick(&logs, by), pick(&logs, on));
        let cut = w.cut(on, 0, u32::from(n) % u32::try_from(w.chain(on, 0).len()).unwrap());
        // One that replaces none, and nothing beneath it that holds others down.
        w.entries.retain(|entry| match entry.kind {
            FactKind::Cut(earlier) => entry.at.log == w.root && !(entry.at.log == by && earlier.is_on(&on)),
            FactKind::Critical => false,
            _ => true,
        });
        let before = all_verdicts(&w);
        w.revoke(by, cut);
        let after: BTreeMap<Hash, Vec<Verdict>> = all_verdicts(&w).into_iter().map(|(r, v)| (r.identity, v)).collect();
        for (record, old) in before {
            for (old, new) in old.iter().zip(&after[&record.identity]) {
                prop_assert!(new.counts <= old.counts, "{record:?} {old:?} {new:?}");
            }
        }
    }

    #[test]
    fn a_later_cut_of_the_same_log_decides_alone_what_that_log_cuts(first in 0..5_u32, second in 0..5_u32) {
        let mut w = World::new();
        let log = w.enrol(w.root, "key", DEVICE);
        let sales = [w.fill(log), w.fill(log), w.fill(log)];
        w.hold(log, 0);
        for n in [first.min(4), second.min(4)] {
            w.revoke(w.root, w.cut(log, 0, n));
        }
        for sale in sales {
            prop_assert_eq!(w.of(sale).0 == Counts::Yes, sale.index < second);
        }
    }
}

/// The worlds of the properties reach what they are about.
#[test]
fn random_worlds_show_every_verdict_and_reason_that_facts_can_give() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..400 {
        let w = build(&steps(70).new_tree(&mut runner).unwrap().current());
        seen.extend(all_verdicts(&w).into_iter().flat_map(|(_, verdicts)| verdicts).map(|v| v.reason));
    }
    // These are for whoever checks seals and decodes to give.
    let elsewhere = [Reason::BadSeal, Reason::NotReadable];
    for reason in Reason::ALL.iter().filter(|reason| !elsewhere.contains(reason)) {
        assert!(seen.contains(&Some(*reason)), "{reason:?}");
    }
    assert!(seen.contains(&None));
}

/// Facts that no honest reader of bytes can come to: every id one of five, all in circles.
fn nonsense() -> impl Strategy<Value = (Vec<Fact<'static>>, Vec<Span<'static>>)> {
    let few = || (0..5_u8).prop_map(|n| Hash([n; 32]));
    let cut = (few(), 0..4_u32, few()).prop_map(|(log, n, head)| Cut { log: log.log16(), count: n, head });
    let kind = prop_oneof![
        few().prop_map(|commitment| FactKind::Root { commitment }),
        (cut.clone(), few(), few()).prop_map(|(cut, opens, commitment)| FactKind::NextRoot {
            cut,
            opens,
            commitment,
            key: NO_KEY
        }),
        (few(), few(), few(), 0..GRANTS.len()).prop_map(|(under, child, line, g)| FactKind::Enrol {
            key: NO_KEY,
            under,
            child,
            line,
            grant: GRANTS[g]
        }),
        cut.clone().prop_map(FactKind::Cut),
        cut.prop_map(FactKind::Confirm),
        Just(FactKind::Critical),
    ];
    let entry = (few(), prop_oneof![0..4_u32, Just(u32::MAX)], few(), kind)
        .prop_map(|(log, index, identity, kind)| Fact { at: RecordId { log, index, identity }, kind });
    let span = (few(), any::<u32>(), few(), 0..9_u32, few()).prop_map(|(log, start, start_hash, end, end_hash)| Span {
        log,
        start: start % 9,
        start_hash,
        end: if end == 8 { u32::MAX } else { end },
        end_hash,
        interior: (start % 2 == 0).then_some(&[Hash([1; 32]), Hash([2; 32])]),
    });
    (prop::collection::vec(entry, 0..30), prop::collection::vec(span, 0..10))
}

proptest! {
    #[test]
    fn facts_that_contradict_each_other_come_to_an_end_without_a_panic((entries, spans) in nonsense()) {
        let w = World { root: Hash([0; 32]), chains: BTreeMap::new(), entries, spans };
        w.with(|trust| {
            for n in 0..5_u8 {
                let verdict = trust.counts_of(RecordId { log: Hash([n; 32]), index: 2, identity: Hash([3; 32]) }, Need::STOCK);
                assert!(verdict.depth.is_none_or(|depth| depth <= 6));
                if let Some(fork) = trust.fork_of(&Hash([n; 32])) {
                    let held = w.spans.iter().filter(|span| span.log == Hash([n; 32]));
                    assert!(held.filter_map(|span| span.value(fork.count)).count() > 1);
                }
                assert!(trust.forks_above(&Hash([n; 32])).all(|log| log != Hash([9; 32])));
            }
            for (position, entry) in w.entries.iter().enumerate() {
                let is_cut = matches!(entry.kind, FactKind::Cut(_));
                assert!(is_cut || trust.is_foreign_cut(position).is_none());
            }
            assert_eq!(trust.verdicts().len(), w.entries.len());
        });
    }
}

/// A country: 2,000 devices enrolled by 100 authorities and half of them cut, each cut with its chain here.
#[test]
fn two_thousand_enrolments_and_a_thousand_cuts_are_worked_out_at_once() {
    let mut w = World::new();
    for a in 0..100 {
        let authority = w.enrol(w.root, &format!("authority {a}"), AUTHORITY);
        for d in 0..20 {
            let device = w.enrol(authority, &format!("device {d}"), DEVICE);
            if d % 2 == 0 {
                w.fill(device);
                w.revoke(authority, w.tip(device));
                w.hold(device, 0);
            }
        }
    }
    let start = std::time::Instant::now();
    let yes = w.with(|trust| trust.verdicts().iter().filter(|verdict| verdict.counts == Counts::Yes).count());
    let took = start.elapsed();
    assert_eq!(yes, w.entries.len());
    println!("{yes} entries: {took:?}");
    // Some milliseconds; looking at each for each takes a minute.
    assert!(took < std::time::Duration::from_secs(2), "{yes} entries: {took:?}");
}
