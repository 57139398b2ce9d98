//! Another server on the sessions and the users of a site, with settings and a clock of its own.

use std::{net::SocketAddr, sync::Arc};

#[cfg(feature = "mysql")]
use locals::MySqlStore;
#[cfg(feature = "postgres")]
use locals::PostgresStore;
#[cfg(feature = "sqlite")]
use locals::SqliteStore;
use locals::{Auth, testing::TestClock};

use super::{Account, Settings, Site};
use crate::framework::{App, Running};

/// What it tells of is told of the site. It ends with the value.
pub(crate) struct Node {
    pub(crate) auth: Auth<Account>,
    /// For [`RequestTo::send_by`](super::RequestTo::send_by).
    pub(crate) address: SocketAddr,
    _running: Running,
}

impl Site {
    /// Opens the same store once more, as another process would.
    pub(crate) async fn node(&self, settings: Settings, clock: &TestClock) -> Node {
        let auth = self.auth_of_node(settings, clock.clone()).await;
        let app = App {
            auth: auth.clone(),
            stage: Arc::clone(&self.stage),
        };
        let running = self.framework.start(app).await;
        Node {
            auth,
            address: running.address,
            _running: running,
        }
    }

    async fn auth_of_node(&self, settings: Settings, clock: TestClock) -> Auth<Account> {
        #[cfg(feature = "sqlite")]
        if let Some(database) = &self.database {
            let store = SqliteStore::open(database).expect("the site's database");
            let builder = Auth::builder(store.with_users("users")).on_event(self.told.hook());
            return settings.connect(builder, clock).await;
        }
        #[cfg(feature = "postgres")]
        if let Some(schema) = &self.schema {
            let store = PostgresStore::connect(schema.url()).await;
            let store = store.expect("the site's database").with_users("users");
            let builder = Auth::builder(store).on_event(self.told.hook());
            return settings.connect(builder, clock).await;
        }
        #[cfg(feature = "mysql")]
        if let Some(mysql) = &self.mysql {
            let store = MySqlStore::connect(mysql.url()).await;
            let store = store.expect("the site's database").with_users("users");
            let builder = Auth::builder(store).on_event(self.told.hook());
            return settings.connect(builder, clock).await;
        }
        #[cfg(feature = "redis")]
        if let Some(redis) = &self.redis {
            let builder = Auth::builder(redis.store().await).users_with(self.users.lookup());
            let builder = builder.on_event(self.told.hook());
            return settings.connect(builder, clock).await;
        }
        let builder = Auth::builder(self.memory.clone()).users_with(self.users.lookup());
        let builder = builder.on_event(self.told.hook());
        settings.connect(builder, clock).await
    }
}
