//! Answers vectors on an emulated microcontroller: reads `asked.jsonl` where the emulator runs, a line for each vector with
//! what it gives (`group`, and the inputs of its file), and writes to `said.jsonl` a line with what this build says of it.
//! What the vectors state stays with the host, which compares: `tests/tests/chips.rs`.
#![no_std]
#![no_main]

extern crate alloc;

mod answers;
mod evidence;
mod files;
#[path = "../../../src/log_said.rs"]
mod log_said;
mod medium;
#[path = "../../../src/ledger_vectors/say.rs"]
mod say;

use alloc::vec::Vec;
use core::ptr;
use cortex_m as _;
use cortex_m_rt::entry;
use cortex_m_semihosting::debug;
use embedded_alloc::LlffHeap;
use files::{Reading, Writing};

#[global_allocator]
static HEAP: LlffHeap = LlffHeap::empty();

/// What is left to the stack below the end of RAM.
const STACK: usize = 256 * 1024;

unsafe extern "C" {
    /// The end of RAM, where the stack begins: the linker script's.
    static _stack_start: u32;
}

/// Answers every line; whether all could be written.
fn answer_all() -> Option<()> {
    let mut asked = Reading::open(b"asked.jsonl\0")?;
    let mut said = Writing::create(b"said.jsonl\0")?;
    let mut line = Vec::new();
    while asked.line(&mut line) {
        let vector = serde_json::from_slice(&line).ok()?;
        let mut text = serde_json::to_vec(&answers::of(&vector)).ok()?;
        text.push(b'\n');
        said.write(&text)?;
    }
    said.close()
}

#[entry]
fn main() -> ! {
    let from = cortex_m_rt::heap_start() as usize;
    let length = ptr::addr_of!(_stack_start) as usize - STACK - from;
    // SAFETY: called once, before anything is allocated; the memory lies between static data and the stack's lowest.
    unsafe { HEAP.init(from, length) };
    end(answer_all().is_some())
}

fn end(good: bool) -> ! {
    debug::exit(if good { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    loop {}
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    end(false)
}
