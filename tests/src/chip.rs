//! A flash chip as memory, written from what `firmware-example/README.md` says of the handheld's: words of `W` bytes written
//! once, sectors of `E` bytes erased whole, a supply that fails after a number of bytes.
#![allow(clippy::panic, clippy::indexing_slicing)]
use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash};
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

/// The chip; its handles share it.
#[derive(Debug, Default)]
pub struct Chip {
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Bytes that can still be written or erased.
    pub power: Option<usize>,
    /// Whether the supply has failed: then nothing changes any more.
    pub is_dead: bool,
    /// Bytes written and erased so far.
    pub used: usize,
    /// Which of them were erased.
    pub erased: Vec<Range<usize>>,
}

impl Chip {
    fn draw(&mut self, bytes: usize) -> usize {
        let drawn = self.power.map_or(bytes, |left| left.min(bytes));
        self.power = self.power.map(|left| left - drawn);
        self.used += drawn;
        drawn
    }
}

/// An area of the chip.
#[derive(Debug, Clone)]
pub struct Area<const W: usize, const E: usize> {
    /// The chip.
    pub chip: Rc<RefCell<Chip>>,
    /// Where it begins there.
    pub from: usize,
    /// Its bytes.
    pub length: usize,
}

/// The supply failed.
#[derive(Debug)]
pub struct Cut;

impl NorFlashError for Cut {
    fn kind(&self) -> NorFlashErrorKind {
        NorFlashErrorKind::Other
    }
}

impl<const W: usize, const E: usize> ErrorType for Area<W, E> {
    type Error = Cut;
}

impl<const W: usize, const E: usize> ReadNorFlash for Area<W, E> {
    const READ_SIZE: usize = 1;
    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Cut> {
        let at = offset as usize;
        assert!(at + bytes.len() <= self.length);
        bytes.copy_from_slice(&self.chip.borrow().bytes[self.from + at..][..bytes.len()]);
        Ok(())
    }
    fn capacity(&self) -> usize {
        self.length
    }
}

impl<const W: usize, const E: usize> NorFlash for Area<W, E> {
    const WRITE_SIZE: usize = W;
    const ERASE_SIZE: usize = E;
    fn erase(&mut self, from: u32, to: u32) -> Result<(), Cut> {
        let (from, to) = (from as usize, to as usize);
        assert!(from.is_multiple_of(E) && to.is_multiple_of(E) && to <= self.length);
        let mut chip = self.chip.borrow_mut();
        if chip.is_dead {
            return Err(Cut);
        }
        for at in (self.from + from..self.from + to).step_by(E) {
            let begun = chip.used;
            let drawn = chip.draw(E);
            chip.bytes[at..at + drawn].fill(0xff);
            if drawn < E {
                chip.bytes[at + drawn] |= 0xf0;
                chip.is_dead = true;
                return Err(Cut);
            }
            chip.erased.push(begun..begun + E);
        }
        Ok(())
    }
    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Cut> {
        let at = offset as usize;
        assert!(at.is_multiple_of(W) && bytes.len().is_multiple_of(W) && at + bytes.len() <= self.length);
        let mut chip = self.chip.borrow_mut();
        if chip.is_dead {
            return Err(Cut);
        }
        for (place, byte) in (self.from + at..).zip(bytes) {
            let drawn = chip.draw(1);
            if (place - self.from).is_multiple_of(W) && drawn == 1 {
                let word = &chip.bytes[place..place + W];
                assert!(word.iter().all(|b| *b == 0xff), "the word at {place:#x} is written twice");
            }
            chip.bytes[place] &= if drawn == 1 { *byte } else { byte | 0x0f };
            if drawn == 0 {
                chip.is_dead = true;
                return Err(Cut);
            }
        }
        Ok(())
    }
}
