//! [`UserFields`]: what of a row is a user.

use crate::{
    error::StoreError,
    store::{
        postgres::{setup::Setup, value::copy},
        sql::{Column, OwnedRow, RowError, UserType, Wants, serves_others, unreadable_user, user},
    },
};
use serde::de::DeserializeOwned;
use tokio_postgres::Row;

/// The columns that are read for the application's type.
#[derive(Debug)]
pub(super) struct UserFields {
    pub(super) wants: Wants,
    pub(super) columns: Vec<Column>,
}

impl UserFields {
    /// The user whose columns begin here.
    pub(super) fn read<U: DeserializeOwned>(
        &self,
        row: &Row,
        first: usize,
    ) -> Result<U, StoreError> {
        self.copied(row, first)
            .and_then(|owned| user(&self.columns, &owned))
            .map_err(|error| unreadable_user(&error))
    }

    fn copied(&self, row: &Row, first: usize) -> Result<OwnedRow, RowError> {
        let mut owned = OwnedRow::with_capacity(self.columns.len());
        for (column, at) in self.columns.iter().zip(first..) {
            copy(row, at, &mut owned).map_err(|error| error.in_column(&column.name))?;
        }
        Ok(owned)
    }

    /// Reads one user, whichever comes first, and warns if that is not possible.
    pub(super) async fn check_any(
        &self,
        setup: &Setup<'_>,
        any_user: &str,
        user: UserType,
    ) -> Result<(), StoreError> {
        if let Some(row) = setup.any(any_user).await? {
            match self.copied(&row, 1) {
                Ok(sample) => user.check_row(&self.columns, &sample),
                Err(error) => user.warn_of(&error),
            }
        }
        Ok(())
    }

    /// Refuses a second type of users, for which other columns would have to be read.
    pub(super) fn check_wants<U>(&self, wants: Wants) -> Result<(), StoreError> {
        if self.wants == wants {
            return Ok(());
        }
        Err(serves_others::<U>())
    }
}
