//! Legal days from one to another.

use crate::time::{Date, Days, TimeError};

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// Half a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Half {
    /// January to June.
    First,
    /// July to December.
    Second,
}

/// Legal days, both ends included.
///
/// ```
/// use medlot_core::ledger::report::Span;
/// let june = Span::month(2026, 6)?;
/// assert_eq!((june.from().to_string(), june.to().to_string()), ("2026-06-01".into(), "2026-06-30".into()));
/// # Ok::<(), medlot_core::time::TimeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    from: Date,
    to: Date,
}

impl Span {
    /// From a day to a day, which may be the same.
    ///
    /// # Errors
    /// It ends before it begins.
    pub fn new(from: Date, to: Date) -> Result<Self, TimeError> {
        if from <= to { Ok(Self { from, to }) } else { Err(TimeError::Backwards) }
    }

    /// A calendar month.
    ///
    /// # Errors
    /// No such month, or a year outside 1975–2102.
    pub fn month(year: u16, month: u8) -> Result<Self, TimeError> {
        Ok(Self { from: Date::new(year, month, 1)?, to: Date::last_of_month(year, month)? })
    }

    /// Half a year: 01/01–30/06 or 01/07–31/12.
    ///
    /// # Errors
    /// A year outside 1975–2102.
    pub fn half_year(year: u16, half: Half) -> Result<Self, TimeError> {
        let (first, last) = match half {
            Half::First => (1, 6),
            Half::Second => (7, 12),
        };
        Ok(Self { from: Date::new(year, first, 1)?, to: Date::last_of_month(year, last)? })
    }

    /// The whole calendar months before the one that a day lies in: at least one.
    ///
    /// # Errors
    /// They begin before 1975.
    pub fn months_before(day: Date, months: u16) -> Result<Self, TimeError> {
        let this = month_number(day);
        let of = |number: u32| -> Result<(u16, u8), TimeError> {
            let year = u16::try_from(number / 12).map_err(|_| TimeError::Range)?;
            Ok((year, (number % 12) as u8 + 1))
        };
        let (from, to) = (this.checked_sub(u32::from(months.max(1))), this.checked_sub(1));
        let (from, to) = (of(from.ok_or(TimeError::Range)?)?, of(to.ok_or(TimeError::Range)?)?);
        Ok(Self { from: Date::new(from.0, from.1, 1)?, to: Date::last_of_month(to.0, to.1)? })
    }

    /// The first day.
    #[must_use]
    pub const fn from(&self) -> Date {
        self.from
    }

    /// The last day.
    #[must_use]
    pub const fn to(&self) -> Date {
        self.to
    }

    /// Of how many calendar months it consists; `None` where it begins or ends within one.
    #[must_use]
    pub fn months(&self) -> Option<u32> {
        let last = Date::last_of_month(self.to.year(), self.to.month()).ok()?;
        (self.from.day() == 1 && self.to == last).then(|| month_number(self.to) + 1 - month_number(self.from))
    }

    /// Number of days.
    #[must_use]
    pub fn days(&self) -> u32 {
        let (from, to) = self.numbers();
        u32::try_from(to + 1 - from).unwrap_or(0)
    }

    /// The first and the last day, as days since 2020-01-01. Before it nothing is recorded.
    pub(super) fn numbers(&self) -> (i64, i64) {
        (number(self.from), number(self.to))
    }

    /// The second in which it begins, and that in which it is over: since 2020, in UTC.
    pub(super) fn seconds(&self, utc_offset: i16) -> (i64, i64) {
        let (from, to) = self.numbers();
        (begins(from, utc_offset), begins(to + 1, utc_offset))
    }
}

fn month_number(day: Date) -> u32 {
    u32::from(day.year()) * 12 + u32::from(day.month()) - 1
}

/// Days since 2020-01-01; of an earlier one −1, for nothing was recorded then.
pub(super) fn number(day: Date) -> i64 {
    Days::of(day).map_or(-1, |days| i64::from(days.get()))
}

/// The second in which a day begins: an offset is how many minutes a legal day begins before UTC's.
pub(super) const fn begins(day: i64, utc_offset: i16) -> i64 {
    day * DAY - utc_offset as i64 * 60
}

/// The legal day in which a second lies.
pub(super) const fn day_of(time: i64, utc_offset: i16) -> i64 {
    time.saturating_add(utc_offset as i64 * 60).div_euclid(DAY)
}
