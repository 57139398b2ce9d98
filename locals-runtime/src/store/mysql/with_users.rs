//! [`MySqlStoreWithUsers`]: sessions and the application's users, in one join.

mod alone;
mod fields;

use super::{
    MySqlStore,
    columns::FoundUsers,
    connections::Connections,
    record::{bytes, record},
    setup::bounded,
    sql,
    statement::StatementId,
    watch::Watch,
};
use crate::{
    error::StoreError,
    store::{
        Credential, SessionRecord, SessionStore, Store, StoreFuture,
        sql::{UserColumns, UserType, UsersTable, Wants},
    },
    user_id::UserId,
};
use alone::Alone;
use fields::UserFields;
use mysql_async::{Row, Value};
use serde::de::DeserializeOwned;
use std::sync::OnceLock;

/// A [`MySqlStore`] that knows the application's users; made by [`MySqlStore::with_users`].
///
/// One value serves one type of users; a clone may serve another. Behind
/// [`users_from`](crate::AuthBuilder::users_from) it brings the users alone, for sessions in another store.
#[cfg_attr(docsrs, doc(cfg(feature = "mysql")))]
#[derive(Debug)]
pub struct MySqlStoreWithUsers {
    sessions: MySqlStore,
    users: UsersTable,
    /// Known once the columns of `U` are.
    join: OnceLock<Join>,
    /// The same, where the sessions are in another store.
    alone: OnceLock<Alone>,
}

impl MySqlStoreWithUsers {
    pub(super) fn new(sessions: MySqlStore, users: UsersTable) -> Self {
        Self {
            sessions,
            users,
            join: OnceLock::new(),
            alone: OnceLock::new(),
        }
    }

    /// The statements that make the session tables for this users table, for whoever applies them by hand:
    /// see [`MySqlOptions::migrations`](super::MySqlOptions::migrations). They name the reference anew each
    /// time, begin with `CREATE DATABASE IF NOT EXISTS` where the options name a database, and end with the users
    /// table's [trigger](super::MySqlOptions::users_trigger) unless it is not wanted. Nothing is changed by asking.
    ///
    /// # Errors
    ///
    /// [`StoreError::Setup`] if the users table is not there, or has no key that can be referred to; else those of
    /// [`MySqlStore::connect`].
    pub async fn schema_sql(&self) -> Result<String, StoreError> {
        self.sessions.ddl(Some(&self.users)).await
    }

    fn join(&self) -> Result<&Join, StoreError> {
        self.join.get().ok_or_else(super::unprepared)
    }
}

impl Clone for MySqlStoreWithUsers {
    fn clone(&self) -> Self {
        Self::new(self.sessions.clone(), self.users.clone())
    }
}

// The application's `Deserialize` runs where an answer is waited for: in no task of ours.
impl<U: DeserializeOwned + Send + 'static> Store<U> for MySqlStoreWithUsers {
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
            join.check(connections).await?;
            let parameters = vec![bytes(credential.id.as_bytes())];
            let rows = connections.read(join.load, parameters).await?;
            let Some(row) = rows.first() else {
                return Ok(None);
            };
            let record = record(row, &tables.key)?;
            // The user's columns are not touched before the secret is known to be right.
            if !record.is_opened_by(&credential.secret_hash) {
                return Ok(None);
            }
            let user = join.fields.read(row, sql::SESSION_COLUMNS)?;
            Ok(Some((record, user)))
        })
    }

    fn load_user(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, U)>> {
        StoreFuture::later(async move {
            let (tables, join) = (self.sessions.tables()?, self.join()?);
            join.check(self.sessions.connections()).await?;
            let Some(key) = tables.key.key(&id) else {
                return Ok(None);
            };
            let Some(row) = self.find(join.load_user, key).await? else {
                return Ok(None);
            };
            let id = row.as_ref(0).and_then(|cell| tables.key.read(cell));
            let id = id.ok_or_else(|| StoreError::unavailable("a user without a key"))?;
            Ok(Some((id, join.fields.read(&row, 1)?)))
        })
    }

    fn ping_with_users(&self) -> StoreFuture<'_, ()> {
        StoreFuture::later(async move {
            self.sessions.ping().await?;
            let join = self.join()?;
            join.check(self.sessions.connections()).await?;
            self.find(join.load_user, Value::NULL).await.map(drop)
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

impl MySqlStoreWithUsers {
    /// The user with this key, if there is one.
    async fn find(&self, statement: StatementId, key: Value) -> Result<Option<Row>, StoreError> {
        let connections = self.sessions.connections();
        match connections.read(statement, vec![key]).await {
            Err(failed) if super::tables::says_no_id(&failed) => Ok(None),
            rows => Ok(rows?.into_iter().next()),
        }
    }

    async fn prepare_for<U: DeserializeOwned>(&self) -> Result<(), StoreError> {
        let user = UserType::of::<U>()?;
        if self.join.get().is_none() {
            self.sessions.connections().begin_writing();
            let mut setup = self.sessions.setup().await?;
            let found = setup.find(&self.users, Some(user)).await?;
            setup.make_tables(Some(&found)).await?;
            let join = Join::new(&self.sessions, found, user.wants)?;
            let fields = &join.fields;
            fields.check_any(&mut setup, &join.any_user, user).await?;
            self.sessions.wait().await?;
            self.join.get_or_init(|| join);
        }
        self.join()?.fields.columns.check_wants::<U>(user.wants)
    }
}

/// The statements that bring a user, with its session or without.
#[derive(Debug)]
struct Join {
    load: StatementId,
    load_user: StatementId,
    any_user: String,
    fields: UserFields,
    /// None without a reference.
    watch: Option<Watch>,
    warnings: Vec<String>,
}

impl Join {
    fn new(sessions: &MySqlStore, found: FoundUsers, wants: Wants) -> Result<Self, StoreError> {
        let served = sessions.served()?;
        let ours = served.tables.names().sessions();
        let statements = sessions.connections().statements();
        let guard = served.guard.clone();
        Ok(Self {
            load: statements.add(found.load_with_session(&ours)),
            load_user: statements.add(found.about(sql::LOAD_USER)),
            any_user: found.about(sql::ANY_USER),
            watch: guard.map(|guard| Watch::over(guard, &sessions.inner)),
            fields: UserFields {
                columns: UserColumns::new(wants, found.columns),
                types: found.types,
            },
            warnings: found.warnings,
        })
    }

    /// That the sessions are those of these users.
    async fn check(&self, connections: &Connections) -> Result<(), StoreError> {
        match &self.watch {
            Some(watch) => watch.check(connections).await,
            None => Ok(()),
        }
    }
}
