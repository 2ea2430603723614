//! The log on flash: room, wear, damage, random use.

use super::device::{Act, Known, Own, act, check, go_on, is_refusal, read_all, read_blob, record, value_at};
use super::nor::Nor;
use crate::crypto::Hash;
use crate::log::{FlashLog, Layout, LogError};
use crate::record::TipError;
use proptest::prelude::*;

type Small = Nor<4, 1_024>;
const LAYOUT: Layout = Layout { sector: 1_024, blob: 200 };

fn small(own: &Own) -> FlashLog<Small> {
    FlashLog::create(Small::new(10), LAYOUT, &own.head()).unwrap()
}

fn must<const W: usize, const E: usize>(own: &Own, log: &mut FlashLog<Nor<W, E>>, known: &mut Known, what: &Act) {
    let (then, done) = act(own, log, what, known);
    assert_eq!(done, Ok(()), "{what:?}");
    *known = then;
}

#[test]
fn the_log_itself_needs_less_than_a_kibibyte() {
    assert!(size_of::<FlashLog<&mut Small>>() < 1_024, "{}", size_of::<FlashLog<&mut Small>>());
}

#[test]
fn a_full_log_says_the_way_out_and_the_way_out_is_there() {
    let own = Own::new();
    let (mut log, mut known) = (small(&own), Known::default());
    for round in 0..40 {
        let full = loop {
            let (then, done) = act(&own, &mut log, &Act::Append(vec![50; 3]), &known);
            match done {
                Ok(()) => known = then,
                Err(error) => break error,
            }
        };
        assert_eq!(full, LogError::Full, "round {round}");
        assert!(full.to_string().contains("synchronise"));
        assert_eq!(log.reclaim([[0; 48]; 4]), Err(LogError::NothingToReclaim), "nothing is held by another device yet");
        must(&own, &mut log, &mut known, &Act::Seal);
        must(&own, &mut log, &mut known, &Act::Acknowledge(0));
        let gain = log.reclaimable(192).unwrap();
        assert_eq!(log.reclaim([[7; 48]; 4]), Ok(gain));
        assert!(gain > 0);
        known.blob = vec![7; 192];
        (log, known) = check(&own, log.into_flash(), LAYOUT, &known, &known);
    }
    assert_eq!(log.reclaim([[0; 201]]), Err(LogError::BlobTooLong));
}

#[test]
fn a_seal_of_which_the_front_was_given_up_is_of_no_account() {
    let own = Own::new();
    let mut tails = 0;
    for length in (500..700).step_by(4) {
        let (mut log, mut known) = (small(&own), Known::default());
        must(&own, &mut log, &mut known, &Act::Append(vec![length]));
        must(&own, &mut log, &mut known, &Act::Seal);
        must(&own, &mut log, &mut known, &Act::Acknowledge(0));
        if log.reclaim([[7; 48]; 4]).is_err() {
            continue;
        }
        known.blob = vec![7; 192];
        let mut flash = log.into_flash();
        // The checkpoint stands in the sector in which the seal ends; the one before it may be erased.
        let goes_on = flash.bytes[1_024 + 58] == 1;
        tails += u32::from(goes_on);
        flash.bytes[..1_024].fill(0xff);
        check(&own, flash, LAYOUT, &known, &known);
    }
    assert!(tails > 5, "{tails} seals are cut");
}

#[test]
fn power_that_fails_again_and_again_never_uses_up_the_room_that_is_kept() {
    let own = Own::new();
    let (mut log, mut known) = (small(&own), Known::default());
    loop {
        let (then, done) = act(&own, &mut log, &Act::Append(vec![50; 3]), &known);
        match done {
            Ok(()) => known = then,
            Err(error) => break assert_eq!(error, LogError::Full),
        }
    }
    let full = log.into_flash();
    for power in (1..1_400).step_by(3) {
        let (mut flash, mut now) = (full.clone(), known.clone());
        for _ in 0..12 {
            for what in [Act::Seal, Act::Acknowledge(0), Act::Reclaim(150)] {
                flash.power = Some(power);
                let mut log = FlashLog::open(flash, LAYOUT).unwrap();
                let (then, done) = act(&own, &mut log, &what, &now);
                flash = log.into_flash();
                flash.power = None;
                let before = if done.is_ok() { then.clone() } else { now.clone() };
                let (log, found) = check(&own, flash, LAYOUT, &before, &then);
                (flash, now) = (log.into_flash(), found);
            }
        }
        let (mut log, found) = check(&own, flash, LAYOUT, &now, &now);
        let then = go_on(&own, &mut log, &found, true);
        check(&own, log.into_flash(), LAYOUT, &then, &then);
    }
}

