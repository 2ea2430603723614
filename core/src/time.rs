//! Moments and civil dates. Passed in, never read from a clock.

use core::fmt;
use time::{Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// Unix time of 2020-01-01T00:00:00Z.
const EPOCH_UNIX: i64 = 1_577_836_800;
/// First year that a date can hold; seven bits of year follow.
const FIRST_YEAR: u16 = 1975;
/// Last year that a date can hold.
const LAST_YEAR: u16 = FIRST_YEAR + 127;
/// Julian day of 2020-01-01, from which [`Days`] count.
const EPOCH_JULIAN: i32 = 2_458_850;

/// Why a date or time was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeError {
    /// Not written in the expected form; holds that form.
    Form(&'static str),
    /// The month is not 1–12.
    Month(u8),
    /// The month has no such day.
    Day(u8),
    /// Outside 1975–2102 (dates) or 2020–2156 (times).
    Range,
    /// A span of days that ends before it begins.
    Backwards,
}

crate::codes::codes! { TimeError {
    Self::Form(_) => 1121, "time_form";
    Self::Month(_) => 1122, "time_month";
    Self::Day(_) => 1123, "time_day";
    Self::Range => 1124, "time_range";
    Self::Backwards => 1125, "time_backwards";
} }

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(form) => write!(f, "date or time not in the form {form}"),
            Self::Month(m) => write!(f, "month {m:02} does not exist: months are 01 to 12"),
            Self::Day(d) => write!(f, "day {d:02} does not exist in that month"),
            Self::Range => f.write_str("outside the years that can be kept: dates 1975–2102, times 2020–2156"),
            Self::Backwards => f.write_str("from and to: the span ends before it begins"),
        }
    }
}

impl core::error::Error for TimeError {}

/// Whole seconds since 2020-01-01T00:00:00Z.
///
/// ```
/// use medlot_core::time::Timestamp;
/// let t = Timestamp::parse("2026-11-23T20:39:26Z").unwrap();
/// assert_eq!(t.as_secs(), 217_629_566);
/// assert_eq!(t.to_string(), "2026-11-23T20:39:26Z");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u32);

impl Timestamp {
    /// From seconds since 2020-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_secs(secs: u32) -> Self {
        Self(secs)
    }
    /// Seconds since 2020-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_secs(self) -> u32 {
        self.0
    }
    /// From Unix time in seconds; nothing before 2020 or after 2156-02-07.
    #[must_use]
    pub fn from_unix(unix: i64) -> Option<Self> {
        u32::try_from(unix.checked_sub(EPOCH_UNIX)?).ok().map(Self)
    }
    /// Unix time in seconds.
    #[must_use]
    pub fn to_unix(self) -> i64 {
        EPOCH_UNIX + i64::from(self.0)
    }
    /// Reads RFC 3339 in whole seconds, `2026-11-23T20:39:26Z` or with an offset (`+07:00`).
    ///
    /// # Errors
    /// The form, or a moment that cannot be kept.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        const FORM: TimeError = TimeError::Form("YYYY-MM-DDThh:mm:ssZ");
        let (day, rest) = (text.get(..10).ok_or(FORM)?, text.get(10..).ok_or(FORM)?);
        let (year, month, of_month) = ymd(day, FORM)?;
        let clock = rest.get(..9).ok_or(FORM)?.as_bytes();
        let zone = rest.get(9..).ok_or(FORM)?;
        let &[b't' | b'T', h1, h2, b':', m1, m2, b':', s1, s2] = clock else { return Err(FORM) };
        let two = |a: u8, b: u8| number(&[a, b]).and_then(|n| u8::try_from(n).ok()).ok_or(FORM);
        let time = Time::from_hms(two(h1, h2)?, two(m1, m2)?, two(s1, s2)?).map_err(|_| FORM)?;
        let offset = match zone.as_bytes() {
            b"Z" | b"z" => UtcOffset::UTC,
            &[sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
                let (h, m) = (two(h1, h2)?, two(m1, m2)?);
                let sign = if sign == b'-' { -1i8 } else { 1 };
                if h > 23 || m > 59 {
                    return Err(FORM);
                }
                UtcOffset::from_hms(sign * h.cast_signed(), sign * m.cast_signed(), 0).map_err(|_| FORM)?
            }
            _ => return Err(FORM),
        };
        // Not by way of `Date`: moments go on to 2156, dates to 2102.
        let month = month_of(year, month, of_month)?;
        let day = time::Date::from_calendar_date(i32::from(year), month, of_month).map_err(|_| TimeError::Range)?;
        let unix = PrimitiveDateTime::new(day, time).assume_offset(offset).unix_timestamp();
        Self::from_unix(unix).ok_or(TimeError::Range)
    }
    /// The civil date at an offset from UTC in minutes (Vietnam: 420).
    #[must_use]
    pub fn date_at(self, offset_minutes: i16) -> Option<Date> {
        let local = self.to_unix() + i64::from(offset_minutes) * 60;
        Date::from_civil(OffsetDateTime::from_unix_timestamp(local).ok()?.date())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(t) = OffsetDateTime::from_unix_timestamp(self.to_unix()) else { return Err(fmt::Error) };
        let (y, m, d) = t.to_calendar_date();
        let (h, mi, s) = t.to_hms();
        write!(f, "{y:04}-{:02}-{d:02}T{h:02}:{mi:02}:{s:02}Z", u8::from(m))
    }
}

