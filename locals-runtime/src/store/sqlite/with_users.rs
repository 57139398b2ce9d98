//! [`SqliteStoreWithUsers`]: the session and its user in one statement.

mod alone;

use super::{
    SqliteStore,
    columns::UsersTableSpec,
    connection::Connection,
    error::{failure, failure_of_user},
    schema::Schema,
    sql, statements,
};
use crate::{
    error::StoreError,
    store::{
        AnswersAtOnce, Credential, SessionRecord, SessionStore, Store, StoreFuture,
        sql::{Column, OwnedRow, UserColumns, UserType, UsersTable, Wants, quoted},
    },
    user_id::UserId,
};
use alone::Alone;
use rusqlite::{OptionalExtension, Row, types::ValueRef};
use serde::de::DeserializeOwned;
use std::sync::{Arc, OnceLock};

/// A [`SqliteStore`] that knows the application's users; made by [`SqliteStore::with_users`].
///
/// One value serves one type of users; a clone may serve another. Behind
/// [`users_from`](crate::AuthBuilder::users_from) it brings the users alone, for sessions in another store.
#[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
#[derive(Debug)]
pub struct SqliteStoreWithUsers {
    sessions: SqliteStore,
    users: UsersTable,
    /// Known once the columns of `U` are.
    join: OnceLock<Arc<Join>>,
    /// The same, where the sessions are in another store.
    alone: OnceLock<Arc<Alone>>,
}

impl SqliteStoreWithUsers {
    pub(super) fn new(sessions: SqliteStore, users: UsersTable) -> Self {
        Self {
            sessions,
            users,
            join: OnceLock::new(),
            alone: OnceLock::new(),
        }
    }

    fn join(&self) -> Result<Arc<Join>, StoreError> {
        self.join.get().cloned().ok_or_else(super::unprepared)
    }
}

impl Clone for SqliteStoreWithUsers {
    fn clone(&self) -> Self {
        Self::new(self.sessions.clone(), self.users.clone())
    }
}

impl AnswersAtOnce for SqliteStoreWithUsers {}

// The application's `Deserialize` runs where an answer is waited for: in no thread of ours, and under no
// lock.
impl<U: DeserializeOwned + Send + 'static> Store<U> for SqliteStoreWithUsers {
    fn sessions(&self) -> &dyn SessionStore {
        &self.sessions
    }

    fn load_with_user(
        &self,
        credential: Credential,
    ) -> StoreFuture<'_, Option<(SessionRecord, U)>> {
        let join = match self.join() {
            Ok(join) => join,
            Err(error) => return StoreFuture::ready(Err(error)),
        };
        let statement = Arc::clone(&join);
        let found = self
            .sessions
            .read(move |connection, schema| statement.load(connection, schema, &credential));
        found.and_then(move |found| {
            let Some((record, row)) = found else {
                return Ok(None);
            };
            let user = join.columns.read(Ok(row))?;
            Ok(Some((record, user)))
        })
    }

    fn load_user(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, U)>> {
        let join = match self.join() {
            Ok(join) => join,
            Err(error) => return StoreFuture::ready(Err(error)),
        };
        let statement = Arc::clone(&join);
        let found = self
            .sessions
            .read(move |connection, schema| statement.load_user(connection, schema, &id));
        found.and_then(move |found| {
            let Some((id, row)) = found else {
                return Ok(None);
            };
            let user = join.columns.read(Ok(row))?;
            Ok(Some((id, user)))
        })
    }

    fn prepare(&self) -> StoreFuture<'_, ()> {
        StoreFuture::ready(self.prepare_for::<U>())
    }

    fn warnings(&self) -> Vec<String> {
        self.sessions.warnings()
    }
}

impl SqliteStoreWithUsers {
    fn prepare_for<U: DeserializeOwned>(&self) -> Result<(), StoreError> {
        let user = UserType::of::<U>()?;
        let users = UsersTableSpec {
            users: self.users.clone(),
            user: Some(user),
        };
        let columns = self.sessions.prepare(Some(users))?;
        let mut made = false;
        let join = self.join.get_or_init(|| {
            made = true;
            Arc::new(Join::of(&self.users, user.wants, columns))
        });
        join.columns.check_wants::<U>(user.wants)?;
        if made {
            self.check_a_user(join, user)?;
        }
        Ok(())
    }

