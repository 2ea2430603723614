//! From what a scanner sends to a product, a lot, an expiry and a serial.
//!
//! Element strings with FNC1/GS, symbology identifiers, the bracketed form, GS1 Digital Link, plain
//! EAN/UPC/ITF-14; the damage that keyboard wedges do is undone and reported; what needs guessing
//! comes as candidates for a person to confirm. Rules: GS1 General Specifications 25.
//!
//! ```
//! use medlot_core::{scan::{scan, Outcome, Profile, Scratch}, time::Date};
//! let today = Date::new(2026, 11, 23)?;
//! let mut scratch = Scratch::new();
//! let raw = b"]d201034009359558381727033110AB12C\x1d21SER456";
//! let Outcome::Read { item, .. } = scan(raw, &Profile::default(), today, &mut scratch) else { panic!() };
//! assert_eq!(item.get(10), Some("AB12C"));
//! # Ok::<(), medlot_core::time::TimeError>(())
//! ```
#[cfg(feature = "gs1-full")]
mod coupon;
mod damage;
mod element;
mod error;
mod foreign;
mod item;
mod link;
mod lint;
mod merge;
mod spec;
#[rustfmt::skip]
mod table;

pub use error::{ScanError, ScanErrorKind};
pub use foreign::Foreign;
pub use item::{Candidates, Element, MAX_CANDIDATES, MAX_ELEMENTS, Repairs, ScannedItem, Warnings};
pub use merge::{Conflict, MERGED_BYTES, Merged, merge};
pub use table::AI_TABLE_RELEASE;

use crate::ident::{Gtin, Sscc};
use crate::time::Date;
use ScanErrorKind as Kind;
use element::{GS, Splits};
use item::Spans;

/// The longest scan, in bytes.
pub const MAX_SCAN: usize = 512;

/// What is known of a scanner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Profile<'a> {
    /// What this scanner sends in place of GS, taken literally wherever it stands: `"|"`, `"F8"`.
    pub gs: Option<&'a str>,
}

/// Room for the text in which damage is undone.
#[derive(Debug)]
pub struct Scratch {
    a: [u8; MAX_SCAN],
    b: [u8; MAX_SCAN],
}

