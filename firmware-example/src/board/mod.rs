//! The board that the image is for, chosen by the processor.

#[cfg(board = "an386")]
mod an386;
#[cfg(board = "microbit")]
mod microbit;

#[cfg(board = "an386")]
pub use an386::*;
#[cfg(board = "microbit")]
pub use microbit::*;

use crate::flash::Area;
use core::ptr;
use medlot_handheld::{Layout, Out};

/// Who the device is, and what authorities said: 10 pages.
pub const SETTINGS: Area = Area { from: 0, length: 10 * SECTOR };
/// The log.
pub const LOG: Area = Area { from: SETTINGS.length, length: LOG_SECTORS * SECTOR };
/// How it lies there.
pub const LAYOUT: Layout = Layout { sector: SECTOR as u32, blob: IMAGE };
/// The logs of other devices of the facility, one behind the other.
pub const FELLOWS: [Area; RINGS] = {
    let length = RING_SECTORS * SECTOR;
    let (mut areas, mut at) = ([Area { from: LOG.from + LOG.length, length }; RINGS], 0);
    while at < RINGS {
        areas[at].from += at * length;
        at += 1;
    }
    areas
};
/// Where the chip is that keeps all of it, and its length.
pub const CHIP: (usize, usize) = (BASE, LOG.from + LOG.length + RINGS * RING_SECTORS * SECTOR);

impl Uart {
    /// Waits for the next byte.
    pub fn byte(&mut self) -> u8 {
        loop {
            match self.poll() {
                Some(byte) => return byte,
                None => sleep(),
            }
        }
    }
}

impl Out for Uart {
    fn put(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.send(*byte);
        }
    }
}

/// The chip's cells: the board writes and erases them.
pub struct Cells;

impl Cells {
    /// Reads a byte.
    pub fn read(at: usize) -> u8 {
        // SAFETY: areas keep to the chip, which the linker doesn't know: a part of flash, or of RAM.
        unsafe { ptr::read_volatile((BASE + at) as *const u8) }
    }
}

/// One register of a peripheral.
#[derive(Clone, Copy)]
pub struct Register(usize);

impl Register {
    fn read(self) -> u32 {
        // SAFETY: the addresses are the boards' constants, each of a register that may be read at any time.
        unsafe { ptr::read_volatile(self.0 as *const u32) }
    }
    fn write(self, value: u32) {
        // SAFETY: the addresses are the boards' constants, each of a register that this program alone writes.
        unsafe { ptr::write_volatile(self.0 as *mut u32, value) };
    }
}

/// The interrupt that says that a byte came. It is never taken: it wakes the processor, which looks itself.
#[derive(Clone, Copy)]
struct ByteCame;

// SAFETY: the number is the board's own of its UART.
unsafe impl cortex_m::interrupt::InterruptNumber for ByteCame {
    fn number(self) -> u16 {
        UART_INTERRUPT
    }
}

fn listen() {
    cortex_m::interrupt::disable();
    // SAFETY: all interrupts are masked, so unmasking one can break no critical section; it only wakes.
    unsafe { cortex_m::peripheral::NVIC::unmask(ByteCame) };
}

/// Sleeps until a byte came, or may have come.
fn sleep() {
    cortex_m::asm::wfi();
    cortex_m::peripheral::NVIC::unpend(ByteCame);
}
