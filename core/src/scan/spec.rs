//! What the AI table says of one Application Identifier.
use super::table::{AI_DIGITS, FIRST_ROW, TABLE, TITLES};

/// The character set of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    /// Digits.
    N,
    /// GS1 AI encodable character set 82.
    X,
    /// Set 39, of component and part identifiers.
    Y,
    /// Set 64, file-safe base 64.
    Z,
}

/// The content checks that the syntax dictionary names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the dictionary's
pub(super) enum Linter {
    Csum,
    Csumalpha,
    Key,
    Keyoff1,
    Hasnondigit,
    Yymmdd,
    Yymmd0,
    Yyyymmdd,
    Hhmi,
    Hh,
    Mi,
    Ss,
    Iso3166,
    Iso3166999,
    Iso3166alpha2,
    Iso4217,
    Iso5218,
    Iban,
    Couponcode,
    Couponposoffer,
    Packagetype,
    Mediatype,
    Hyphen,
    Importeridx,
    Latitude,
    Longitude,
    Nonzero,
    Nozeroprefix,
    Pcenc,
    Pieceoftotal,
    Posinseqslash,
    Winding,
    Yesno,
    Zero,
}

/// One component of an AI's data field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Component {
    pub(super) set: Set,
    pub(super) min: u8,
    pub(super) max: u8,
    pub(super) optional: bool,
    pub(super) linters: &'static [Linter],
}

/// Keeps a row of the generated table on one line.
pub(super) const fn c(set: Set, min: u8, max: u8, optional: bool, linters: &'static [Linter]) -> Component {
    Component { set, min, max, optional, linters }
}

/// An inclusive range of AI numbers: `310n` is `(3100, 3109)`.
pub(super) type Pattern = (u16, u16);

/// One AI, or a range of AIs of one form.
#[derive(Debug)]
pub(super) struct AiSpec {
    pub(super) lo: u16,
    pub(super) hi: u16,
    pub(super) fixed: bool,
    pub(super) dl_attribute: bool,
    pub(super) medicine: bool,
    pub(super) comps: &'static [Component],
    /// Every group needs one alternative, of which all patterns must be present.
    pub(super) req: &'static [&'static [&'static [Pattern]]],
    pub(super) ex: &'static [Pattern],
    /// A Digital Link primary key, with its alternative sequences of key qualifiers.
    pub(super) key: Option<&'static [&'static [u16]]>,
}

impl AiSpec {
    /// The longest data field, in characters.
    pub(super) fn max(&self) -> usize {
        self.comps.iter().map(|c| usize::from(c.max)).sum()
    }

    /// Whether this build checks the content and not only keeps it.
    pub(super) const fn checked(&self) -> bool {
        cfg!(feature = "gs1-full") || self.medicine
    }
}

/// What the table says of an AI number.
pub(super) fn spec(ai: u16) -> Option<&'static AiSpec> {
    TABLE.get(row(ai)?)
}

/// The data title of an AI number; empty where there is none.
pub(super) fn title(ai: u16) -> &'static str {
    row(ai).and_then(|row| TITLES.get(row).copied()).unwrap_or_default()
}

/// The row of an AI number.
fn row(ai: u16) -> Option<usize> {
    let prefix = match ai {
        0..100 => ai,
        100..1000 => ai / 10,
        _ => ai / 100,
    };
    let first = *FIRST_ROW.get(usize::from(prefix))?;
    let digits = *AI_DIGITS.get(usize::from(prefix))?;
    let given = if ai < 100 {
        2
    } else if ai < 1000 {
        3
    } else {
        4
    };
    if digits != given {
        return None;
    }
    let first = usize::from(first);
    let at = TABLE.get(first..)?.iter().take_while(|s| s.lo <= ai).position(|s| ai <= s.hi)?;
    Some(first + at)
}

/// The AI that stands at the beginning of `text`, with its number of digits.
pub(super) fn ai_at(text: &[u8]) -> Option<(u16, usize, &'static AiSpec)> {
    let digit = |i: usize| text.get(i).filter(|b| b.is_ascii_digit()).map(|b| u16::from(b - b'0'));
    let prefix = digit(0)? * 10 + digit(1)?;
    let digits = usize::from(*AI_DIGITS.get(usize::from(prefix))?);
    let mut ai = prefix;
    if digits == 0 {
        return None;
    }
    for i in 2..digits {
        ai = ai * 10 + digit(i)?;
    }
    Some((ai, digits, spec(ai)?))
}
