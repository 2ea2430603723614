//! Synchronisation of parties in memory: any topology, any order, a line cut anywhere.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
use medlot_core::record::{Element, Entry};
use medlot_core::sync::{Standing, Taken};
use medlot_tests::sync_peers::{Country, Party, long_log, meet, talk};
use proptest::prelude::*;

const WHOLE: [usize; 2] = [usize::MAX; 2];
const AUTHORITY: usize = 0;
const DEVICES: [usize; 3] = [1, 2, 3];
const DISTRIBUTOR: usize = 4;
const HUB: usize = 5;

/// Everybody meets everybody until nobody stores anything more.
fn settle(country: &mut Country, order: &[usize]) {
    for _ in 0..8 {
        let mut stored = 0;
        for a in order {
            for b in order {
                if a < b {
                    stored += country.meet(*a, *b, WHOLE).stored.iter().sum::<u32>();
                }
            }
        }
        if stored == 0 {
            return;
        }
    }
    panic!("it never rests");
}

#[test]
fn a_facilitys_devices_a_carrier_and_a_hub_end_with_what_each_may_have() {
    let mut country = Country::new().unwrap();
    for device in DEVICES {
        country.parties[device].sell(device as u32 * 3).unwrap();
    }
    country.parties[DISTRIBUTOR].sell(4).unwrap();
    country.parties[DISTRIBUTOR].hand_over("01C55", 3).unwrap();
    country.parties[DISTRIBUTOR].hand_over("01C99", 2).unwrap();
    let everything: std::collections::BTreeSet<_> = country.parties.iter().flat_map(Party::set).collect();
    // A phone of the pharmacy meets the distributor; the pharmacy's other devices and the hub meet only the phone.
    let chain = [(2, DISTRIBUTOR), (1, 2), (2, 3), (2, HUB), (AUTHORITY, 2), (1, 2), (2, 3), (2, HUB)];
    for (a, b) in chain {
        let talked = country.meet(a, b, WHOLE);
        assert!(talked.done && talked.aside == [0, 0], "{a} with {b}: {talked:?}");
    }
    let [first, second, third] = DEVICES.map(|device| country.parties[device].set());
    assert!(first == second && second == third, "parties with the same scope hold the same");
    let distributor = country.parties[DISTRIBUTOR].own.as_ref().unwrap().id;
    let batch = first.iter().filter(|(log, ..)| *log == distributor).count();
    assert_eq!(batch, 3, "of the distributor's log only what is addressed to the pharmacy");
    assert!(country.parties[HUB].set().is_superset(&first));
    assert!(
        country.parties[DISTRIBUTOR].set().iter().all(|(log, ..)| !DEVICES.iter().any(|device| country.parties
            [*device]
            .own
            .as_ref()
            .unwrap()
            .id
            == *log))
    );
    country.meet(DISTRIBUTOR, HUB, WHOLE);
    assert_eq!(country.parties[HUB].set(), everything);
    // Once more: nothing is sent, and each learns that it is held.
    let talked = country.meet(2, HUB, WHOLE);
    assert_eq!(
        (talked.stored, talked.acknowledged[0]),
        ([0, 0], country.parties[2].own.as_ref().unwrap().len() as u32)
    );
}

