//! Decimal numbers, whose digits no number of Rust's may hold.

use super::{RowError, Value};
use serde::de::Visitor;

/// A whole number, where a column of REAL holds one exactly.
pub(in crate::store::sql) fn whole(number: f64) -> Option<i64> {
    /// Beyond it, a `f64` skips integers.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "within the bounds it is exact"
    )]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

/// As an integer if it is one, whatever zeros follow the point.
pub(super) fn visit_whole<'de, V: Visitor<'de>>(
    digits: &str,
    visitor: V,
) -> Result<V::Value, RowError> {
    let whole = integral(digits);
    if let Ok(number) = whole.parse::<i64>() {
        visitor.visit_i64(number)
    } else if let Ok(number) = whole.parse::<u64>() {
        visitor.visit_u64(number)
    } else if let Ok(number) = whole.parse::<i128>() {
        visitor.visit_i128(number)
    } else {
        visit_real(digits, visitor)
    }
}

pub(super) fn visit_real<'de, V: Visitor<'de>>(
    digits: &str,
    visitor: V,
) -> Result<V::Value, RowError> {
    match digits.parse::<f64>() {
        Ok(number) => visitor.visit_f64(number),
        Err(_) => visitor.visit_str(digits),
    }
}

/// Without the zeros behind a point.
fn integral(digits: &str) -> &str {
    match digits.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        _ => digits,
    }
}

/// The same number as those columns have it that hold no other, for a field that takes no digits.
pub(in crate::store::sql) fn plain_number(digits: &str) -> Option<Value<'_>> {
    let whole = integral(digits);
    let signed = whole.parse::<i64>().map(Value::Integer).ok();
    signed
        .or_else(|| whole.parse::<u64>().map(Value::Unsigned).ok())
        .or_else(|| digits.parse::<f64>().map(Value::Real).ok())
}
