//! BBC micro:bit's nRF51822: Cortex-M0, and its own flash under the controller NVMC: words of 4 bytes, pages of 1 KiB.
//! RAM is taken as 64 KiB and flash as 512, which no nRF51 has: README.md says why.

use super::{Cells, Register, listen};
use medlot_handheld::FixedLedger;

/// Bytes of a word.
pub const WORD: usize = 4;
/// Bytes that are erased at once, and of a log's sector.
pub const SECTOR: usize = 1_024;
/// Where the part of the flash is that keeps settings and logs.
pub const BASE: usize = 0x0006_d800;
/// Sectors of the own log.
pub const LOG_SECTORS: usize = 40;
/// Rings for other devices' logs, and the sectors of each.
pub const RINGS: usize = 2;
/// See [`RINGS`].
pub const RING_SECTORS: usize = 12;
/// Most bytes of the stock table in a checkpoint.
pub const IMAGE: u32 = 11_264;
/// The stock table: 32 balances, 768 bytes of products and lot numbers, 8 lines on the way.
pub type Stock = FixedLedger<32, 768, 8>;
/// Bytes of the buffer: the longest line or frame, and the work with it.
pub const BUFFER: usize = 6_144;
/// Instructions of ten ticks of SysTick at 16 MHz, at 1 ns each.
pub const TICK: u64 = 625;
/// Rounds of SysTick's 24 bits in ten seconds.
pub const ROUNDS_OF_TEN_SECONDS: u32 = 11;
/// The UART's interrupt.
pub const UART_INTERRUPT: u16 = 2;

const START_RECEIVE: Register = Register(0x4000_2000);
const START_SEND: Register = Register(0x4000_2008);
const RECEIVED: Register = Register(0x4000_2108);
const SENT: Register = Register(0x4000_211c);
const INTERRUPT_ON: Register = Register(0x4000_2304);
const ENABLE: Register = Register(0x4000_2500);
const PIN_SEND: Register = Register(0x4000_250c);
const PIN_RECEIVE: Register = Register(0x4000_2514);
const IN: Register = Register(0x4000_2518);
const OUT: Register = Register(0x4000_251c);
const BAUD: Register = Register(0x4000_2524);

const FLASH_READY: Register = Register(0x4001_e400);
const FLASH_MODE: Register = Register(0x4001_e504);
const FLASH_ERASE: Register = Register(0x4001_e508);

/// UART 0.
pub struct Uart(());

impl Uart {
    /// Switches it on: 115,200 baud on the pins of the interface chip, receive interrupt.
    pub fn start() -> Self {
        PIN_SEND.write(24);
        PIN_RECEIVE.write(25);
        BAUD.write(0x01d7_e000);
        ENABLE.write(4);
        INTERRUPT_ON.write(1 << 2);
        START_RECEIVE.write(1);
        START_SEND.write(1);
        listen();
        Self(())
    }
    /// The byte that came, if one did.
    pub fn poll(&mut self) -> Option<u8> {
        if RECEIVED.read() == 0 {
            return None;
        }
        RECEIVED.write(0);
        Some(IN.read() as u8)
    }
    /// Sends a byte.
    pub fn send(&mut self, byte: u8) {
        SENT.write(0);
        OUT.write(u32::from(byte));
        while SENT.read() == 0 {}
    }
}

/// Does something in a mode of the flash controller: 1 write, 2 erase.
fn in_mode(mode: u32, work: impl FnOnce()) {
    FLASH_MODE.write(mode);
    work();
    while FLASH_READY.read() & 1 == 0 {}
    FLASH_MODE.write(0);
}

impl Cells {
    /// Takes bits of a word from 1 to 0.
    pub fn write(at: usize, word: &[u8; WORD]) {
        // The controller takes each word at its address, as a register.
        in_mode(1, || Register(BASE + at).write(u32::from_le_bytes(*word)));
    }
    /// Erases a sector.
    pub fn erase(at: usize) {
        in_mode(2, || FLASH_ERASE.write((BASE + at) as u32));
    }
}
