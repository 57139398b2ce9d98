//! [`Setup`]: what is done once, at the start of a program, on a connection of its own.

use super::{
    PostgresStore,
    columns::{self, FoundUsers},
    dial::{Dialed, Wants},
    error::text,
    names::Names,
    schema::{Schema, Wanted, ask},
    sql,
};
use crate::{
    error::StoreError,
    store::sql::{UserType, UsersTable, refuse},
};
use std::{sync::Arc, time::Duration};
use tokio::{task::JoinHandle, time::timeout};
use tokio_postgres::{
    Client, Row,
    types::{ToSql, Type},
};

/// Longer than the server lets a statement run that has to wait for the application's migration.
const PATIENCE: Duration = Duration::from_secs(75);

/// A server that says nothing keeps no program from saying so.
pub(super) async fn bounded<T>(
    setup: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    timeout(PATIENCE, setup)
        .await
        .unwrap_or(Err(StoreError::Timeout))
}

/// A connection with more patience than those that serve requests.
pub(super) struct Setup<'s> {
    store: &'s PostgresStore,
    client: Client,
    driver: JoinHandle<Result<(), tokio_postgres::Error>>,
    names: Names,
}

impl Drop for Setup<'_> {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl<'s> Setup<'s> {
    pub(super) async fn begin(store: &'s PostgresStore) -> Result<Self, StoreError> {
        let mut setup = Self::connect(store).await?;
        if store.inner.schema.is_none() {
            setup.names.schema = setup.current_schema().await?;
        }
        Ok(setup)
    }

    /// Where no table of ours is asked for, nor the schema in which they are.
    pub(super) async fn connect(store: &'s PostgresStore) -> Result<Self, StoreError> {
        let inner = &store.inner;
        let Dialed { client, driver, .. } = match (inner.setup_dialer)(Wants::ReadWrite).await {
            // Tables that are there can be looked at on a server that does not write.
            Err(StoreError::Unavailable(_)) => (inner.setup_dialer)(Wants::Any).await?,
            dialed => dialed?,
        };
        let driver = inner.shared.runtime.spawn(driver);
        Ok(Self {
            store,
            client,
            driver,
            names: Names {
                schema: inner.schema.clone().unwrap_or_default(),
                prefix: inner.prefix.clone(),
            },
        })
    }

    async fn current_schema(&self) -> Result<String, StoreError> {
        let row = self.any(sql::CURRENT_SCHEMA).await?;
        let schema = row.and_then(|row| row.try_get::<_, Option<String>>(0).ok().flatten());
        schema.ok_or_else(|| {
            StoreError::Setup(
                "there is no schema on this role's `search_path`: name one by `.schema(\"..\")`"
                    .to_owned(),
            )
        })
    }

    pub(super) async fn find(
        &self,
        users: &UsersTable,
        user: Option<UserType>,
    ) -> Result<FoundUsers, StoreError> {
        columns::find(&self.client, users, user).await
    }

    /// Makes the tables or looks at them, and has them served.
    pub(super) async fn make_tables(&self, users: Option<&FoundUsers>) -> Result<(), StoreError> {
        if self.store.inner.migrates {
            self.make_schema(users).await?;
        }
        let schema: Schema = self.wanted(users).prepare(&self.client).await?;
        self.store.serve(self.names.clone(), schema);
        Ok(())
    }

    pub(super) fn ddl(&self, users: Option<&FoundUsers>) -> Result<String, StoreError> {
        self.wanted(users).ddl()
    }

    fn wanted<'a>(&'a self, users: Option<&'a FoundUsers>) -> Wanted<'a> {
        Wanted {
            names: &self.names,
            users,
            names_schema: self.store.inner.schema.is_some(),
            migrates: self.store.inner.migrates,
            is_pooled: self.store.is_pooled(),
        }
    }

    /// The schema that was named, if it is not there. Through a pooler it is made by somebody else, together with the
    /// tables.
    async fn make_schema(&self, users: Option<&FoundUsers>) -> Result<(), StoreError> {
        let Some(schema) = &self.store.inner.schema else {
            return Ok(());
        };
        if self.store.is_pooled() || self.has_schema(schema).await? {
            return Ok(());
        }
        users.map_or(Ok(()), FoundUsers::check_reference)?;
        match self.client.batch_execute(&self.names.create_schema()).await {
            Ok(()) => Ok(()),
            // Another node has made it at the same time.
            Err(_) if self.has_schema(schema).await? => Ok(()),
            Err(error) => refuse(format!(
                "there is no schema `{schema}`, and this role cannot make it ({}): grant it `CREATE` on the \
                 database, or apply this as a role that has it, `GRANT USAGE` on the schema and the rights on the \
                 tables, and set `migrations(false)`\n\n{}",
                text(&error),
                self.ddl(users)?
            )),
        }
    }

    async fn has_schema(&self, schema: &String) -> Result<bool, StoreError> {
        let parameter: &(dyn ToSql + Sync) = schema;
        let found = ask(&self.client, sql::FIND_SCHEMA, &[(parameter, Type::TEXT)]).await?;
        Ok(!found.is_empty())
    }

    /// One row of what a statement answers, if there is any.
    pub(super) async fn any(&self, statement: &str) -> Result<Option<Row>, StoreError> {
        let rows = ask(&self.client, statement, &[]).await?;
        Ok(rows.into_iter().next())
    }
}

impl PostgresStore {
    pub(super) async fn setup(&self) -> Result<Setup<'_>, StoreError> {
        Setup::begin(self).await
    }

    fn serve(&self, names: Names, schema: Schema) {
        let connections = &self.inner.connections;
        self.served.get_or_init(|| {
            Arc::new(super::Served {
                tables: super::tables::Tables::new(connections, names, schema.key),
                guard: schema.guard,
                warnings: schema.warnings,
            })
        });
    }
}
