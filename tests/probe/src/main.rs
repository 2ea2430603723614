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
use cortex_m_semihosting::{debug, hprintln};

/// RFC 8032, 7.1, TEST 3: a true signature, made by nobody here.
const PUBLIC_KEY: [u8; 32] = [
    0xfc, 0x51, 0xcd, 0x8e, 0x62, 0x18, 0xa1, 0xa3, 0x8d, 0xa4, 0x7e, 0xd0, 0x02, 0x30, 0xf0, 0x58,
    0x08, 0x16, 0xed, 0x13, 0xba, 0x33, 0x03, 0xac, 0x5d, 0xeb, 0x91, 0x15, 0x48, 0x90, 0x80, 0x25,
];
const MESSAGE: [u8; 2] = [0xaf, 0x82];
const SIGNATURE: [u8; 64] = [
    0x62, 0x91, 0xd6, 0x57, 0xde, 0xec, 0x24, 0x02, 0x48, 0x27, 0xe6, 0x9c, 0x3a, 0xbe, 0x01, 0xa3,
    0x0c, 0xe5, 0x48, 0xa2, 0x84, 0x74, 0x3a, 0x44, 0x5e, 0x36, 0x80, 0xd7, 0xdb, 0x5a, 0xc3, 0xac,
    0x18, 0xff, 0x9b, 0x53, 0x8d, 0x16, 0xf2, 0x90, 0xae, 0x67, 0xf7, 0x60, 0x98, 0x4d, 0xc6, 0x59,
    0x4a, 0x7c, 0x15, 0xe9, 0x71, 0x6e, 0xd2, 0x8d, 0xc0, 0x27, 0xbe, 0xce, 0xea, 0x1e, 0xc4, 0x0a,
];

#[inline(never)]
fn verifies(message: &[u8]) -> bool {
    ed25519_dalek::VerifyingKey::from_bytes(&PUBLIC_KEY).is_ok_and(|key| {
        key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(&SIGNATURE))
            .is_ok()
    })
}

mod measure;

#[entry]
fn main() -> ! {
    let Some(mut peripherals) = Peripherals::take() else {
        debug::exit(debug::EXIT_FAILURE);
        loop {}
    };
    measure::start(&mut peripherals.SYST);
    let (good, cost) = measure::measure(|| verifies(black_box(&MESSAGE)));
    let mut flipped = MESSAGE;
    flipped[1] ^= 1;
    let bad = verifies(black_box(&flipped));
    hprintln!("instructions {}", cost.instructions);
    hprintln!("stack {}", cost.stack);
    if good && !bad {
        hprintln!("probe: verified, and a flipped bit was refused");
        debug::exit(debug::EXIT_SUCCESS);
    } else {
        hprintln!("probe: FAILED: true one accepted: {}, flipped one accepted: {}", good, bad);
        debug::exit(debug::EXIT_FAILURE);
    }
    loop {}
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    debug::exit(debug::EXIT_FAILURE);
    loop {}
}
