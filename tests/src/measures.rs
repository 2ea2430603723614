//! What is measured for `cargo xtask size` and `cargo xtask bench`.
use std::hint::black_box;
use std::time::{Duration, Instant};

use medlot_core::ident::{Gtin, Product};
use sha2::{Digest, Sha256};

use crate::figures::Figure;

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

/// Bytes of what medlot writes. The firmware's are handed in by `cargo xtask size`.
pub fn size() -> Vec<Figure> {
    let gtin = core::mem::size_of::<Gtin>();
    let text = "08931234567895".len();
    #[expect(clippy::cast_precision_loss, reason = "a handful of bytes")]
    let figure = Figure::new("memory.gtin", gtin as f64, "bytes", "in memory").beside("its digits", text as f64);
    vec![figure]
}

/// Speeds on one core of this machine.
pub fn bench() -> Vec<Figure> {
    let block = [0x5a_u8; 1024];
    let hashed = per_second(|| {
        black_box(Sha256::digest(black_box(block)));
    });
    let parsed = per_second(|| {
        let _ = black_box(Product::parse(black_box("893110012324")));
    });
    vec![
        Figure::new("sha256", hashed / 1024.0, "MiB/s", "one core, 1 KiB at a time: the ground under the chain"),
        Figure::new("product.parse", parsed, "names/s", "one core, a 12-digit registration number"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_a_second_follow_how_long_a_call_takes() {
        let rate = per_second(|| std::thread::sleep(Duration::from_millis(1)));
        assert!((1.0..=1000.0).contains(&rate), "{rate}");
    }
}