impl Scratch {
    /// An empty scratch; it can be used for any number of scans.
    #[must_use]
    pub const fn new() -> Self {
        Self { a: [0; MAX_SCAN], b: [0; MAX_SCAN] }
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

/// What a scan turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)] // no allocator: the readings lie in the value
pub enum Outcome<'a> {
    /// Read by the rules alone.
    Read {
        /// The reading.
        item: ScannedItem<'a>,
        /// Other legal splits, where a separator may be lost; the item then has the warning.
        alternatives: Candidates<'a>,
    },
    /// Several readings are legal, or the one there is had to be guessed: a person decides.
    Confirm(Candidates<'a>),
    /// Another system's code.
    Foreign(Foreign<'a>),
    /// Not readable.
    Refused(ScanError),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Symbol {
    Unknown,
    Gs1,
    /// EAN, UPC, ITF-14: digits alone.
    Digits,
    /// Carries no GS1 element strings; a web address or another system's code may stand in it.
    Plain,
    /// `]D2`: an identifier with its case swapped.
    Swapped,
}

/// Takes symbology identifiers (ISO/IEC 15424) off the front; some labels have one printed inside too.
fn symbology<'t>(mut text: &'t [u8], repairs: &mut Repairs) -> (Symbol, &'t [u8]) {
    let mut symbol = Symbol::Unknown;
    loop {
        let inner = match text {
            [GS, rest @ ..] if rest.first() == Some(&b']') => rest,
            other => other,
        };
        let [b']', class, modifier, rest @ ..] = inner else { return (symbol, text) };
        let kind = match (class, modifier) {
            (b'C', b'1') | (b'd', b'2') | (b'Q', b'3') | (b'J', b'1') | (b'e', b'0'..=b'2') => Symbol::Gs1,
            // DataBar's ]e0 with its case swapped, unless an EAN number follows.
            (b'E', b'0') if !(rest.iter().all(u8::is_ascii_digit) && matches!(rest.len(), 8 | 12 | 13 | 15 | 18)) => {
                Symbol::Swapped
            }
            (b'E', b'0'..=b'4') | (b'I', b'0'..=b'3') => Symbol::Digits,
            (b'c', b'1') | (b'D', b'2') | (b'q', b'3') | (b'j', b'1') => Symbol::Swapped,
            (b'A'..=b'Z' | b'd' | b'e', b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z') => Symbol::Plain,
            _ => return (symbol, text),
        };
        if symbol != Symbol::Unknown {
            repairs.insert(Repairs::REPEATED_SYMBOLOGY);
        }
        symbol = kind;
        text = rest;
    }
}

fn refused<'a>(kind: Kind, position: usize) -> Outcome<'a> {
    Outcome::Refused(ScanError::new(kind, None, position))
}

fn utf8(text: &[u8]) -> Result<&str, ScanError> {
    core::str::from_utf8(text).map_err(|e| ScanError::new(Kind::BadCharacter, None, e.valid_up_to()))
}

fn read<'a>(result: Result<ScannedItem<'a>, ScanError>) -> Outcome<'a> {
    match result {
        Ok(item) => Outcome::Read { item, alternatives: Candidates::NONE },
        Err(e) => Outcome::Refused(e),
    }
}

/// Reads a scan. `today` is the reference date of the century window and of nothing else.
#[must_use]
pub fn scan<'a>(raw: &'a [u8], profile: &Profile<'_>, today: Date, scratch: &'a mut Scratch) -> Outcome<'a> {
    if raw.len() > MAX_SCAN {
        return refused(Kind::InputTooLong, MAX_SCAN);
    }
    let mut repairs = Repairs::default();
    let trimmed = damage::trim(raw, &mut repairs);
    let (symbol, text) = symbology(trimmed, &mut repairs);
    if text.is_empty() {
        return refused(Kind::Empty, 0);
    }
    if link::is_link(text) {
        let Scratch { a, .. } = scratch;
        return match link::digital_link(text, a) {
            Ok((spans, used)) => {
                let decoded = a.get(..used).unwrap_or_default();
                read(utf8(decoded).and_then(|t| ScannedItem::new(t, spans, repairs, today)))
            }
            Err(e) => Outcome::Refused(e),
        };
    }
    if symbol != Symbol::Gs1
        && let Some(f) =
            core::str::from_utf8(text).ok().filter(|_| symbol != Symbol::Digits).and_then(|t| foreign::detect(t, today))
    {
        return Outcome::Foreign(f);
    }
    if symbol == Symbol::Plain {
        return refused(Kind::SymbologyNotGs1, 0);
    }
    if text.first() == Some(&b'(') {
        let spans = link::bracketed(text, &mut repairs);
        return read(spans.and_then(|s| ScannedItem::new(utf8(text)?, s, repairs, today)));
    }
    if text.iter().all(|b| b.is_ascii_digit() || *b == b'-') && symbol != Symbol::Gs1 {
        return digits(text, symbol, repairs, today, scratch);
    }
    if symbol == Symbol::Digits {
        return refused(Kind::NotADigit, text.iter().position(|b| !b.is_ascii_digit()).unwrap_or(0));
    }
    elements(text, symbol, profile, repairs, today, scratch)
}

