//! [`Setup`]: what is done once, at the start of a program, on a connection of its own.

use super::{
    MySqlStore,
    asking::{ask, text_in, texts},
    columns::{self, FoundUsers},
    dial::Wants,
    error::text,
    names::Names,
    schema::{Schema, Wanted},
    sql,
};
use crate::{
    error::StoreError,
    store::sql::{UserType, UsersTable, backquoted, filled, refuse},
};
use mysql_async::{Conn, Params, Row, prelude::Queryable};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

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
    store: &'s MySqlStore,
    pub(super) conn: Conn,
    names: Names,
}

impl<'s> Setup<'s> {
    pub(super) async fn begin(store: &'s MySqlStore) -> Result<Self, StoreError> {
        let inner = &store.inner;
        let mut conn = match (inner.setup_dialer)(Wants::ReadWrite).await {
            // Tables that are there can be looked at on a server that does not write.
            Err(StoreError::Unavailable(_)) => (inner.setup_dialer)(Wants::Any).await?,
            dialed => dialed?,
        };
        let database = match &inner.database {
            Some(database) => database.clone(),
            None => current_database(&mut conn).await?,
        };
        Ok(Self {
            store,
            conn,
            names: Names {
                database,
                prefix: inner.prefix.clone(),
            },
        })
    }

    pub(super) async fn find(
        &mut self,
        users: &UsersTable,
        user: Option<UserType>,
    ) -> Result<FoundUsers, StoreError> {
        columns::find(&mut self.conn, users, user).await
    }

    /// Makes the tables or looks at them, and has them served.
    pub(super) async fn make_tables(
        &mut self,
        users: Option<&FoundUsers>,
    ) -> Result<(), StoreError> {
        let names = self.names.clone();
        let wanted = self.wanted(&names, users);
        if wanted.refers {
            users.map_or(Ok(()), FoundUsers::check_reference)?;
        }
        self.make_database(&wanted).await?;
        let schema = wanted.prepare(&mut self.conn).await?;
        self.store.serve(names.clone(), schema);
        Ok(())
    }

    pub(super) fn ddl(&self, users: Option<&FoundUsers>) -> Result<String, StoreError> {
        self.wanted(&self.names, users).ddl()
    }

    fn wanted<'a>(&self, names: &'a Names, users: Option<&'a FoundUsers>) -> Wanted<'a> {
        let inner = &self.store.inner;
        Wanted {
            names,
            users,
            names_database: inner.database.is_some(),
            migrates: inner.migrates,
            refers: inner.has_foreign_key,
            marks: inner.has_users_trigger,
        }
    }

    /// The database that was named, if it is not there.
    async fn make_database(&mut self, wanted: &Wanted<'_>) -> Result<(), StoreError> {
        let database = self.names.database.clone();
        if !wanted.names_database || !wanted.migrates || self.has_database(&database).await? {
            return Ok(());
        }
        let quoted = backquoted(&database);
        let create = filled(sql::CREATE_DATABASE, &[("database", &quoted)]);
        match self.conn.query_drop(create).await {
            Ok(()) => Ok(()),
            Err(error) => refuse(format!(
                "there is no database `{database}`, and this user cannot make it ({}): grant it `CREATE` on the \
                 database, or apply this as a user that has it, and set `migrations(false)`\n\n{}",
                text(&error),
                wanted.ddl()?
            )),
        }
    }

    async fn has_database(&mut self, database: &str) -> Result<bool, StoreError> {
        let found = ask(&mut self.conn, sql::FIND_DATABASE, texts([database])).await?;
        Ok(!found.is_empty())
    }

    /// One row of what a statement answers, if there is any.
    pub(super) async fn any(&mut self, statement: &str) -> Result<Option<Row>, StoreError> {
        let rows = ask(&mut self.conn, statement, Params::Empty).await?;
        Ok(rows.into_iter().next())
    }
}

async fn current_database(conn: &mut Conn) -> Result<String, StoreError> {
    let rows = ask(conn, sql::CURRENT_DATABASE, Params::Empty).await?;
    let database = rows.first().and_then(|row| text_in(row, 0));
    database.ok_or_else(|| {
        StoreError::Setup(
            "the URL names no database: write mysql://user@host/database, or `.database(\"..\")`"
                .to_owned(),
        )
    })
}

impl MySqlStore {
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
