//! What a field may hold. A refusal says the field, its limit and the value.
use super::views::RefusedRow;
use alloc::format;
use alloc::string::String;
use medlot_core::ident::Gtin;
use time::{Date, Month, OffsetDateTime, UtcOffset};

/// Most characters of a value that a refusal repeats.
const SHOWN: usize = 80;
/// A time without an offset is Vietnam's.
const OFFSET_HOURS: i8 = 7;

/// A field that can't be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    field: String,
    limit: String,
    value: String,
}

/// A field's value, or why not.
pub(super) type Checked<T> = core::result::Result<T, Refused>;

impl Refused {
    pub(super) fn new(field: impl Into<String>, limit: impl Into<String>, value: &str) -> Self {
        let mut shown: String = value.chars().take(SHOWN).collect();
        if shown.len() < value.len() {
            shown.push('…');
        }
        Self { field: field.into(), limit: limit.into(), value: shown }
    }

    pub(super) fn at(self, row: u32) -> RefusedRow {
        RefusedRow { row, field: self.field, limit: self.limit, value: self.value }
    }
}

/// A text of at most so many characters, without blanks around it; line breaks and tabs become blanks.
pub(super) fn text(field: &str, given: &str, limit: usize) -> Checked<String> {
    let blank = |c: char| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c };
    if given.chars().any(|c| blank(c).is_control()) {
        return Err(Refused::new(field, "no control characters", given));
    }
    let trimmed = given.trim();
    if trimmed.len() > limit && trimmed.chars().nth(limit).is_some() {
        return Err(Refused::new(field, format!("at most {limit} characters"), given));
    }
    Ok(trimmed.replace("\r\n", "\n").chars().map(blank).collect())
}

/// The same, and not empty.
pub(super) fn needed(field: &str, given: &str, limit: usize) -> Checked<String> {
    let text = text(field, given, limit)?;
    if text.is_empty() { Err(Refused::new(field, format!("1 to {limit} characters"), given)) } else { Ok(text) }
}

/// The number of a GTIN; 0 for none.
pub(super) fn gtin(field: &str, given: &str) -> Checked<u64> {
    if given.trim().is_empty() {
        return Ok(0);
    }
    let gtin = Gtin::parse_typed(given.trim());
    gtin.map(|(gtin, _)| gtin.value()).map_err(|e| Refused::new(field, format!("a GTIN: {e}"), given))
}

/// Digits of a fixed count in front of a text, and what follows.
fn digits(text: &str, count: usize) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(count)?;
    let number = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())??;
    Some((number, rest))
}

fn date(text: &str) -> Option<(Date, &str)> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(i32::try_from(year).ok()?, month, u8::try_from(day).ok()?).ok()?;
    Some((date, rest))
}

fn offset(text: &str) -> Option<UtcOffset> {
    let sign = match text.chars().next() {
        None => return UtcOffset::from_hms(OFFSET_HOURS, 0, 0).ok(),
        Some('Z' | 'z') if text.len() == 1 => return Some(UtcOffset::UTC),
        Some('+') => 1,
        Some('-') => -1,
        Some(_) => return None,
    };
    let (hours, rest) = digits(text.get(1..)?, 2)?;
    let (minutes, rest) = if rest.is_empty() { (0, rest) } else { digits(rest.strip_prefix(':').unwrap_or(rest), 2)? };
    let signed = |n: u32| i8::try_from(n).ok().map(|n| n * sign);
    rest.is_empty().then(|| UtcOffset::from_hms(signed(hours)?, signed(minutes)?, 0).ok())?
}

