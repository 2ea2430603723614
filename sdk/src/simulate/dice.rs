//! Seeded chance. The generator's stream is the same on every machine; what is made of it here takes no part of another
//! crate that a release may change.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::Rng;

/// Chance from a seed.
#[derive(Debug, Clone)]
pub(super) struct Dice(Pcg64Mcg);

impl Dice {
    /// Of a seed, for one purpose: each has a stream of its own.
    pub(super) fn new(seed: u64, purpose: u64) -> Self {
        // The generator sets its two lowest bits itself.
        let mut dice = Self(Pcg64Mcg::new(u128::from(seed) << 64 | u128::from(purpose) << 2));
        // The generator's first numbers show a small seed.
        for _ in 0..8 {
            let _ = dice.0.next_u64();
        }
        dice
    }
    /// 0 … n − 1; 0 where n is 0.
    pub(super) fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(n)) >> 32) as u32
    }
    /// From … to, both included.
    pub(super) fn between(&mut self, from: u32, to: u32) -> u32 {
        from + self.below(to.saturating_sub(from).saturating_add(1))
    }
    /// So many times of a thousand.
    pub(super) fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1_000) < per_mille
    }
    /// One of them.
    pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let at = self.below(u32::try_from(of.len()).unwrap_or(u32::MAX));
        of.get(at as usize).copied()
    }
    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        bytes.iter_mut().for_each(|b| *b = self.0.next_u32() as u8);
        bytes
    }
    /// Puts them in any order.
    pub(super) fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            let other = self.below(u32::try_from(last + 1).unwrap_or(u32::MAX)) as usize;
            all.swap(last, other);
        }
    }
}
