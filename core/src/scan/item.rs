//! What a scan read: elements over the text that holds them.
use super::error::{ScanError, ScanErrorKind as Kind};
use super::lint;
use super::spec::{Pattern, spec, title};
use crate::ident::{Gtin, LotNumber, Serial};
use crate::time::{Date, Expiry};

/// Elements that one scan can hold.
pub const MAX_ELEMENTS: usize = 24;
/// Readings that a scan can be offered in.
pub const MAX_CANDIDATES: usize = 8;

/// One element string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    /// The Application Identifier's number: 1 is `01`, 8003 is `8003`.
    pub ai: u16,
    /// Its data field, as scanned.
    pub value: &'a str,
    /// False where this build only keeps the content (without the feature `gs1-full`).
    pub checked: bool,
}

impl Element<'_> {
    /// The AI's data title in the General Specifications. Titles are linked only where this is called.
    #[must_use]
    pub fn title(&self) -> &'static str {
        title(self.ai)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) ai: u16,
    pub(super) start: u16,
    pub(super) len: u16,
}

/// Elements as spans of one text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spans {
    list: [Span; MAX_ELEMENTS],
    count: u8,
    pub(super) repeated: bool,
}

impl Spans {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Span> {
        self.list.iter().take(usize::from(self.count))
    }

    pub(super) fn has(&self, (lo, hi): Pattern) -> bool {
        self.iter().any(|s| lo <= s.ai && s.ai <= hi)
    }

    pub(super) fn find(&self, ai: u16) -> Option<&Span> {
        self.iter().find(|s| s.ai == ai)
    }

    /// Adds an element; one that repeats another with the same value is kept once
    /// (General Specifications 4.14: repeated AIs must agree).
    pub(super) fn add(&mut self, text: &[u8], ai: u16, start: usize, len: usize) -> Result<(), ScanError> {
        let span = Span { ai, start: start as u16, len: len as u16 };
        if let Some(other) = self.find(ai) {
            if slice(text, other) != slice(text, &span) {
                return Err(ScanError::new(Kind::Repeated, Some(ai), start));
            }
            self.repeated = true;
            return Ok(());
        }
        let slot =
            self.list.get_mut(usize::from(self.count)).ok_or(ScanError::new(Kind::TooManyElements, Some(ai), start))?;
        *slot = span;
        self.count += 1;
        Ok(())
    }

    /// Exclusive pairs, and attributes that contradict the trade item key (General Specifications 4.13, 4.14).
    pub(super) fn pairs(&self) -> Result<(), ScanError> {
        // Keys of a trade item: a scan with one of these can't be waiting for another one.
        const ITEM_KEYS: [u16; 5] = [1, 2, 3, 8006, 8026];
        let item_key = ITEM_KEYS.iter().any(|&k| self.find(k).is_some());
        for s in self.iter() {
            let Some(row) = spec(s.ai) else { continue };
            for &(lo, hi) in row.ex {
                if self.iter().any(|o| o.ai != s.ai && lo <= o.ai && o.ai <= hi) {
                    return Err(ScanError::new(Kind::Exclusive, Some(s.ai), s.start.into()));
                }
            }
            for group in row.req {
                let names_item = group.iter().any(|all| all.iter().any(|p| ITEM_KEYS.contains(&p.0)));
                if item_key && names_item && !self.meets(group) {
                    return Err(ScanError::new(Kind::Contradiction, Some(s.ai), s.start.into()));
                }
            }
        }
        Ok(())
    }

    fn meets(&self, group: &[&[Pattern]]) -> bool {
        group.iter().any(|all| all.iter().all(|&p| self.has(p)))
    }

    /// Calls `f` with the first alternative of each requisite that nothing here meets.
    pub(super) fn missing(&self, mut f: impl FnMut(u16)) {
        for (i, s) in self.iter().enumerate() {
            let Some(row) = spec(s.ai) else { continue };
            for group in row.req.iter().filter(|g| !self.meets(g)) {
                let Some(first) = group.first().and_then(|all| all.iter().find(|&&p| !self.has(p))) else { continue };
                // Named once, by the first element that wants it.
                let earlier = self.iter().take(i).filter_map(|o| spec(o.ai)).any(|r| {
                    r.req
                        .iter()
                        .filter(|g| !self.meets(g))
                        .any(|g| g.first().and_then(|a| a.iter().find(|&&p| !self.has(p))) == Some(first))
                });
                if !earlier {
                    f(first.0);
                }
            }
        }
    }
}

