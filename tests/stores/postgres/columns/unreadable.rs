//! Users who cannot be read: the sign-in fails and names the column, and nothing that is in it.

use super::refused_cells;
use chrono::{NaiveDate, NaiveTime};
use serde::Deserialize;
use std::net::IpAddr;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    Admin,
}

refused_cells! {
    n_02_numbers_that_do_not_fit {
        truth: "boolean", "true" => String, "boolean, expected a string";
        large: "integer", "300" => u8, "integer that does not fit, expected u8";
        negative: "integer", "-1" => u32, "integer that does not fit, expected u32";
        fraction: "double precision", "7.5" => i64, "floating point number, expected i64";
        decimal: "numeric(10,2)", "12.50" => i64, "floating point number, expected i64";
        missing: "text", "NULL" => String, "NULL, expected a string";
        no_number: "text", "Ada" => i64, "expected i64";
    }
}

refused_cells! {
    n_02_texts_that_do_not_fit {
        role: "auth.role", "user" => Role, "an unknown variant";
        json: "jsonb", r#"{"secret": 1}"# => Vec<String>, "JSON that does not fit, expected a sequence";
        masked: "inet", "10.0.0.1/24" => IpAddr, "";
        bytes: "bytea", r"\x6162" => [u8; 4], "invalid length";
    }
}

refused_cells! {
    more_bytes_than_there_is_room_for_are_not_cut_off {
        bytes: "bytea", r"\x616263" => [u8; 2], "";
    }
}

refused_cells! {
    dates_that_no_type_has {
        never: "date", "infinity" => Option<NaiveDate>, "`infinity`, which is no date";
        always: "timestamptz", "-infinity" => String, "`-infinity`, which is no date";
        naive: "timestamp", "infinity" => String, "`infinity`, which is no date";
        before: "date", "0001-12-31 BC" => NaiveDate, "a date before the year 1 or after 9999";
        after: "date", "10000-01-01" => String, "a date before the year 1 or after 9999";
        ancient: "timestamptz", "0044-03-15 12:00:00+00 BC" => String,
            "a date before the year 1 or after 9999";
        end: "time", "24:00" => NaiveTime, "";
    }
}
