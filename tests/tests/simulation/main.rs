//! Whole countries, each from a seed: parties that hold the same agree, facilities agree with the hub, units are
//! conserved, stock is what stands on the shelves, and every fault is found and nothing else.
//!
//! One seed: `MEDLOT_SEED=7 cargo test -p medlot-tests --test simulation`, with `MEDLOT_FACILITIES=20` for a small one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod check;
mod party;

use medlot_sdk::simulate::{Country, Plan};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

fn number(name: &str) -> Option<u32> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}: {text:?} is no number")))
}

fn plan(seed: u64, facilities: u32) -> Plan {
    Plan { seed, facilities, devices: facilities * 2, days: 30, movements: number("MEDLOT_MOVEMENTS").unwrap_or(20) }
}

/// Looks at countries on two threads; names the seed of the first that isn't right.
fn all(plans: &[Plan]) {
    let next = AtomicU64::new(0);
    let started = Instant::now();
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let work = || {
            let mut wrong = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed) as usize;
                let Some(plan) = plans.get(at) else { return wrong };
                if let Err(what) =
                    std::panic::catch_unwind(|| check::country(plan)).unwrap_or_else(|_| Err("panicked".into()))
                {
                    let Plan { seed, facilities, movements, .. } = plan;
                    wrong.push(format!(
                        "seed {seed}, {facilities} facilities: {what}\nagain: MEDLOT_SEED={seed} MEDLOT_FACILITIES={facilities} \
                         MEDLOT_MOVEMENTS={movements} cargo test -p medlot-tests --test simulation"
                    ));
                }
            }
        };
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    println!("{} countries in {:.1} s", plans.len(), started.elapsed().as_secs_f64());
    assert!(wrong.is_empty(), "{} of {} countries are wrong:\n{}", wrong.len(), plans.len(), wrong.join("\n"));
}

#[test]
fn parties_agree_units_are_conserved_and_every_fault_is_found() {
    if let Some(seed) = std::env::var("MEDLOT_SEED").ok().map(|seed| seed.parse().expect("MEDLOT_SEED: no number")) {
        return all(&[plan(seed, number("MEDLOT_FACILITIES").unwrap_or(200))]);
    }
    // `cargo xtask test --long` looks at all of them.
    let (large, little) = if std::env::var_os("MEDLOT_LONG").is_some() { (100, 900) } else { (10, 90) };
    let full = (1..=large).map(|seed| plan(seed, 200));
    let small = (101..=100 + little).map(|seed| plan(seed, 20));
    all(&full.chain(small).collect::<Vec<_>>());
}

#[test]
fn a_seed_gives_the_same_country_byte_for_byte_and_another_one_another() {
    let made = |seed| {
        let country = Country::make(Plan { days: 6, ..plan(seed, 12) }).unwrap();
        let library = country.arrivals(medlot_sdk::simulate::Receiver::Hub, 5).unwrap();
        (library.objects, country.truth_json().unwrap().to_string())
    };
    assert_eq!(made(3), made(3));
    assert_ne!(made(3), made(4));
}

#[test]
fn facts_gathered_as_records_come_are_those_read_from_all_of_them() {
    let country = Country::make(Plan { days: 12, ..plan(8, 30) }).unwrap();
    for order in 0..3 {
        let library = country.arrivals(medlot_sdk::simulate::Receiver::Hub, order).unwrap();
        assert!(party::reads_the_same(&library), "order {order}");
    }
}
