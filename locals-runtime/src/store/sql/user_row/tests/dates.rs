//! Dates, as chrono and time read them and as databases write them.

use super::*;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

const TEXT: &str = "2026-11-26 11:32:28";
const SECONDS: i64 = 1_795_692_748;

fn utc() -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(SECONDS, 0)
}

fn offset() -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(SECONDS).ok()
}

#[test]
fn a_date_is_read_as_the_database_writes_it() {
    let (text, seconds, utc, offset) = (TEXT, SECONDS, utc(), offset());
    let (day, clock) = (
        NaiveDate::from_ymd_opt(2026, 11, 26),
        NaiveTime::from_hms_opt(11, 32, 28),
    );
    let naive = utc.map(|utc| utc.naive_utc());
    let date = Date::from_calendar_date(2026, time::Month::November, 26).ok();
    let of_day = Time::from_hms(11, 32, 28).ok();
    let primitive = date
        .zip(of_day)
        .map(|(date, time)| PrimitiveDateTime::new(date, time));
    cells! {
        DateTime<Utc>: "" Value::Text(text) => utc, "" Value::Text("2026-11-26T11:32:28Z") => utc,
            "" Value::Text("2026-11-26 13:32:28+02:00") => utc, "" Value::Text("2026-11-26") => None,
            "" Value::Integer(seconds) => None, "" Value::Text("yesterday") => None,;
        Option<DateTime<Utc>>: "" Value::Text(text) => Some(utc), "" Value::Null => Some(None),;
        NaiveDateTime: "" Value::Text(text) => naive, "" Value::Text("2026-11-26T11:32:28") => naive,
            "" Value::Text("2026-11-26 11:32:28+02:00") => None,;
        NaiveDate: "" Value::Text("2026-11-26") => day,;
        NaiveTime: "" Value::Text("11:32:28") => clock,;
        OffsetDateTime: "" Value::Text(text) => offset, "" Value::Text("2026-11-26 13:32:28+02:00") => offset,
            "" Value::Text("2026-11-26T11:32:28Z") => offset,;
        PrimitiveDateTime: "" Value::Text(text) => primitive,;
        Date: "" Value::Text("2026-11-26") => date,;
        Time: "" Value::Text("11:32:28") => of_day,;
    }
    let error = cell::<DateTime<Utc>>("", Value::Integer(seconds)).unwrap_err();
    assert!(error.contains("locals::column::unix_seconds"), "{error}");
}

#[test]
fn a_number_of_seconds_or_milliseconds_is_read_by_a_helper() {
    #[derive(Deserialize)]
    struct Dates {
        #[serde(with = "crate::column::unix_seconds")]
        born: DateTime<Utc>,
        #[serde(with = "crate::column::unix_millis")]
        seen: Option<OffsetDateTime>,
        #[serde(with = "crate::column::unix_millis")]
        gone: Option<OffsetDateTime>,
        #[serde(with = "chrono::serde::ts_seconds")]
        own: DateTime<Utc>,
        #[serde(with = "crate::column::json")]
        theme: serde_json::Value,
    }
    let columns = ["born", "seen", "gone", "own", "theme"].map(|name| Column::new(name, ""));
    let values = [
        Value::Integer(SECONDS),
        Value::Integer(SECONDS * 1000),
        Value::Null,
        Value::Integer(SECONDS),
        Value::Text("\"dark\""),
    ];
    let dates: Dates = user(&columns, &row(&values)).unwrap();
    assert_eq!((Some(dates.born), Some(dates.own)), (utc(), utc()));
    assert_eq!((dates.seen, dates.gone), (offset(), None));
    assert_eq!(dates.theme, serde_json::json!("dark"));
}
