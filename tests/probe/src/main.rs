//! Verifies one sealed segment on an emulated Cortex-M4, and prints what it cost.
//!
//! Peak stack by painting: everything below the stack pointer is filled with a pattern before the call, and the
//! lowest word that changed is looked for afterwards. Instructions by SysTick, which QEMU's `-icount shift=0` ties
//! to the instruction count: the board's 25 MHz clock makes one tick 40 instructions of 1 ns.
#![no_std]
#![no_main]

mod harness;

use cortex_m_rt::entry;
use medlot_core::crypto::{Hash, SIGNATURE_LEN, Suite};
use medlot_core::record::{LogKey, Segment};

/// Identity of a log, its public key, and a sealed segment of it: `tests/tests/probe.rs` writes it.
static FILE: &[u8; LENGTH] = include_bytes!("../segment.bin");
const LENGTH: usize = include_bytes!("../segment.bin").len();

/// The one call: every record rebuilt and hashed, then the seal.
#[inline(never)]
fn verifies(file: &[u8]) -> bool {
    let Some((id, rest)) = file.split_first_chunk::<32>() else { return false };
    let Some((key, body)) = rest.split_first_chunk::<32>() else { return false };
    let log = LogKey { id: Hash(*id), suite: Suite::Ed25519, key };
    Segment::parse(body, SIGNATURE_LEN).is_ok_and(|segment| segment.verify(&log).is_ok())
}

#[entry]
fn main() -> ! {
    harness::run(FILE, verifies)
}
