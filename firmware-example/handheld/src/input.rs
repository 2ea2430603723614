//! What comes in on one wire: lines of text, and between zero bytes COBS frames.

/// What has come in whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A line of so many bytes, its end taken off.
    Line(usize),
    /// A frame of so many bytes, still in COBS, without the zeros around it.
    Frame(usize),
    /// More than the buffer holds came before the end; none of it is kept.
    TooLong,
}

/// Sorts bytes into lines and frames. The buffer is given each time and holds what has come so far.
#[derive(Debug, Default)]
pub struct Input {
    length: usize,
    in_frame: bool,
    too_long: bool,
}

impl Input {
    /// Nothing has come yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { length: 0, in_frame: false, too_long: false }
    }
    /// Takes a byte.
    ///
    /// A zero byte begins a frame or ends it; two in a row are the end of one and the beginning of the next. A text
    /// holds no zero byte, so whatever was begun as a line when one comes is given up.
    pub fn push(&mut self, byte: u8, buffer: &mut [u8]) -> Option<Event> {
        let ends = if self.in_frame { byte == 0 } else { matches!(byte, b'\n' | b'\r') };
        if ends && (self.length > 0 || self.too_long) {
            let event = match (self.too_long, self.in_frame) {
                (true, _) => Event::TooLong,
                (false, true) => Event::Frame(self.length),
                (false, false) => Event::Line(self.length),
            };
            *self = Self::new();
            return Some(event);
        }
        if byte == 0 {
            *self = Self { in_frame: true, ..Self::new() };
        } else if !ends {
            match buffer.get_mut(self.length) {
                Some(place) => (*place, self.length) = (byte, self.length + 1),
                None => self.too_long = true,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]
    use super::*;

    fn events(bytes: &[u8]) -> Vec<(Event, Vec<u8>)> {
        let (mut input, mut buffer, mut out) = (Input::new(), [0; 8], Vec::new());
        for byte in bytes {
            if let Some(event) = input.push(*byte, &mut buffer) {
                let length = match event {
                    Event::Line(n) | Event::Frame(n) => n,
                    Event::TooLong => 0,
                };
                out.push((event, buffer[..length].to_vec()));
            }
        }
        out
    }

    #[test]
    fn lines_and_frames_stand_beside_one_another() {
        let found = events(b"stock\r\n\n\0\x03ab\0seal\n\0\0\x01c\0");
        let expected: [(Event, &[u8]); 4] = [
            (Event::Line(5), b"stock"),
            (Event::Frame(3), b"\x03ab"),
            (Event::Line(4), b"seal"),
            (Event::Frame(2), b"\x01c"),
        ];
        assert_eq!(found.len(), 4);
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!((found.0, &found.1[..]), expected);
        }
    }

    #[test]
    fn what_is_longer_than_the_buffer_is_said_once_and_the_next_line_is_read() {
        let found = events(b"123456789012\nok\n\0 12345678901\0ok\n");
        let kinds: Vec<_> = found.iter().map(|(event, _)| *event).collect();
        assert_eq!(kinds, [Event::TooLong, Event::Line(2), Event::TooLong, Event::Line(2)]);
    }
}