/// Numbers of EAN, UPC and ITF-14 symbols, scanned or typed; else an element string of digits only.
fn digits<'a>(
    text: &'a [u8],
    symbol: Symbol,
    mut repairs: Repairs,
    today: Date,
    scratch: &'a mut Scratch,
) -> Outcome<'a> {
    let hyphens = text.contains(&b'-');
    let tail = text.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let head = text.len() - tail;
    let suffix =
        hyphens && tail <= 2 && text.iter().filter(|b| **b == b'-').count() == 1 && matches!(head, 9 | 13 | 14 | 15);
    let typed = repairs;
    if hyphens {
        repairs.insert(Repairs::HYPHENS);
    }
    let count = text.iter().filter(|b| **b != b'-').count();
    let mut packed = [0u8; 14];
    let is_number = matches!(count, 8 | 12 | 13 | 14);
    let gtin = if is_number {
        let pad = 14 - count;
        for slot in packed.iter_mut().take(pad) {
            *slot = b'0';
        }
        for (slot, b) in packed.iter_mut().skip(pad).zip(text.iter().filter(|b| **b != b'-')) {
            *slot = *b;
        }
        utf8(&packed).ok().and_then(|t| Gtin::parse(t).ok())
    } else {
        None
    };
    let strict =
        if symbol == Symbol::Digits { Err(ScanError::new(Kind::NotGs1, None, 0)) } else { element::strict(text) };
    let strict = strict.and_then(|s| ScannedItem::new(utf8(text)?, s, typed, today));
    if suffix && strict.is_err() {
        return refused(Kind::UnitSuffix, head - 1);
    }
    let Scratch { a, b } = scratch;
    let as_number = gtin.and_then(|_| {
        let out = a.get_mut(..14)?;
        out.copy_from_slice(&packed);
        let mut spans = Spans::default();
        spans.add(&packed, 1, 0, 14).ok()?;
        ScannedItem::new(utf8(a.get(..14)?).ok()?, spans, repairs, today).ok()
    });
    match (as_number, strict) {
        // Eight digits that are a whole date AI: a label's expiry is as likely as an EAN-8.
        (Some(number), Ok(strict)) if count == 8 && strict.spans.iter().any(|s| matches!(s.ai, 11..=17)) => {
            let mut both = Candidates::NONE;
            both.push(number);
            both.push(strict);
            Outcome::Confirm(both)
        }
        // An exact length and a right check digit make it the number; the other reading is kept beside it.
        (Some(mut number), Ok(strict)) if !hyphens => {
            let mut alternatives = Candidates::NONE;
            alternatives.push(strict);
            number.warnings.insert(Warnings::ALSO_ELEMENT_STRING);
            Outcome::Read { item: number, alternatives }
        }
        (Some(number), _) => read(Ok(number)),
        (None, Ok(_)) => split(utf8(text).unwrap_or_default(), Symbol::Unknown, typed, today, b),
        _ if (hyphens && is_number) || symbol == Symbol::Digits => {
            refused(if is_number { Kind::CheckDigit } else { Kind::NotGs1 }, text.len() - 1)
        }
        (None, Err(e)) => {
            if let Some(f) = utf8(text).ok().and_then(foreign::china) {
                return Outcome::Foreign(f);
            }
            if text.len() == 18
                && utf8(text).is_ok_and(|t| Sscc::parse(t).is_ok() || !text.starts_with(b"0"))
                && e.kind == Kind::UnknownAi
            {
                return refused(Kind::LooksLikeSscc, 0);
            }
            if is_number && e.kind == Kind::UnknownAi {
                return refused(Kind::CheckDigit, text.len() - 1);
            }
            split(utf8(text).unwrap_or_default(), Symbol::Unknown, typed, today, b)
        }
    }
}

/// Element strings, after damage to their separators was undone.
fn elements<'a>(
    text: &'a [u8],
    symbol: Symbol,
    profile: &Profile<'_>,
    mut repairs: Repairs,
    today: Date,
    scratch: &'a mut Scratch,
) -> Outcome<'a> {
    let gs = profile.gs.unwrap_or_default().as_bytes();
    let Scratch { a, b } = scratch;
    if gs.is_empty() && !damage::suspicious(text) {
        return match utf8(text) {
            Ok(t) => split(t, symbol, repairs, today, b),
            Err(e) => Outcome::Refused(e),
        };
    }
    if link::has_bracket(text) && !text.first().is_some_and(|b| b.is_ascii_digit() || !b.is_ascii_alphanumeric()) {
        return refused(Kind::Hri, 0);
    }
    let Some(used) = damage::normalize(text, gs, None, a, &mut repairs) else {
        return refused(Kind::InputTooLong, MAX_SCAN);
    };
    let clean: &'a [u8] = a;
    let clean = clean.get(..used).unwrap_or_default();
    if repairs.contains(Repairs::ZERO_WIDTH) {
        return hidden(text, gs, clean, repairs, today, b);
    }
    let stray = clean.iter().take_while(|c| **c == GS || !c.is_ascii_alphanumeric()).count();
    let noise = clean.get(..stray).unwrap_or_default();
    if noise.iter().any(|c| !(c.is_ascii_graphic() || *c == GS)) {
        // Bytes in front that no symbol can hold: readable without them, but only to be confirmed.
        repairs.insert(Repairs::STRAY_PREFIX);
        let rest = clean.get(stray..).unwrap_or_default();
        let item = element::strict(rest).and_then(|s| ScannedItem::new(utf8(rest)?, s, repairs, today));
        return match item {
            Ok(item) => confirm_one(item),
            Err(_) => refused(Kind::BadCharacter, 0),
        };
    }
    match utf8(clean) {
        Ok(t) => split(t, symbol, repairs, today, b),
        Err(e) => Outcome::Refused(e),
    }
}

