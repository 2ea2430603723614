//! The board that the image is for, chosen by the processor.

#[cfg(board = "an386")]
mod an386;
#[cfg(board = "microbit")]
mod microbit;

#[cfg(board = "an386")]
pub use an386::*;
#[cfg(board = "microbit")]
pub use microbit::*;

use core::ptr;

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
