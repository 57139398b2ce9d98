//! [`Moment`]: a date and time as databases write it, in the forms that Rust's types read.

/// A date and a time of day, and how far its clock is ahead of UTC if the text says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment<'a> {
    /// `2026-11-26`
    date: &'a str,
    /// `11:32`, `11:32:28` or `11:32:28.123`
    time: &'a str,
    /// `+02:00`; empty for UTC, or for a time that says nothing.
    offset: &'a str,
}

impl<'a> Moment<'a> {
    /// `2026-11-26 11:32:28`, with `T` or a space, a fraction or none, `Z`, `+02:00` or nothing.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (date, rest) = text.split_at_checked(10)?;
        let rest = rest.strip_prefix([' ', 'T', 't'])?;
        let end = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
        let (time, offset) = rest.split_at(end);
        let offset = if ["Z", "z"].contains(&offset) {
            ""
        } else {
            offset
        };
        let is_whole = has_shape(date, "0000-00-00")
            && is_time(time.trim_end())
            && (offset.is_empty() || has_shape(offset.get(1..)?, "00:00"));
        is_whole.then_some(Self {
            date,
            time: time.trim_end(),
            offset,
        })
    }

    /// Each form that a type may read it in; without an offset only where there is none to lose.
    pub(crate) fn forms(&self) -> Vec<String> {
        let mut forms = vec![self.rfc3339(), self.offset_of_time()];
        if self.offset.is_empty() {
            forms.extend([self.local(), self.local_of_time()]);
        }
        forms
    }

    /// RFC 3339: chrono's `DateTime`. Without an offset in
    /// UTC, as SQLite's `CURRENT_TIMESTAMP` is.
    fn rfc3339(&self) -> String {
        let offset = if self.offset.is_empty() {
            "Z"
        } else {
            self.offset
        };
        format!("{}T{}{offset}", self.date, self.seconds())
    }

    /// chrono's `NaiveDateTime`.
    fn local(&self) -> String {
        format!("{}T{}", self.date, self.seconds())
    }

    /// `time::OffsetDateTime`.
    fn offset_of_time(&self) -> String {
        let offset = if self.offset.is_empty() {
            "+00:00"
        } else {
            self.offset
        };
        format!("{} {} {offset}:00", self.date, self.fraction())
    }

    /// `time::PrimitiveDateTime`.
    fn local_of_time(&self) -> String {
        format!("{} {}", self.date, self.fraction())
    }

    fn seconds(&self) -> String {
        let seconds = if self.time.len() == 5 { ":00" } else { "" };
        format!("{}{seconds}", self.time)
    }

    fn fraction(&self) -> String {
        fraction(&self.seconds())
    }
}

/// A time of day as `time::Time` reads it: with a fraction.
pub(crate) fn time_of_day(text: &str) -> Option<String> {
    (is_time(text) && text.len() >= 8).then(|| fraction(text))
}

fn fraction(time: &str) -> String {
    let fraction = if time.contains('.') { "" } else { ".0" };
    format!("{time}{fraction}")
}

fn is_time(text: &str) -> bool {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_clock = has_shape(clock, "00:00:00") || (has_shape(clock, "00:00") && clock == text);
    is_clock && !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether digits stand where the shape has them, and else what it has.
fn has_shape(text: &str, shape: &str) -> bool {
    let fits = |(byte, shape): (u8, u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        other => byte == other,
    };
    text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(fits)
}

/// The RFC 3339 text of so many milliseconds since 1970; `None` outside the years 0 to 9999.
pub(crate) fn text_of_unix_millis(millis: i64) -> Option<String> {
    const DAY: i64 = 86_400_000;
    let (days, rest) = (millis.div_euclid(DAY), millis.rem_euclid(DAY));
    let (year, month, day) = civil(days)?;
    let (hours, minutes) = (rest / 3_600_000, rest / 60_000 % 60);
    let (seconds, millis) = (rest / 1_000 % 60, rest % 1_000);
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z"
    ))
}

/// `2026-11-26`, so many days after 1970-01-01; `None` outside the years 1 to 9999.
pub(crate) fn date_of_unix_days(days: i64) -> Option<String> {
    let (year, month, day) = civil(days)?;
    (year > 0).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// Year, month and day of so many days since 1970, in years that begin in March (Howard Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms").
fn civil(days: i64) -> Option<(i64, i64, i64)> {
    let days = days.checked_add(719_468)?;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (0..=9999).contains(&year).then_some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_databases_write_it() {
        for (text, rfc3339) in [
            ("2026-11-26 11:32:28", "2026-11-26T11:32:28Z"),
            ("2026-11-26T11:32:28", "2026-11-26T11:32:28Z"),
            ("2026-11-26 11:32", "2026-11-26T11:32:00Z"),
            ("2026-11-26 11:32:28.5", "2026-11-26T11:32:28.5Z"),
            ("2026-11-26 11:32:28+02:00", "2026-11-26T11:32:28+02:00"),
            ("2026-11-26 11:32:28 -07:30", "2026-11-26T11:32:28-07:30"),
            ("2026-11-26T11:32:28.123456Z", "2026-11-26T11:32:28.123456Z"),
        ] {
            let moment = Moment::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(moment.rfc3339(), rfc3339);
        }
        for other in [
            "",
            "2026-11-26",
            "11:32:28",
            "2026-11-26  11:32",
            "26.11.2026 11:32:28",
            "2026-11-26 11:32:28.",
            "2026-11-26 11:32.5",
            "2026-11-26 11:32:28+2",
            "2026-11-26 11:32:28 UTC",
            "2026-11-26 11:32:28Z\u{e9}",
            "2026-11-26 11:32:28Z+02:00",
            "2026-11-26 11:32:28+\u{e9}",
            "é026-11-26 11:32:28",
        ] {
            assert_eq!(Moment::parse(other), None, "{other}");
        }
    }

    #[test]
    fn milliseconds_since_1970_are_a_date() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (1_795_692_748_000, "2026-11-26T11:32:28.000Z"),
        ] {
            assert_eq!(text_of_unix_millis(millis).as_deref(), Some(text));
        }
        for (days, text) in [
            (0, Some("1970-01-01")),
            (-1, Some("1969-12-31")),
            (19_782, Some("2024-02-29")),
            (-719_162, Some("0001-01-01")),
            (-719_163, None),
            (2_932_896, Some("9999-12-31")),
            (2_932_897, None),
            (i64::MAX, None),
            (i64::MIN, None),
        ] {
            assert_eq!(date_of_unix_days(days).as_deref(), text);
        }
        assert_eq!(text_of_unix_millis(i64::MAX), None);
        assert_eq!(text_of_unix_millis(i64::MIN), None);
    }
}
