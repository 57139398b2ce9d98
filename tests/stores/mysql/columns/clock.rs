//! Dates and times. The time zone of whoever wrote them changes none of them.

use super::{Cells, cells};
use crate::{
    rig::database,
    users::{auth, signed_in, user},
};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use locals::Auth;
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
        first: "date", "1000-01-01" => time::Date
            = time::Date::from_calendar_date(1000, Month::January, 1).expect("a date");
        last: "date", "9999-12-31" => NaiveDate = of("9999-12-31");
        text: "date", "2026-11-26" => String = "2026-11-26".to_owned();
        missing: "date", "NULL" => Option<NaiveDate> = None;
    }
}

cells! {
    times_of_the_day {
        chrono: "time(6)", "11:32:28.000001" => NaiveTime = of("11:32:28.000001");
        time: "time", "11:32:28" => time::Time = time::Time::from_hms(11, 32, 28).expect("a time");
        midnight: "time", "00:00" => NaiveTime = of("00:00:00");
        text: "time", "11:32:28" => String = "11:32:28".to_owned();
        missing: "time", "NULL" => Option<NaiveTime> = None;
    }
}

cells! {
    spans_of_time {
        long: "time", "838:59:59" => String = "838:59:59".to_owned();
        negative: "time", "-01:30:00" => String = "-01:30:00".to_owned();
        days: "time", "-838:59:59" => String = "-838:59:59".to_owned();
    }
}

cells! {
    moments {
        chrono: "timestamp", "2026-11-26 11:32:28" => DateTime<Utc> = of("2026-11-26T11:32:28Z");
        time: "timestamp(6)", "2026-11-26 11:32:28.123456" => time::OffsetDateTime
            = time_date().with_hms_micro(11, 32, 28, 123_456).expect("a moment").assume_utc();
        naive: "timestamp", "2026-11-26 11:32:28" => NaiveDateTime = of("2026-11-26T11:32:28");
        text: "timestamp", "2026-11-26 11:32:28" => String = "2026-11-26T11:32:28Z".to_owned();
        early: "timestamp(3)", "1970-01-02 00:00:00.001" => DateTime<Utc>
            = of("1970-01-02T00:00:00.001Z");
        missing: "timestamp NULL", "NULL" => Option<DateTime<Utc>> = None;
    }
}

cells! {
    moments_of_no_zone {
        chrono: "datetime(6)", "2026-11-26 11:32:28.5" => NaiveDateTime = of("2026-11-26T11:32:28.5");
        time: "datetime", "2026-11-26 11:32:28" => time::PrimitiveDateTime
            = time_date().with_hms(11, 32, 28).expect("a moment");
        utc: "datetime", "2026-11-26 11:32:28" => DateTime<Utc> = of("2026-11-26T11:32:28Z");
        offset: "datetime", "2026-11-26 11:32:28" => time::OffsetDateTime
            = time_date().with_hms(11, 32, 28).expect("a moment").assume_utc();
        midnight: "datetime", "2026-11-26 00:00:00" => NaiveDateTime = of("2026-11-26T00:00:00");
        old: "datetime", "1000-01-01 00:00:00" => NaiveDateTime = of("1000-01-01T00:00:00");
        last: "datetime(6)", "9999-12-31 23:59:59.999999" => NaiveDateTime
            = of("9999-12-31T23:59:59.999999");
    }
}

#[derive(serde::Deserialize)]
struct Since {
    since: DateTime<Utc>,
}

/// A moment is the same wherever it was written.
#[tokio::test(flavor = "multi_thread")]
async fn h_06_a_moment_of_another_time_zone_is_read_in_utc() {
    let Some(database) = database() else { return };
    let columns = [("since", "timestamp", "2026-11-26 11:32:28")];
    let cells = Cells::of(database, &columns).await;
    cells
        .database
        .execute("SET time_zone = '+09:00'; UPDATE users SET since = '2026-11-26 20:32:28'");
    for row in cells.read::<Since>().await {
        assert_eq!(row.since, of::<DateTime<Utc>>("2026-11-26T11:32:28Z"));
    }
}

/// `CURRENT_TIMESTAMP` is of the connection that writes; what the application reads is not changed by us.
#[tokio::test(flavor = "multi_thread")]
async fn a_moment_that_the_server_wrote_is_about_now() {
    let Some(database) = database() else { return };
    database.execute(
        "CREATE TABLE users (id int PRIMARY KEY, since timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP);
         INSERT INTO users (id) VALUES (1)",
    );
    let auth: Auth<Since> = auth(database.url(), "users").await;
    let session = signed_in(&auth, 1).await;
    let since = user(&auth, &session).await.expect("a user").since;
    let age = (DateTime::<Utc>::from(std::time::SystemTime::now()) - since).num_seconds();
    assert!((-5..60).contains(&age), "{age} s");
}
