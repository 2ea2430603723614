//! Reading and writing of single forms (`spec/wire-format.md` section 1) over slices.
//!
//! Rows and records hold the same forms, so a row is rebuilt by copying them; whether their content
//! is right is judged once, on the rebuilt record.

/// A reader of forms; `None` = truncated, or a varint that is not minimal or too long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }
    pub(crate) const fn at(&self) -> usize {
        self.at
    }
    pub(crate) const fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }
    pub(crate) fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(n)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }
    pub(crate) fn byte(&mut self) -> Option<u8> {
        let b = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(b)
    }
    /// Nearly all are of one byte: inlined, the others apart.
    #[inline]
    pub(crate) fn varint(&mut self) -> Option<u64> {
        let first = self.byte()?;
        if first < 0x80 { Some(u64::from(first)) } else { self.long_varint(first) }
    }
    #[inline(never)]
    fn long_varint(&mut self, first: u8) -> Option<u64> {
        let (mut value, mut shift) = (u64::from(first & 0x7f), 7u32);
        loop {
            let b = self.byte()?;
            if shift == 63 && b > 1 {
                return None;
            }
            value |= u64::from(b & 0x7f) << shift;
            if b < 0x80 {
                return (b != 0).then_some(value); // a last byte of 0 is not minimal
            }
            shift += 7;
            if shift > 63 {
                return None;
            }
        }
    }
    pub(crate) fn varint32(&mut self) -> Option<u32> {
        u32::try_from(self.varint()?).ok()
    }
    /// A length that the rest can hold, then as many bytes.
    pub(crate) fn text(&mut self) -> Option<&'a [u8]> {
        let n = usize::try_from(self.varint()?).ok()?;
        self.take(n)
    }
    /// The bytes that weren't read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }
    /// The bytes from `from` up to here.
    pub(crate) fn since(&self, from: usize) -> Option<&'a [u8]> {
        self.bytes.get(from..self.at)
    }

    pub(crate) fn skip_product(&mut self) -> Option<()> {
        match self.varint()? {
            0 => self.take(6)?,
            1 => match self.varint()? {
                0 => self.take(5)?,
                n => self.take(usize::try_from(n).ok()?)?,
            },
            _ => self.text()?,
        };
        Some(())
    }
    /// Product, lot number, expiry: what enters the window as one item.
    pub(crate) fn skip_lot(&mut self) -> Option<()> {
        self.skip_product()?;
        self.text()?;
        self.take(2).map(drop)
    }
    pub(crate) fn skip_party(&mut self) -> Option<()> {
        match self.varint()? {
            1 => self.take(6)?,
            _ => self.text()?,
        };
        Some(())
    }
    /// Log id, index, identity of a record of another log.
    pub(crate) fn skip_reference(&mut self) -> Option<()> {
        self.take(8)?;
        self.varint()?;
        self.take(16).map(drop)
    }
}

/// A writer of forms into a buffer; `None` = full.
pub(crate) struct Writer<'b> {
    out: &'b mut [u8],
    at: usize,
}

impl<'b> Writer<'b> {
    pub(crate) fn new(out: &'b mut [u8]) -> Self {
        Self { out, at: 0 }
    }
    pub(crate) const fn len(&self) -> usize {
        self.at
    }
    pub(crate) fn written(&self) -> &[u8] {
        self.out.get(..self.at).unwrap_or_default()
    }
    /// Bytes that it can hold.
    pub(crate) const fn room(&self) -> usize {
        self.out.len()
    }
    /// Changes a byte that was written.
    pub(crate) fn set(&mut self, at: usize, b: u8) {
        if let Some(place) = self.out.get_mut(..self.at).and_then(|written| written.get_mut(at)) {
            *place = b;
        }
    }
    /// Takes back what was written after `at`.
    pub(crate) fn rewind(&mut self, at: usize) {
        self.at = self.at.min(at);
    }
    pub(crate) fn put(&mut self, bytes: &[u8]) -> Option<()> {
        let end = self.at.checked_add(bytes.len())?;
        self.out.get_mut(self.at..end)?.copy_from_slice(bytes);
        self.at = end;
        Some(())
    }
    pub(crate) fn byte(&mut self, b: u8) -> Option<()> {
        *self.out.get_mut(self.at)? = b;
        self.at += 1;
        Some(())
    }
    pub(crate) fn varint(&mut self, mut value: u64) -> Option<()> {
        while value >= 0x80 {
            self.byte(value as u8 | 0x80)?;
            value >>= 7;
        }
        self.byte(value as u8)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_and_texts_are_written_as_postcard_writes_them(n: u64, text in ".{0,40}") {
            let (mut ours, mut theirs) = ([0; 200], [0; 200]);
            let mut w = Writer::new(&mut ours);
            w.varint(n).unwrap();
            w.varint(text.len() as u64).unwrap();
            w.put(text.as_bytes()).unwrap();
            prop_assert_eq!(w.written(), &*postcard::to_slice(&(n, text.as_str()), &mut theirs).unwrap());
            let written = w.written();
            let mut r = Reader::new(written, 0);
            prop_assert_eq!((r.varint(), r.text()), (Some(n), Some(text.as_bytes())));
            prop_assert!(r.is_empty());
        }
        #[test]
        fn a_number_with_a_needless_byte_is_refused(n: u64, zeros in 1usize..4) {
            let mut bytes = [0u8; 20];
            let mut w = Writer::new(&mut bytes);
            w.varint(n).unwrap();
            let last = w.len() - 1;
            if let Some(b) = bytes.get_mut(last) { *b |= 0x80; }
            for b in bytes.iter_mut().skip(last + 1).take(zeros - 1) { *b = 0x80; }
            prop_assert_eq!(Reader::new(&bytes, 0).varint(), None);
        }
    }
}