#[test]
fn sectors_wear_evenly() {
    let own = Own::new();
    let (mut log, mut known, mut records) = (small(&own), Known::default(), 0usize);
    while records < 6_000 {
        let (then, done) = act(&own, &mut log, &Act::Append(vec![24 + records % 40]), &known);
        match done {
            Ok(()) => (known, records) = (then, records + 1),
            Err(LogError::Full | LogError::Tip(TipError::SealDue)) => {
                must(&own, &mut log, &mut known, &Act::Seal);
                must(&own, &mut log, &mut known, &Act::Acknowledge(0));
                must(&own, &mut log, &mut known, &Act::Reclaim(150));
            }
            Err(error) => panic!("{error}"),
        }
    }
    let flash = log.into_flash();
    let (least, most) = (flash.erased.iter().min().unwrap(), flash.erased.iter().max().unwrap());
    println!("6,000 records: {least} to {most} erasures a sector, {} bytes written", flash.written);
    assert!(*least > 20 && most - least <= 1, "{:?}", flash.erased);
}

#[test]
fn records_are_read_from_any_index_and_the_chain_at_any_count() {
    let own = Own::new();
    let (mut log, mut known) = (small(&own), Known::default());
    for what in [Act::Append(vec![900, 30, 1_200]), Act::Group(vec![45; 20]), Act::Append(vec![10])] {
        must(&own, &mut log, &mut known, &what);
    }
    let mut buffer = [0; 4_096];
    for index in 0..known.records.len() as u32 {
        let mut cursor = log.records(index).unwrap();
        let (found, bytes) = cursor.next(&mut log, &mut buffer).unwrap().unwrap();
        assert_eq!((found, bytes), (index, &known.records[index as usize][..]));
        assert_eq!(log.value_at(index).unwrap(), value_at(&own, &known.records, index));
    }
    let end = log.tip().count();
    let mut cursor = log.records(end).unwrap();
    assert_eq!(cursor.next(&mut log, &mut buffer), Ok(None));
    assert_eq!(log.records(end + 1).unwrap_err(), LogError::NotHere(end + 1));
    let mut cursor = log.records(0).unwrap();
    assert_eq!(cursor.next(&mut log, &mut [0; 899]), Err(LogError::Buffer));
}

#[test]
fn every_seal_is_found_again_whatever_lies_between() {
    let own = Own::new();
    let (mut log, mut known, mut counts) = (small(&own), Known::default(), Vec::new());
    for round in 0..6usize {
        must(&own, &mut log, &mut known, &Act::Append(vec![60 + 97 * round; 3]));
        must(&own, &mut log, &mut known, &Act::Seal);
        counts.push(known.records.len() as u32);
    }
    let mut log = FlashLog::open(log.into_flash(), LAYOUT).unwrap();
    for count in 0..known.records.len() as u32 {
        let seal = log.seal_after(count).unwrap().unwrap();
        assert_eq!(Some(&seal.count), counts.iter().find(|sealed| **sealed > count));
        assert_eq!(seal.head, value_at(&own, &known.records, seal.count));
    }
    assert_eq!(log.seal_after(log.tip().count()).unwrap(), None);
}

#[test]
fn an_acknowledgement_of_another_branch_or_of_unsealed_records_frees_nothing() {
    let own = Own::new();
    let (mut log, mut known) = (small(&own), Known::default());
    must(&own, &mut log, &mut known, &Act::Append(vec![30; 4]));
    let right = value_at(&own, &known.records, 2);
    assert_eq!(log.acknowledge(2, &right), Err(LogError::NotThisChain), "not sealed");
    must(&own, &mut log, &mut known, &Act::Seal);
    assert_eq!(log.acknowledge(2, &Hash([1; 32])), Err(LogError::NotThisChain));
    assert_eq!(log.acknowledge(5, &right), Err(LogError::NotThisChain));
    assert_eq!(log.acknowledge(2, &right), Ok(()));
    assert_eq!(log.acknowledged(), 2);
}

#[test]
fn one_log_is_not_begun_over_another_until_it_is_wiped() {
    let own = Own::new();
    let (mut log, mut known) = (small(&own), Known::default());
    must(&own, &mut log, &mut known, &Act::Append(vec![30]));
    let flash = log.into_flash();
    assert_eq!(FlashLog::create(flash.clone(), LAYOUT, &own.head()).unwrap_err(), LogError::NotEmpty);
    let flash = FlashLog::wipe(flash, LAYOUT).unwrap();
    assert_eq!(FlashLog::open(flash.clone(), LAYOUT).unwrap_err(), LogError::NotALog);
    assert!(FlashLog::create(flash, LAYOUT, &own.head()).is_ok());
    let other = |layout| FlashLog::create(Small::new(10), layout, &own.head()).unwrap_err();
    assert_eq!(other(Layout { sector: 512, blob: 0 }), LogError::Layout);
    assert_eq!(other(Layout { sector: 1_536, blob: 0 }), LogError::Layout);
    assert_eq!(other(Layout { sector: 1_024, blob: 9_000 }), LogError::Layout);
}

