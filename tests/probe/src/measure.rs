//! Peak stack and instructions of one call.
use core::sync::atomic::{AtomicU32, Ordering};
use cortex_m::peripheral::{SYST, syst::SystClkSource};

/// Instructions for one tick of SysTick on `mps2-an386` under `-icount shift=0`: 1 ns each, 25 MHz.
const INSTRUCTIONS_PER_TICK: u64 = 40;
const RELOAD: u32 = 0x00ff_ffff;
const PATTERN: u32 = 0xA5C3_5A3C;
/// What painting leaves alone below its own frame.
const GUARD: usize = 64;
/// How far down is painted: twice the budget of 12 KiB, and more than any call needs (checked below).
const DEPTH: usize = 40 * 1024;

static WRAPS: AtomicU32 = AtomicU32::new(0);

/// What one call cost.
pub struct Cost {
    /// Executed instructions.
    pub instructions: u64,
    /// Bytes of stack below the caller's frame, at the deepest.
    pub stack: usize,
}

/// SysTick has 24 bits and wraps; the interrupt counts how often.
#[cortex_m_rt::exception]
fn SysTick() {
    WRAPS.fetch_add(1, Ordering::Relaxed);
}

/// Starts the counter.
pub fn start(counter: &mut SYST) {
    counter.set_clock_source(SystClkSource::Core);
    counter.set_reload(RELOAD);
    counter.clear_current();
    counter.enable_interrupt();
    counter.enable_counter();
}

fn ticks() -> u64 {
    loop {
        let before = WRAPS.load(Ordering::Relaxed);
        let value = SYST::get_current();
        if before == WRAPS.load(Ordering::Relaxed) {
            return u64::from(before) * (u64::from(RELOAD) + 1) + u64::from(RELOAD - value);
        }
    }
}

/// Calls `work` and returns its answer with what it cost.
#[inline(never)]
pub fn measure<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    let top = paint();
    let from = ticks();
    let answer = work();
    let to = ticks();
    (answer, Cost { instructions: (to - from) * INSTRUCTIONS_PER_TICK, stack: depth(top) })
}

/// Fills the free stack below this frame and returns where the fill ends.
#[inline(never)]
fn paint() -> usize {
    let here = 0_u32;
    let top = (core::ptr::from_ref(&here) as usize - GUARD) & !3;
    let mut at = top - DEPTH;
    while at < top {
        // SAFETY: the words lie in RAM below this frame, above the few bytes of static data (RAM is 64 KiB, the
        // stack starts at its end), and nothing lives there until the next call.
        unsafe { core::ptr::write_volatile(at as *mut u32, PATTERN) };
        at += 4;
    }
    top
}

/// How many bytes below `top` were used since it was painted.
#[inline(never)]
fn depth(top: usize) -> usize {
    let mut at = top - DEPTH;
    // SAFETY: the same words that `paint` filled.
    while at < top && unsafe { core::ptr::read_volatile(at as *const u32) } == PATTERN {
        at += 4;
    }
    top - at + GUARD
}
