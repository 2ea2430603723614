//! Power is cut after every byte of every write of a day.

use super::device::{Act, Known, Own, act, check, go_on, is_refusal};
use super::nor::{Event, Nor};
use crate::log::{FlashLog, Layout};

/// A day with all that happens on one.
fn day() -> Vec<Act> {
    use Act::{Acknowledge, Append, GiveUp, Group, Offer, Reclaim, Restart, Seal};
    let mut acts = vec![Append(vec![40]), Append(vec![40, 55, 38]), Offer, Append(vec![20]), Seal, Restart];
    acts.extend([
        Group(vec![60; 9]),
        GiveUp(vec![70; 20]),
        Append(vec![30]),
        Seal,
        Acknowledge(2),
        Append(vec![1_500]),
    ]);
    acts.extend([Seal, Acknowledge(0), Append(vec![10]), GiveUp(vec![33]), Restart, Group(vec![45; 30]), Offer, Offer]);
    acts.extend([Seal, Acknowledge(1), Reclaim(150), Append(vec![44; 3]), Seal, Append(vec![90; 12]), Seal]);
    acts.extend([Acknowledge(0), Reclaim(200), Restart, Append(vec![25]), Seal, Append(vec![700, 700]), Seal]);
    acts.extend([Acknowledge(0), Reclaim(0), Append(vec![4_096]), Append(vec![33; 5]), Seal]);
    acts
}

/// Where each act began among the chip's events, what was known then, and what is if it succeeds.
struct Step {
    from: usize,
    before: Known,
    then: Known,
}

fn every_cut<const W: usize, const E: usize>(sectors: usize, layout: Layout, days: usize, every: u64) {
    let own = Own::new();
    let mut log = FlashLog::create(Nor::<W, E>::new(sectors), layout, &own.head()).unwrap();
    let mut known = Known::default();
    let mut flash = log.into_flash();
    let beginning = flash.clone();
    flash.events = Some(Vec::new());
    log = FlashLog::open(flash, layout).unwrap();
    let (mut steps, mut reclaimed) = (Vec::new(), 0);
    for act_now in std::iter::repeat_n(day(), days).flatten() {
        let mut flash = log.into_flash();
        let from = flash.events.as_ref().unwrap().len();
        if matches!(act_now, Act::Restart) {
            log = FlashLog::open(flash, layout).unwrap();
            continue;
        }
        // Between two acts the device may also go off; the log is the same.
        flash.power = None;
        log = FlashLog::open(flash, layout).unwrap();
        let before = known.clone();
        let (then, done) = act(&own, &mut log, &act_now, &known);
        match done {
            Ok(()) => known = then.clone(),
            Err(error) => assert!(is_refusal(error), "{act_now:?}: {error}"),
        }
        reclaimed += u32::from(done.is_ok() && matches!(act_now, Act::Reclaim(_)));
        steps.push(Step { from, before, then });
    }
    assert!(reclaimed >= 2, "the day reclaims: {reclaimed}");
    let events = log.into_flash().events.unwrap();
    assert!(events.iter().filter(|event| matches!(event, Event::Erase(_))).count() > sectors, "the ring goes round");
    let (mut flash, mut tried) = (beginning, 0u64);
    for (i, event) in events.iter().enumerate() {
        let step = steps.iter().rev().find(|step| step.from <= i).unwrap();
        for ticks in 0..event.ticks() {
            tried += 1;
            if !tried.is_multiple_of(every) {
                continue;
            }
            let mut cut = flash.clone();
            cut.partly(event, ticks);
            let (mut log, found) = check(&own, cut, layout, &step.before, &step.then);
            // It goes on, and what it writes now stays.
            let then = go_on(&own, &mut log, &found, tried.is_multiple_of(16));
            check(&own, log.into_flash(), layout, &then, &then);
        }
        flash.partly(event, event.ticks());
    }
    assert!(tried > 10_000, "{tried}");
    println!("{tried} places to cut at, every {every}. tried");
}

#[test]
fn a_cut_after_any_byte_of_a_day_loses_nothing_acknowledged() {
    every_cut::<4, 1_024>(9, Layout { sector: 1_024, blob: 200 }, 1, 1);
}

#[test]
fn the_same_holds_with_long_words_and_with_single_bytes() {
    every_cut::<32, 2_048>(10, Layout { sector: 2_048, blob: 200 }, 2, 23);
    every_cut::<1, 512>(22, Layout { sector: 1_024, blob: 200 }, 3, 29);
}