#[test]
fn a_cut_while_a_log_is_begun_or_wiped_leaves_no_half_of_one() {
    let own = Own::new();
    for power in 0..1_000 {
        let mut flash = Small::new(10);
        flash.power = Some(power);
        let done = FlashLog::create(&mut flash, LAYOUT, &own.head()).is_ok();
        flash.power = None;
        match FlashLog::open(flash.clone(), LAYOUT) {
            Ok(log) => assert_eq!((log.closed(), log.tip().count()), (None, 0)),
            Err(error) => {
                assert_eq!((error, done), (LogError::NotALog, false), "cut at {power}");
                assert!(FlashLog::create(flash, LAYOUT, &own.head()).is_ok());
            }
        }
    }
    let (mut log, mut known) = (small(&own), Known::default());
    for _ in 0..40 {
        must(&own, &mut log, &mut known, &Act::Append(vec![100]));
    }
    let whole = log.into_flash();
    for power in 0..80 {
        let mut flash = whole.clone();
        flash.power = Some(power);
        assert!(FlashLog::wipe(&mut flash, LAYOUT).is_err());
        flash.power = None;
        // Never a shorter log that would go on: the same one, a closed one, or none.
        if let Ok(log) = FlashLog::open(flash, LAYOUT) {
            assert!(log.closed().is_some() || log.tip().count() == 40, "cut at {power}");
        }
    }
}

#[test]
fn a_word_that_does_not_keep_its_bits_costs_a_sector_and_no_record() {
    let own = Own::new();
    for word in 0..40 {
        let (mut log, mut known) = (small(&own), Known::default());
        must(&own, &mut log, &mut known, &Act::Append(vec![30]));
        let mut flash = log.into_flash();
        let end = flash.bytes[..1_024].iter().rposition(|b| *b != 0xff).unwrap() / 4 + 1;
        flash.weak[end + word] = true;
        let mut log = FlashLog::open(flash, LAYOUT).unwrap();
        let mut failed = 0;
        for _ in 0..3 {
            loop {
                let (then, done) = act(&own, &mut log, &Act::Append(vec![40]), &known);
                if done == Ok(()) {
                    known = then;
                    break;
                }
                assert_eq!(done, Err(LogError::Medium));
                failed += 1;
            }
        }
        assert!(failed <= 1, "{failed}");
        (_, known) = check(&own, log.into_flash(), LAYOUT, &known, &known);
        assert_eq!(known.records.len(), 4);
    }
}

#[test]
fn damage_closes_the_log_or_lies_where_nothing_is_needed_and_no_record_is_ever_another() {
    let own = Own::new();
    let (mut log, mut known) = (small(&own), Known::default());
    // The first sectors are reclaimed, and not all of them are erased yet.
    for _ in 0..9 {
        must(&own, &mut log, &mut known, &Act::Append(vec![100; 4]));
    }
    for what in [Act::Seal, Act::Acknowledge(0), Act::Reclaim(100), Act::Append(vec![60; 20]), Act::Seal] {
        must(&own, &mut log, &mut known, &what);
    }
    let first = read_all(&mut log).0;
    let (whole, mut closed, mut unharmed) = (log.into_flash(), 0, 0);
    for at in 0..whole.bytes.len() {
        let mut flash = whole.clone();
        flash.bytes[at] ^= 1 << (at % 8);
        match FlashLog::open(flash, LAYOUT) {
            Ok(log) if log.closed().is_some() => {
                closed += 1;
                let mut log = log;
                assert!(log.append(&[b"more"]).is_err());
                assert!(!log.closed().unwrap().to_string().is_empty());
            }
            Ok(mut log) => {
                unharmed += 1;
                let count = log.tip().count() as usize;
                // A changed last unit can't be told from one that a cut left unfinished: the seal, here.
                assert_eq!(count, known.records.len(), "byte {at}");
                let (from, records) = read_all(&mut log);
                assert!(from <= first && records == known.records[from as usize..], "byte {at}");
            }
            Err(error) => assert!(error != LogError::NotALog, "byte {at}"),
        }
    }
    assert!(closed > 1_000 && unharmed > 1_000, "{closed} {unharmed}");
}

