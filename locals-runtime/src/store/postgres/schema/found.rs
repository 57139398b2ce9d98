//! What stands in the catalogue about our tables.

use crate::{
    error::StoreError,
    store::{
        postgres::{columns::FoundUsers, error::text, key::KeyColumn},
        sql::refuse,
    },
};
use tokio_postgres::Row;

/// What stands in the catalogue about our tables.
pub(super) struct Found {
    pub(super) sessions: Option<u32>,
    pub(super) meta: Option<u32>,
    pub(super) key: Option<KeyColumn>,
    pub(super) is_hidden: bool,
    pub(super) may_be_changed: bool,
    /// Whether the functions that look the guard up are there as they are to be.
    pub(super) has_guard: bool,
    /// Whether one of them is neither the owner's of the tables nor a superuser's.
    pub(super) has_foreign_guard: bool,
    /// Of the sessions, as a statement names the role.
    pub(super) owner: String,
    encoding: String,
    is_synced: bool,
}

impl Found {
    pub(super) fn read(rows: &[Row]) -> Result<Self, StoreError> {
        let read = |row: &Row| -> Result<Self, tokio_postgres::Error> {
            let key: Option<u32> = row.try_get(2)?;
            let has_foreign_guard: bool = row.try_get(9)?;
            let may_ask_guard = row.try_get::<_, Option<bool>>(8)?.unwrap_or(true);
            Ok(Self {
                sessions: row.try_get(0)?,
                meta: row.try_get(1)?,
                key: key.and_then(|oid| KeyColumn::of(oid, None)),
                is_hidden: row.try_get::<_, Option<bool>>(3)?.unwrap_or(false),
                may_be_changed: row.try_get::<_, Option<bool>>(6)?.unwrap_or(false)
                    && (may_ask_guard || has_foreign_guard),
                has_guard: row.try_get(7)?,
                has_foreign_guard,
                owner: row.try_get::<_, Option<String>>(10)?.unwrap_or_default(),
                encoding: row.try_get(4)?,
                is_synced: row.try_get::<_, String>(5)? == "on",
            })
        };
        let row = rows
            .first()
            .ok_or_else(|| StoreError::unavailable("an empty catalogue"))?;
        read(row).map_err(|error| StoreError::unavailable(text(&error)))
    }

    pub(super) fn check_encoding(&self) -> Result<(), StoreError> {
        if self.encoding == "UTF8" {
            return Ok(());
        }
        refuse(format!(
            "the database keeps text as {}, which cannot keep every name of a device or user: make it with \
             `ENCODING 'UTF8'`",
            self.encoding
        ))
    }

    pub(super) fn warnings(&self) -> Vec<String> {
        let unsynced = "PostgreSQL runs with `fsync = off`: a crash of the machine may bring ended sessions back";
        (!self.is_synced)
            .then(|| unsynced.to_owned())
            .into_iter()
            .collect()
    }
}

/// The table that the sessions refer to.
pub(super) struct Followed {
    oid: u32,
    pub(super) key: String,
    pub(super) is_whole: bool,
    pub(super) table: String,
}

impl Followed {
    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        let read = || -> Result<Self, tokio_postgres::Error> {
            Ok(Self {
                oid: row.try_get(0)?,
                key: row.try_get(1)?,
                is_whole: row.try_get(2)?,
                table: row.try_get(3)?,
            })
        };
        read().map_err(|error| StoreError::unavailable(text(&error)))
    }

    pub(super) fn is(&self, users: &FoundUsers) -> bool {
        self.oid == users.oid && self.key == users.key
    }
}
