//! Areas of NOR flash: bits go from 1 to 0, sectors are erased whole, a word is written once. Every byte draws power.

use crate::board::{Cells, SECTOR, WORD};
use crate::power;
use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash};

/// A part of the chip: a handle, its copies are the same cells.
#[derive(Debug, Clone, Copy)]
pub struct Area {
    /// Bytes from the chip's beginning.
    pub from: usize,
    /// Its length.
    pub length: usize,
}

/// What the driver refuses.
#[derive(Debug, Clone, Copy)]
pub enum Refused {
    /// A place outside of the area.
    OutOfBounds,
    /// Not at a word's or sector's beginning, or no whole number of them.
    NotAligned,
}

impl NorFlashError for Refused {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::OutOfBounds => NorFlashErrorKind::OutOfBounds,
            Self::NotAligned => NorFlashErrorKind::NotAligned,
        }
    }
}

impl Area {
    fn place(&self, offset: u32, length: usize, unit: usize) -> Result<usize, Refused> {
        let offset = offset as usize;
        if !offset.is_multiple_of(unit) || !length.is_multiple_of(unit) {
            return Err(Refused::NotAligned);
        }
        let end = offset.checked_add(length).filter(|end| *end <= self.length).ok_or(Refused::OutOfBounds)?;
        Ok(self.from + end - length)
    }
}

impl ErrorType for Area {
    type Error = Refused;
}

impl ReadNorFlash for Area {
    const READ_SIZE: usize = 1;
    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Refused> {
        let at = self.place(offset, bytes.len(), 1)?;
        for (at, byte) in (at..).zip(bytes) {
            *byte = Cells::read(at);
        }
        Ok(())
    }
    fn capacity(&self) -> usize {
        self.length
    }
}

impl NorFlash for Area {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = SECTOR;
    fn erase(&mut self, from: u32, to: u32) -> Result<(), Refused> {
        let length = to.checked_sub(from).ok_or(Refused::OutOfBounds)? as usize;
        let start = self.place(from, length, SECTOR)?;
        for at in (start..start + length).step_by(SECTOR) {
            let drawn = power::draw(SECTOR);
            if drawn < SECTOR {
                half_erased(at, drawn);
                power::off();
            }
            Cells::erase(at);
        }
        Ok(())
    }
    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Refused> {
        let at = self.place(offset, bytes.len(), WORD)?;
        for (at, word) in (at..).step_by(WORD).zip(bytes.chunks_exact(WORD)) {
            let drawn = power::draw(WORD);
            if drawn < WORD {
                // The byte at which the supply fails gets the upper half of its bits.
                let mut torn = [0xff; WORD];
                for (place, (i, byte)) in torn.iter_mut().zip(word.iter().enumerate()).take(drawn + 1) {
                    *place = if i == drawn { byte | 0x0f } else { *byte };
                }
                Cells::write(at, &torn);
                power::off();
            }
            if let Some(word) = word.first_chunk() {
                Cells::write(at, word);
            }
        }
        Ok(())
    }
}

/// An erasure that was cut off: so many bytes are erased, half of the bits of the next, and the rest stands as it was.
#[inline(never)]
fn half_erased(at: usize, erased: usize) {
    let mut old = [0xff; SECTOR];
    for (i, byte) in old.iter_mut().enumerate().skip(erased) {
        *byte = Cells::read(at + i) | if i == erased { 0xf0 } else { 0 };
    }
    Cells::erase(at);
    for (at, word) in (at..).step_by(WORD).zip(old.chunks_exact(WORD)) {
        if let Some(word) = word.first_chunk() {
            Cells::write(at, word);
        }
    }
}
