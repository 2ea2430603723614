//! Short lines of text out, without `core::fmt`: its code would take more flash than all of this.

use medlot_core::ident::{Product, RegistrationNumber};
use medlot_core::time::{Date, Expiry};

/// Where text goes: a UART, a buffer.
pub trait Out {
    /// Takes bytes; they are out when this returns.
    fn put(&mut self, bytes: &[u8]);
}

/// What begins an object's text form (`spec/wire-format.md` section 7).
pub(crate) const PREFIX: &[u8] = b"MEDLOT1:";
const BASE45: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Writes words and numbers.
pub(crate) struct Say<'o>(pub(crate) &'o mut dyn Out);

impl Say<'_> {
    #[inline(never)]
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.0.put(text.as_bytes());
        self
    }
    /// A space, then the text.
    #[inline(never)]
    pub(crate) fn word(&mut self, text: &str) -> &mut Self {
        self.text(" ").text(text)
    }
    /// A space, then the number.
    #[inline(never)]
    pub(crate) fn number(&mut self, value: i64) -> &mut Self {
        self.text(if value < 0 { " -" } else { " " }).digits(value.unsigned_abs(), 1)
    }
    #[inline(never)]
    fn digits(&mut self, mut value: u64, least: usize) -> &mut Self {
        let (mut text, mut used) = ([b'0'; 20], 0);
        for digit in text.iter_mut().rev() {
            if value == 0 && used >= least {
                break;
            }
            (*digit, used) = (b'0' + (value % 10) as u8, used + 1);
            value /= 10;
        }
        self.0.put(text.get(20 - used..).unwrap_or_default());
        self
    }
    /// A space, then hexadecimal digits.
    #[inline(never)]
    pub(crate) fn hex(&mut self, bytes: &[u8]) -> &mut Self {
        self.text(" ");
        for byte in bytes {
            let digit = |n: u8| if n < 10 { b'0' + n } else { b'a' + n - 10 };
            self.0.put(&[digit(byte >> 4), digit(byte & 15)]);
        }
        self
    }
    #[inline(never)]
    fn date(&mut self, date: Date) -> &mut Self {
        self.month(date.year(), date.month()).text("-").digits(date.day().into(), 2)
    }
    #[inline(never)]
    fn month(&mut self, year: u16, month: u8) -> &mut Self {
        self.digits(year.into(), 4).text("-").digits(month.into(), 2)
    }
    /// A space, then `2027-03-31`, `2027-03`, `none` or `not-read`.
    #[inline(never)]
    pub(crate) fn expiry(&mut self, expiry: Expiry) -> &mut Self {
        self.text(" ");
        match expiry {
            Expiry::Day(date) => self.date(date),
            Expiry::Month { year, month } => self.month(year, month),
            Expiry::None => self.text("none"),
            Expiry::NotRead => self.text("not-read"),
        }
    }
    /// A space, then `gtin:…` and the other schemes.
    #[inline(never)]
    pub(crate) fn product(&mut self, product: &Product<'_>) -> &mut Self {
        match product {
            Product::Gtin(gtin) => {
                self.text(" gtin:").0.put(&gtin.digits());
                self
            }
            Product::Registration(RegistrationNumber::Old(old)) => self.text(" registration:").text(old.as_str()),
            Product::Registration(RegistrationNumber::New(new)) => self.text(" registration:").digits(new.value(), 12),
            Product::Permit(code) => self.text(" permit:").text(code.as_str()),
            Product::National(code) => self.text(" national:").text(code.as_str()),
            Product::Local(code) => self.text(" local:").text(code.as_str()),
            Product::Other { scheme, value } => {
                self.text(" other-").digits(u64::from(*scheme), 1).text(":").text(value.as_str())
            }
        }
    }
    /// A space, then an object's text form.
    #[inline(never)]
    pub(crate) fn object(&mut self, object: &[u8]) -> &mut Self {
        self.text(" ").0.put(PREFIX);
        for pair in object.chunks(2) {
            let value = pair.iter().fold(0usize, |sum, byte| sum << 8 | usize::from(*byte));
            let digit = |n: usize| BASE45.get(n % 45).copied().unwrap_or(b'0');
            let text = [digit(value), digit(value / 45), digit(value / 2_025)];
            self.0.put(text.get(..pair.len() + 1).unwrap_or_default());
        }
        self
    }
    /// Ends the line.
    #[inline(never)]
    pub(crate) fn end(&mut self) {
        self.0.put(b"\n");
    }
}

/// Reads Base45 (RFC 9285) where it stands; gives the number of bytes. `None` for what isn't the one text of bytes.
///
/// No crate does this without an allocator (`base45` 3.2 gives a `String`).
pub(crate) fn base45_in_place(text: &mut [u8]) -> Option<usize> {
    let (mut from, mut to) = (0, 0);
    while from < text.len() {
        let group = text.get(from..(from + 3).min(text.len()))?;
        let (length, mut value) = (group.len(), 0usize);
        for character in group.iter().rev() {
            value = value * 45 + BASE45.iter().position(|c| c == character)?;
        }
        let bytes = length.checked_sub(1).filter(|bytes| *bytes > 0 && value < 1 << (8 * bytes))?;
        for at in 0..bytes {
            *text.get_mut(to)? = (value >> (8 * (bytes - 1 - at))) as u8;
            to += 1;
        }
        from += length;
    }
    Some(to)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    struct Heard(Vec<u8>);

    impl Out for Heard {
        fn put(&mut self, bytes: &[u8]) {
            self.0.extend_from_slice(bytes);
        }
    }

    /// The text of bytes, without what stands before it.
    fn text(bytes: &[u8]) -> Vec<u8> {
        let mut heard = Heard(Vec::new());
        Say(&mut heard).object(bytes);
        heard.0.strip_prefix(b" MEDLOT1:").unwrap().to_vec()
    }
    fn bytes(text: &[u8]) -> Option<Vec<u8>> {
        let mut text = text.to_vec();
        let length = base45_in_place(&mut text)?;
        Some(text[..length].to_vec())
    }

    #[test]
    fn the_examples_of_rfc_9285_are_written_and_read() {
        // 4.3, examples 1 to 3, and 4.4, example 1.
        for (plain, coded) in
            [("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581"), ("ietf!", "QED8WEX0")]
        {
            assert_eq!(text(plain.as_bytes()), coded.as_bytes(), "{plain}");
            assert_eq!(bytes(coded.as_bytes()), Some(plain.as_bytes().to_vec()), "{coded}");
        }
        // Section 4: FGW is 65,535, GGW would be 65,536; and what is no character of table 1.
        assert_eq!(bytes(b"FGW"), Some(vec![0xff, 0xff]));
        for wrong in [&b"GGW"[..], b"::::", b":::", b"A", b"BB8B", b"V5", b"bb8", b"BB_", b"BB8\n"] {
            assert_eq!(bytes(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn one_text_stands_for_one_or_two_bytes_and_no_other_group_is_read() {
        let (mut read, mut groups) = (0, 0);
        for a in BASE45 {
            for b in BASE45 {
                if let Some(found) = bytes(&[*a, *b]) {
                    assert_eq!(text(&found), [*a, *b]);
                    read += 1;
                }
                for c in BASE45 {
                    groups += 1;
                    if let Some(found) = bytes(&[*a, *b, *c]) {
                        assert_eq!(text(&found), [*a, *b, *c]);
                        read += 1;
                    }
                }
            }
        }
        assert_eq!((read, groups), (256 + 65_536, 91_125));
    }
}