#[test]
fn a_lost_record_before_a_mark_closes_the_log() {
    let own = Own::new();
    let (mut log, mut known) = (small(&own), Known::default());
    must(&own, &mut log, &mut known, &Act::Append(vec![100]));
    let mut flash = log.into_flash();
    let before = flash.bytes[..1_024].to_vec();
    flash.events = Some(Vec::new());
    let mut log = FlashLog::open(flash, LAYOUT).unwrap();
    must(&own, &mut log, &mut known, &Act::Append(vec![100]));
    let middle = log.into_flash();
    let mut log = FlashLog::open(middle.clone(), LAYOUT).unwrap();
    must(&own, &mut log, &mut known, &Act::Offer);
    let mut flash = log.into_flash();
    // The medium forgets the second record and keeps the mark.
    for (at, byte) in before.iter().enumerate() {
        if middle.bytes[at] != *byte {
            flash.bytes[at] = *byte;
        }
    }
    let log = FlashLog::open(flash, LAYOUT).unwrap();
    assert!(matches!(log.closed(), Some(LogError::Damaged(_))), "{:?}", log.closed());
}

#[test]
fn the_applications_table_is_carried_forward_and_says_how_far_it_goes() {
    let own = Own::new();
    let (mut log, mut known) = (small(&own), Known::default());
    assert!(read_blob(&mut log).is_empty());
    for _ in 0..8 {
        must(&own, &mut log, &mut known, &Act::Append(vec![100; 4]));
    }
    must(&own, &mut log, &mut known, &Act::Seal);
    must(&own, &mut log, &mut known, &Act::Acknowledge(0));
    must(&own, &mut log, &mut known, &Act::Reclaim(177));
    must(&own, &mut log, &mut known, &Act::Append(vec![20]));
    let mut log = FlashLog::open(log.into_flash(), LAYOUT).unwrap();
    assert_eq!((log.blob().unwrap().as_of(), read_blob(&mut log)), (32, record(32, 177)));
    assert!(matches!(log.records(0), Err(LogError::NotHere(0))));
}

fn any_act() -> impl Strategy<Value = Act> {
    let lengths = || prop::collection::vec(prop_oneof![8 => 1..90usize, 1 => 200..1_500usize], 1..6);
    prop_oneof![
        6 => lengths().prop_map(Act::Append),
        3 => lengths().prop_map(Act::Group),
        1 => lengths().prop_map(Act::GiveUp),
        3 => Just(Act::Seal),
        1 => Just(Act::Offer),
        3 => (0..6u32).prop_map(Act::Acknowledge),
        2 => (0..150usize).prop_map(Act::Reclaim),
        1 => Just(Act::Restart),
    ]
}

/// Random work; every so often the power fails somewhere, and the device goes on with what is there.
fn random<const W: usize, const E: usize>(sectors: usize, layout: Layout, script: &[(Act, Option<u64>)]) {
    let own = Own::new();
    let mut log = FlashLog::create(Nor::<W, E>::new(sectors), layout, &own.head()).unwrap();
    let mut known = Known::default();
    for (what, power) in script {
        let mut flash = log.into_flash();
        flash.power = *power;
        log = FlashLog::open(flash, layout).unwrap();
        let (then, done) = act(&own, &mut log, what, &known);
        match done {
            Ok(()) => known = then,
            Err(error) if is_refusal(error) => {}
            // The supply failed: in the middle of it, or at its very end.
            Err(LogError::Medium) => {
                let mut flash = log.into_flash();
                assert_eq!(flash.power, Some(0));
                flash.power = None;
                (log, known) = check(&own, flash, layout, &known, &then);
            }
            Err(error) => panic!("{what:?}: {error}"),
        }
    }
    let mut flash = log.into_flash();
    flash.power = None;
    // What another device holds may be known without being written down, where room is short.
    let acknowledged = known.acknowledged;
    let (mut log, found) = check(&own, flash, layout, &known, &known);
    assert!(found.acknowledged <= acknowledged);
    // Whatever happened, there is a way on.
    let then = go_on(&own, &mut log, &found, false);
    check(&own, log.into_flash(), layout, &then, &then);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 96 } else { 256 }))]
    #[test]
    fn whatever_a_device_does_and_whenever_its_power_fails_nothing_acknowledged_is_lost(
        script in prop::collection::vec((any_act(), prop::option::weighted(0.3, prop_oneof![0..400u64, 0..3_000u64])), 1..70),
        shape in 0..5usize,
    ) {
        match shape {
            0 => random::<1, 1_024>(9, Layout { sector: 1_024, blob: 150 }, &script),
            1 => random::<4, 256>(64, Layout { sector: 1_024, blob: 150 }, &script),
            2 => random::<8, 2_048>(9, Layout { sector: 2_048, blob: 150 }, &script),
            3 => random::<16, 1_024>(12, Layout { sector: 1_024, blob: 700 }, &script),
            _ => random::<256, 4_096>(9, Layout { sector: 4_096, blob: 150 }, &script),
        }
    }
}
