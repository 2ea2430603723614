//! Pieces of chains: what they hold, which record lies on a head, where a log forks.

use super::chain::Chains;
use super::reference::on_chain;
use super::*;
use proptest::prelude::*;

fn long_log(count: usize) -> (World, Hash) {
    let mut w = World::new();
    let log = w.enrol(w.root, "key", DEVICE);
    for _ in 1..count {
        w.fill(log);
    }
    (w, log)
}

fn chains<'f, 's>(spans: &'f [Span<'f>], marks: &'s mut [Mark]) -> Chains<'f, 's> {
    Chains::new(spans, marks).unwrap()
}

#[test]
fn a_span_holds_its_ends_and_what_is_between_where_it_is_kept() {
    let (w, log) = long_log(6);
    let (dense, ends) = (w.span(log, 0, 2, 5, true), w.span(log, 0, 2, 5, false));
    for count in 0..8 {
        let value = w.chain(log, 0).get(count as usize);
        assert_eq!(dense.value(count), value.filter(|_| (2..=5).contains(&count)));
        assert_eq!(ends.value(count), value.filter(|_| count == 2 || count == 5));
    }
}

#[test]
fn an_interior_of_another_length_is_as_none() {
    let (w, log) = long_log(6);
    let whole = w.span(log, 0, 1, 5, true);
    for wrong in [&whole.interior.unwrap()[..2], &[]] {
        let span = Span { interior: Some(wrong), ..whole };
        assert_eq!(
            [span.value(1), span.value(2), span.value(5)],
            [Some(&whole.start_hash), None, Some(&whole.end_hash)]
        );
    }
    let backwards = Span { start: 5, end: 1, ..whole };
    assert_eq!([backwards.value(1), backwards.value(3)], [None, None]);
    let widest = Span { start: 0, end: u32::MAX, ..whole };
    assert_eq!(widest.value(7), None);
}

#[test]
fn the_greatest_index_has_no_count_after_it() {
    let (_, log) = long_log(2);
    let record = RecordId { log, index: u32::MAX, identity: Hash([0; 32]) };
    assert_eq!(chains(&[], &mut []).lies_on(&record, u32::MAX, &Hash([1; 32])), None);
}

#[test]
fn pieces_that_cross_and_keep_only_their_ends_are_walked_all() {
    let (mut w, log) = long_log(12);
    // From 10: one piece leaps to 5, another shows 8, from which a third leaps to 2.
    for (start, end, values) in [(5, 10, false), (8, 10, true), (2, 8, false), (4, 5, false), (1, 2, false)] {
        let span = w.span(log, 0, start, end, values);
        w.spans.push(span);
    }
    let mut marks = vec![Mark::default(); w.spans.len()];
    let head = w.chain(log, 0)[10];
    for count in [1_u32, 2, 4, 5, 8, 9] {
        let record = RecordId { log, index: count - 1, identity: w.chain(log, 0)[count as usize] };
        assert_eq!(chains(&w.spans, &mut marks).lies_on(&record, 10, &head), Some(true), "{count}");
        let off = RecordId { identity: Hash([9; 32]), ..record };
        assert_eq!(chains(&w.spans, &mut marks).lies_on(&off, 10, &head), Some(false), "{count}");
    }
    let between = RecordId { log, index: 5, identity: w.chain(log, 0)[6] };
    assert_eq!(chains(&w.spans, &mut marks).lies_on(&between, 10, &head), None, "not kept");
}

/// Two branches of one log, and pieces of both.
fn pieces() -> impl Strategy<Value = (World, Hash)> {
    let piece = (0..2_u8, 0..14_usize, 0..14_usize, any::<bool>());
    (2..12_usize, prop::collection::vec(piece, 0..9)).prop_map(|(fork, pieces)| {
        let (mut w, log) = long_log(13);
        w.branch(log, fork);
        while w.chain(log, 1).len() < 14 {
            w.fill_on(log, 1);
        }
        for (branch, a, b, values) in pieces {
            let span = w.span(log, branch, a.min(b), a.max(b), values);
            w.spans.push(span);
        }
        (w, log)
    })
}

proptest! {
    #[test]
    fn a_walk_finds_what_the_closure_over_all_pieces_finds((w, log) in pieces(), n in 1..14_u32, branch in 0..2_u8) {
        let head = w.chain(log, branch)[n as usize];
        let mut marks = vec![Mark::default(); w.spans.len()];
        let mut walked = chains(&w.spans, &mut marks);
        for record in w.records().into_iter().filter(|record| record.log == log && record.index < n) {
            prop_assert_eq!(
                walked.lies_on(&record, n, &head),
                on_chain(&w, &record, n, &head)
            );
        }
    }

    #[test]
    fn the_lowest_fork_is_the_lowest_count_with_two_values((w, log) in pieces()) {
        let values = |count| {
            let mut all: Vec<&Hash> = w.spans.iter().filter_map(|span| span.value(count)).collect();
            all.sort();
            all.dedup();
            all.len()
        };
        let expected = (0..14).find(|count| values(*count) > 1);
        let mut marks = vec![Mark::default(); w.spans.len()];
        prop_assert_eq!(chains(&w.spans, &mut marks).lowest_fork(&log), expected);
    }
}
