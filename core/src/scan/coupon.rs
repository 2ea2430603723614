//! North American coupon codes, AIs 8110 and 8112. Source: GS1 US, "North American Coupon
//! Application Guideline" and "GS1 AI (8112) Coupon Data Specification".
use super::error::ScanErrorKind::{BadDay, Coupon};
use super::lint::Fault;

/// Reads digits from the front; every fault is reported where reading stopped.
struct Reader<'a> {
    v: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], Fault> {
        let part = self.v.get(self.at..self.at + n).ok_or((Coupon, self.at))?;
        self.at += n;
        Ok(part)
    }

    fn digit(&mut self, allowed: &[u8]) -> Result<usize, Fault> {
        match self.v.get(self.at) {
            Some(d) if allowed.contains(d) => {
                self.at += 1;
                Ok(usize::from(d - b'0'))
            }
            _ => Err((Coupon, self.at)),
        }
    }

    fn option(&mut self, mark: u8) -> bool {
        let here = self.v.get(self.at) == Some(&mark);
        self.at += usize::from(here);
        here
    }

    /// A length indicator and as many digits, more `plus`.
    fn counted(&mut self, allowed: &[u8], plus: usize) -> Result<(), Fault> {
        let n = self.digit(allowed)? + plus;
        self.take(n).map(|_| ())
    }

    /// Requirement, its code and the family code.
    fn purchase(&mut self) -> Result<(), Fault> {
        self.counted(b"12345", 0)?;
        self.digit(b"012349")?;
        self.take(3).map(|_| ())
    }

    /// The company prefix of a further purchase; 9: the first purchase's.
    fn further_prefix(&mut self) -> Result<(), Fault> {
        let n = self.digit(b"01234569")?;
        if n == 9 { Ok(()) } else { self.take(n + 6).map(|_| ()) }
    }

    fn date(&mut self) -> Result<&'a [u8], Fault> {
        let at = self.at;
        let v = self.take(6)?;
        let row = super::spec::spec(7006).ok_or((Coupon, at))?;
        super::lint::check(row, v).map_err(|_| (BadDay, at))?;
        Ok(v)
    }

    fn end(&self) -> Result<(), Fault> {
        if self.at == self.v.len() { Ok(()) } else { Err((Coupon, self.at)) }
    }
}

fn digits(v: &[u8]) -> Result<Reader<'_>, Fault> {
    match v.iter().position(|b| !b.is_ascii_digit()) {
        Some(at) => Err((Coupon, at)),
        None => Ok(Reader { v, at: 0 }),
    }
}

/// AI 8110.
pub(super) fn north_american(v: &[u8]) -> Result<(), Fault> {
    let mut r = digits(v)?;
    r.counted(b"0123456", 6)?;
    r.take(6)?;
    r.counted(b"12345", 0)?;
    r.purchase()?;
    if r.option(b'1') {
        r.digit(b"0123")?;
        r.purchase()?;
        r.further_prefix()?;
    }
    if r.option(b'2') {
        r.purchase()?;
        r.further_prefix()?;
    }
    let expires = if r.option(b'3') { Some(r.date()?) } else { None };
    if r.option(b'4') {
        let at = r.at;
        let starts = r.date()?;
        if expires.is_some_and(|e| starts > e) {
            return Err((Coupon, at));
        }
    }
    if r.option(b'5') {
        r.counted(b"0123456789", 6)?;
    }
    if r.option(b'6') {
        r.counted(b"1234567", 6)?;
    }
    if r.option(b'9') {
        r.digit(b"01256")?;
        r.digit(b"012")?;
        r.take(1)?;
        r.digit(b"01")?;
    }
    r.end()
}

/// AI 8112.
pub(super) fn positive_offer(v: &[u8]) -> Result<(), Fault> {
    let mut r = digits(v)?;
    r.digit(b"01")?;
    r.counted(b"0123456", 6)?;
    r.take(6)?;
    r.counted(b"0123456789", 6)?;
    r.end()
}