#[test]
fn a_session_cut_after_any_byte_loses_nothing_and_ends_the_same_when_resumed() {
    let mut country = Country::new().unwrap();
    country.parties[1].sell(2).unwrap();
    country.parties[1].sell(3).unwrap();
    country.parties[2].sell(1).unwrap();
    let (a, b) = (country.parties[1].clone(), country.parties[2].clone());
    let (held, sessions) = ((a.holdings(), b.holdings()), (a.session(), b.session()));
    let (mut one, mut two) = (a.clone(), b.clone());
    let whole = meet(&mut one, &mut two, WHOLE);
    assert!(whole.done && whole.stored.iter().all(|stored| *stored > 0));
    let expected = one.set();
    assert_eq!(two.set(), expected);
    for side in [0, 1] {
        let mut held_before = 0;
        for cut in 0..=whole.bytes[side] {
            let mut most = WHOLE;
            most[side] = cut;
            let ((mut first, mut second), (mut from, mut to)) = (held.clone(), sessions.clone());
            let talked = talk((&mut from, &mut first), (&mut to, &mut second), most);
            // What a side was told is held, the other has durably.
            let (mut one, mut two) = (a.clone(), b.clone());
            (one.memory, two.memory) = (first.keeper, second.keeper);
            for (who, other, said) in [(&one, &two, talked.acknowledged[0]), (&two, &one, talked.acknowledged[1])] {
                let own = who.own.as_ref().unwrap();
                let there = other.memory.objects.len().min(1) as u32;
                if said > 0 {
                    let set = other.set();
                    let count = set.iter().filter(|(log, ..)| *log == own.id).count();
                    assert!(count as u32 >= said * there, "cut after {cut} of {side}: {count} of {said}");
                }
            }
            let held_now = one.memory.objects.len() + two.memory.objects.len();
            assert!(held_now >= held_before, "more of a session never stores less: cut after {cut} of {side}");
            held_before = held_now;
            let talked = meet(&mut one, &mut two, WHOLE);
            assert!(talked.done, "cut after {cut} of {side}");
            assert!(one.set() == expected && two.set() == expected, "cut after {cut} of {side}");
        }
    }
}

#[test]
fn both_branches_of_a_fork_and_its_proof_reach_everybody_who_holds_the_log() {
    let mut country = Country::new().unwrap();
    country.parties[1].sell(2).unwrap();
    // A copy of the device's folder goes on for itself.
    let mut twin = country.parties[1].clone();
    country.parties[1].sell(3).unwrap();
    twin.own.as_mut().unwrap().push(Entry::Blind([1; 16])).unwrap();
    twin.sell(1).unwrap();
    assert!(country.meet(1, 2, WHOLE).done);
    let (mut hub, mut second) = (country.parties[HUB].clone(), country.parties[2].clone());
    assert!(meet(&mut second, &mut twin, WHOLE).done);
    assert_eq!((second.proofs(), twin.proofs()), (1, 1), "a proof at both");
    assert!(meet(&mut hub, &mut second, WHOLE).done && meet(&mut country.parties[1], &mut second, WHOLE).done);
    let log = twin.own.as_ref().unwrap().id;
    let branches = |party: &Party| party.set().into_iter().filter(|(of, ..)| *of == log).collect::<Vec<_>>();
    assert_eq!(branches(&second).len(), 3 + 3 + 2);
    for party in [&hub, &country.parties[1], &twin] {
        assert_eq!(branches(party), branches(&second));
        assert!(party.proofs() >= 1);
    }
    // Who holds only a batch of that log gets the proof.
    assert!(meet(&mut country.parties[DISTRIBUTOR], &mut hub, WHOLE).done);
    assert!(country.parties[DISTRIBUTOR].proofs() >= 1);
    for _ in 0..2 {
        meet(&mut hub, &mut twin, WHOLE);
    }
    assert_eq!(meet(&mut hub, &mut twin, WHOLE).stored, [0, 0], "it rests");
    // The device itself is told; of its log more is never taken for its own.
    let (mut session, mut held) = (twin.session(), twin.holdings());
    talk((&mut session, &mut held), (&mut hub.session(), &mut hub.holdings()), WHOLE);
    assert_ne!(session.standing(), Standing::AsHere);
}

