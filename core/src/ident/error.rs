//! One error for every name: which field, what is wrong, where.

use core::fmt;

/// The field that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs)] // the names say it; `Display` is what a person reads
pub enum Field {
    Gtin,
    Sscc,
    Gln,
    Registration,
    Product,
    Party,
    Lot,
    Serial,
    Facility,
    Store,
    Fund,
    Operator,
    LocalReason,
    Document,
    Code,
    Quantity,
}

impl Field {
    /// The name that a person reads.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gtin => "GTIN",
            Self::Sscc => "SSCC",
            Self::Gln => "GLN",
            Self::Registration => "registration number",
            Self::Product => "product",
            Self::Party => "party",
            Self::Lot => "lot number",
            Self::Serial => "serial number",
            Self::Facility => "facility code",
            Self::Store => "store",
            Self::Fund => "fund",
            Self::Operator => "operator",
            Self::LocalReason => "local reason",
            Self::Document => "document number",
            Self::Code => "code",
            Self::Quantity => "quantity",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentErrorKind {
    /// Nothing there.
    Empty,
    /// Longer than allowed, in bytes.
    TooLong {
        /// The most that is allowed.
        limit: u16,
        /// What was given.
        actual: u16,
    },
    /// Not one of the lengths that exist.
    BadLength {
        /// The lengths that exist, for a person.
        expected: &'static str,
        /// What was given.
        actual: u16,
    },
    /// A character that does not belong here.
    BadCharacter {
        /// The character.
        found: char,
    },
    /// A blank before or after.
    Blank,
    /// The check digit is wrong.
    CheckDigit {
        /// The digit that stands there.
        found: u8,
        /// The digit that the others ask for.
        expected: u8,
    },
    /// A number outside its limits.
    OutOfRange {
        /// The least.
        min: u32,
        /// The most.
        max: u32,
    },
    /// Not in the form expected.
    BadForm {
        /// That form.
        expected: &'static str,
    },
}

/// Why a name was refused.
///
/// ```
/// use medlot_core::ident::Gtin;
/// let e = Gtin::parse("03400935955839").unwrap_err();
/// assert_eq!(e.to_string(), "GTIN: check digit is 9, should be 8 (position 13)");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IdentError {
    /// The field.
    pub field: Field,
    /// What is wrong.
    pub kind: IdentErrorKind,
    /// Byte offset in the text given, from 0.
    pub position: u16,
}

impl IdentError {
    pub(crate) fn new(field: Field, kind: IdentErrorKind, position: usize) -> Self {
        Self { field, kind, position: clamp(position) }
    }
}

crate::codes::codes! { IdentError {
    Self { kind: IdentErrorKind::Empty, .. } => 1101, "name_empty";
    Self { kind: IdentErrorKind::TooLong { .. }, .. } => 1102, "name_too_long";
    Self { kind: IdentErrorKind::BadLength { .. }, .. } => 1103, "name_length";
    Self { kind: IdentErrorKind::BadCharacter { .. }, .. } => 1104, "name_character";
    Self { kind: IdentErrorKind::Blank, .. } => 1105, "name_blank";
    Self { kind: IdentErrorKind::CheckDigit { .. }, .. } => 1106, "name_check_digit";
    Self { kind: IdentErrorKind::OutOfRange { .. }, .. } => 1107, "name_out_of_range";
    Self { kind: IdentErrorKind::BadForm { .. }, .. } => 1108, "name_form";
} }

/// A length or position as the error keeps it.
pub(crate) fn clamp(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

impl fmt::Display for IdentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.field.name())?;
        match self.kind {
            IdentErrorKind::Empty => return f.write_str("nothing given"),
            IdentErrorKind::TooLong { limit, actual } => {
                return write!(f, "{actual} bytes long, at most {limit} are allowed");
            }
            IdentErrorKind::BadLength { expected, actual } => {
                return write!(f, "has {actual} characters, needs {expected}");
            }
            IdentErrorKind::BadCharacter { found } if found.is_control() => {
                write!(f, "control character U+{:04X} does not belong here", u32::from(found))?;
            }
            IdentErrorKind::BadCharacter { found } => write!(f, "character {found:?} does not belong here")?,
            IdentErrorKind::Blank => f.write_str("blank before or after")?,
            IdentErrorKind::CheckDigit { found, expected } => {
                write!(f, "check digit is {found}, should be {expected}")?;
            }
            IdentErrorKind::OutOfRange { min, max } => write!(f, "must be {min} to {max}")?,
            IdentErrorKind::BadForm { expected } => write!(f, "not in the form {expected}")?,
        }
        write!(f, " (position {})", self.position)
    }
}

impl core::error::Error for IdentError {}
