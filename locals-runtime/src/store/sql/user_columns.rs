//! [`UserColumns`]: what of a row is a user.

use super::{Column, OwnedRow, RowError, UserType, Wants, user};
use crate::error::StoreError;
use serde::de::DeserializeOwned;
use std::slice;

/// The columns that are read for the application's type.
#[derive(Debug)]
pub(crate) struct UserColumns {
    wants: Wants,
    columns: Vec<Column>,
}

impl UserColumns {
    pub(crate) fn new(wants: Wants, columns: Vec<Column>) -> Self {
        Self { wants, columns }
    }

    pub(crate) fn iter(&self) -> slice::Iter<'_, Column> {
        self.columns.iter()
    }

    /// The user in a row of these columns, as far as that could be copied.
    pub(crate) fn read<U: DeserializeOwned>(
        &self,
        row: Result<OwnedRow, RowError>,
    ) -> Result<U, StoreError> {
        let user = row.and_then(|row| user(&self.columns, &row));
        user.map_err(|error| StoreError::UserUnreadable {
            reason: error.to_string(),
        })
    }

    /// Warns if this user, whichever it is, cannot be read.
    pub(crate) fn check_any<R>(
        &self,
        found: Result<Option<R>, StoreError>,
        copied: impl FnOnce(R) -> Result<OwnedRow, RowError>,
        user: UserType,
    ) -> Result<(), StoreError> {
        let row = match found {
            Ok(Some(row)) => copied(row),
            Ok(None) => return Ok(()),
            Err(StoreError::UserUnreadable { reason }) => Err(RowError::unfit(reason)),
            Err(error) => return Err(error),
        };
        match row {
            Ok(row) => user.check_row(&self.columns, &row),
            Err(error) => user.warn_of(&error),
        }
        Ok(())
    }

    /// Refuses a second type of users, for which other columns would have to be read: one value of a store reads the
    /// columns of one type.
    pub(crate) fn check_wants<U>(&self, wants: Wants) -> Result<(), StoreError> {
        if self.wants == wants {
            return Ok(());
        }
        Err(StoreError::Setup(format!(
            "this store serves users with other columns than `{}` already: give each `Auth` a clone of the store",
            std::any::type_name::<U>()
        )))
    }
}
