//! Dates and times. The database's own time zone is Asia/Tokyo, which changes none of them.

use super::cells;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use std::{fmt::Debug, str::FromStr};
use time::Month;

/// Of chrono, whose forms are those of RFC 3339.
fn of<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a date or time")
}

fn time_date() -> time::Date {
    time::Date::from_calendar_date(2026, Month::November, 26).expect("a date")
}

cells! {
    dates {
        chrono: "date", "2024-02-29" => NaiveDate = of("2024-02-29");
        first: "date", "0001-01-01" => time::Date
            = time::Date::from_calendar_date(1, Month::January, 1).expect("a date");
        last: "date", "9999-12-31" => NaiveDate = of("9999-12-31");
        text: "date", "2026-11-26" => String = "2026-11-26".to_owned();
        missing: "date", "NULL" => Option<NaiveDate> = None;
    }
}

cells! {
    times_of_the_day {
        chrono: "time", "11:32:28.000001" => NaiveTime = of("11:32:28.000001");
        time: "time", "11:32:28" => time::Time = time::Time::from_hms(11, 32, 28).expect("a time");
        midnight: "time", "00:00" => NaiveTime = of("00:00:00");
        end: "time", "24:00" => String = "24:00:00".to_owned();
        zoned: "timetz", "11:32:28-07:30" => String = "11:32:28-07:30".to_owned();
    }
}

cells! {
    moments {
        chrono: "timestamptz", "2026-11-26 11:32:28+02" => DateTime<Utc> = of("2026-11-26T09:32:28Z");
        time: "timestamptz", "2026-11-26 11:32:28.123456+00" => time::OffsetDateTime
            = time_date().with_hms_micro(11, 32, 28, 123_456).expect("a moment").assume_utc();
        naive: "timestamptz", "2026-11-26 11:32:28+00" => NaiveDateTime = of("2026-11-26T11:32:28");
        text: "timestamptz", "2026-11-26 11:32:28+00" => String = "2026-11-26T11:32:28Z".to_owned();
        early: "timestamptz", "1999-12-31 23:59:59.999999+00" => DateTime<Utc>
            = of("1999-12-31T23:59:59.999999Z");
        older: "timestamptz", "1901-02-03 04:05:06+00" => DateTime<Utc> = of("1901-02-03T04:05:06Z");
        missing: "timestamptz", "NULL" => Option<DateTime<Utc>> = None;
    }
}

cells! {
    moments_of_no_zone {
        chrono: "timestamp", "2026-11-26 11:32:28.5" => NaiveDateTime = of("2026-11-26T11:32:28.5");
        time: "timestamp", "2026-11-26 11:32:28" => time::PrimitiveDateTime
            = time_date().with_hms(11, 32, 28).expect("a moment");
        utc: "timestamp", "2026-11-26 11:32:28" => DateTime<Utc> = of("2026-11-26T11:32:28Z");
        interval: "interval", "1 day 02:00:00" => String = "1 day 02:00:00".to_owned();
    }
}
