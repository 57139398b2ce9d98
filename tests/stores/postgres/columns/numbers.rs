//! Booleans and numbers.

use super::{Cells, cells, database};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

cells! {
    booleans {
        plain: "boolean", "true" => bool = true;
        optional: "boolean", "false" => Option<bool> = Some(false);
        missing: "boolean", "NULL" => Option<bool> = None;
        number: "boolean", "true" => u8 = 1;
        any: "boolean", "true" => Value = json!(true);
    }
}

cells! {
    integers {
        small: "smallint", "-32768" => i16 = i16::MIN;
        plain: "integer", "2147483647" => i32 = i32::MAX;
        wider: "integer", "7" => i64 = 7;
        big: "bigint", "9223372036854775807" => i64 = i64::MAX;
        any: "bigint", "9007199254740993" => Value = json!(9_007_199_254_740_993_i64);
        oid: "oid", "4294967295" => u32 = u32::MAX;
        domain: "auth.pk", "7" => i64 = 7;
        #[serde(with = "locals::column::unix_seconds")]
        moment: "bigint", "1795692748" => DateTime<Utc>
            = "2026-11-26T11:32:28Z".parse().expect("a moment");
    }
}

cells! {
    floating_point_numbers {
        real: "real", "0.1" => f32 = 0.1;
        whole: "real", "3" => i64 = 3;
        double: "double precision", "0.1" => f64 = 0.1;
        infinite: "double precision", "Infinity" => f64 = f64::INFINITY;
    }
}

cells! {
    decimal_numbers {
        money_text: "numeric(10,2)", "12.50" => String = "12.50".to_owned();
        money_number: "numeric(10,2)", "12.50" => f64 = 12.5;
        whole: "numeric(10,2)", "12.00" => i64 = 12;
        unsigned: "numeric(20,0)", "18446744073709551615" => u64 = u64::MAX;
        negative: "numeric", "-0.00012" => f64 = -0.00012;
        tiny: "numeric", "0.00001234" => String = "0.00001234".to_owned();
        zero: "numeric", "0" => String = "0".to_owned();
        myriad: "numeric", "10000" => String = "10000".to_owned();
        long: "numeric", "123456789012345678901234567890.123456789" => String
            = "123456789012345678901234567890.123456789".to_owned();
        any: "numeric", "12.50" => Value = json!("12.50");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_number_is_read_as_one() {
    #[derive(serde::Deserialize)]
    struct Row {
        double: f64,
        decimal: f64,
    }
    let Some(database) = database() else { return };
    let columns = [
        ("double", "double precision", "NaN"),
        ("decimal", "numeric", "NaN"),
    ];
    for row in Cells::of(database, &columns).await.read::<Row>().await {
        assert!(row.double.is_nan() && row.decimal.is_nan());
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
    }
    let Some(database) = database() else { return };
    let columns = [
        ("price", "numeric", "12.50"),
        ("since", "timestamptz", "2026-11-26 11:32:28+00"),
        ("is_paid", "boolean", "true"),
    ];
    for row in Cells::of(database, &columns).await.read::<Row>().await {
        assert_eq!((row.id, row.rest.price, row.rest.is_paid), (1, 12.5, true));
        assert_eq!(row.rest.since.to_rfc3339(), "2026-11-26T11:32:28+00:00");
    }
}
