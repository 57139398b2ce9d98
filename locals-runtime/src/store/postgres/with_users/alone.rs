//! Users without their sessions, which are in another store: no table of ours is made, looked at or referred to.

use super::{PostgresStoreWithUsers, fields::UserFields};
use crate::{
    error::StoreError,
    store::{
        StoreFuture, UserStore,
        postgres::{
            PostgresStore,
            columns::FoundUsers,
            key::KeyColumn,
            param::params,
            setup::{Setup, bounded},
            sql,
            statement::StatementId,
            unprepared,
        },
        sql::{UserColumns, UserType, Wants, filled, quoted},
    },
    user_id::UserId,
};
use serde::de::DeserializeOwned;

/// The statements that bring a user to a session in another store.
#[derive(Debug)]
pub(super) struct Alone {
    find: StatementId,
    ping: StatementId,
    any_user: String,
    key: KeyColumn,
    fields: UserFields,
    warnings: Vec<String>,
}

impl Alone {
    fn new(store: &PostgresStore, found: FoundUsers, wants: Wants) -> Self {
        let key = quoted(&found.key);
        let about_users = |statement: &str| {
            let values = [
                ("users", found.qualified.as_str()),
                ("user_columns", &found.selected),
                ("source", &found.source),
                ("key", &key),
            ];
            filled(statement, &values)
        };
        let statements = store.connections().statements();
        let key_type = found.key_type.parameter_type();
        Self {
            find: statements.add(about_users(sql::FIND_USER), vec![key_type]),
            ping: statements.add(about_users(sql::PING_USERS), Vec::new()),
            any_user: about_users(sql::ANY_USER),
            key: found.key_type,
            fields: UserFields {
                columns: UserColumns::new(wants, found.columns),
            },
            warnings: found.warnings,
        }
    }
}

impl<U: DeserializeOwned + Send + 'static> UserStore<U> for PostgresStoreWithUsers {
    fn find_user(&self, id: UserId) -> StoreFuture<'_, Option<U>> {
        StoreFuture::later(async move {
            let alone = self.alone()?;
            let Some(key) = alone.key.key(&id) else {
                return Ok(None);
            };
            let connections = self.sessions.connections();
            let rows = connections.read(alone.find, params![key]).await?;
            let row = rows.first();
            row.map(|row| alone.fields.read(row, 1)).transpose()
        })
    }

    fn canonical_id(&self, id: UserId) -> Result<Option<UserId>, StoreError> {
        Ok(self.alone()?.key.canonical(id))
    }

    fn prepare(&self) -> StoreFuture<'_, ()> {
        StoreFuture::later(bounded(self.prepare_alone::<U>()))
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        StoreFuture::later(async move {
            let ping = self.alone()?.ping;
            let connections = self.sessions.connections();
            connections.read(ping, Vec::new()).await.map(drop)
        })
    }

    fn warnings(&self) -> Vec<String> {
        let ours = self.alone.get().map(|alone| alone.warnings.clone());
        let mut warnings = self.sessions.warnings();
        warnings.extend(ours.unwrap_or_default());
        warnings
    }
}

impl PostgresStoreWithUsers {
    fn alone(&self) -> Result<&Alone, StoreError> {
        self.alone.get().ok_or_else(unprepared)
    }

    async fn prepare_alone<U: DeserializeOwned>(&self) -> Result<(), StoreError> {
        let user = UserType::of::<U>()?;
        if self.alone.get().is_none() {
            let setup = Setup::connect(&self.sessions).await?;
            let found = setup.find(&self.users, Some(user)).await?;
            let alone = Alone::new(&self.sessions, found, user.wants);
            let fields = &alone.fields;
            fields.check_any(&setup, &alone.any_user, user).await?;
            let (connections, inner) = (self.sessions.connections(), &self.sessions.inner);
            connections.prepare_reads(inner.patience).await?;
            self.alone.get_or_init(|| alone);
        }
        self.alone()?.fields.columns.check_wants::<U>(user.wants)
    }
}
