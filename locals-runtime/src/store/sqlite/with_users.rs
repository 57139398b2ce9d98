//! [`SqliteStoreWithUsers`]: the session and its user in one statement.

use super::{
    SqliteStore, UsersTable, failure, sql, statements,
    users::{KeyType, quoted},
};
use crate::{
    error::StoreError,
    store::{
        SessionRecord, SessionStore, Store, StoreFuture, delegate_sessions,
        row::{self, RowError, Value},
    },
    token::SessionId,
};
use rusqlite::{Connection, OptionalExtension, types::ValueRef};
use serde::de::{DeserializeOwned, Error as _};
use std::sync::{Arc, OnceLock};

/// A [`SqliteStore`] that knows the application's users; made by [`SqliteStore::with_users`].
#[derive(Clone, Debug)]
pub struct SqliteStoreWithUsers {
    sessions: SqliteStore,
    users: UsersTable,
    /// The join, once the columns of `U` are known.
    load: Arc<OnceLock<String>>,
}

impl SqliteStoreWithUsers {
    pub(super) fn new(sessions: SqliteStore, users: UsersTable) -> Self {
        Self {
            sessions,
            users,
            load: Arc::new(OnceLock::new()),
        }
    }

    fn join(&self, fields: &[&str]) -> String {
        let columns: String = fields
            .iter()
            .map(|field| format!(", u.{}", quoted(field)))
            .collect();
        sql::LOAD_WITH_USER
            .replace("{user_columns}", &columns)
            .replace("{table}", &quoted(&self.users.table))
            .replace("{key}", &quoted(&self.users.key))
    }
}

impl SessionStore for SqliteStoreWithUsers {
    delegate_sessions!(self => self.sessions);
}

impl<U: DeserializeOwned + Send + 'static> Store<U> for SqliteStoreWithUsers {
    fn load_with_user(&self, id: SessionId) -> StoreFuture<'_, Option<(SessionRecord, U)>> {
        let (Some(load), Some(fields)) = (self.load.get(), row::columns::<U>()) else {
            let reason = "the store is used before `Auth::builder(store).build()`".to_owned();
            return StoreFuture::ready(Err(StoreError::Setup(reason)));
        };
        let load = LoadWithUser {
            statement: load.clone(),
            fields,
        };
        self.sessions
            .read(move |connection, key_type| load.run(connection, key_type, id))
    }

    fn prepare(&self) -> Result<(), StoreError> {
        let name = std::any::type_name::<U>();
        let Some(fields) = row::columns::<U>() else {
            return Err(StoreError::Setup(format!(
                "`{name}` does not tell which columns it wants: derive `Deserialize` for a struct \
                 with named fields and without `#[serde(flatten)]`"
            )));
        };
        self.sessions.prepare(Some(&self.users))?;
        let (table, fields_wanted) = (self.users.table.clone(), fields);
        self.sessions
            .wait(super::Durability::Normal, move |connection| {
                super::schema::check_columns(connection, &table, fields_wanted, name)
            })?;
        self.load.get_or_init(|| self.join(fields));
        Ok(())
    }
}

struct LoadWithUser {
    statement: String,
    fields: &'static [&'static str],
}

impl LoadWithUser {
    fn run<U: DeserializeOwned>(
        &self,
        connection: &Connection,
        key_type: KeyType,
        id: SessionId,
    ) -> Result<Option<(SessionRecord, U)>, StoreError> {
        let mut statement = connection
            .prepare_cached(&self.statement)
            .map_err(failure)?;
        let found = statement
            .query_row([id.as_bytes()], |row| {
                let record = statements::record(row, key_type, id);
                let user = row::user(self.fields, |column| {
                    let value = row.get_ref(sql::SESSION_COLUMNS + column);
                    value.map_err(RowError::custom).and_then(value_of)
                });
                Ok((record, user))
            })
            .optional()
            .map_err(failure)?;
        let Some((record, user)) = found else {
            return Ok(None);
        };
        let user = user.map_err(|error| statements::corrupt(id, &error))?;
        Ok(Some((record?, user)))
    }
}

fn value_of(value: ValueRef<'_>) -> Result<Value<'_>, RowError> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => Value::Text(std::str::from_utf8(text).map_err(RowError::custom)?),
        ValueRef::Blob(bytes) => Value::Blob(bytes),
    })
}
