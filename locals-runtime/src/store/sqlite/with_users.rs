//! [`SqliteStoreWithUsers`]: the session and its user in one statement.

use super::{
    SqliteStore, UsersTable, failure, sql, statements, unprepared,
    users::{KeyType, quoted},
};
use crate::{
    error::StoreError,
    store::{
        Credential, SessionRecord, SessionStore, Store, StoreFuture, delegate_sessions,
        row::{self, RowError, Value},
    },
    token::SessionId,
};
use rusqlite::{Connection, OptionalExtension, types::ValueRef};
use serde::de::{DeserializeOwned, Error as _};
use std::sync::{Arc, OnceLock};

/// A [`SqliteStore`] that knows the application's users; made by [`SqliteStore::with_users`].
///
/// One value serves one type of users; a clone may serve another.
#[derive(Debug)]
pub struct SqliteStoreWithUsers {
    sessions: SqliteStore,
    users: UsersTable,
    /// Known once the columns of `U` are.
    join: Arc<OnceLock<Join>>,
}

impl SqliteStoreWithUsers {
    pub(super) fn new(sessions: SqliteStore, users: UsersTable) -> Self {
        Self {
            sessions,
            users,
            join: Arc::new(OnceLock::new()),
        }
    }
}

impl Clone for SqliteStoreWithUsers {
    fn clone(&self) -> Self {
        Self::new(self.sessions.clone(), self.users.clone())
    }
}

impl SessionStore for SqliteStoreWithUsers {
    delegate_sessions!(self => self.sessions);
}

impl<U: DeserializeOwned + Send + 'static> Store<U> for SqliteStoreWithUsers {
    fn load_with_user(&self, presented: Credential) -> StoreFuture<'_, Option<(SessionRecord, U)>> {
        let join = Arc::clone(&self.join);
        self.sessions
            .read(move |connection, key_type| match join.get() {
                Some(join) => join.run(connection, key_type, presented.id),
                None => Err(unprepared()),
            })
    }

    fn prepare(&self) -> Result<(), StoreError> {
        let name = std::any::type_name::<U>();
        let Some(fields) = row::columns::<U>() else {
            return Err(StoreError::Setup(format!(
                "`{name}` does not tell which columns it wants: derive `Deserialize` for a struct \
                 with named fields and without `#[serde(flatten)]`"
            )));
        };
        self.sessions.prepare(Some((&self.users, fields, name)))?;
        let join = self.join.get_or_init(|| Join::of(&self.users, fields));
        if join.fields == fields {
            return Ok(());
        }
        Err(StoreError::Setup(format!(
            "this store serves users with other columns than `{name}` already: give each `Auth` a \
             clone of the store"
        )))
    }
}

/// The statement that brings a session and its user, whose columns have these names.
#[derive(Debug)]
struct Join {
    statement: String,
    fields: &'static [&'static str],
}

impl Join {
    fn of(users: &UsersTable, fields: &'static [&'static str]) -> Self {
        let columns: String = fields
            .iter()
            .map(|field| format!(", u.{}", quoted(field)))
            .collect();
        let statement = sql::LOAD_WITH_USER
            .replace("{user_columns}", &columns)
            .replace("{table}", &quoted(&users.table))
            .replace("{key}", &quoted(&users.key));
        Self { statement, fields }
    }

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
