//! [`UserFields`]: what of a row is a user.

use crate::{
    error::StoreError,
    store::{
        postgres::{setup::Setup, value::copy},
        sql::{OwnedRow, RowError, UserColumns, UserType},
    },
};
use serde::de::DeserializeOwned;
use tokio_postgres::Row;

/// The columns that are read for the application's type.
#[derive(Debug)]
pub(super) struct UserFields {
    pub(super) columns: UserColumns,
}

impl UserFields {
    /// The user whose columns begin here.
    pub(super) fn read<U: DeserializeOwned>(
        &self,
        row: &Row,
        first: usize,
    ) -> Result<U, StoreError> {
        self.columns.read(self.copied(row, first))
    }

    fn copied(&self, row: &Row, first: usize) -> Result<OwnedRow, RowError> {
        let columns = self.columns.iter();
        let mut owned = OwnedRow::with_capacity(columns.len());
        for (column, at) in columns.zip(first..) {
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
        let found = setup.any(any_user).await;
        let copied = |row: Row| self.copied(&row, 1);
        self.columns.check_any(found, copied, user)
    }
}
