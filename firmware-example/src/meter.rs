//! What a line costs: peak stack by painting, instructions by SysTick.

use crate::board::{ROUNDS_OF_TEN_SECONDS, TICK, Uart};
use cortex_m::peripheral::{SYST, syst::SystClkSource};
use medlot_handheld::Out;

const PATTERN: u32 = 0xa5c3_5a3c;
/// What painting leaves alone below its own frame.
const GUARD: usize = 64;
const RELOAD: u32 = 0x00ff_ffff;

/// The free memory below the stack, filled with a pattern.
pub struct Painted {
    from: usize,
    to: usize,
}

/// Fills everything between the static data and this frame.
#[inline(never)]
pub fn paint() -> Painted {
    let here = 0_u32;
    let painted = Painted {
        from: (cortex_m_rt::heap_start() as usize).next_multiple_of(4),
        to: (core::ptr::from_ref(&here) as usize - GUARD) & !3,
    };
    for at in (painted.from..painted.to).step_by(4) {
        // SAFETY: the words lie in RAM above all static data and below this frame; nothing lives there yet.
        unsafe { core::ptr::write_volatile(at as *mut u32, PATTERN) };
    }
    painted
}

impl Painted {
    /// Bytes of stack used at the deepest since.
    pub fn used(&self) -> usize {
        // SAFETY: the same words that `paint` filled; reading them volatile sees what the stack left.
        let is_clean = |at: &usize| unsafe { core::ptr::read_volatile(*at as *const u32) } == PATTERN;
        let lowest = (self.from..self.to).step_by(4).take_while(is_clean).count() * 4;
        self.to - self.from - lowest + GUARD
    }
}

/// Counts SysTick's ticks, which `-icount shift=0` ties to instructions. No line takes as many as would wrap it.
pub struct Ticks {
    /// Whether each line's cost is said.
    pub say: bool,
    counter: SYST,
    rounds: u32,
}

impl Ticks {
    /// Starts it.
    pub fn new(mut counter: SYST) -> Self {
        counter.set_clock_source(SystClkSource::Core);
        counter.set_reload(RELOAD);
        counter.clear_current();
        counter.enable_counter();
        Self { say: false, counter, rounds: 0 }
    }
    /// Where it stands.
    pub fn now(&self) -> u32 {
        SYST::get_current()
    }
    /// From now on waiting is measured.
    pub fn begin_waiting(&mut self) {
        let _ = self.counter.has_wrapped();
        self.rounds = 0;
    }
    /// Whether ten seconds or a little more have passed since.
    pub fn waited_ten_seconds(&mut self) -> bool {
        self.rounds += u32::from(self.counter.has_wrapped());
        self.rounds >= ROUNDS_OF_TEN_SECONDS
    }
    /// Says what a line cost.
    pub fn report(&self, from: u32, out: &mut Uart) {
        let ticks = from.wrapping_sub(SYST::get_current()) & RELOAD;
        if self.say {
            figure(out, b"cost ", u64::from(ticks) * TICK / 10);
        }
    }
}

/// One figure a line: its name, then the value in decimal.
pub fn figure(out: &mut Uart, name: &[u8], mut value: u64) {
    let (mut text, mut used) = ([b'0'; 20], 0);
    while used == 0 || value > 0 {
        if let Some(digit) = text.get_mut(19 - used) {
            *digit = b'0' + (value % 10) as u8;
        }
        (value, used) = (value / 10, used + 1);
    }
    out.put(name);
    out.put(text.get(20 - used..).unwrap_or_default());
    out.put(b"\n");
}
