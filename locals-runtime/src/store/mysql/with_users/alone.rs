//! Users without their sessions, which are in another store: no table of ours is made, looked at or referred to.

use super::{MySqlStoreWithUsers, fields::UserFields};
use crate::{
    error::StoreError,
    store::{
        StoreFuture, UserStore,
        mysql::{
            MySqlStore, columns::FoundUsers, key::KeyColumn, setup::bounded, sql,
            statement::StatementId, unprepared,
        },
        sql::{UserColumns, UserType, Wants},
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
    fn new(store: &MySqlStore, found: FoundUsers, wants: Wants) -> Self {
        let statements = store.connections().statements();
        Self {
            find: statements.add(found.about(sql::LOAD_USER)),
            ping: statements.add(found.about(sql::PING_USERS)),
            any_user: found.about(sql::ANY_USER),
            key: found.key_type,
            fields: UserFields {
                columns: UserColumns::new(wants, found.columns),
                types: found.types,
            },
            warnings: found.warnings,
        }
    }
}

impl<U: DeserializeOwned + Send + 'static> UserStore<U> for MySqlStoreWithUsers {
    fn find_user(&self, id: UserId) -> StoreFuture<'_, Option<U>> {
        StoreFuture::later(async move {
            let alone = self.alone()?;
            let Some((key, id)) = alone.key.key(&id).zip(alone.key.canonical(id)) else {
                return Ok(None);
            };
            let row = self.find(alone.find, key).await?;
            // By another spelling, what ends this user's sessions in the other store would not find this one.
            let row =
                row.filter(|row| row.as_ref(0).and_then(|cell| alone.key.read(cell)) == Some(id));
            row.map(|row| alone.fields.read(&row, 1)).transpose()
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
            connections.read(ping, Vec::new()).await?;
            Ok(())
        })
    }

    fn warnings(&self) -> Vec<String> {
        let ours = self.alone.get().map(|alone| alone.warnings.clone());
        let mut warnings = self.sessions.warnings();
        warnings.extend(ours.unwrap_or_default());
        warnings
    }
}

impl MySqlStoreWithUsers {
    fn alone(&self) -> Result<&Alone, StoreError> {
        self.alone.get().ok_or_else(unprepared)
    }

    async fn prepare_alone<U: DeserializeOwned>(&self) -> Result<(), StoreError> {
        let user = UserType::of::<U>()?;
        if self.alone.get().is_none() {
            let mut setup = self.sessions.setup().await?;
            let found = setup.find(&self.users, Some(user)).await?;
            let alone = Alone::new(&self.sessions, found, user.wants);
            let fields = &alone.fields;
            fields.check_any(&mut setup, &alone.any_user, user).await?;
            self.sessions
                .connections()
                .wait(self.sessions.inner.patience)
                .await?;
            self.alone.get_or_init(|| alone);
        }
        self.alone()?.fields.columns.check_wants::<U>(user.wants)
    }
}