    /// Reads one user, whichever comes first, and warns if that is not possible.
    fn check_a_user(&self, join: &Join, user: UserType) -> Result<(), StoreError> {
        let (any_user, columns) = (join.any_user.clone(), join.columns.iter().len());
        let writer = &self.sessions.file.writer;
        let found = writer.set_up(move |connection| any(connection, &any_user, columns));
        join.columns.check_any(found, Ok, user)
    }
}

/// The statements that bring a user, with its session or without.
#[derive(Debug)]
struct Join {
    load: String,
    load_user: String,
    any_user: String,
    columns: UserColumns,
}

impl Join {
    fn of(users: &UsersTable, wants: Wants, columns: Vec<Column>) -> Self {
        let names = columns
            .iter()
            .map(|column| format!(", u.{}", quoted(&column.name)));
        let names: String = names.collect();
        let about_users = |statement: &str| {
            statement
                .replace("{user_columns}", &names)
                .replace("{users}", &users.source())
                .replace("{key}", &quoted(&users.key))
        };
        Self {
            load: about_users(sql::LOAD_WITH_USER),
            load_user: about_users(sql::LOAD_USER),
            any_user: about_users(sql::ANY_USER),
            columns: UserColumns::new(wants, columns),
        }
    }

    fn load(
        &self,
        connection: &Connection,
        schema: &Schema,
        credential: &Credential,
    ) -> Result<Option<(SessionRecord, OwnedRow)>, StoreError> {
        connection.guarded(&schema.guard, &self.load, |statement| {
            let found = statement.query_row([credential.id.as_bytes()], |row| {
                self.opened(row, schema, credential)
            });
            found
                .optional()
                .map_err(failure_of_user)?
                .transpose()
                .map(Option::flatten)
        })
    }

    /// The user's columns are not touched before the secret is known to be right.
    fn opened(
        &self,
        row: &Row<'_>,
        schema: &Schema,
        credential: &Credential,
    ) -> rusqlite::Result<Result<Option<(SessionRecord, OwnedRow)>, StoreError>> {
        let record = match statements::record(row, schema.key_type, credential.id) {
            Ok(record) if record.is_opened_by(&credential.secret_hash) => record,
            Ok(_) => return Ok(Ok(None)),
            Err(error) => return Ok(Err(error)),
        };
        Ok(Ok(Some((record, self.user(row, sql::SESSION_COLUMNS)?))))
    }

    fn load_user(
        &self,
        connection: &Connection,
        schema: &Schema,
        id: &UserId,
    ) -> Result<Option<(UserId, OwnedRow)>, StoreError> {
        let Some(id) = schema.key_type.canonical(id.clone()) else {
            return Ok(None);
        };
        let key = schema.key_type.key(&id);
        let found = connection.guarded(&schema.guard, &self.load_user, |statement| {
            let found = statement.query_row([key], |row| self.user(row, 1));
            found.optional().map_err(failure_of_user)
        })?;
        Ok(found.map(|row| (id, row)))
    }

    /// The user's columns, which begin here.
    fn user(&self, row: &Row<'_>, first: usize) -> rusqlite::Result<OwnedRow> {
        copied(row, first, self.columns.iter().len())
    }
}

/// One user of the table, whichever comes first.
fn any(
    connection: &Connection,
    any_user: &str,
    columns: usize,
) -> Result<Option<OwnedRow>, StoreError> {
    let mut statement = connection.prepare(any_user).map_err(failure)?;
    let found = statement.query_row([], |row| copied(row, 1, columns));
    found.optional().map_err(failure_of_user)
}

fn copied(row: &Row<'_>, first: usize, columns: usize) -> rusqlite::Result<OwnedRow> {
    let mut owned = OwnedRow::with_capacity(columns);
    for column in first..first + columns {
        copy(row.get_ref(column)?, &mut owned);
    }
    Ok(owned)
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