#[test]
fn a_damaged_segment_and_an_unknown_key_are_set_aside_and_the_rest_goes_on() {
    let mut country = Country::new().unwrap();
    country.parties[1].sell(2).unwrap();
    let own = country.parties[1].own.clone().unwrap();
    let (whole, mut bad) = (own.body(0, 3).unwrap(), own.body(0, 3).unwrap());
    let last = bad.len() - 70;
    bad[last] ^= 1;
    // Nobody enrolled it here: it may be right, and waits.
    let mut held = country.parties[HUB].holdings();
    let known = Element::OwnId { log: own.id.log_id(), suite: 0, body: &whole };
    assert_eq!(held.take_segment(&known, &whole).unwrap(), Taken::Waits);
    assert_eq!((held.aside()[0].error.code, held.keeper.aside.len()), (3004, 1));
    let unknown = Element::OwnId { log: own.id.log_id(), suite: 9, body: &whole };
    let mut held = country.parties[HUB].holdings();
    assert_eq!(held.take_segment(&unknown, b"suite 9").unwrap(), Taken::Waits);
    assert_eq!(held.aside()[0].error.code, 3003);
    country.meet(AUTHORITY, HUB, WHOLE);
    let mut held = country.parties[HUB].holdings();
    let mut take =
        |body: &[u8]| held.take_segment(&Element::OwnId { log: own.id.log_id(), suite: 0, body }, body).unwrap();
    assert_eq!((take(&bad), take(&whole)), (Taken::Refused, Taken::Stored(3)));
    assert_eq!(held.aside()[0].error.code, 3002);
    // In a session the rest goes on: the hub gets the others' logs all the same.
    let mut other = country.parties[2].clone();
    other.sell(4).unwrap();
    assert!(meet(&mut country.parties[HUB], &mut other, WHOLE).done);
    assert!(country.parties[HUB].set().is_superset(&other.set()));
}

#[test]
fn a_hundred_thousand_records_cost_hardly_more_than_their_segments() {
    let (full, empty, segments) = long_log(100_000).unwrap();
    let (mut one, mut two) = (full.holdings(), empty.holdings());
    let talked = talk((&mut full.session(), &mut one), (&mut empty.session(), &mut two), WHOLE);
    assert!(talked.done && talked.stored[1] >= 100, "{talked:?}");
    let bytes = talked.bytes.iter().sum::<usize>() as f64 / segments as f64;
    assert!(bytes <= 1.05, "{bytes}");
}

#[derive(Debug, Clone)]
enum Event {
    Sell(usize, u32),
    HandOver(usize, u32),
    Meet(usize, usize, Option<(bool, usize)>),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (1usize..5, 1u32..4).prop_map(|(who, n)| Event::Sell(who, n)),
        (1usize..5, 1u32..3).prop_map(|(who, n)| Event::HandOver(who, n)),
        (0usize..6, 0usize..6, proptest::option::of((any::<bool>(), 0usize..1_500)))
            .prop_filter("two parties", |(a, b, _)| a != b)
            .prop_map(|(a, b, cut)| Event::Meet(a, b, cut)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn whoever_meets_whom_in_whatever_order_the_same_scope_ends_with_the_same_set(
        events in proptest::collection::vec(event(), 1..14),
        order in Just([0usize, 1, 2, 3, 4, 5]).prop_shuffle(),
    ) {
        let mut country = Country::new().unwrap();
        for event in events {
            match event {
                Event::Sell(who, n) => country.parties[who].sell(n).unwrap(),
                Event::HandOver(who, n) => {
                    let to = if who == DISTRIBUTOR { "01C55" } else { "DEMO-1" };
                    country.parties[who].hand_over(to, n).unwrap();
                }
                Event::Meet(a, b, cut) => {
                    let mut most = WHOLE;
                    if let Some((side, bytes)) = cut {
                        most[usize::from(side)] = bytes;
                    }
                    country.meet(a, b, most);
                }
            }
        }
        let everything: std::collections::BTreeSet<_> = country.parties.iter().flat_map(Party::set).collect();
        settle(&mut country, &order);
        let [first, second, third] = DEVICES.map(|device| country.parties[device].set());
        prop_assert!(first == second && second == third);
        prop_assert_eq!(country.parties[HUB].set(), everything);
        prop_assert!(country.parties.iter().all(|party| party.memory.aside.is_empty()));
    }
}