pub(super) fn slice<'t>(text: &'t [u8], s: &Span) -> &'t [u8] {
    text.get(usize::from(s.start)..usize::from(s.start) + usize::from(s.len)).unwrap_or_default()
}

macro_rules! flags {
    ($(#[$doc:meta])* $type:ident: $($name:ident = $bit:literal, $text:literal, $what:literal;)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $type(u32);

        impl $type {
            $(#[doc = $what] pub const $name: Self = Self(1 << $bit);)*

            /// Whether nothing is in the set.
            #[must_use]
            pub const fn is_empty(self) -> bool { self.0 == 0 }

            /// Whether all of `other` is in the set.
            #[must_use]
            pub const fn contains(self, other: Self) -> bool { self.0 & other.0 == other.0 }

            /// Stable names of what is in the set.
            pub fn names(self) -> impl Iterator<Item = &'static str> {
                [$((Self::$name, $text)),*].into_iter().filter(move |(f, _)| self.contains(*f)).map(|(_, n)| n)
            }

            pub(super) fn insert(&mut self, other: Self) { self.0 |= other.0; }
        }
    };
}

flags! {
    /// Damage that was undone, each reported.
    Repairs:
    SEPARATOR_SUBSTITUTE = 0, "separator_substitute", "Another character or text stood for the separator GS.";
    LEADING_SEPARATOR = 1, "leading_separator", "A separator stood before the first element.";
    TRAILING_SEPARATOR = 2, "trailing_separator", "A separator stood after the last element.";
    DOUBLED_SEPARATOR = 3, "doubled_separator", "Two separators stood together.";
    REPEATED_SYMBOLOGY = 4, "repeated_symbology_identifier", "The symbology identifier stood twice.";
    TRIMMED = 5, "trimmed", "Blanks stood around the data.";
    VENDOR_FRAME = 6, "vendor_frame", "The scanner put a header and an end around the data.";
    ZERO_WIDTH = 7, "zero_width_characters", "Characters that can't be seen stood in the data.";
    STRAY_PREFIX = 8, "stray_prefix", "Bytes that are no data stood in front.";
    LEADING_ZERO = 9, "leading_zero", "A 0 too many stood in front.";
    SWAPPED_CASE = 10, "swapped_case", "Capital and small letters were swapped (Caps Lock).";
    HYPHENS = 11, "hyphens", "A typed number had hyphens.";
    RESTORED_SEPARATOR = 12, "restored_separator", "A lost separator was put back by guessing.";
}

flags! {
    /// What a person should know of a reading.
    Warnings:
    POSSIBLE_LOST_SEPARATOR = 0, "possible_lost_separator", "The data can also be split in another legal way.";
    REPEATED_ELEMENT = 1, "repeated_element", "An element stood twice with the same value.";
    UNCHECKED_ELEMENT = 2, "unchecked_element", "This build kept an element without checking its content.";
    ASSET_CHECK_DIGIT = 3, "asset_check_digit", "The check digit of a returnable asset (AI 8003) is wrong.";
    ALSO_ELEMENT_STRING = 4, "also_element_string", "The digits of this number can also be read as an element string.";
}

impl Repairs {
    /// Damage beyond the handling of separators: makes an ambiguous reading one to be confirmed.
    pub(super) fn other_damage(self) -> bool {
        const SEPARATORS: u32 = Repairs::SEPARATOR_SUBSTITUTE.0
            | Repairs::LEADING_SEPARATOR.0
            | Repairs::TRAILING_SEPARATOR.0
            | Repairs::DOUBLED_SEPARATOR.0;
        self.0 & !SEPARATORS != 0
    }
}

/// One reading of a scan. Values are slices of the scan, or of the scratch where damage was undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScannedItem<'a> {
    pub(super) text: &'a str,
    pub(super) spans: Spans,
    pub(super) repairs: Repairs,
    pub(super) warnings: Warnings,
    pub(super) expiry: Expiry,
}

impl<'a> ScannedItem<'a> {
    pub(super) fn new(text: &'a str, spans: Spans, repairs: Repairs, today: Date) -> Result<Self, ScanError> {
        spans.pairs()?;
        let mut expiry = Expiry::NotRead;
        if let Some(s) = spans.find(17) {
            expiry = expiry_of(slice(text.as_bytes(), s), today).ok_or(ScanError::new(
                Kind::YearOutOfRange,
                Some(17),
                s.start.into(),
            ))?;
        }
        let mut warnings = Warnings::default();
        if spans.repeated {
            warnings.insert(Warnings::REPEATED_ELEMENT);
        }
        if spans.find(8003).is_some_and(|s| !lint::asset_check_digit(slice(text.as_bytes(), s))) {
            warnings.insert(Warnings::ASSET_CHECK_DIGIT);
        }
        if spans.iter().any(|s| spec(s.ai).is_some_and(|r| !r.checked())) {
            warnings.insert(Warnings::UNCHECKED_ELEMENT);
        }
        Ok(Self { text, spans, repairs, warnings, expiry })
    }

