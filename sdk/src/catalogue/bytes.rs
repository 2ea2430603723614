//! Numbers and texts in bytes.
use alloc::vec::Vec;

/// Writes seven bits a byte, the lowest first.
pub(super) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Writes a text with its length.
pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// What is left to read. Every call gives `None` where the bytes end too early.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn varint(&mut self) -> Option<u64> {
        let (mut value, mut shift) = (0_u64, 0);
        loop {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
            shift += 7;
        }
    }

    pub(super) fn take(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    /// A run of bytes with its length.
    pub(super) fn run(&mut self) -> Option<&'a [u8]> {
        let bytes = self.varint()?;
        self.take(usize::try_from(bytes).ok()?)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        core::str::from_utf8(self.run()?).ok()
    }
}

/// Whether these are the ends of parts, one behind the other, of so many bytes.
pub(super) fn are_ends(ends: &[u32], bytes: usize) -> bool {
    ends.is_sorted() && ends.last().map_or(0, |end| *end as usize) == bytes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_and_texts_are_read_back(number: u64, text in "\\PC{0,20}") {
            let mut out = Vec::new();
            put_varint(&mut out, number);
            put_text(&mut out, &text);
            let mut reader = Reader(&out);
            prop_assert_eq!((reader.varint(), reader.text()), (Some(number), Some(text.as_str())));
            prop_assert!(reader.0.is_empty());
            let mut cut = Reader(&out[..out.len() - 1]);
            prop_assert!(cut.varint().is_none() || cut.text().is_none());
        }
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
            let mut reader = Reader(&bytes);
            while reader.varint().is_some() {}
            let mut reader = Reader(&bytes);
            while reader.text().is_some() {}
        }
    }
}
