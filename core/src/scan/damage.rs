//! What keyboard wedges and decoders do to the separator, and undoing it.
use super::element::{GS, valid_here};
use super::item::Repairs;
use crate::ident::is_gs1_82;

/// Texts that stand for GS. Longest of a kind first; compared without regard to case.
const TOKENS: &[&str] = &[
    "{GS}", "[GS]", "<GS>", "{FNC1}", "[FNC1]", "<FNC1>", "\\u001d", "\\x1d", "\\035", "\\F", "_x001D_", "<0x1D>",
    "[0x1D]", "{0x1D}", "&#29;", "&#x1D;", "[ALT029]", "{ALT029}", "<ALT029>", "Alt+0029", "Alt+029", "Alt029", "^]",
    "~F", "~d029", "\u{241D}", "\u{2194}", "è",
];

/// Bytes outside set 82 that stand for GS: blank, other separators, and what profiles often send.
const fn is_substitute(b: u8) -> bool {
    matches!(b, b' ' | b'|' | b'~' | b'^' | b'#' | b'\t' | 0x1C | 0x1E | 0x1F | 0xE8)
}

fn starts(text: &[u8], token: &[u8]) -> bool {
    text.get(..token.len()).is_some_and(|t| t.eq_ignore_ascii_case(token))
}

/// What stands for GS at the beginning of `text`: its length and whether it consists of legal data.
fn substitute(text: &[u8]) -> Option<(usize, bool)> {
    let first = *text.first()?;
    if first.is_ascii_alphanumeric() && !first.eq_ignore_ascii_case(&b'a') {
        return None;
    }
    if let Some(t) = TOKENS.iter().find(|t| starts(text, t.as_bytes())) {
        return Some((t.len(), t.bytes().all(is_gs1_82)));
    }
    is_substitute(first).then_some((1, false))
}

fn zero_width(text: &[u8]) -> usize {
    const NAMES: [&str; 6] = ["\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}", "\u{00AD}"];
    NAMES.iter().find(|z| text.starts_with(z.as_bytes())).map_or(0, |z| z.len())
}

/// Whether there is anything in the text that `normalize` would look at.
pub(super) fn suspicious(text: &[u8]) -> bool {
    text.iter().any(|&b| !(is_gs1_82(b) || b == GS))
        || text.windows(4).any(|w| {
            starts(w, b"<GS>")
                || starts(w, b"<FNC")
                || starts(w, b"<0x1")
                || starts(w, b"<ALT")
                || starts(w, b"ALT+")
                || starts(w, b"ALT0")
                || starts(w, b"_x00")
        })
}

fn put(out: &mut [u8], at: &mut usize, b: u8) -> Option<()> {
    *out.get_mut(*at)? = b;
    *at += 1;
    Some(())
}

/// Copies `text` with every substitute replaced by GS; returns the length, `None` where it doesn't fit.
/// `hidden` stands for characters that can't be seen: left out, or a GS.
pub(super) fn normalize(
    text: &[u8],
    profile: &[u8],
    hidden: Option<u8>,
    out: &mut [u8],
    repairs: &mut Repairs,
) -> Option<usize> {
    let (mut from, mut to) = (0, 0);
    while let Some(rest) = text.get(from..).filter(|r| !r.is_empty()) {
        if !profile.is_empty() && rest.starts_with(profile) {
            put(out, &mut to, GS)?;
            repairs.insert(Repairs::SEPARATOR_SUBSTITUTE);
            from += profile.len();
            continue;
        }
        let invisible = zero_width(rest);
        if invisible > 0 {
            repairs.insert(Repairs::ZERO_WIDTH);
            // One at either end hides nothing.
            if let Some(b) = hidden.filter(|_| to > 0 && from + invisible < text.len()) {
                put(out, &mut to, b)?;
            }
            from += invisible;
            continue;
        }
        if let Some((len, legal)) = substitute(rest) {
            let after = rest.get(len..).unwrap_or_default();
            // Legal characters are data unless what follows is a valid element.
            let next = after.iter().position(|&b| b == b'<').map_or(after, |n| after.get(..n).unwrap_or_default());
            if !legal || (to == 0 || valid_here(after) || valid_here(next)) {
                put(out, &mut to, GS)?;
                repairs.insert(Repairs::SEPARATOR_SUBSTITUTE);
                from += len;
                continue;
            }
        }
        put(out, &mut to, *rest.first()?)?;
        from += 1;
    }
    Some(to)
}

/// Takes blanks and line ends off; line ends alone are a scanner's suffix and no damage.
pub(super) fn trim<'t>(mut text: &'t [u8], repairs: &mut Repairs) -> &'t [u8] {
    if let Some(inner) = text.strip_prefix(b"(\x10\x03\0").and_then(|t| t.strip_suffix(b"\x16%\x0b")) {
        repairs.insert(Repairs::VENDOR_FRAME);
        text = inner;
    }
    if let Some(inner) = text.strip_prefix(b"\x02").and_then(|t| t.strip_suffix(b"\x03")) {
        repairs.insert(Repairs::VENDOR_FRAME);
        text = inner;
    }
    while let [rest @ .., b'\r' | b'\n' | b'\t' | 0] = text {
        text = rest;
    }
    let inner = text.trim_ascii();
    if inner.len() != text.len() {
        repairs.insert(Repairs::TRIMMED);
    }
    inner
}

/// Takes separators, or what stands for them, off the end of a bracketed value.
pub(super) fn without_separators<'t>(value: &'t [u8], repairs: &mut Repairs) -> &'t [u8] {
    let mut end = value.len();
    loop {
        let here = value.get(..end).unwrap_or_default();
        if let Some(&GS | &b' ') = here.last() {
            end -= 1;
            continue;
        }
        let token = TOKENS.iter().map(|t| t.as_bytes()).find(|t| {
            here.len() > t.len() && here.get(here.len() - t.len()..).is_some_and(|e| e.eq_ignore_ascii_case(t))
        });
        let one = here.last().is_some_and(|&b| is_substitute(b));
        let Some(len) = token.map(<[u8]>::len).or(one.then_some(1)) else { return here };
        repairs.insert(Repairs::SEPARATOR_SUBSTITUTE);
        end -= len;
    }
}
