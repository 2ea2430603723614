//! What is measured for `cargo xtask size` and `cargo xtask bench`.
use std::hint::black_box;
use std::time::{Duration, Instant};

use medlot_core::crypto::Suite;
use medlot_core::record::Segment;
use medlot_core::scan::{Outcome, Profile, Scratch, scan};
use medlot_core::time::Date;
use sha2::{Digest, Sha256};

use crate::figures::{Figure, Goal};
use crate::peers::{self, Sale, Signer};
use crate::shapes::sales;
use crate::sync_peers::{long_log, talk};
use crate::world::Done;

/// How long each speed is measured.
const TIME: Duration = Duration::from_millis(500);

/// Calls `work` for half a second, after as many calls to warm up; calls a second.
pub fn per_second(mut work: impl FnMut()) -> f64 {
    let mut run = |time: Duration| {
        let from = Instant::now();
        let mut calls = 0_u32;
        while from.elapsed() < time {
            for _ in 0..64 {
                work();
            }
            calls += 64;
        }
        f64::from(calls) / from.elapsed().as_secs_f64()
    };
    run(TIME / 5);
    run(TIME)
}

/// Processor time of this thread, so that a busy machine doesn't make a figure worse; where the system doesn't say it,
/// time.
#[must_use]
pub fn clock() -> Duration {
    #[cfg(unix)]
    {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or(0))
    }
    #[cfg(not(unix))]
    {
        static BEGIN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
        BEGIN.get_or_init(Instant::now).elapsed()
    }
}

/// What some work took on one core, and what came of it.
pub fn took<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let from = clock();
    let out = work();
    (clock().saturating_sub(from), out)
}

/// Seconds of one call: the least of seven runs of many.
pub fn least(calls: u32, mut work: impl FnMut()) -> f64 {
    let run = |_| took(|| (0..calls).for_each(|_| work())).0.as_secs_f64() / f64::from(calls);
    (0..7).map(run).fold(f64::INFINITY, f64::min)
}

/// Bytes of what medlot writes. The firmware's are handed in by `cargo xtask size`.
pub fn size() -> Vec<Figure> {
    let mut figures = Vec::new();
    for (name, suite) in [("ed25519", Suite::Ed25519), ("p256", Suite::P256)] {
        for (form, full, goal) in [("bare", false, 16.0), ("full", true, 24.0)] {
            let Ok(day) = sales(suite, 300, 120, full) else { continue };
            #[expect(clippy::cast_precision_loss, reason = "thousands of bytes")]
            let each = day.body.len() as f64 / 300.0;
            let condition = "retail day: 300 sales over 120 lots, seal included; full = operator, document, amount";
            let figure = Figure::new(format!("wire.day.{form}.{name}"), each, "bytes", condition);
            figures.push(figure.goal(Goal::AtMost(goal)));
        }
    }
    figures
}

/// Speeds on one core of this machine.
///
/// # Errors
/// What the core refuses; a disk that is full.
pub fn bench() -> Done<Vec<Figure>> {
    let mut figures = of_records();
    figures.extend(crate::bench_ledger::figures()?);
    figures.extend(crate::bench_log::figures()?);
    figures.extend(crate::bench_catalogue::figures()?);
    Ok(figures)
}

fn of_records() -> Vec<Figure> {
    let block = [0x5a_u8; 1024];
    let hashed = per_second(|| {
        black_box(Sha256::digest(black_box(block)));
    });
    let mut figures =
        vec![Figure::new("sha256", hashed / 1024.0, "MiB/s", "one core, 1 KiB at a time: the ground under the chain")];
    for (name, suite) in [("ed25519", Suite::Ed25519), ("p256", Suite::P256)] {
        let Ok(segment) = sales(suite, 1_000, 400, false) else { continue };
        let log = segment.log();
        let verified = per_second(|| {
            let _ = black_box(Segment::parse(black_box(&segment.body), 64).and_then(|s| s.verify(&log)));
        });
        let figure = Figure::new(
            format!("verify.bulk.{name}"),
            verified * 1_000.0,
            "records/s",
            "one core, segments of 1,000 movements, rebuilt, hashed and seal verified",
        );
        // The goal is for Ed25519 with the processor's own SHA-256; elsewhere the figure stands without verdict.
        let judged = suite == Suite::Ed25519 && has_sha();
        figures.push(if judged { figure.goal(Goal::AtLeast(4e6)) } else { figure });
    }
    figures.extend(beside_peers());
    if let Ok(today) = Date::new(2026, 11, 23) {
        let mut scratch = Scratch::new();
        let scanned = per_second(|| {
            let raw = black_box(b"\x1d01084700069915412110081996195256\x1d10DXB2005\x1d17220228");
            black_box(matches!(scan(raw, &Profile { gs: None }, today, &mut scratch), Outcome::Read { .. }));
        });
        figures.push(
            Figure::new("scan.element_strings", scanned, "scans/s", "one core, GTIN, serial, lot and expiry")
                .goal(Goal::AtLeast(1e6)),
        );
    }
    figures.extend(synchronised(100_000));
    match crate::bench_reports::figures() {
        Ok(reports) => figures.extend(reports),
        Err(error) => eprintln!("bench: reports: {error}"),
    }
    figures
}

