//! The handheld's image: a UART, two areas of flash, and [`medlot_handheld::Handheld`] between them.
//!
//! Beside the handheld's own commands the board answers six that only an emulator or a bench needs:
//!
//! ```text
//! power N     the supply fails after N more bytes were written to flash or erased
//! off         switches off: the flash is saved where the emulator runs, and the run ends
//! stack       the most bytes of stack used since the start
//! cost        from now on, the instructions that each line took (needs `-icount shift=0`)
//! table       bytes of the stock table
//! buffer      bytes of the buffer
//! ```
#![no_std]
#![no_main]

mod board;
mod flash;
mod meter;
mod power;

use board::{BUFFER, Stock, Uart};
use core::mem::MaybeUninit;
use cortex_m_rt::entry;
use medlot_handheld::{Event, Handheld, Input, Out, Wire};

#[entry]
fn main() -> ! {
    static mut WORK: [u8; BUFFER] = [0; BUFFER];
    // A static of its own: all zeros, it takes no flash.
    static mut STOCK: Stock = Stock::new();
    static mut INPUT: Input = Input::new();
    static mut DEVICE: MaybeUninit<Device> = MaybeUninit::uninit();

    let painted = meter::paint();
    let Some(peripherals) = cortex_m::Peripherals::take() else { power::fail() };
    let mut uart = Uart::start();
    let mut ticks = meter::Ticks::new(peripherals.SYST);
    let device = begin(DEVICE, STOCK);
    device.boot(WORK, &mut uart);
    loop {
        let byte = uart.byte();
        let Some(event) = INPUT.push(byte, WORK) else { continue };
        let from = ticks.now();
        match event {
            Event::Line(length) => {
                let line = WORK.get(..length).unwrap_or_default();
                match line {
                    b"off" => power::off(),
                    b"stack" => meter::figure(&mut uart, b"stack ", painted.used() as u64),
                    b"table" => meter::figure(&mut uart, b"table ", size_of::<Stock>() as u64),
                    b"buffer" => meter::figure(&mut uart, b"buffer ", BUFFER as u64),
                    b"cost" => ticks.say = true,
                    [b'p', b'o', b'w', b'e', b'r', b' ', digits @ ..] => match number(digits) {
                        Some(bytes) => {
                            power::set(bytes);
                            uart.put(b"ok power\n");
                        }
                        None => uart.put(b"err 0 not_a_number\n"),
                    },
                    _ => device.line(WORK, length, &mut uart),
                }
            }
            Event::Frame(length) => device.sync(WORK, length, &mut Patient { uart: &mut uart, ticks: &mut ticks }),
            Event::TooLong => device.too_long(&mut uart),
        }
        ticks.report(from, &mut uart);
    }
}

type Device = Handheld<flash::Area, flash::Area, &'static mut Stock>;

/// The device, built where it stays.
#[inline(never)] // what it is built from must not stand under all that follows
fn begin(room: &'static mut MaybeUninit<Device>, stock: &'static mut Stock) -> &'static mut Device {
    room.write(Handheld::new(board::LOG, board::LAYOUT, board::FELLOWS, board::SETTINGS, stock))
}

/// The UART with an end to waiting.
struct Patient<'p> {
    uart: &'p mut Uart,
    ticks: &'p mut meter::Ticks,
}

impl Out for Patient<'_> {
    fn put(&mut self, bytes: &[u8]) {
        self.uart.put(bytes);
    }
}

impl Wire for Patient<'_> {
    fn byte(&mut self) -> Option<u8> {
        self.ticks.begin_waiting();
        loop {
            if let Some(byte) = self.uart.poll() {
                return Some(byte);
            }
            if self.ticks.waited_ten_seconds() {
                return None;
            }
        }
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    core::str::from_utf8(digits).ok()?.parse().ok()
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    power::fail()
}
