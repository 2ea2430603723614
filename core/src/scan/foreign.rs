//! Codes of other systems: named, with what can be read, never mangled into GS1.
use super::item::expiry_of;
use crate::ident::{Gtin, RegistrationNumber};
use crate::time::{Date, Expiry};

/// A code of another system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foreign<'a> {
    /// `HIBC`, `PPN`, `PZN`, `ISO 15434`, `China`, `registration number` or `medlot`.
    pub system: &'static str,
    /// The code, as scanned.
    pub text: &'a str,
    /// The system's own product number, where it could be read.
    pub product: Option<&'a str>,
    /// A GTIN, where the code holds a valid one.
    pub gtin: Option<Gtin>,
    /// The lot.
    pub lot: Option<&'a str>,
    /// The serial.
    pub serial: Option<&'a str>,
    /// The expiry; [`Expiry::NotRead`] where there is none.
    pub expiry: Expiry,
}

fn named<'a>(system: &'static str, text: &'a str) -> Foreign<'a> {
    Foreign { system, text, product: None, gtin: None, lot: None, serial: None, expiry: Expiry::NotRead }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// What the text is, if it is another system's and can't be GS1.
pub(super) fn detect(text: &str, today: Date) -> Option<Foreign<'_>> {
    let upper = |p: &str| text.get(..p.len()).is_some_and(|t| t.eq_ignore_ascii_case(p));
    if upper("MEDLOT1:") {
        return Some(named("medlot", text));
    }
    if let Some(data) = text.strip_prefix("[)>") {
        return Some(identifiers(text, data, today));
    }
    // A Pharmacy Product Number whose envelope was stripped: 9N and at least its 8 digits.
    if text.strip_prefix("9N").and_then(|t| t.get(..8)).is_some_and(digits) {
        return Some(identifiers(text, text, today));
    }
    if let Some(pzn) = text.strip_prefix("PZN").or_else(|| text.strip_prefix('-')) {
        let number = pzn.trim_start_matches(['-', ' ', ':']);
        if digits(number) && matches!(number.len(), 7 | 8) {
            return Some(Foreign { product: Some(number), ..named("PZN", text) });
        }
    }
    if let Some(code) = text.strip_prefix('+').or_else(|| text.strip_prefix("*+"))
        && code.starts_with(|c: char| c.is_ascii_uppercase() || c == '$' || c.is_ascii_digit())
    {
        let first = code.split('/').next().unwrap_or_default();
        let primary = code.starts_with(|c: char| c.is_ascii_uppercase()) && first.len() >= 6;
        return Some(Foreign { product: primary.then_some(first), serial: hibc(code, "S"), ..named("HIBC", text) });
    }
    registration(text)
}

/// A secondary HIBC field by its letter.
fn hibc<'a>(code: &'a str, mark: &str) -> Option<&'a str> {
    code.split('/').skip(1).find_map(|f| f.strip_prefix(mark))
}

fn registration(text: &str) -> Option<Foreign<'_>> {
    let padded = text.len() == 13 && text.starts_with("0893");
    let number = if padded { text.get(1..)? } else { text };
    let vietnamese = digits(number) && number.len() == 12 && number.starts_with("893");
    let gtin = if digits(number) { Gtin::parse(number).ok() } else { None };
    // Numbers of imported medicines have other countries' codes: only what is no UPC-A counts.
    let parsed = !padded
        && gtin.is_none()
        && match RegistrationNumber::parse(text) {
            Ok(RegistrationNumber::New(_)) => true,
            // Old style, VD-12345-19: an old number's form is loose, so all three parts must be there.
            Ok(RegistrationNumber::Old(old)) => {
                text.starts_with(|c: char| c.is_alphabetic())
                    && text.len() <= 20
                    && old.serial().is_some_and(digits)
                    && old.year().is_some()
            }
            Err(_) => false,
        };
    if vietnamese || parsed {
        return Some(Foreign { product: Some(number), gtin, ..named("registration number", text) });
    }
    None
}

/// 20 digits that begin with 8: the Chinese drug trace code.
pub(super) fn china(text: &str) -> Option<Foreign<'_>> {
    (text.len() == 20 && digits(text) && text.starts_with('8'))
        .then(|| Foreign { product: Some(text), ..named("China", text) })
}

/// ASC MH10 data identifiers in an ISO 15434 envelope, format 06; with 9N it is IFA's PPN.
fn identifiers<'a>(text: &'a str, data: &'a str, today: Date) -> Foreign<'a> {
    let mut f = named("ISO 15434", text);
    for field in data.split(['\u{1D}', '\u{1E}', '\u{4}', '#']) {
        if let Some(v) = field.strip_prefix("9N") {
            f.system = "PPN";
            f.product = Some(v);
        } else if let Some(v) = field.strip_prefix("8P") {
            f.gtin = Gtin::parse(v).ok();
        } else if let Some(v) = field.strip_prefix("1T") {
            f.lot = Some(v);
        } else if let Some(v) = field.strip_prefix("1P") {
            f.product = f.product.or(Some(v));
        } else if let Some(v) = field.strip_prefix('S') {
            f.serial = Some(v);
        } else if let Some(v) = field.strip_prefix('D').filter(|v| v.len() == 6 && digits(v)) {
            f.expiry = expiry_of(v.as_bytes(), today).unwrap_or(Expiry::NotRead);
        }
    }
    f
}
