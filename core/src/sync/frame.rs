//! Frames on a byte stream: a serial line, BLE, standard input (`spec/sync.md` section 2).
//!
//! ```text
//! 00 │ COBS(message │ CRC-32) │ 00
//! ```

use super::SyncError;
use crate::log::sum_of;
use cobs::{CobsEncoder, decode_in_place, max_encoding_length};

/// Bytes of a frame besides the message and COBS's own: CRC and the two zero bytes.
pub const FRAME_OVERHEAD: usize = 6;

/// Most bytes of the frame of a message of this length.
#[must_use]
pub const fn frame_length(message: usize) -> usize {
    max_encoding_length(message + 4) + 2
}

/// Writes a message's frame; gives its length.
///
/// # Errors
/// [`SyncError::Buffer`]: shorter than [`frame_length`] says.
pub fn frame(message: &[u8], out: &mut [u8]) -> Result<usize, SyncError> {
    let full = SyncError::Buffer;
    if out.len() < frame_length(message.len()) {
        return Err(full);
    }
    let (first, rest) = out.split_first_mut().ok_or(full)?;
    *first = 0;
    let mut encoder = CobsEncoder::new(rest);
    encoder.push(message).map_err(|_| full)?;
    encoder.push(&sum_of(message)).map_err(|_| full)?;
    let length = encoder.finalize();
    *rest.get_mut(length).ok_or(full)? = 0;
    Ok(length + 2)
}

/// What a stream gives.
#[derive(Debug, PartialEq, Eq)]
pub enum Unit<'u> {
    /// A message, its CRC checked.
    Message(&'u [u8]),
    /// Bytes outside of frames: lines of text.
    Text(&'u [u8]),
    /// Bytes between two zeros that are no frame: a line that was noisy, or text after a lost zero, its front changed
    /// perhaps by the attempt to read it.
    Noise(&'u [u8]),
}

/// Takes a stream apart into messages and what stands between them. It finds its way back after lost and changed bytes.
///
/// ```
/// use medlot_core::sync::{Deframer, Unit, frame};
///
/// let mut out = [0; 64];
/// let n = frame(b"message", &mut out).unwrap();
/// let stream = [&b"ready\n"[..], &out[..n], b"ok\n"].concat();
/// let (mut deframer, mut bytes) = (Deframer::new([0; 64]), &stream[..]);
/// assert_eq!(deframer.next(&mut bytes), Some(Unit::Text(b"ready\n")));
/// assert_eq!(deframer.next(&mut bytes), Some(Unit::Message(b"message")));
/// assert_eq!(deframer.next(&mut bytes), Some(Unit::Text(b"ok\n")));
/// assert_eq!(deframer.next(&mut bytes), None);
/// ```
#[derive(Debug, Clone)]
pub struct Deframer<B> {
    buffer: B,
    length: usize,
    /// Behind a zero that may begin a frame.
    inside: bool,
    /// The frame exceeds the buffer: its rest is dropped.
    too_long: bool,
}

impl<B: AsRef<[u8]> + AsMut<[u8]>> Deframer<B> {
    /// With room for a frame without its zeros: [`frame_length`] of the longest message.
    pub const fn new(buffer: B) -> Self {
        Self { buffer, length: 0, inside: false, too_long: false }
    }

    /// The next unit; takes what it used off the front of the bytes. `None` when all are used.
    #[allow(clippy::should_implement_trait)] // lends its buffer
    pub fn next<'u, 'i: 'u>(&'u mut self, bytes: &mut &'i [u8]) -> Option<Unit<'u>> {
        loop {
            if bytes.is_empty() {
                return None;
            }
            let zero = bytes.iter().position(|b| *b == 0);
            let (run, rest) = bytes.split_at_checked(zero.unwrap_or(bytes.len()))?;
            *bytes = rest.get(usize::from(zero.is_some())..).unwrap_or_default();
            if !self.inside {
                self.inside = zero.is_some();
                if run.is_empty() {
                    continue;
                }
                return Some(Unit::Text(run));
            }
            match self.buffer.as_mut().get_mut(self.length..self.length + run.len()) {
                Some(room) if !self.too_long => {
                    room.copy_from_slice(run);
                    self.length += run.len();
                }
                _ => self.too_long = true,
            }
            zero?; // the frame goes on
            let (length, too_long) = (core::mem::take(&mut self.length), core::mem::take(&mut self.too_long));
            if length == 0 && !too_long {
                continue; // two zeros: the second may begin a frame
            }
            let buffer = self.buffer.as_mut().get_mut(..length).unwrap_or_default();
            let decoded = if too_long { None } else { decode_in_place(buffer).ok() };
            let message = decoded.and_then(|decoded| {
                let (message, sum) = buffer.get(..decoded)?.split_last_chunk::<4>()?;
                (sum_of(message) == *sum).then_some(message.len())
            });
            // What is no frame may have been text, and this zero the one that begins a frame.
            self.inside = message.is_none();
            return Some(match message {
                Some(length) => Unit::Message(buffer.get(..length).unwrap_or_default()),
                None => Unit::Noise(buffer),
            });
        }
    }
}
