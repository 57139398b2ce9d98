//! Booleans and numbers.

use super::{Cells, cells};
use crate::rig::database;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

cells! {
    booleans {
        plain: "tinyint(1)", "1" => bool = true;
        word: "boolean", "0" => bool = false;
        optional: "tinyint(1)", "0" => Option<bool> = Some(false);
        missing: "tinyint(1)", "NULL" => Option<bool> = None;
        wider: "int", "1" => bool = true;
        number: "tinyint(1)", "7" => u8 = 7;
        bit: "bit(1)", "b'1'" => bool = true;
        no_bit: "bit(1)", "b'0'" => bool = false;
        counted: "bit(1)", "b'1'" => u8 = 1;
        text: "varchar(5)", "true" => bool = true;
    }
}

cells! {
    integers {
        tiny: "tinyint", "-128" => i8 = i8::MIN;
        tiny_unsigned: "tinyint unsigned", "255" => u8 = u8::MAX;
        small: "smallint", "-32768" => i16 = i16::MIN;
        small_unsigned: "smallint unsigned", "65535" => u16 = u16::MAX;
        medium: "mediumint", "-8388608" => i32 = -8_388_608;
        plain: "int", "2147483647" => i32 = i32::MAX;
        plain_unsigned: "int unsigned", "4294967295" => u32 = u32::MAX;
        filled: "int(8) unsigned zerofill", "7" => u32 = 7;
        wider: "int", "7" => i64 = 7;
        big: "bigint", "-9223372036854775808" => i64 = i64::MIN;
        big_unsigned: "bigint unsigned", "18446744073709551615" => u64 = u64::MAX;
        half_unsigned: "bigint unsigned", "9223372036854775808" => u64 = 9_223_372_036_854_775_808;
        fits_signed: "bigint unsigned", "7" => i64 = 7;
        whole: "int", "3" => f64 = 3.0;
        year: "year", "2026" => u16 = 2026;
        bits: "bit(9)", "b'100000001'" => u16 = 257;
        all_bits: "bit(64)", "X'ffffffffffffffff'" => u64 = u64::MAX;
        any: "bigint", "9007199254740993" => Value = json!(9_007_199_254_740_993_i64);
        missing: "bigint unsigned", "NULL" => Option<u64> = None;
        #[serde(with = "locals::column::unix_seconds")]
        moment: "bigint", "1795692748" => DateTime<Utc>
            = "2026-11-26T11:32:28Z".parse().expect("a moment");
    }
}

cells! {
    floating_point_numbers {
        single: "float", "0.1" => f32 = 0.1;
        whole: "float", "3" => i64 = 3;
        double: "double", "0.1" => f64 = 0.1;
        large: "double", "1.7976931348623157e308" => f64 = f64::MAX;
        negative: "double", "-7.5" => f64 = -7.5;
        unsigned: "double unsigned", "7.5" => f64 = 7.5;
    }
}

cells! {
    decimal_numbers {
        money_text: "decimal(10,2)", "12.50" => String = "12.50".to_owned();
        money_number: "decimal(10,2)", "12.50" => f64 = 12.5;
        whole: "decimal(10,2)", "12.00" => i64 = 12;
        unsigned: "decimal(20,0)", "18446744073709551615" => u64 = u64::MAX;
        negative: "decimal(10,5)", "-0.00012" => f64 = -0.00012;
        zero: "decimal(10,0)", "0" => String = "0".to_owned();
        long: "decimal(65,30)", "12345678901234567890123456789012345.123456789012345678901234567890" => String
            = "12345678901234567890123456789012345.123456789012345678901234567890".to_owned();
        any: "decimal(10,2)", "12.50" => Value = json!("12.50");
    }
}

/// Serde takes such a field's value before it knows what for.
#[tokio::test(flavor = "multi_thread")]
async fn fields_of_a_flattened_struct_are_read_alike() {
    #[derive(serde::Deserialize)]
    struct Row {
        id: i64,
        #[serde(flatten)]
        rest: Rest,
    }
    #[derive(serde::Deserialize)]
    struct Rest {
        price: f64,
        since: DateTime<Utc>,
        is_paid: bool,
        points: u64,
    }
    let Some(database) = database() else { return };
    let columns = [
        ("price", "decimal(10,2)", "12.50"),
        ("since", "timestamp", "2026-11-26 11:32:28"),
        ("is_paid", "tinyint(1)", "1"),
        ("points", "bigint unsigned", "18446744073709551615"),
    ];
    for row in Cells::of(database, &columns).await.read::<Row>().await {
        assert_eq!((row.id, row.rest.price, row.rest.is_paid), (1, 12.5, true));
        assert_eq!(row.rest.since.to_rfc3339(), "2026-11-26T11:32:28+00:00");
        assert_eq!(row.rest.points, u64::MAX);
    }
}
