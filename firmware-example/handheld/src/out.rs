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
/// No crate does this without an allocator (`base45` 3.2 gives a `String`); a test holds it equal to that one.
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
