//! The date that a command takes for today, where none is given.
use medlot_core::time::{Date, Timestamp};
use std::time::{SystemTime, UNIX_EPOCH};

/// Today at an offset from UTC in minutes (Vietnam: 420); `None` where the clock was never set.
#[must_use]
pub fn today_at(offset_minutes: i16) -> Option<Date> {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    Timestamp::from_unix(i64::try_from(unix).ok()?)?.date_at(offset_minutes)
}
