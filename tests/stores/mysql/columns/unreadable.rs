//! Users who cannot be read: the sign-in fails and names the column, and nothing that is in it.

use super::refused_cells;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    Admin,
}

refused_cells! {
    n_02_numbers_that_do_not_fit {
        truth: "int", "7" => bool, "expected a boolean";
        large: "int", "300" => u8, "integer that does not fit, expected u8";
        negative: "int", "-1" => u32, "integer that does not fit, expected u32";
        unsigned: "bigint unsigned", "18446744073709551615" => i64, "expected i64";
        fraction: "double", "7.5" => i64, "floating point number, expected i64";
        decimal: "decimal(10,2)", "12.50" => i64, "floating point number, expected i64";
        missing: "varchar(9)", "NULL" => String, "NULL, expected a string";
        no_number: "varchar(9)", "Ada" => i64, "expected i64";
    }
}

refused_cells! {
    n_02_texts_that_do_not_fit {
        role: "enum('admin','user')", "user" => Role, "an unknown variant";
        json: "json", r#"{"secret": 1}"# => Vec<String>, "JSON that does not fit, expected a sequence";
        bytes: "varbinary(9)", "X'6162'" => [u8; 4], "invalid length";
    }
}

refused_cells! {
    more_bytes_than_there_is_room_for_are_not_cut_off {
        bytes: "varbinary(9)", "X'616263'" => [u8; 2], "";
    }
}

refused_cells! {
    dates_that_are_none {
        zero: "date", "0000-00-00" => NaiveDate, "`0000-00-00`";
        optional: "date", "0000-00-00" => Option<NaiveDate>, "`0000-00-00`";
        text: "date", "0000-00-00" => String, "`0000-00-00`";
        moment: "datetime", "0000-00-00 00:00:00" => NaiveDateTime, "`0000-00-00";
        stamp: "timestamp NULL", "0000-00-00 00:00:00" => String, "`0000-00-00";
        month: "date", "2026-00-01" => NaiveDate, "";
        day: "date", "2026-11-00" => String, "";
        long: "time", "25:00:00" => NaiveTime, "";
        negative: "time", "-01:00:00" => NaiveTime, "";
    }
}
