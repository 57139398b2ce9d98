//! A store with the users of a [`Program`](crate::program::Program).

use crate::program::Account;
use locals::{
    Auth, MySqlStore, PostgresStore, RedisStore, StoreError, UserId,
    store::{SessionStore, Store},
    testing::TestClock,
};
use std::{convert::Infallible, fmt::Debug, time::Duration};

/// A store of ids, beside which the users are that it is asked for.
pub trait Served: SessionStore + Store<UserId> + Clone + Debug {
    /// With the default options.
    fn at(url: &str) -> impl Future<Output = Result<Self, StoreError>> + Send;

    /// With the users, made ready.
    fn auth(
        self,
        clock: &TestClock,
        deadline: Duration,
    ) -> impl Future<Output = Auth<Account>> + Send;
}

/// Of the table `users`.
impl Served for MySqlStore {
    async fn at(url: &str) -> Result<Self, StoreError> {
        Self::connect(url).await
    }

    async fn auth(self, clock: &TestClock, deadline: Duration) -> Auth<Account> {
        let auth = Auth::<Account>::builder(self.with_users("users"));
        let auth = auth.clock(clock.clone()).store_deadline(deadline);
        auth.connect().await.expect("tables")
    }
}

/// Of the table `users`.
impl Served for PostgresStore {
    async fn at(url: &str) -> Result<Self, StoreError> {
        Self::connect(url).await
    }

    async fn auth(self, clock: &TestClock, deadline: Duration) -> Auth<Account> {
        let auth = Auth::<Account>::builder(self.with_users("users"));
        let auth = auth.clock(clock.clone()).store_deadline(deadline);
        auth.connect().await.expect("tables")
    }
}

/// Of a function.
impl Served for RedisStore {
    async fn at(url: &str) -> Result<Self, StoreError> {
        Self::connect(url).await
    }

    async fn auth(self, clock: &TestClock, deadline: Duration) -> Auth<Account> {
        let auth = Auth::<Account>::builder(self).users_with(account);
        let auth = auth.clock(clock.clone()).store_deadline(deadline);
        auth.connect().await.expect("a store that is ready")
    }
}

/// Whoever has a number.
async fn account(id: UserId) -> Result<Option<Account>, Infallible> {
    let id: Option<i64> = id.parse().ok();
    Ok(id.map(|id| Account {
        id,
        name: format!("user {id}"),
    }))
}