fn confirm_one(item: ScannedItem<'_>) -> Outcome<'_> {
    let mut one = Candidates::NONE;
    one.push(item);
    Outcome::Confirm(one)
}

/// Characters that can't be seen: perhaps nothing, perhaps in place of a separator.
fn hidden<'a>(
    text: &[u8],
    gs: &[u8],
    without: &'a [u8],
    mut repairs: Repairs,
    today: Date,
    b: &'a mut [u8],
) -> Outcome<'a> {
    let mut out = Candidates::NONE;
    let first = element::strict(without).and_then(|s| ScannedItem::new(utf8(without)?, s, repairs, today));
    if let Ok(item) = first {
        out.push(item);
    }
    let used = damage::normalize(text, gs, Some(GS), b, &mut repairs).unwrap_or(0);
    let b: &'a [u8] = b;
    let with = b.get(..used).unwrap_or_default();
    if let Ok(item) = element::strict(with).and_then(|s| ScannedItem::new(utf8(with)?, s, repairs, today)) {
        out.push(item);
    }
    match (out.is_empty(), first) {
        (true, Err(e)) => Outcome::Refused(e),
        _ => Outcome::Confirm(out),
    }
}

/// The strict reading, judged against every other legal split.
fn split<'a>(text: &'a str, symbol: Symbol, mut repairs: Repairs, today: Date, b: &'a mut [u8]) -> Outcome<'a> {
    element::separator_repairs(text.as_bytes(), &mut repairs);
    let strict = element::strict(text.as_bytes()).and_then(|s| ScannedItem::new(text, s, repairs, today));
    let mut all = Candidates::NONE;
    if symbol == Symbol::Swapped {
        if let Ok(item) = strict {
            all.push(item);
        }
        repairs.insert(Repairs::SWAPPED_CASE);
        for (to, from) in b.iter_mut().zip(text.bytes()) {
            *to = if from.is_ascii_alphabetic() { from ^ 0x20 } else { from };
        }
        let b: &'a [u8] = b;
        let swapped = utf8(b.get(..text.len()).unwrap_or_default());
        if let Ok(item) = swapped.and_then(|t| ScannedItem::new(t, element::strict(t.as_bytes())?, repairs, today)) {
            all.push(item);
        }
        return match strict {
            Err(e) if all.is_empty() => Outcome::Refused(e),
            _ => Outcome::Confirm(all),
        };
    }
    match strict {
        Ok(mut item) => {
            if !element::may_split(text.as_bytes(), &item.spans) {
                return Outcome::Read { item, alternatives: all };
            }
            Splits::new(text, repairs, today, false, &mut all).explore();
            if element::doubtful(&item, &all) {
                return Outcome::Confirm(all);
            }
            let mut alternatives = Candidates::NONE;
            for other in all.iter().filter(|o| o.spans != item.spans) {
                alternatives.push(*other);
            }
            if !alternatives.is_empty() {
                item.warnings.insert(Warnings::POSSIBLE_LOST_SEPARATOR);
            }
            Outcome::Read { item, alternatives }
        }
        Err(e) => {
            Splits::new(text, repairs, today, true, &mut all).explore();
            if all.is_empty() {
                // A digit too many in front shifts every AI.
                if let Some(rest) = text.strip_prefix('0').filter(|t| t.starts_with("01")) {
                    repairs.insert(Repairs::LEADING_ZERO);
                    if let Ok(item) =
                        element::strict(rest.as_bytes()).and_then(|s| ScannedItem::new(rest, s, repairs, today))
                    {
                        all.push(item);
                    }
                }
            }
            if all.is_empty() { Outcome::Refused(e) } else { Outcome::Confirm(all) }
        }
    }
}
