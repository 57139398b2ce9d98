//! Where the users are, if they are not where the sessions are.

use super::AuthBuilder;
use crate::{
    error::BoxError,
    store::{Store, UserStore, UsersFrom, UsersWith},
    user_id::UserId,
};
use std::future::Future;

impl<U, S> AuthBuilder<U, S> {
    /// Users from elsewhere: a function from the id to the user, asked once per request, and once
    /// before a sign-in.
    ///
    /// `Ok(None)` means that there is no such user, so the session is not valid; an `Err` is a
    /// store that failed. It is a call of the store: given up at the [`store_deadline`](Self::store_deadline),
    /// and counted among [`max_store_calls`](Self::max_store_calls).
    ///
    /// ```
    /// use locals::{Auth, MemoryStore, UserId};
    /// # #[derive(Clone)] struct Pool;
    /// # impl Pool {
    /// #     async fn find(&self, id: i64) -> Result<Option<Account>, std::io::Error> {
    /// #         Ok(Some(Account { name: id.to_string() }))
    /// #     }
    /// # }
    ///
    /// struct Account { name: String }
    ///
    /// # fn show(pool: Pool) -> Result<(), locals::BuildError> {
    /// let auth: Auth<Account> = Auth::builder(MemoryStore::new())
    ///     .users_with(move |id: UserId| {
    ///         let pool = pool.clone(); // sqlx's `PgPool`, say: a handle
    ///         async move {
    ///             match id.parse() {
    ///                 Ok(id) => pool.find(id).await,
    ///                 Err(_) => Ok(None), // no id of ours
    ///             }
    ///         }
    ///     })
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    pub fn users_with<F, Lookup, E>(self, find_user: F) -> AuthBuilder<U, UsersWith<S, F>>
    where
        F: Fn(UserId) -> Lookup + Send + Sync + 'static,
        Lookup: Future<Output = Result<Option<U>, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        self.on(|sessions| UsersWith::new(sessions, find_user))
    }

    /// Users from another store than that of the sessions: sessions in Redis, say, and users from a table of
    /// PostgreSQL, of MySQL, or of a SQLite file; see [`UserStore`].
    ///
    /// ```no_run
    /// # #[cfg(all(feature = "redis", feature = "postgres"))]
    /// # async fn connect() -> Result<(), Box<dyn std::error::Error>> {
    /// use locals::{Auth, PostgresStore, RedisStore};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Account { id: i64, email: String } // columns of the application's table `users`
    ///
    /// let users = PostgresStore::connect("postgres://app@db.example/app").await?.with_users("users");
    /// let auth: Auth<Account> = Auth::builder(RedisStore::connect("redis://127.0.0.1/").await?)
    ///     .users_from(users)
    ///     .connect()
    ///     .await?;
    /// # Ok(()) }
    /// ```
    ///
    /// A request that asks for its session asks one store after the other, since whose session it is stands in
    /// the session: two round trips, within one [`store_deadline`](Self::store_deadline), and a token that opens
    /// none costs one. Both are made ready, and both asked by [`Auth::ping`](crate::Auth::ping), at the same time.
    /// While either of them cannot answer, that is an outage, 503.
    ///
    /// [`only_if`](crate::UsersTable::only_if), [`admits`](Self::admits), [`security_stamp`](Self::security_stamp) and
    /// UUIDs that can be written in several ways are as with one store. What one database does by itself two do not:
    ///
    /// - **A text that is a key** is one as the table spells it, whatever else its collation takes for the same (MySQL's
    ///   default takes `ada` for `Ada`): sign in by the id that the application has read from the table.
    /// - **A user who is deleted** has no session any more, but the rows stay until they end:
    ///   [`invalidate_user_sessions`](crate::Auth::invalidate_user_sessions), after the user is deleted, removes them.
    /// - **An id must not be given to another user.** Whoever comes to it has the sessions of who had it: after a
    ///   table was emptied and its ids count from 1 again, after a backup was restored. A
    ///   [`security_stamp`](Self::security_stamp) keeps them out.
    /// - **A user whose id changes** has to sign in again.
    ///
    /// In the second store no tables are made, and nothing is written. It has those connections only that read: in
    /// PostgreSQL one (behind a pooler four), in MySQL six. Tables, `schema(..)`, `database(..)` and `migrations(..)`
    /// do not matter here; `USAGE` on the schema of the users (in PostgreSQL) and `SELECT` on the columns that are
    /// read do.
    pub fn users_from<P>(self, users: P) -> AuthBuilder<U, UsersFrom<S, P, U>>
    where
        S: Store<UserId>,
        P: UserStore<U>,
    {
        self.on(|sessions| UsersFrom::new(sessions, users))
    }

    /// The same options on another store.
    fn on<T>(self, store: impl FnOnce(S) -> T) -> AuthBuilder<U, T> {
        AuthBuilder {
            store: store(self.store),
            config: self.config,
            trusted_origins: self.trusted_origins,
            public_origins: self.public_origins,
            insecure: self.insecure,
            vetting: self.vetting,
        }
    }
}
