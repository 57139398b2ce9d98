//! Dates and times, which come in parts, as texts.

use super::{malformed, unfit};
use crate::store::sql::RowError;

/// `2026-11-26`
pub(super) fn date(year: u16, month: u8, day: u8) -> Result<String, RowError> {
    if year == 0 || month == 0 || day == 0 {
        return Err(unfit(
            "a date with a zero in it, as `0000-00-00`, which is no date: keep NULL, or one that will do",
        ));
    }
    if year > 9999 || month > 12 || day > 31 {
        return Err(malformed());
    }
    Ok(format!("{year:04}-{month:02}-{day:02}"))
}

/// `11:32:28`, with the microseconds if there are any. A TIME goes beyond a day, and below zero.
pub(super) fn time(hours: u64, minutes: u8, seconds: u8, micros: u32) -> String {
    match micros {
        0 => format!("{hours:02}:{minutes:02}:{seconds:02}"),
        _ => format!("{hours:02}:{minutes:02}:{seconds:02}.{micros:06}"),
    }
}
