//! [`Attempts`]: which reading of which column is tried.

use super::{
    super::{Moment, OwnedRow, Value},
    Column,
    reading::{Reading, as_declared, flattened_readings, readings},
};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Which reading of which column is tried; most rows never need another than the usual.
#[derive(Clone, Default)]
pub(super) struct Attempts(Vec<(usize, Attempt)>);

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Attempt {
    Reading(usize),
    /// As if there were no such column.
    LeftOut,
    /// To see whether serde gets as far.
    Marked,
}

impl Attempts {
    pub(super) fn reading<'r>(&self, at: usize, column: &Column, value: Value<'r>) -> Reading<'r> {
        let found = self.0.iter().find(|(other, _)| *other == at);
        let attempt = match found {
            Some((_, Attempt::LeftOut)) => return Reading::Absent,
            Some((_, Attempt::Marked)) => return Reading::Value(Value::MARK),
            Some((_, Attempt::Reading(attempt))) => *attempt,
            None => column.usual.of(value),
        };
        let first = Reading::Value(as_declared(value, column.declared));
        if attempt == 0 {
            return first;
        }
        let mut readings = flattened_readings(value, column.declared);
        if attempt < readings.len() {
            readings.swap_remove(attempt)
        } else {
            first
        }
    }

    /// The same, but for this column.
    pub(super) fn but(&self, column: usize, attempt: Attempt) -> Self {
        let others = self.0.iter().filter(|(other, _)| *other != column);
        Self(others.copied().chain([(column, attempt)]).collect())
    }

    /// Goes on to the next reading; `false` if there is none.
    pub(super) fn another(&mut self, at: usize, column: &Column, value: Value<'_>) -> bool {
        let count = readings(value, column.declared).len();
        match self.0.iter_mut().find(|(other, _)| *other == at) {
            Some((_, Attempt::Reading(attempt))) => {
                *attempt += 1;
                *attempt < count
            }
            Some(_) => false,
            None => {
                // Begins anew, also if the usual reading was another one.
                let usual = column.usual.of(value);
                *self = self.but(at, Attempt::Reading(usize::from(usual == 0)));
                usual != 0 || count > 1
            }
        }
    }

    pub(super) fn remember(&self, columns: &[Column], row: &OwnedRow) {
        for (at, attempt) in &self.0 {
            if let (Attempt::Reading(attempt), Ok(value)) = (attempt, row.value(*at)) {
                columns[*at].usual.remember(value, *attempt);
            }
        }
    }
}

/// The reading that a field took last of a value of some kind: it is tried first.
#[derive(Debug, Default)]
pub(super) struct Usual(AtomicUsize);

/// More readings than a value has.
const READINGS: usize = 256;

impl Usual {
    fn of(&self, value: Value<'_>) -> usize {
        match self.0.load(Ordering::Relaxed) {
            0 => 0,
            usual if Some(usual / READINGS) == kind(value) => usual % READINGS,
            _ => 0,
        }
    }

    fn remember(&self, value: Value<'_>, attempt: usize) {
        if let Some(kind) = kind(value) {
            self.0.store(kind * READINGS + attempt, Ordering::Relaxed);
        }
    }
}

/// The kinds of values of which a field takes all alike; of other texts it may take one as JSON and the
/// next as it stands.
fn kind(value: Value<'_>) -> Option<usize> {
    match value {
        Value::Null => Some(1),
        Value::Integer(_) => Some(2),
        Value::Real(_) => Some(3),
        Value::Blob(_) => Some(4),
        Value::Number(_) => Some(6),
        Value::Bool(_) => Some(7),
        Value::Text(text) => Moment::parse(text).map(|_| 5),
        _ => None,
    }
}