/// A civil date, 1975-01-01 to 2102-12-31: what seven bits of year hold.
///
/// An expiry is such a date and never an instant, so no time zone can move it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(u16);

impl Date {
    /// # Errors
    /// A month or day that does not exist, a year outside 1975–2102.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, TimeError> {
        if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
            return Err(TimeError::Range);
        }
        month_of(year, month, day)?;
        Ok(Self((year - FIRST_YEAR) << 9 | u16::from(month) << 5 | u16::from(day)))
    }
    /// The year, 1975–2102.
    #[must_use]
    pub const fn year(self) -> u16 {
        FIRST_YEAR + (self.0 >> 9)
    }
    /// The month, 1–12.
    #[must_use]
    pub const fn month(self) -> u8 {
        (self.0 >> 5 & 15) as u8
    }
    /// The day, 1–31.
    #[must_use]
    pub const fn day(self) -> u8 {
        (self.0 & 31) as u8
    }
    /// The last day of a month.
    ///
    /// # Errors
    /// As [`Date::new`].
    pub fn last_of_month(year: u16, month: u8) -> Result<Self, TimeError> {
        let m = Month::try_from(month).map_err(|_| TimeError::Month(month))?;
        Self::new(year, month, m.length(i32::from(year)))
    }
    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// The form, or as [`Date::new`].
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let (year, month, day) = ymd(text, TimeError::Form("YYYY-MM-DD"))?;
        Self::new(year, month, day)
    }
    /// `(year − 1975) << 9 | month << 5 | day`: the form in records.
    #[must_use]
    pub const fn packed(self) -> u16 {
        self.0
    }
    /// From the form in records.
    ///
    /// # Errors
    /// As [`Date::new`].
    pub fn from_packed(packed: u16) -> Result<Self, TimeError> {
        Self::new(FIRST_YEAR + (packed >> 9), (packed >> 5 & 15) as u8, (packed & 31) as u8)
    }
    /// The day after; none after 2102-12-31.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::from_civil(self.civil()?.next_day()?)
    }
    fn civil(self) -> Option<time::Date> {
        time::Date::from_calendar_date(i32::from(self.year()), Month::try_from(self.month()).ok()?, self.day()).ok()
    }
    fn from_civil(date: time::Date) -> Option<Self> {
        Self::new(u16::try_from(date.year()).ok()?, u8::from(date.month()), date.day()).ok()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

/// Days since 2020-01-01: the unit of validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Days(u16);

impl Days {
    /// From days since 2020-01-01.
    #[must_use]
    pub const fn new(days: u16) -> Self {
        Self(days)
    }
    /// Days since 2020-01-01.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
    /// Of a date; none before 2020.
    #[must_use]
    pub fn of(date: Date) -> Option<Self> {
        u16::try_from(date.civil()?.to_julian_day() - EPOCH_JULIAN).ok().map(Self)
    }
    /// As a date; none after 2102.
    #[must_use]
    pub fn date(self) -> Option<Date> {
        Date::from_civil(time::Date::from_julian_day(EPOCH_JULIAN + i32::from(self.0)).ok()?)
    }
}

/// Until when a lot may be used, as seen on the pack.
///
/// ```
/// use medlot_core::time::Expiry;
/// let whole_month = Expiry::parse("2027-02").unwrap();
/// assert_eq!(whole_month.last_usable().unwrap().to_string(), "2027-02-28");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expiry {
    /// Usable through this day.
    Day(Date),
    /// Usable through the last day of this month (GS1: day 00, GenSpecs 3.4.7).
    Month {
        /// 1975–2102.
        year: u16,
        /// 1–12.
        month: u8,
    },
    /// The product has none.
    None,
    /// There may be one; it was not read.
    NotRead,
}

