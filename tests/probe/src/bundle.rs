//! Verifies a delivery with three enrolments from its root on an emulated Cortex-M4: every seal, and whether each
//! record counts. Prints what it cost.
#![no_std]
#![no_main]

mod harness;

use cortex_m_rt::entry;
use medlot_core::trust::{Anchor, Counts, FixedShelf, open};

/// Length of the root's object (u16), the root's object, the bundle: `tests/tests/probe.rs` writes it.
static FILE: &[u8; LENGTH] = include_bytes!("../bundle.bin");
const LENGTH: usize = include_bytes!("../bundle.bin").len();

/// The one call: from the trust anchor to the verdict on each record of the delivery.
#[inline(never)]
fn verifies(file: &[u8]) -> bool {
    counts(file).unwrap_or(false)
}

fn counts(file: &[u8]) -> Option<bool> {
    let (length, rest) = file.split_first_chunk::<2>()?;
    let (root, bundle) = rest.split_at_checked(u16::from_le_bytes(*length).into())?;
    let anchor = Anchor::parse(root).ok()?;
    let mut shelf = FixedShelf::<4, 4>::new(&anchor);
    open(&anchor, bundle, &mut shelf).ok()?;
    let last = shelf.last()?;
    let mut all = true;
    let judged = shelf.judge(|evaluation| {
        let mut records = last.records();
        while let Some(record) = records.next() {
            all &= evaluation.judge_record(&record).verdict.counts == Counts::Yes;
        }
    });
    Some(all && judged.is_ok())
}

#[entry]
fn main() -> ! {
    harness::run(FILE, verifies)
}
