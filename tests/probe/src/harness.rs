//! What both probes share: text out of the emulator, the figures, and the end.
use core::hint::black_box;
use cortex_m::peripheral::Peripherals;
use cortex_m_semihosting::{debug, hio};

#[path = "measure.rs"]
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

/// Verifies a true file and one with a flipped bit; prints what the first cost, and ends.
pub fn run<const LENGTH: usize>(file: &'static [u8; LENGTH], verifies: fn(&[u8]) -> bool) -> ! {
    let Some(mut peripherals) = Peripherals::take() else {
        debug::exit(debug::EXIT_FAILURE);
        loop {}
    };
    measure::start(&mut peripherals.SYST);
    let (good, cost) = measure::measure(|| verifies(black_box(&file[..])));
    let mut flipped = *file;
    flipped[LENGTH / 2] ^= 1;
    let bad = verifies(black_box(&flipped[..]));
    figure("instructions ", cost.instructions as u32);
    figure("stack ", cost.stack as u32);
    if good && !bad {
        say(b"probe: verified, and a flipped bit was refused\n");
        debug::exit(debug::EXIT_SUCCESS);
    } else {
        say(if good {
            b"probe: FAILED: a flipped bit was accepted\n"
        } else {
            b"probe: FAILED: what is true was refused  \n"
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
