//! The bracketed human-readable form, and GS1 Digital Link URIs (GS1 Digital Link Standard: URI Syntax 1.5).
use super::damage;
use super::error::{ScanError, ScanErrorKind as Kind};
use super::item::{Repairs, Spans};
use super::lint;
use super::spec::{AiSpec, ai_at};

/// `(01)…(17)…`: brackets are legal data too, so only a bracketed known AI begins an element.
pub(super) fn bracketed(text: &[u8], repairs: &mut Repairs) -> Result<Spans, ScanError> {
    let mut spans = Spans::default();
    let mut at = 0;
    while at < text.len() {
        let (ai, row, start) = bracket(text, at).ok_or(ScanError::new(Kind::Hri, None, at))?;
        let mut end = start;
        while end < text.len() && bracket(text, end).is_none() {
            end += 1;
        }
        let field = text.get(start..end).unwrap_or_default();
        let blanks = field.iter().take_while(|b| **b == b' ').count();
        let value = damage::without_separators(field.get(blanks..).unwrap_or_default(), repairs);
        lint::check(row, value).map_err(|(k, p)| ScanError::new(k, Some(ai), start + blanks + p))?;
        spans.add(text, ai, start + blanks, value.len())?;
        at = end;
    }
    Ok(spans)
}

fn bracket(text: &[u8], at: usize) -> Option<(u16, &'static AiSpec, usize)> {
    let inner = text.get(at..)?.strip_prefix(b"(")?;
    let (ai, digits, row) = ai_at(inner)?;
    (inner.get(digits) == Some(&b')')).then_some((ai, row, at + digits + 2))
}

/// Whether a bracketed AI stands anywhere.
pub(super) fn has_bracket(text: &[u8]) -> bool {
    (0..text.len()).any(|i| bracket(text, i).is_some())
}

/// Whether the text is a web address.
pub(super) fn is_link(text: &[u8]) -> bool {
    [&b"http://"[..], b"https://"].iter().any(|s| text.get(..s.len()).is_some_and(|t| t.eq_ignore_ascii_case(s)))
}

struct Writer<'b> {
    out: &'b mut [u8],
    used: usize,
    spans: Spans,
}

impl Writer<'_> {
    fn byte(&mut self, b: u8, at: usize) -> Result<(), ScanError> {
        *self.out.get_mut(self.used).ok_or(ScanError::new(Kind::InputTooLong, None, at))? = b;
        self.used += 1;
        Ok(())
    }

    /// Decodes, pads and checks one value; `at` is where it stands in the address.
    fn add(&mut self, ai: u16, row: &AiSpec, value: &[u8], at: usize) -> Result<(), ScanError> {
        let start = self.used;
        // A GTIN may be written with 8, 12 or 13 digits (URI Syntax 4.3).
        if ai == 1 && matches!(value.len(), 8 | 12 | 13) {
            for _ in value.len()..14 {
                self.byte(b'0', at)?;
            }
        }
        let mut i = 0;
        while let Some(&b) = value.get(i) {
            if b == b'%' {
                let hex = value
                    .get(i + 1..i + 3)
                    .and_then(|h| core::str::from_utf8(h).ok())
                    .filter(|h| h.bytes().all(|c| c.is_ascii_hexdigit()));
                let code = hex.and_then(|h| u8::from_str_radix(h, 16).ok());
                self.byte(code.ok_or(ScanError::new(Kind::PercentSequence, Some(ai), at + i))?, at)?;
                i += 3;
            } else {
                self.byte(b, at)?;
                i += 1;
            }
        }
        let decoded = self.out.get(start..self.used).unwrap_or_default();
        lint::check(row, decoded).map_err(|(k, p)| ScanError::new(k, Some(ai), at + p))?;
        self.spans.add(self.out, ai, start, self.used - start)
    }
}

fn whole_ai(segment: &[u8]) -> Option<(u16, &'static AiSpec)> {
    // The short names of URI Syntax 1.1, still on packs.
    let segment = match segment {
        b"gtin" => b"01",
        b"cpv" => b"22",
        b"lot" => b"10",
        b"ser" => b"21",
        b"sscc" => b"00",
        other => other,
    };
    ai_at(segment).filter(|(_, digits, _)| *digits == segment.len()).map(|(ai, _, row)| (ai, row))
}

