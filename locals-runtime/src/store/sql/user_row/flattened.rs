//! Fields of a `#[serde(flatten)]` struct: serde takes the values of all columns before it knows for
//! which fields, so a refusal names no column.

use super::{
    super::{OwnedRow, RowError, value::Cause},
    Column, Row,
    attempts::{Attempt, Attempts},
    reading::flattened_readings,
};
use serde::de::DeserializeOwned;
use std::marker::PhantomData;

/// A `U` of which a flattened field refused a column's value, in another reading of that column.
pub(super) fn user<U: DeserializeOwned>(
    columns: &[Column],
    row: &OwnedRow,
    attempts: Attempts,
    mut refused: RowError,
) -> Result<U, RowError> {
    let search = Search {
        columns,
        row,
        user: PhantomData,
    };
    let mut taken = attempts;
    let mut earlier = Vec::new();
    loop {
        let Some(column) = search.refused(&taken) else {
            return Err(refused);
        };
        let name = columns[column].name.as_str();
        refused = refused.in_column(name);
        match search.taking(column, &taken) {
            Taking::User(user, attempts) => {
                attempts.remember(columns, row);
                return Ok(user);
            }
            Taking::Next(next, attempts) => {
                earlier.push((name, refused));
                (refused, taken) = (next, attempts);
            }
            // A NULL was left out, and its field has no default: it was the NULL.
            Taking::Missing(field) => {
                let at = earlier.iter().position(|(name, _)| *name == field);
                let error = at.map(|at| earlier.swap_remove(at).1);
                return Err(error.unwrap_or(refused));
            }
            Taking::Nothing => return Err(refused),
        }
    }
}

/// What comes of a column's other readings.
enum Taking<U> {
    User(U, Attempts),
    /// Its field took one; what refused another column.
    Next(RowError, Attempts),
    /// Every column is taken, and this field has none.
    Missing(&'static str),
    Nothing,
}

struct Search<'r, U> {
    columns: &'r [Column],
    row: &'r OwnedRow,
    user: PhantomData<fn() -> U>,
}

impl<U: DeserializeOwned> Search<'_, U> {
    fn read(&self, attempts: &Attempts) -> Result<U, (Option<usize>, RowError)> {
        Row::read(self.columns, self.row, attempts)
    }

    /// The column whose value was refused: without it, serde gets further.
    fn refused(&self, attempts: &Attempts) -> Option<usize> {
        let looked_at = self.looked_at(attempts);
        let count = looked_at.len();
        looked_at.into_iter().find(|&column| {
            let without = attempts.but(column, Attempt::LeftOut);
            match self.read(&without) {
                Ok(_) => true,
                Err((_, error)) if error.cause == Cause::Unfit => {
                    self.looked_at(&without).len() > count
                }
                // Its own field is missing then, and not one of a struct before.
                Err(_) => self.looked_at(&without).len() >= count,
            }
        })
    }

    /// The columns that were looked at as a flattened field's, the last of which was refused.
    fn looked_at(&self, attempts: &Attempts) -> Vec<usize> {
        let is_looked_at = |&column: &usize| {
            let marked = self.read(&attempts.but(column, Attempt::Marked));
            matches!(marked, Err((None, error)) if error.cause == Cause::Marked)
        };
        (0..self.columns.len()).filter(is_looked_at).collect()
    }

    fn taking(&self, column: usize, taken: &Attempts) -> Taking<U> {
        let Ok(value) = self.row.value(column) else {
            return Taking::Nothing;
        };
        let readings = flattened_readings(value, self.columns[column].declared).len();
        let looked_at = self.looked_at(taken).len();
        for reading in 0..readings {
            let attempts = taken.but(column, Attempt::Reading(reading));
            match self.read(&attempts) {
                Ok(user) => return Taking::User(user, attempts),
                Err((None, error)) => match error.cause {
                    Cause::Unfit if self.looked_at(&attempts).len() > looked_at => {
                        return Taking::Next(error, attempts);
                    }
                    Cause::Missing(field) => return Taking::Missing(field),
                    _ => {}
                },
                Err(_) => {}
            }
        }
        Taking::Nothing
    }
}