impl Expiry {
    /// A whole month.
    ///
    /// # Errors
    /// As [`Date::new`].
    pub fn whole_month(year: u16, month: u8) -> Result<Self, TimeError> {
        Date::new(year, month, 1).map(|_| Self::Month { year, month })
    }
    /// The last day on which the lot may be used, where one is known.
    #[must_use]
    pub fn last_usable(self) -> Option<Date> {
        match self {
            Self::Day(date) => Some(date),
            Self::Month { year, month } => Date::last_of_month(year, month).ok(),
            Self::None | Self::NotRead => None,
        }
    }
    /// The form in records: a packed date, day 0 = whole month, 0 = none, 1 = not read.
    #[must_use]
    pub fn packed(self) -> u16 {
        match self {
            Self::Day(date) => date.packed(),
            Self::Month { year, month } => (year.saturating_sub(FIRST_YEAR) & 127) << 9 | u16::from(month & 15) << 5,
            Self::None => 0,
            Self::NotRead => 1,
        }
    }
    /// From the form in records.
    ///
    /// # Errors
    /// A month or day that does not exist.
    pub fn from_packed(packed: u16) -> Result<Self, TimeError> {
        match packed {
            0 => Ok(Self::None),
            1 => Ok(Self::NotRead),
            p if p & 31 == 0 => Self::whole_month(FIRST_YEAR + (p >> 9), (p >> 5 & 15) as u8),
            p => Date::from_packed(p).map(Self::Day),
        }
    }
    /// Reads `2027-03-31`, `2027-03`, `none` or `not-read`.
    ///
    /// # Errors
    /// The form, or as [`Date::new`].
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        match (text, text.as_bytes()) {
            ("none", _) => Ok(Self::None),
            ("not-read", _) => Ok(Self::NotRead),
            (_, &[y1, y2, y3, y4, b'-', m1, m2]) => {
                const FORM: TimeError = TimeError::Form("YYYY-MM-DD or YYYY-MM");
                let month = number(&[m1, m2]).and_then(|m| u8::try_from(m).ok()).ok_or(FORM)?;
                Self::whole_month(number(&[y1, y2, y3, y4]).ok_or(FORM)?, month)
            }
            _ => Date::parse(text).map(Self::Day),
        }
    }
}

impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => date.fmt(f),
            Self::Month { year, month } => write!(f, "{year:04}-{month:02}"),
            Self::None => f.write_str("none"),
            Self::NotRead => f.write_str("not-read"),
        }
    }
}

/// The three numbers of `YYYY-MM-DD`, not yet judged.
fn ymd(text: &str, form: TimeError) -> Result<(u16, u8, u8), TimeError> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return Err(form) };
    let small = |a, b| number(&[a, b]).and_then(|n| u8::try_from(n).ok()).ok_or(form);
    Ok((number(&[y1, y2, y3, y4]).ok_or(form)?, small(m1, m2)?, small(d1, d2)?))
}

