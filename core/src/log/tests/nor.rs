//! A flash chip of the kind that microcontrollers have: bits go from 1 to 0, sectors are erased whole, a word is
//! written once between erasures. Power can fail in the middle of anything.

use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash};

/// The chip's supply failed.
#[derive(Debug)]
pub(super) struct PowerCut;

impl NorFlashError for PowerCut {
    fn kind(&self) -> NorFlashErrorKind {
        NorFlashErrorKind::Other
    }
}

/// Moments at which an erasure can be cut off.
pub(super) const ERASE_TICKS: u64 = 8;

/// What a driver did.
#[derive(Debug, Clone)]
pub(super) enum Event {
    Write(usize, Vec<u8>),
    Erase(usize),
}

impl Event {
    pub(super) fn ticks(&self) -> u64 {
        match self {
            Self::Write(_, bytes) => bytes.len() as u64,
            Self::Erase(_) => ERASE_TICKS,
        }
    }
}

/// A chip with words of `W` bytes and erasable sectors of `E`.
#[derive(Debug, Clone)]
pub(super) struct Nor<const W: usize, const E: usize> {
    pub(super) bytes: Vec<u8>,
    /// Words that were written, or touched by a write that was cut off, since they were erased.
    used: Vec<bool>,
    /// Words that read as erased but don't keep what is written: a cut can leave such.
    pub(super) weak: Vec<bool>,
    pub(super) erased: Vec<u32>,
    pub(super) written: u64,
    /// Ticks until the supply fails: a byte written, an eighth of an erasure.
    pub(super) power: Option<u64>,
    pub(super) events: Option<Vec<Event>>,
    noise: u64,
}

impl<const W: usize, const E: usize> Nor<W, E> {
    pub(super) fn new(sectors: usize) -> Self {
        // A new chip isn't always erased.
        let bytes: Vec<u8> = (0..sectors * E).map(|i| (i * 7) as u8).collect();
        Self {
            used: vec![true; bytes.len() / W],
            weak: vec![false; bytes.len() / W],
            bytes,
            erased: vec![0; sectors],
            written: 0,
            power: None,
            events: None,
            noise: 1,
        }
    }
    fn noise(&mut self) -> u8 {
        self.noise = self.noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.noise >> 56) as u8
    }
    /// Uses up power; how much of it was left for this.
    fn draw(&mut self, ticks: u64) -> u64 {
        let Some(left) = &mut self.power else { return ticks };
        let drawn = ticks.min(*left);
        *left -= drawn;
        drawn
    }
    /// Does the first ticks of something.
    pub(super) fn partly(&mut self, event: &Event, ticks: u64) {
        match event {
            Event::Write(at, bytes) => {
                let whole = ticks as usize;
                for (i, byte) in bytes.iter().enumerate() {
                    // The byte at which the supply fails gets some of its bits.
                    let byte = if i < whole {
                        *byte
                    } else if i == whole {
                        byte | self.noise()
                    } else {
                        break;
                    };
                    let word = (at + i) / W;
                    if i % W == 0 && i <= whole {
                        assert!(!self.used[word], "word {word} is written twice");
                    }
                    let byte = if self.weak[word] { byte | self.noise() } else { byte };
                    self.bytes[at + i] &= byte;
                }
                for word in at / W..(at + whole.min(bytes.len() - 1)) / W + 1 {
                    // What reads as erased can't be told from what is.
                    self.used[word] = self.bytes[word * W..][..W].iter().any(|b| *b != 0xff) || whole >= bytes.len();
                }
            }
            Event::Erase(at) => {
                let done = ticks >= ERASE_TICKS;
                for i in *at..at + E {
                    let noise = self.noise();
                    let reached = ((i - at) as u64) < E as u64 * ticks / ERASE_TICKS;
                    // Cells are erased together; cut off, some bits are and some aren't.
                    self.bytes[i] |= if done {
                        0xff
                    } else if reached || ticks > 4 {
                        noise
                    } else {
                        0
                    };
                }
                if done {
                    self.used[at / W..(at + E) / W].fill(false);
                    self.weak[at / W..(at + E) / W].fill(false);
                    self.erased[at / E] += 1;
                }
            }
        }
    }
    fn run(&mut self, event: Event) -> Result<(), PowerCut> {
        let drawn = self.draw(event.ticks());
        if drawn > 0 || self.power.is_none() {
            self.partly(&event, drawn);
        }
        if drawn < event.ticks() {
            return Err(PowerCut);
        }
        self.events.iter_mut().for_each(|events| events.push(event.clone()));
        Ok(())
    }
}

impl<const W: usize, const E: usize> ErrorType for Nor<W, E> {
    type Error = PowerCut;
}

impl<const W: usize, const E: usize> ReadNorFlash for Nor<W, E> {
    // Two at a time where words are longer: drivers differ.
    const READ_SIZE: usize = if W > 4 { 4 } else { 1 };
    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), PowerCut> {
        let at = offset as usize;
        assert!(at.is_multiple_of(Self::READ_SIZE) && bytes.len().is_multiple_of(Self::READ_SIZE), "read unaligned");
        bytes.copy_from_slice(&self.bytes[at..at + bytes.len()]);
        Ok(())
    }
    fn capacity(&self) -> usize {
        self.bytes.len()
    }
}

impl<const W: usize, const E: usize> NorFlash for Nor<W, E> {
    const WRITE_SIZE: usize = W;
    const ERASE_SIZE: usize = E;
    fn erase(&mut self, from: u32, to: u32) -> Result<(), PowerCut> {
        let (from, to) = (from as usize, to as usize);
        assert!(from.is_multiple_of(E) && to.is_multiple_of(E) && to <= self.bytes.len() && from < to);
        (from..to).step_by(E).try_for_each(|at| self.run(Event::Erase(at)))
    }
    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), PowerCut> {
        let at = offset as usize;
        assert!(at.is_multiple_of(W) && bytes.len().is_multiple_of(W) && at + bytes.len() <= self.bytes.len());
        assert!(at / E == (at + bytes.len() - 1) / E || E < 1_024, "a write stays in its sector");
        self.written += bytes.len() as u64;
        self.run(Event::Write(at, bytes.to_vec()))
    }
}
