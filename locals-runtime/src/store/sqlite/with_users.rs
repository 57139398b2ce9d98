//! [`SqliteStoreWithUsers`]: the session and its user in one statement.

use super::{
    SqliteStore, UsersTable,
    connection::Connection,
    error::{corrupt, failure, refuse},
    schema::Schema,
    sql, statements,
    users::quoted,
};
use crate::{
    error::StoreError,
    store::{
        Credential, SessionRecord, SessionStore, Store, StoreFuture, delegate_sessions,
        row::{self, OwnedRow},
    },
};
use rusqlite::{OptionalExtension, Row, types::ValueRef};
use serde::de::DeserializeOwned;
use std::sync::{Arc, OnceLock};

/// A [`SqliteStore`] that knows the application's users; made by [`SqliteStore::with_users`].
///
/// One value serves one type of users; a clone may serve another.
#[derive(Debug)]
pub struct SqliteStoreWithUsers {
    sessions: SqliteStore,
    users: UsersTable,
    /// Known once the columns of `U` are.
    join: OnceLock<Arc<Join>>,
}

impl SqliteStoreWithUsers {
    pub(super) fn new(sessions: SqliteStore, users: UsersTable) -> Self {
        Self {
            sessions,
            users,
            join: OnceLock::new(),
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
        let Some(join) = self.join.get() else {
            return StoreFuture::ready(Err(super::unprepared()));
        };
        let (statement, fields) = (Arc::clone(join), join.fields);
        let found = self
            .sessions
            .read(move |connection, schema| statement.run(connection, schema, &presented));
        // The application's code runs where the answer is waited for: in no thread of ours, and under
        // no lock.
        found.and_then(move |found| {
            let Some((record, row)) = found else {
                return Ok(None);
            };
            let user = row::user(fields, |column| row.value(column))
                .map_err(|error| corrupt(record.id, &error))?;
            Ok(Some((record, user)))
        })
    }

    fn prepare(&self) -> Result<(), StoreError> {
        let name = std::any::type_name::<U>();
        let Some(fields) = row::columns::<U>() else {
            return refuse(format!(
                "`{name}` does not tell which columns it wants: derive `Deserialize` for a struct \
                 with named fields and without `#[serde(flatten)]`"
            ));
        };
        self.sessions.prepare(Some((&self.users, fields, name)))?;
        let join = self
            .join
            .get_or_init(|| Arc::new(Join::of(&self.users, fields)));
        if join.fields == fields {
            return Ok(());
        }
        refuse(format!(
            "this store serves users with other columns than `{name}` already: give each `Auth` a \
             clone of the store"
        ))
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

    fn run(
        &self,
        connection: &Connection,
        schema: &Schema,
        presented: &Credential,
    ) -> Result<Option<(SessionRecord, OwnedRow)>, StoreError> {
        connection.guarded(&schema.guard, &self.statement, |statement| {
            let found = statement.query_row([presented.id.as_bytes()], |row| {
                self.read(row, schema, presented)
            });
            found.optional().map_err(failure)?.transpose().map(Option::flatten)
        })
    }

    /// The user's columns are not touched before the secret is known to be right.
    fn read(
        &self,
        row: &Row<'_>,
        schema: &Schema,
        presented: &Credential,
    ) -> rusqlite::Result<Result<Option<(SessionRecord, OwnedRow)>, StoreError>> {
        let record = match statements::record(row, schema.key_type, presented.id) {
            Ok(record) if record.is_opened_by(&presented.secret_hash) => record,
            Ok(_) => return Ok(Ok(None)),
            Err(error) => return Ok(Err(error)),
        };
        let mut user = OwnedRow::with_capacity(self.fields.len());
        for column in 0..self.fields.len() {
            copy(row.get_ref(sql::SESSION_COLUMNS + column)?, &mut user);
        }
        Ok(Ok(Some((record, user))))
    }
}

fn copy(value: ValueRef<'_>, row: &mut OwnedRow) {
    match value {
        ValueRef::Null => row.push_null(),
        ValueRef::Integer(number) => row.push_integer(number),
        ValueRef::Real(number) => row.push_real(number),
        ValueRef::Text(text) => row.push_text(text),
        ValueRef::Blob(bytes) => row.push_blob(bytes),
    }
}