fn micros(text: &str) -> Option<i64> {
    let (date, rest) = date(text)?;
    let (mut hour, mut minute, mut second, mut fraction, mut rest) = (0, 0, 0, 0, rest);
    if let Some(clock) = rest.strip_prefix(['T', 't', ' ']) {
        (hour, rest) = digits(clock, 2)?;
        (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
        if let Some(seconds) = rest.strip_prefix(':') {
            (second, rest) = digits(seconds, 2)?;
        }
        if let Some(part) = rest.strip_prefix('.') {
            let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            let (digits, after) = part.split_at_checked(end)?;
            // Finer than a microsecond isn't kept.
            fraction =
                digits.bytes().chain(core::iter::repeat(b'0')).take(6).fold(0, |n, b| n * 10 + u32::from(b - b'0'));
            rest = after;
        }
    }
    let small = |n: u32| u8::try_from(n).ok();
    let local = date.with_hms_micro(small(hour)?, small(minute)?, small(second)?, fraction).ok()?;
    let nanos = local.assume_offset(offset(rest.trim_start())?).unix_timestamp_nanos();
    i64::try_from(nanos.div_euclid(1_000)).ok()
}

/// Microseconds since 1970 of an ISO 8601 time; without an offset it is Vietnam's.
pub(super) fn time(field: &str, given: &str) -> Checked<i64> {
    micros(given.trim()).ok_or_else(|| Refused::new(field, "a time as 2026-07-17T08:00:00+07:00", given))
}

/// The same as text, at Vietnam's offset.
pub(super) fn time_text(micros: i64) -> Option<String> {
    let utc = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000).ok()?;
    let time = utc.to_offset(UtcOffset::from_hms(OFFSET_HOURS, 0, 0).ok()?);
    let (year, month, day) = time.to_calendar_date();
    let (h, m, s, micro) = time.to_hms_micro();
    let fraction = if micro == 0 { String::new() } else { format!(".{micro:06}") };
    Some(format!("{year:04}-{:02}-{day:02}T{h:02}:{m:02}:{s:02}{fraction}+{OFFSET_HOURS:02}:00", u8::from(month)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_instant_is_read_however_it_is_written() {
        let wanted = time("t", "2026-07-17T08:00:00+07:00").unwrap();
        for text in [
            "2026-07-17T01:00:00Z",
            "2026-07-17 08:00:00",
            "2026-07-17T08:00",
            "2026-07-17T08:00:00.000",
            "2026-07-17T03:00:00+0200",
        ] {
            assert_eq!(time("t", text), Ok(wanted), "{text}");
        }
        assert_eq!(wanted, 1_784_250_000_000_000);
        assert_eq!(time_text(wanted).unwrap(), "2026-07-17T08:00:00+07:00");
        assert_eq!(time("t", "2026-07-17").unwrap(), wanted - 8 * 3_600 * 1_000_000);
        assert_eq!(time("t", "2026-07-17T08:00:00.1234567").unwrap(), wanted + 123_456);
    }

    #[test]
    fn a_time_that_is_none_is_refused_with_its_value() {
        for text in
            ["", "2026", "2026-13-01", "2026-02-30", "2026-07-17T25:00:00", "2026-07-17T08:00:00+99:00", "2026-07-17x"]
        {
            let refused = time("last_update_time", text).unwrap_err();
            assert_eq!((refused.field.as_str(), refused.value.as_str()), ("last_update_time", text));
        }
    }

    #[test]
    fn a_text_is_refused_one_character_beyond_its_limit() {
        assert_eq!(text("name", " Thuốc\r\nho ", 10), Ok("Thuốc ho".into()));
        assert_eq!(text("name", &"ố".repeat(5), 5), Ok("ố".repeat(5)));
        assert_eq!(text("name", &"ố".repeat(6), 5).unwrap_err().limit, "at most 5 characters");
        assert!(text("name", "a\u{1f}b", 5).is_err());
        assert_eq!(needed("name", "  ", 5).unwrap_err().limit, "1 to 5 characters");
        assert_eq!(text("name", &"x".repeat(200), 5).unwrap_err().value.chars().count(), SHOWN + 1);
    }

    proptest! {
        #[test]
        fn every_time_is_printed_and_read_back(micros in -62_000_000_000_000_000i64..253_000_000_000_000_000) {
            prop_assert_eq!(time("t", &time_text(micros).unwrap()), Ok(micros));
        }
        #[test]
        fn no_text_makes_a_time_panic(text in "[0-9TZ:.+ -]{0,30}|\\PC{0,30}") {
            let _ = time("t", &text);
        }
    }
}
