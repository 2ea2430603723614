//! Verifies what was signed, on an emulated Cortex-M4, and prints what it cost.
//!
//! Peak stack by painting: everything below the stack pointer is filled with a pattern before the call, and the
//! lowest word that changed is looked for afterwards. Instructions by SysTick, which QEMU's `-icount shift=0` ties
//! to the instruction count: the board's 25 MHz clock makes one tick 40 instructions of 1 ns.
#![no_std]
#![no_main]

use core::hint::black_box;
use cortex_m::peripheral::Peripherals;
use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hio};

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

mod measure;

/// Text out of the emulator. No `core::fmt`: its code would be counted as if verification needed it.
fn say(text: &[u8]) {
    if let Ok(mut out) = hio::hstdout() {
        let _ = out.write_all(text);
    }
}

/// One figure a line: its name, then the value in decimal.
fn figure(name: &str, mut value: u32) {
    let mut text = *b"0000000000\n";
    for digit in text.iter_mut().take(10).rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
    say(name.as_bytes());
    say(&text);
}

#[entry]
fn main() -> ! {
    let Some(mut peripherals) = Peripherals::take() else {
        debug::exit(debug::EXIT_FAILURE);
        loop {}
    };
    measure::start(&mut peripherals.SYST);
    let (good, cost) = measure::measure(|| verifies(black_box(&FILE[..])));
    let mut flipped = *FILE;
    flipped[LENGTH / 2] ^= 1;
    let bad = verifies(black_box(&flipped[..]));
    figure("instructions ", cost.instructions as u32);
    figure("stack ", cost.stack as u32);
    if good && !bad {
        say(b"probe: verified, and a flipped bit was refused\n");
        debug::exit(debug::EXIT_SUCCESS);
    } else {
        say(if good {
            b"probe: FAILED: a flipped bit was accepted
"
        } else {
            b"probe: FAILED: a true segment was refused
"
        });
        debug::exit(debug::EXIT_FAILURE);
    }
    loop {}
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    debug::exit(debug::EXIT_FAILURE);
    loop {}
}