/// A device's whole log, brought to another of its facility in memory: frames, verified, kept, acknowledged.
fn synchronised(records: u32) -> Vec<Figure> {
    let Ok((full, empty, segments)) = long_log(records) else { return Vec::new() };
    let (mut best, mut bytes) = (Duration::MAX, 0);
    for _ in 0..5 {
        let (mut one, mut two) = (full.holdings(), empty.holdings());
        let (mut from, mut to) = (full.session(), empty.session());
        let begun = Instant::now();
        let talked = talk((&mut from, &mut one), (&mut to, &mut two), [usize::MAX; 2]);
        if !talked.done || talked.acknowledged[0] != records {
            return Vec::new();
        }
        (best, bytes) = (best.min(begun.elapsed()), talked.bytes.iter().sum());
    }
    #[expect(clippy::cast_precision_loss, reason = "millions of bytes")]
    let ratio = bytes as f64 / segments as f64;
    vec![
        Figure::new("sync.memory", best.as_secs_f64(), "s", "100,000 records in segments of 1,000 to a peer in memory")
            .goal(Goal::AtMost(0.2)),
        Figure::new("sync.bytes", ratio, "times", "bytes on the line, frames and both directions, over the segments'")
            .goal(Goal::AtMost(1.05)),
    ]
}

/// Verifying and reading one signed record of each peer, beside medlot's records of a segment in the same run.
fn beside_peers() -> Vec<Figure> {
    let (Ok(sale), Ok(signer)) = (Sale::sample(), Signer::new()) else { return Vec::new() };
    let Ok(segment) = sales(Suite::Ed25519, 1_000, 400, true) else { return Vec::new() };
    let log = segment.log();
    let ours = 1_000.0
        * per_second(|| {
            let _ = black_box(Segment::parse(black_box(&segment.body), 64).and_then(|s| s.verify(&log)));
        });
    let (cose, protobuf, epcis) =
        (peers::cose(&sale, &signer), peers::protobuf(&sale, &signer), peers::epcis(&sale, &signer));
    let speeds = [
        ("cose", "COSE_Sign1", per_second(|| drop(black_box(peers::read_cose(black_box(&cose), &signer))))),
        (
            "protobuf",
            "protobuf and a signature",
            per_second(|| {
                drop(black_box(peers::read_protobuf(black_box(&protobuf), &signer)));
            }),
        ),
        ("epcis", "EPCIS 2.0 as JWS", per_second(|| drop(black_box(peers::read_epcis(black_box(&epcis), &signer))))),
    ];
    let figure = |(name, peer, speed): (&str, &'static str, f64)| {
        let condition =
            "one core: full records under one seal of 1,000 beside single full records of the peer, Ed25519 each";
        let figure = Figure::new(format!("verify.beside_{name}"), ours, "records/s", condition).beside(peer, speed);
        if name == "cose" { figure.goal(Goal::AtLeast(100.0 * speed)) } else { figure }
    };
    speeds.into_iter().map(figure).collect()
}

/// Whether the processor has instructions for SHA-256.
fn has_sha() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("sha");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_is_measured_and_within_its_goal() {
        let figures = size();
        assert_eq!(figures.len(), 4);
        assert!(figures.iter().all(|f| f.met() == Some(true)), "{figures:?}");
    }

    #[test]
    fn what_the_benchmark_verifies_is_valid() {
        for (suite, full) in [(Suite::Ed25519, false), (Suite::Ed25519, true), (Suite::P256, false)] {
            let sealed = sales(suite, 1_000, 400, full).unwrap();
            let authentic = Segment::parse(&sealed.body, 64).unwrap().verify(&sealed.log()).unwrap();
            assert_eq!(authentic.end() as usize, sealed.records.len());
        }
    }

    #[test]
    fn what_the_benchmark_synchronises_arrives_and_costs_hardly_more_than_its_segments() {
        let figures = synchronised(3_000);
        assert_eq!(figures.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["sync.memory", "sync.bytes"]);
        assert_eq!(figures[1].met(), Some(true), "{figures:?}");
    }

    #[test]
    fn calls_a_second_follow_how_long_a_call_takes() {
        let rate = per_second(|| std::thread::sleep(Duration::from_millis(1)));
        assert!((1.0..=1000.0).contains(&rate), "{rate}");
    }
}
