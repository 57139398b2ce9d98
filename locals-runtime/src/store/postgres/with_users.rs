//! [`PostgresStoreWithUsers`]: the session and its user in one statement.

mod alone;
mod fields;

use super::{
    PostgresStore,
    columns::FoundUsers,
    names::literal,
    param::{Param, params},
    record::record,
    setup::bounded,
    sql,
    statement::StatementId,
};
use crate::{
    error::StoreError,
    store::{
        Credential, SessionRecord, SessionStore, Store, StoreFuture,
        sql::{UserColumns, UserType, UsersTable, Wants, filled, quoted, refuse},
    },
    user_id::UserId,
};
use alone::Alone;
use fields::UserFields;
use serde::de::DeserializeOwned;
use std::sync::OnceLock;
use tokio_postgres::{Row, types::Type};

/// A [`PostgresStore`] that knows the application's users; made by [`PostgresStore::with_users`].
///
/// One value serves one type of users; a clone may serve another. Behind
/// [`users_from`](crate::AuthBuilder::users_from) it brings the users alone, for sessions in another store.
#[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
#[derive(Debug)]
pub struct PostgresStoreWithUsers {
    sessions: PostgresStore,
    users: UsersTable,
    /// Known once the columns of `U` are.
    join: OnceLock<Join>,
    /// The same, where the sessions are in another store.
    alone: OnceLock<Alone>,
}

impl PostgresStoreWithUsers {
    pub(super) fn new(sessions: PostgresStore, users: UsersTable) -> Self {
        Self {
            sessions,
            users,
            join: OnceLock::new(),
            alone: OnceLock::new(),
        }
    }

    /// The statements that make the session tables for this users table, for whoever applies them by hand:
    /// see [`PostgresOptions::migrations`](super::PostgresOptions::migrations). They name the reference anew each
    /// time, and begin with `CREATE SCHEMA IF NOT EXISTS` where the options name a schema. Nothing is changed.
    ///
    /// # Errors
    ///
    /// [`StoreError::Setup`] if the users table is not there, or has no key that can be referred to; else those of
    /// [`PostgresStore::connect`].
    pub async fn schema_sql(&self) -> Result<String, StoreError> {
        self.sessions.ddl(Some(&self.users)).await
    }

    fn join(&self) -> Result<&Join, StoreError> {
        self.join.get().ok_or_else(super::unprepared)
    }
}

impl Clone for PostgresStoreWithUsers {
    fn clone(&self) -> Self {
        Self::new(self.sessions.clone(), self.users.clone())
    }
}

// The application's `Deserialize` runs where an answer is waited for: in no task of ours.
impl<U: DeserializeOwned + Send + 'static> Store<U> for PostgresStoreWithUsers {
    fn sessions(&self) -> &dyn SessionStore {
        &self.sessions
    }

    fn load_with_user(
        &self,
        credential: Credential,
    ) -> StoreFuture<'_, Option<(SessionRecord, U)>> {
        StoreFuture::later(async move {
            let (tables, join) = (self.sessions.tables()?, self.join()?);
            let connections = self.sessions.connections();
            let row = connections.read_session(join.load, credential.id).await?;
            let Some(row) = &row else {
                return Ok(None);
            };
            let record = record(row, &tables.key)?;
            // The user's columns are not touched before the secret is known to be right.
            if !record.is_opened_by(&credential.secret_hash) {
                return Ok(None);
            }
            let user = join.user(row, sql::SESSION_COLUMNS)?;
            Ok(user.map(|user| (record, user)))
        })
    }

    fn load_user(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, U)>> {
        StoreFuture::later(async move {
            let (tables, join) = (self.sessions.tables()?, self.join()?);
            let Some(id) = tables.key.canonical(id) else {
                return Ok(None);
            };
            let parameters = params![tables.key.key(&id)];
            let rows = self
                .sessions
                .connections()
                .read(join.load_user, parameters)
                .await?;
            let user = rows.first().map_or(Ok(None), |row| join.user(row, 0))?;
            Ok(user.map(|user| (id, user)))
        })
    }

    fn ping_with_users(&self) -> StoreFuture<'_, ()> {
        StoreFuture::later(async move {
            self.sessions.ping().await?;
            self.ping_users().await
        })
    }

    fn prepare(&self) -> StoreFuture<'_, ()> {
        StoreFuture::later(bounded(self.prepare_for::<U>()))
    }

    fn warnings(&self) -> Vec<String> {
        let ours = self.join.get().map(|join| join.warnings.clone());
        let mut warnings = self.sessions.warnings();
        warnings.extend(ours.unwrap_or_default());
        warnings
    }
}

