//! [`OwnedRow`]: the columns of one row, out of the database.

use super::{RowError, Value};
use serde::de;
use std::ops::Range;

/// The columns of one row, copied out of the database in two allocations.
#[derive(Debug)]
pub(crate) struct OwnedRow {
    cells: Vec<Cell>,
    /// The texts and blobs, one after the other.
    bytes: Vec<u8>,
}

#[derive(Debug)]
enum Cell {
    Null,
    Bool(bool),
    Integer(i64),
    Unsigned(u64),
    Real(f64),
    Number(Range<usize>),
    Text(Range<usize>),
    Json(Range<usize>),
    Blob(Range<usize>),
}

impl OwnedRow {
    pub(crate) fn with_capacity(columns: usize) -> Self {
        Self {
            cells: Vec::with_capacity(columns),
            bytes: Vec::new(),
        }
    }

    pub(crate) fn push_null(&mut self) {
        self.cells.push(Cell::Null);
    }

    pub(crate) fn push_bool(&mut self, bool: bool) {
        self.cells.push(Cell::Bool(bool));
    }

    pub(crate) fn push_integer(&mut self, number: i64) {
        self.cells.push(Cell::Integer(number));
    }

    pub(crate) fn push_unsigned(&mut self, number: u64) {
        self.cells.push(match i64::try_from(number) {
            Ok(number) => Cell::Integer(number),
            Err(_) => Cell::Unsigned(number),
        });
    }

    pub(crate) fn push_real(&mut self, number: f64) {
        self.cells.push(Cell::Real(number));
    }

    /// A decimal number of any size and precision.
    pub(crate) fn push_number(&mut self, digits: &str) {
        let digits = self.keep(digits.as_bytes());
        self.cells.push(Cell::Number(digits));
    }

    /// Whether it is UTF-8 is seen when it is read.
    pub(crate) fn push_text(&mut self, text: &[u8]) {
        let text = self.keep(text);
        self.cells.push(Cell::Text(text));
    }

    /// A text of which the database knows that it is JSON.
    pub(crate) fn push_json(&mut self, text: &[u8]) {
        let text = self.keep(text);
        self.cells.push(Cell::Json(text));
    }

    pub(crate) fn push_blob(&mut self, bytes: &[u8]) {
        let bytes = self.keep(bytes);
        self.cells.push(Cell::Blob(bytes));
    }

    fn keep(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        start..self.bytes.len()
    }

    /// The value of a column, counted from zero.
    pub(super) fn value(&self, column: usize) -> Result<Value<'_>, RowError> {
        let missing = || de::Error::custom("no such column");
        let bytes = |range: &Range<usize>| self.bytes.get(range.clone()).ok_or_else(missing);
        let text = |range: &Range<usize>| {
            std::str::from_utf8(bytes(range)?)
                .map_err(|_| <RowError as de::Error>::custom("text that is no UTF-8"))
        };
        Ok(match self.cells.get(column).ok_or_else(missing)? {
            Cell::Null => Value::Null,
            Cell::Bool(bool) => Value::Bool(*bool),
            Cell::Integer(number) => Value::Integer(*number),
            Cell::Unsigned(number) => Value::Unsigned(*number),
            Cell::Real(number) => Value::Real(*number),
            Cell::Number(range) => Value::Number(text(range)?),
            Cell::Text(range) => Value::Text(text(range)?),
            Cell::Json(range) => Value::Json(text(range)?),
            Cell::Blob(range) => Value::Blob(bytes(range)?),
        })
    }
}
