//! The supply: it fails after a number of bytes given, and what is on the flash then stays.

use crate::board::CHIP;
use core::sync::atomic::{AtomicU32, Ordering};
use cortex_m_semihosting::{debug, syscall};

/// Bytes that can still be written or erased; all ones: any number.
static LEFT: AtomicU32 = AtomicU32::new(u32::MAX);

/// The supply fails after so many bytes more.
pub fn set(bytes: u32) {
    LEFT.store(bytes, Ordering::Relaxed);
}

/// Draws power for so many bytes; how many of them it was enough for.
pub fn draw(bytes: usize) -> usize {
    let left = LEFT.load(Ordering::Relaxed);
    if left == u32::MAX {
        return bytes;
    }
    let drawn = bytes.min(left as usize);
    LEFT.store(left - drawn as u32, Ordering::Relaxed);
    drawn
}

/// Saves the flash in the file `flash.bin` where the emulator runs, and ends the run. What a bench does that reads the
/// chip out after the supply failed.
pub fn off() -> ! {
    const NAME: &[u8] = b"flash.bin\0";
    const WRITE_BINARY: usize = 5;
    let (start, length) = CHIP;
    // SAFETY: calls of the debugger (ARM semihosting OPEN, WRITE, CLOSE); it reads the name with its end and the flash,
    // both of which live for ever, and writes nothing.
    let saved = unsafe {
        let file = syscall!(OPEN, NAME.as_ptr(), WRITE_BINARY, NAME.len() - 1);
        let left = syscall!(WRITE, file, start, length);
        syscall!(CLOSE, file);
        left == 0
    };
    debug::exit(if saved { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    loop {}
}

/// Something that must not happen: the run ends as failed.
pub fn fail() -> ! {
    debug::exit(debug::EXIT_FAILURE);
    loop {}
}