impl PostgresStoreWithUsers {
    /// Looks for a user whose key is NULL: there is none, and the columns and the guard are looked at.
    async fn ping_users(&self) -> Result<(), StoreError> {
        let join = self.join()?;
        let connections = self.sessions.connections();
        let rows = connections.read(join.load_user, vec![Param::Null]).await?;
        let row = rows
            .first()
            .ok_or_else(|| StoreError::unavailable("an empty answer"))?;
        join.check_guard(row, 0)
    }

    async fn prepare_for<U: DeserializeOwned>(&self) -> Result<(), StoreError> {
        let user = UserType::of::<U>()?;
        if self.join.get().is_none() {
            self.sessions.connections().begin_writing();
            let setup = self.sessions.setup().await?;
            let found = setup.find(&self.users, Some(user)).await?;
            setup.make_tables(Some(&found)).await?;
            let join = Join::new(&self.sessions, found, user.wants)?;
            let fields = &join.fields;
            fields.check_any(&setup, &join.any_user, user).await?;
            self.sessions.prepare_statements().await?;
            self.join.get_or_init(|| join);
        }
        self.join()?.fields.columns.check_wants::<U>(user.wants)
    }
}

fn not_read(error: tokio_postgres::Error) -> StoreError {
    StoreError::unavailable(super::error::text(&error))
}

/// The statements that bring a user, with its session or without.
#[derive(Debug)]
struct Join {
    load: StatementId,
    load_user: StatementId,
    any_user: String,
    fields: UserFields,
    /// Whose sessions these are.
    users: u32,
    table: String,
    warnings: Vec<String>,
}

impl Join {
    fn new(sessions: &PostgresStore, found: FoundUsers, wants: Wants) -> Result<Self, StoreError> {
        let served = sessions.served()?;
        let names = served.tables.names();
        let (ours, key) = (names.sessions(), quoted(&found.key));
        let guarded = filled(
            sql::GUARDED,
            &[
                ("guard_function", &names.guard_function()),
                ("sessions_literal", &literal(&ours)),
                ("guard_literal", &literal(&served.guard)),
                ("users_literal", &literal(&found.qualified)),
                ("key_literal", &literal(&found.key)),
            ],
        );
        let about_users = |statement: &str| {
            let values = [
                ("sessions", ours.as_str()),
                ("guarded", &guarded),
                ("user_columns", &found.selected),
                ("source", &found.source),
                ("key", &key),
            ];
            filled(statement, &values)
        };
        let statements = sessions.connections().statements();
        let key_type = found.key_type.parameter_type();
        Ok(Self {
            load: statements.add(about_users(sql::LOAD_WITH_USER), vec![Type::BYTEA]),
            load_user: statements.add(about_users(sql::LOAD_USER), vec![key_type]),
            any_user: about_users(sql::ANY_USER),
            fields: UserFields {
                columns: UserColumns::new(wants, found.columns),
            },
            users: found.oid,
            table: found.qualified,
            warnings: found.warnings,
        })
    }

    /// The user in a row, whose columns begin here: what the guard refers to, whether there is one, and what is
    /// read of it.
    fn user<U: DeserializeOwned>(&self, row: &Row, first: usize) -> Result<Option<U>, StoreError> {
        self.check_guard(row, first)?;
        if !row.try_get::<_, bool>(first + 1).map_err(not_read)? {
            return Ok(None);
        }
        self.fields.read(row, first + 2).map(Some)
    }

    fn check_guard(&self, row: &Row, at: usize) -> Result<(), StoreError> {
        if row.try_get::<_, Option<u32>>(at).map_err(not_read)? == Some(self.users) {
            return Ok(());
        }
        refuse(format!(
            "the sessions no longer refer to table {} and its key by the reference that they were made with: a \
             migration has changed one of them; start the program again",
            self.table
        ))
    }
}
