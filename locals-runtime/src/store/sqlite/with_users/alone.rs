//! Users without their sessions, which are in another store: nothing of ours is made in the file.

use super::{Join, SqliteStoreWithUsers};
use crate::{
    error::StoreError,
    store::{
        StoreFuture, UserStore,
        sql::{KeyType, OwnedRow, UserType, UsersTable, quoted},
        sqlite::{
            columns::UsersTableSpec,
            connection::Connection,
            error::{failure, failure_of_user},
            sql, unprepared,
        },
    },
    user_id::UserId,
};
use rusqlite::OptionalExtension;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// The statements that bring a user to a session in another store.
#[derive(Debug)]
pub(super) struct Alone {
    join: Join,
    ping: String,
    key_type: KeyType,
    warnings: Vec<String>,
}

impl Alone {
    fn find(&self, connection: &Connection, id: &UserId) -> Result<Option<OwnedRow>, StoreError> {
        let Some(key) = self.key_type.key(id) else {
            return Ok(None);
        };
        let statement = connection.prepare_cached(&self.join.load_user);
        let mut statement = statement.map_err(failure)?;
        let found = statement.query_row([key], |row| self.join.user(row, 1));
        found.optional().map_err(failure_of_user)
    }

    fn ping(&self, connection: &Connection) -> Result<(), StoreError> {
        let statement = connection.prepare_cached(&self.ping);
        let answer = statement.and_then(|mut statement| statement.exists([]));
        answer.map(drop).map_err(failure)
    }
}

impl<U: DeserializeOwned + Send + 'static> UserStore<U> for SqliteStoreWithUsers {
    fn find_user(&self, id: UserId) -> StoreFuture<'_, Option<U>> {
        let alone = match self.alone() {
            Ok(alone) => alone,
            Err(error) => return StoreFuture::ready(Err(error)),
        };
        let statement = Arc::clone(&alone);
        let readers = &self.sessions.file.readers;
        let found = readers.read(move |connection| statement.find(connection, &id));
        found.and_then(move |row| row.map(|row| alone.join.columns.read(Ok(row))).transpose())
    }

    fn canonical_id(&self, id: UserId) -> Result<Option<UserId>, StoreError> {
        Ok(self.alone()?.key_type.canonical(id))
    }

    fn prepare(&self) -> StoreFuture<'_, ()> {
        StoreFuture::ready(self.prepare_alone::<U>())
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        match self.alone() {
            Ok(alone) => {
                let readers = &self.sessions.file.readers;
                readers.read(move |connection| alone.ping(connection))
            }
            Err(error) => StoreFuture::ready(Err(error)),
        }
    }

    fn warnings(&self) -> Vec<String> {
        let ours = self.alone.get().map(|alone| alone.warnings.clone());
        let mut warnings = self.sessions.warnings();
        warnings.extend(ours.unwrap_or_default());
        warnings
    }
}

impl SqliteStoreWithUsers {
    fn alone(&self) -> Result<Arc<Alone>, StoreError> {
        self.alone.get().cloned().ok_or_else(unprepared)
    }

    fn prepare_alone<U: DeserializeOwned>(&self) -> Result<(), StoreError> {
        let user = UserType::of::<U>()?;
        if self.alone.get().is_none() {
            let alone = self.find_alone(user)?;
            self.check_a_user(&alone.join, user)?;
            self.alone.get_or_init(|| Arc::new(alone));
        }
        self.alone()?.join.columns.check_wants::<U>(user.wants)
    }

    fn find_alone(&self, user: UserType) -> Result<Alone, StoreError> {
        let spec = UsersTableSpec {
            users: self.users.clone(),
            user: Some(user),
        };
        let users = self.users.clone();
        self.sessions.file.writer.set_up(move |connection| {
            let columns = spec.columns(connection)?;
            let key_type = spec.check(connection)?;
            spec.check_unique(connection)?;
            let reused = spec.gives_keys_again(connection)?;
            Ok(Alone {
                join: Join::of(&users, user.wants, columns),
                ping: sql::PING_USERS.replace("{table}", &quoted(&users.table)),
                key_type,
                warnings: reused.then(|| of_reused_keys(&users)).into_iter().collect(),
            })
        })
    }
}

/// Nothing here ends the sessions of the user who had the key.
fn of_reused_keys(UsersTable { table, key, .. }: &UsersTable) -> String {
    format!(
        "SQLite may give the key `{key}` of a user who is deleted from `{table}` to the next one, who then has \
         the sessions of the former: declare it `INTEGER PRIMARY KEY AUTOINCREMENT`, or give the `Auth` a \
         `security_stamp`"
    )
}
