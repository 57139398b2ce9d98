//! A store with the users of a [`Program`](crate::program::Program).

use crate::program::Account;
use locals::{Auth, PostgresStore, RedisStore, UserId, testing::TestClock};
use std::{convert::Infallible, time::Duration};

/// What brings the users, too.
pub trait Served: Clone {
    /// Made ready.
    fn auth(
        self,
        clock: &TestClock,
        deadline: Duration,
    ) -> impl Future<Output = Auth<Account>> + Send;
}

/// Of the table `users`.
impl Served for PostgresStore {
    async fn auth(self, clock: &TestClock, deadline: Duration) -> Auth<Account> {
        let auth = Auth::<Account>::builder(self.with_users("users"));
        let auth = auth.clock(clock.clone()).store_deadline(deadline);
        auth.connect().await.expect("tables")
    }
}

/// Of a function.
impl Served for RedisStore {
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
