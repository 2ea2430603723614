//! A flash chip as it was left: what opening reads. Opening writes nothing.
use alloc::vec::Vec;
use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash};

/// Words of `W` bytes, erased `E` bytes at a time.
pub struct Left<const W: usize, const E: usize>(pub Vec<u8>);

/// What a chip that is only read refuses.
#[derive(Debug)]
pub struct Refused;

impl NorFlashError for Refused {
    fn kind(&self) -> NorFlashErrorKind {
        NorFlashErrorKind::Other
    }
}

impl<const W: usize, const E: usize> ErrorType for Left<W, E> {
    type Error = Refused;
}

impl<const W: usize, const E: usize> ReadNorFlash for Left<W, E> {
    const READ_SIZE: usize = 1;
    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Refused> {
        let from = offset as usize;
        bytes.copy_from_slice(self.0.get(from..from + bytes.len()).ok_or(Refused)?);
        Ok(())
    }
    fn capacity(&self) -> usize {
        self.0.len()
    }
}

impl<const W: usize, const E: usize> NorFlash for Left<W, E> {
    const WRITE_SIZE: usize = W;
    const ERASE_SIZE: usize = E;
    fn erase(&mut self, _: u32, _: u32) -> Result<(), Refused> {
        Err(Refused)
    }
    fn write(&mut self, _: u32, _: &[u8]) -> Result<(), Refused> {
        Err(Refused)
    }
}