/// The month, where it exists and has that day.
fn month_of(year: u16, month: u8, day: u8) -> Result<Month, TimeError> {
    let m = Month::try_from(month).map_err(|_| TimeError::Month(month))?;
    if day == 0 || day > m.length(i32::from(year)) { Err(TimeError::Day(day)) } else { Ok(m) }
}

/// A number of at most four ASCII digits.
fn number(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0u16, |n, d| d.is_ascii_digit().then(|| n * 10 + u16::from(d - b'0')))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_expiry_of_day_00_lasts_through_the_month() {
        assert_eq!(Expiry::parse("2028-02").unwrap().last_usable(), Some(Date::new(2028, 2, 29).unwrap()));
        assert_eq!(Expiry::parse("2027-11").unwrap().last_usable(), Some(Date::new(2027, 11, 30).unwrap()));
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        assert_eq!(Date::parse("2027-02-29"), Err(TimeError::Day(29)));
        assert_eq!(Date::parse("2027-13-01"), Err(TimeError::Month(13)));
        assert_eq!(Date::parse("2027-06-00"), Err(TimeError::Day(0)));
        assert_eq!(Date::parse("1974-12-31"), Err(TimeError::Range));
        assert!(matches!(Date::parse("2027/01/01"), Err(TimeError::Form(_))));
        assert!(Timestamp::parse("2019-12-31T23:59:59Z").is_err());
        assert!(Timestamp::parse("2026-01-01T24:00:00Z").is_err());
        assert!(Timestamp::parse("2026-01-01T00:00:00").is_err());
        assert!(Timestamp::parse("2026-01-01é00:00:00Z").is_err());
    }

    #[test]
    fn the_first_and_last_moments_read_back_and_those_beside_them_are_refused() {
        for (text, secs) in [("2020-01-01T00:00:00Z", 0), ("2156-02-07T06:28:15Z", u32::MAX)] {
            assert_eq!(Timestamp::parse(text), Ok(Timestamp::from_secs(secs)));
            assert_eq!(Timestamp::from_secs(secs).to_string(), text);
        }
        for text in
            ["2019-12-31T23:59:59Z", "2156-02-07T06:28:16Z", "0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"]
        {
            assert_eq!(Timestamp::parse(text), Err(TimeError::Range), "{text}");
        }
        assert_eq!(Timestamp::parse("2103-02-29T00:00:00Z"), Err(TimeError::Day(29)));
    }

    #[test]
    fn offsets_of_both_signs_give_the_same_moment() {
        let utc = Timestamp::parse("2026-11-23T18:30:00Z").unwrap();
        for text in ["2026-11-24T01:30:00+07:00", "2026-11-23T13:30:00-05:00", "2026-11-24T00:15:00+05:45"] {
            assert_eq!(Timestamp::parse(text), Ok(utc));
        }
        assert_eq!(utc.date_at(420), Some(Date::new(2026, 11, 24).unwrap()));
        assert_eq!(utc.date_at(-300), Some(Date::new(2026, 11, 23).unwrap()));
    }

    proptest! {
        #[test]
        fn every_packed_value_is_refused_or_comes_back(packed: u16) {
            if let Ok(e) = Expiry::from_packed(packed) {
                prop_assert_eq!(e.packed(), packed);
                prop_assert_eq!(Expiry::parse(&e.to_string()), Ok(e));
            }
            if let Ok(d) = Date::from_packed(packed) {
                prop_assert_eq!(d.packed(), packed);
                prop_assert_eq!(Date::parse(&d.to_string()), Ok(d));
                if let Some(days) = Days::of(d) { prop_assert_eq!(days.date(), Some(d)); }
                if let Some(n) = d.next() { prop_assert!(n > d); }
            }
        }
        #[test]
        fn every_moment_prints_and_reads_back(secs: u32) {
            let t = Timestamp::from_secs(secs);
            prop_assert_eq!(Timestamp::parse(&t.to_string()), Ok(t));
        }
        #[test]
        fn no_text_panics(text in ".{0,30}") {
            let _ = (Timestamp::parse(&text), Expiry::parse(&text));
        }
    }
}