/// Splits off the segment up to `mark`.
fn split(text: &[u8], mark: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|&b| b == mark) {
        Some(n) => (text.get(..n).unwrap_or_default(), text.get(n + 1..)),
        None => (text, None),
    }
}

/// Reads the key, its qualifiers and the attributes; values go decoded to `out`.
pub(super) fn digital_link(text: &[u8], out: &mut [u8]) -> Result<(Spans, usize), ScanError> {
    let offset = |part: &[u8]| (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    let (address, _) = split(text, b'#');
    let (before, query) = split(address, b'?');
    let host = before.windows(3).position(|w| w == b"://").map_or(before.len(), |n| n + 3);
    let path = before.get(host..).and_then(|p| split(p, b'/').1).unwrap_or_default();
    let mut w = Writer { out, used: 0, spans: Spans::default() };
    let mut fault = None;
    let mut rest = Some(path);
    let mut found = false;
    // The path may have a stem of its own: the key is the first segment from which all is in order.
    while let (Some(here), false) = (rest, found) {
        let (segment, after) = split(here, b'/');
        if let (Some((ai, row)), Some(tail)) = (whole_ai(segment), after)
            && let Some(sequences) = row.key
        {
            w.used = 0;
            w.spans = Spans::default();
            match key_path(&mut w, ai, row, sequences, tail, &offset) {
                Ok(()) => found = true,
                Err(e) => fault = fault.or(Some(e)),
            }
        }
        rest = after;
    }
    if !found {
        if let Some(e) = fault {
            return Err(e);
        }
        w.used = 0;
        w.spans = Spans::default();
    }
    let mut rest = query;
    while let Some(here) = rest {
        let end = here.iter().position(|&b| b == b'&' || b == b';').unwrap_or(here.len());
        let (name, value) = split(here.get(..end).unwrap_or_default(), b'=');
        rest = here.get(end + 1..);
        let numeric = !name.is_empty() && name.iter().all(u8::is_ascii_digit);
        match (whole_ai(name), value) {
            (Some((ai, row)), Some(value)) => {
                // A key in the query is a convenience of writers without a path.
                if !row.dl_attribute && (found || !matches!(ai, 21 | 22 | 235)) {
                    return Err(ScanError::new(Kind::LinkAttribute, Some(ai), offset(name)));
                }
                w.add(ai, row, value, offset(value))?;
            }
            // All-numeric names are reserved for AIs (URI Syntax 4.10); others are the site's own.
            _ if numeric => return Err(ScanError::new(Kind::UnknownAi, None, offset(name))),
            _ => {}
        }
    }
    let has_key = w.spans.iter().any(|s| super::spec::spec(s.ai).is_some_and(|r| r.key.is_some()));
    if !has_key {
        return Err(ScanError::new(Kind::LinkWithoutKey, None, 0));
    }
    Ok((w.spans, w.used))
}

fn key_path(
    w: &mut Writer<'_>,
    ai: u16,
    row: &AiSpec,
    sequences: &[&[u16]],
    tail: &[u8],
    offset: &impl Fn(&[u8]) -> usize,
) -> Result<(), ScanError> {
    let (value, mut rest) = split(tail, b'/');
    w.add(ai, row, value, offset(value))?;
    // Bit n: the alternative n is still possible; and how far each has been used.
    let mut next = [0usize; 4];
    let mut possible = [true; 4];
    while let Some(here) = rest.filter(|r| !r.is_empty()) {
        let (name, tail) = split(here, b'/');
        let bad = ScanError::new(Kind::LinkPath, whole_ai(name).map(|a| a.0), offset(name));
        let (ai, row) = whole_ai(name).ok_or(bad)?;
        let mut any = false;
        for ((seq, at), open) in sequences.iter().zip(&mut next).zip(&mut possible) {
            match seq.iter().position(|&q| q == ai).filter(|p| p >= at && *open) {
                Some(p) => {
                    *at = p + 1;
                    any = true;
                }
                None => *open = false,
            }
        }
        if !any {
            return Err(bad);
        }
        let (value, after) = split(tail.ok_or(bad)?, b'/');
        w.add(ai, row, value, offset(value))?;
        rest = after;
    }
    Ok(())
}
