//! Dates and times, kept as days or microseconds since 2000, as texts.

use super::{malformed, sized, unfit};
use crate::store::sql::{RowError, date_of_unix_days};

/// From 1970-01-01 to 2000-01-01.
const DAYS_TO_2000: i64 = 10_957;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// `2026-11-26`
pub(super) fn date(raw: &[u8]) -> Result<String, RowError> {
    match i32::from_be_bytes(sized(raw)?) {
        i32::MAX => Err(infinite("infinity")),
        i32::MIN => Err(infinite("-infinity")),
        days => date_of_days(days.into()),
    }
}

/// `2026-11-26T11:32:28`, with the microseconds if there are any.
pub(super) fn timestamp(raw: &[u8]) -> Result<String, RowError> {
    match i64::from_be_bytes(sized(raw)?) {
        i64::MAX => Err(infinite("infinity")),
        i64::MIN => Err(infinite("-infinity")),
        micros => {
            let date = date_of_days(micros.div_euclid(DAY))?;
            Ok(format!("{date}T{}", clock(micros.rem_euclid(DAY))))
        }
    }
}

/// The same of UTC, in which PostgreSQL keeps it: RFC 3339.
pub(super) fn timestamptz(raw: &[u8]) -> Result<String, RowError> {
    Ok(format!("{}Z", timestamp(raw)?))
}

/// `11:32:28`, with the microseconds if there are any.
pub(super) fn time(raw: &[u8]) -> Result<String, RowError> {
    match i64::from_be_bytes(sized(raw)?) {
        // PostgreSQL has a 24:00.
        micros @ 0..=DAY => Ok(clock(micros)),
        _ => Err(malformed()),
    }
}

/// `11:32:28+02:00`; kept is how many seconds it is behind UTC.
pub(super) fn timetz(raw: &[u8]) -> Result<String, RowError> {
    let (micros, behind) = raw.split_at_checked(8).ok_or_else(malformed)?;
    let behind = i32::from_be_bytes(sized(behind)?);
    let sign = if behind > 0 { '-' } else { '+' };
    let (offset, time) = (behind.unsigned_abs(), time(micros)?);
    let (hours, minutes, seconds) = (offset / 3600, offset / 60 % 60, offset % 60);
    Ok(match seconds {
        0 => format!("{time}{sign}{hours:02}:{minutes:02}"),
        _ => format!("{time}{sign}{hours:02}:{minutes:02}:{seconds:02}"),
    })
}

fn date_of_days(days: i64) -> Result<String, RowError> {
    date_of_unix_days(days + DAYS_TO_2000)
        .ok_or_else(|| unfit("a date before the year 1 or after 9999"))
}

fn clock(micros: i64) -> String {
    let (seconds, micros) = (micros / SECOND, micros % SECOND);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match micros {
        0 => format!("{hours:02}:{minutes:02}:{seconds:02}"),
        _ => format!("{hours:02}:{minutes:02}:{seconds:02}.{micros:06}"),
    }
}

fn infinite(which: &str) -> RowError {
    unfit(format_args!(
        "`{which}`, which is no date: keep NULL, or one that will do"
    ))
}
