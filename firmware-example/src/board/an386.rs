//! ARM MPS2 with image AN386: Cortex-M4, CMSDK UART. It has no flash of its own that a program writes, so the chip that
//! keeps settings and log is a part of its RAM that behaves like one: words of 8 bytes and sectors of 2 KiB, as STM32L4.

use super::{Cells, Register, listen};
use medlot_handheld::FixedLedger;

/// Bytes of a word.
pub const WORD: usize = 8;
/// Bytes that are erased at once, and of a log's sector.
pub const SECTOR: usize = 2_048;
/// Where the chip is.
pub const BASE: usize = 0x2020_0000;
/// Sectors of the own log.
pub const LOG_SECTORS: usize = 64;
/// Rings for other devices' logs, and the sectors of each.
pub const RINGS: usize = 3;
/// See [`RINGS`].
pub const RING_SECTORS: usize = 24;
/// Most bytes of the stock table in a checkpoint.
pub const IMAGE: u32 = 20_480;
/// The stock table: 128 balances, 3,072 bytes of products and lot numbers, 8 lines on the way.
pub type Stock = FixedLedger<128, 3_072, 8>;
/// Bytes of the buffer: the longest line or frame, and the work with it.
pub const BUFFER: usize = 8_192;
/// Instructions of ten ticks of SysTick at 25 MHz, at 1 ns each.
pub const TICK: u64 = 400;
/// Rounds of SysTick's 24 bits in ten seconds.
pub const ROUNDS_OF_TEN_SECONDS: u32 = 16;
/// The UART's receive interrupt.
pub const UART_INTERRUPT: u16 = 0;

const DATA: Register = Register(0x4000_4000);
const STATE: Register = Register(0x4000_4004);
const CONTROL: Register = Register(0x4000_4008);
const CLEAR: Register = Register(0x4000_400c);
const BAUD: Register = Register(0x4000_4010);

/// UART 0.
pub struct Uart(());

impl Uart {
    /// Switches it on: 115,200 baud of 25 MHz, receive interrupt.
    pub fn start() -> Self {
        BAUD.write(217);
        CONTROL.write(0b1011);
        listen();
        Self(())
    }
    /// The byte that came, if one did.
    pub fn poll(&mut self) -> Option<u8> {
        if STATE.read() & 2 == 0 {
            return None;
        }
        let byte = DATA.read() as u8;
        CLEAR.write(2);
        Some(byte)
    }
    /// Sends a byte.
    pub fn send(&mut self, byte: u8) {
        while STATE.read() & 1 != 0 {}
        DATA.write(u32::from(byte));
    }
}

impl Cells {
    /// Takes bits of a word from 1 to 0.
    pub fn write(at: usize, word: &[u8; WORD]) {
        for (at, byte) in (BASE + at..).zip(word) {
            // SAFETY: areas keep to the chip, a part of RAM that the linker doesn't know; nothing else lives there.
            unsafe { core::ptr::write_volatile(at as *mut u8, core::ptr::read_volatile(at as *const u8) & byte) };
        }
    }
    /// Erases a sector.
    pub fn erase(at: usize) {
        for at in (BASE + at..).take(SECTOR) {
            // SAFETY: as for writing.
            unsafe { core::ptr::write_volatile(at as *mut u8, 0xff) };
        }
    }
}
