//! Why a scan is refused.
use core::fmt;

macro_rules! kinds {
    ($($name:ident = $code:literal, $text:literal, $message:literal;)*) => {
        /// What is wrong with a scan. The numbers are stable (`spec/error-codes.md`, 1000–1999).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        #[non_exhaustive]
        pub enum ScanErrorKind { $(#[doc = $message] $name = $code,)* }

        impl ScanErrorKind {
            /// Every kind, in the order of the codes.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable number.
            #[must_use]
            pub const fn code(self) -> u16 { self as u16 }

            /// The stable name, snake case.
            #[must_use]
            pub const fn name(self) -> &'static str { match self { $(Self::$name => $text),* } }

            /// What is wrong and what can be done.
            #[must_use]
            pub const fn message(self) -> &'static str { match self { $(Self::$name => $message),* } }
        }
    };
}

kinds! {
    Empty = 1000, "empty", "nothing was scanned";
    InputTooLong = 1001, "input_too_long", "the scan is longer than 512 bytes";
    NotGs1 = 1002, "not_gs1", "this is not GS1 data and no other known code";
    SymbologyNotGs1 = 1003, "symbology_not_gs1", "the symbology identifier says that the symbol carries no GS1 data (no FNC1)";
    UnknownAi = 1004, "unknown_ai", "no GS1 Application Identifier begins here; a separator may be lost or the scan cut off";
    EmptyValue = 1005, "empty_value", "the Application Identifier has no data";
    TooShort = 1006, "too_short", "the data field ends too early; scan again";
    TooLong = 1007, "too_long", "the data field is longer than its Application Identifier allows; a separator may be lost";
    NotADigit = 1008, "not_a_digit", "only digits may stand here";
    BadCharacter = 1009, "bad_character", "this character can't stand in GS1 data; check the scanner's keyboard layout and input method";
    CheckDigit = 1010, "check_digit", "the check digit is wrong; scan again, or the number was mistyped";
    CheckPair = 1011, "check_pair", "the pair of check characters is wrong";
    CompanyPrefix = 1012, "company_prefix", "a GS1 key must begin with a company prefix of at least four digits";
    BadMonth = 1013, "bad_month", "the month must be 01 to 12";
    BadDay = 1014, "bad_day", "there is no such day in this month";
    BadTime = 1015, "bad_time", "hours are 00 to 23, minutes and seconds 00 to 59";
    YearOutOfRange = 1016, "year_out_of_range", "the year lies outside 1975 to 2102";
    Country = 1017, "country", "not an ISO 3166-1 country code";
    Currency = 1018, "currency", "not an ISO 4217 currency code";
    Iban = 1019, "iban", "not a valid international bank account number";
    Coupon = 1020, "coupon", "the coupon data doesn't have the form of its specification";
    PackageType = 1021, "package_type", "not a GS1 package type code";
    MediaType = 1022, "media_type", "not an assigned AIDC media type";
    ImporterIndex = 1023, "importer_index", "not an importer index character";
    Coordinate = 1024, "coordinate", "the coordinate lies outside the globe";
    Zero = 1025, "zero", "this number must not be zero";
    ZeroPrefix = 1026, "zero_prefix", "this number must not begin with 0";
    PercentSequence = 1027, "percent_sequence", "a % must be followed by two hexadecimal digits";
    PieceOfTotal = 1028, "piece_of_total", "piece and total must be 01 or more, the piece at most the total";
    Position = 1029, "position", "a position must have the form 1/3, at most its end";
    BadContent = 1030, "bad_content", "the content is not one that the Application Identifier allows";
    Repeated = 1031, "repeated", "the same Application Identifier stands twice with different values";
    Exclusive = 1032, "exclusive", "two Application Identifiers must not stand together";
    Contradiction = 1033, "contradiction", "this attribute doesn't belong to the key in the scan; a digit may be misread";
    TooManyElements = 1034, "too_many_elements", "more than 24 elements in one scan";
    Hri = 1035, "bracketed_form", "the bracketed form is mixed or broken: text must begin with a bracketed Application Identifier";
    LinkWithoutKey = 1036, "link_without_key", "the web address holds no GS1 key";
    LinkPath = 1037, "link_path", "only a GS1 key and its qualifiers, in their order, may stand in the path of a Digital Link";
    LinkAttribute = 1038, "link_attribute", "this Application Identifier can't be an attribute of a Digital Link";
    UnitSuffix = 1039, "unit_suffix", "a suffix such as -1 is a shop system's mark for another unit: scan the pack itself";
    LooksLikeSscc = 1040, "looks_like_sscc", "18 digits without Application Identifier 00: not GS1 data; an SSCC's check digit doesn't make it one";
}

/// A refused scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanError {
    /// What is wrong.
    pub kind: ScanErrorKind,
    /// The Application Identifier it stands in, where there is one.
    pub ai: Option<u16>,
    /// Byte position in the scan, after symbology identifier and damage were taken out.
    pub position: u16,
}

impl ScanError {
    pub(super) fn new(kind: ScanErrorKind, ai: Option<u16>, position: usize) -> Self {
        Self { kind, ai, position: u16::try_from(position).unwrap_or(u16::MAX) }
    }
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ai) = self.ai {
            write!(f, "AI {ai:02}: ")?;
        }
        write!(f, "{} (position {})", self.kind.message(), self.position)
    }
}

impl core::error::Error for ScanError {}