    /// Every element, in the order of the scan.
    pub fn elements(&self) -> impl Iterator<Item = Element<'a>> + '_ {
        self.spans.iter().map(|s| {
            let row = spec(s.ai);
            Element { ai: s.ai, value: self.value_of(s), checked: row.is_some_and(|r| r.checked()) }
        })
    }

    fn value_of(&self, s: &Span) -> &'a str {
        let text: &'a str = self.text;
        text.get(usize::from(s.start)..usize::from(s.start) + usize::from(s.len)).unwrap_or_default()
    }

    /// The data field of an AI.
    #[must_use]
    pub fn get(&self, ai: u16) -> Option<&'a str> {
        self.spans.find(ai).map(|s| self.value_of(s))
    }

    /// AI 01.
    #[must_use]
    pub fn gtin(&self) -> Option<Gtin> {
        self.get(1).and_then(|v| Gtin::parse(v).ok())
    }

    /// AI 10.
    #[must_use]
    pub fn lot(&self) -> Option<LotNumber<'a>> {
        self.get(10).and_then(|v| LotNumber::parse(v).ok())
    }

    /// AI 21.
    #[must_use]
    pub fn serial(&self) -> Option<Serial<'a>> {
        self.get(21).and_then(|v| Serial::parse(v).ok())
    }

    /// AI 17; day 00 is a whole month. [`Expiry::NotRead`] where the scan holds none.
    #[must_use]
    pub const fn expiry(&self) -> Expiry {
        self.expiry
    }

    /// Damage that was undone.
    #[must_use]
    pub const fn repairs(&self) -> Repairs {
        self.repairs
    }

    /// What a person should know.
    #[must_use]
    pub const fn warnings(&self) -> Warnings {
        self.warnings
    }

    /// The national system that a tail of company data belongs to: `Chestny ZNAK` (Russia: serial
    /// and verification key in 91 and 92, or a short code in 93).
    #[must_use]
    pub fn system(&self) -> Option<&'static str> {
        let tail = match (self.get(91), self.get(92), self.get(93)) {
            (Some(key), Some(_), _) => key.len() == 4,
            (None, None, Some(code)) => code.len() == 4,
            _ => false,
        };
        (tail && self.get(1).is_some() && self.get(21).is_some()).then_some("Chestny ZNAK")
    }

    /// Calls `f` with each identification key or attribute that the elements ask for and that
    /// isn't there yet: the merged item is judged, so a lone lot is no error.
    pub fn incomplete(&self, f: impl FnMut(u16)) {
        self.spans.missing(f);
    }
}

/// The century of a two-digit year (General Specifications 7.12): the year nearest to today's.
pub(super) fn expiry_of(yymmdd: &[u8], today: Date) -> Option<Expiry> {
    let n = lint::number(yymmdd);
    let (yy, month, day) = ((n / 10000) as u16, (n / 100 % 100) as u8, (n % 100) as u8);
    let (century, this) = (today.year() / 100 * 100, today.year() % 100);
    let year = match i32::from(yy) - i32::from(this) {
        51..=99 => century.checked_sub(100)? + yy,
        -99..=-50 => century + 100 + yy,
        _ => century + yy,
    };
    if day == 0 { Expiry::whole_month(year, month).ok() } else { Date::new(year, month, day).ok().map(Expiry::Day) }
}

/// Readings to choose from, the strict one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidates<'a> {
    list: [Option<ScannedItem<'a>>; MAX_CANDIDATES],
}

impl<'a> Candidates<'a> {
    pub(super) const NONE: Self = Self { list: [None; MAX_CANDIDATES] };

    pub(super) fn push(&mut self, item: ScannedItem<'a>) {
        let same = self.iter().any(|o| o.elements().eq(item.elements()));
        if let (false, Some(slot)) = (same, self.list.iter_mut().find(|s| s.is_none())) {
            *slot = Some(item);
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.list.iter().all(Option::is_some)
    }

    /// The readings.
    pub fn iter(&self) -> impl Iterator<Item = &ScannedItem<'a>> {
        self.list.iter().flatten()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}
