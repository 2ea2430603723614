//! Files where the emulator runs, by ARM semihosting.
use alloc::vec;
use alloc::vec::Vec;
use cortex_m_semihosting::syscall;

const READ_BINARY: usize = 1;
const WRITE_BINARY: usize = 5;
const CHUNK: usize = 4_096;

/// Opens a file; the name ends with 0.
fn open(name: &'static [u8], mode: usize) -> Option<usize> {
    // SAFETY: the debugger reads the name, which lives for ever, and writes nothing.
    let file = unsafe { syscall!(OPEN, name.as_ptr(), mode, name.len() - 1) };
    (file != usize::MAX).then_some(file)
}

/// A file that is read line by line.
pub struct Reading {
    file: usize,
    chunk: Vec<u8>,
    at: usize,
    end: usize,
}

impl Reading {
    /// Opens it.
    pub fn open(name: &'static [u8]) -> Option<Self> {
        Some(Self { file: open(name, READ_BINARY)?, chunk: vec![0; CHUNK], at: 0, end: 0 })
    }

    /// Reads a line into what is given; whether there was one.
    pub fn line(&mut self, line: &mut Vec<u8>) -> bool {
        line.clear();
        loop {
            let rest = self.chunk.get(self.at..self.end).unwrap_or_default();
            if let Some(length) = rest.iter().position(|byte| *byte == b'\n') {
                line.extend_from_slice(rest.get(..length).unwrap_or_default());
                self.at += length + 1;
                return true;
            }
            line.extend_from_slice(rest);
            // SAFETY: the debugger writes at most as many bytes as the buffer has, which is this object's own.
            let left = unsafe { syscall!(READ, self.file, self.chunk.as_mut_ptr(), CHUNK) };
            (self.at, self.end) = (0, CHUNK.saturating_sub(left));
            if self.end == 0 {
                return !line.is_empty();
            }
        }
    }
}

/// A file that is written from its beginning.
pub struct Writing(usize);

impl Writing {
    /// Begins it.
    pub fn create(name: &'static [u8]) -> Option<Self> {
        open(name, WRITE_BINARY).map(Self)
    }

    /// Writes all of it.
    pub fn write(&mut self, bytes: &[u8]) -> Option<()> {
        // SAFETY: the debugger reads these bytes and writes nothing.
        let left = unsafe { syscall!(WRITE, self.0, bytes.as_ptr(), bytes.len()) };
        (left == 0).then_some(())
    }

    /// Ends it: everything is written.
    pub fn close(self) -> Option<()> {
        // SAFETY: the file is open, and this was its only handle.
        let failed = unsafe { syscall!(CLOSE, self.0) };
        (failed == 0).then_some(())
    }
}
