//! What a session store is: [`SessionStore`], and [`Store`] for one that knows the users too.

mod future;
#[cfg(any(feature = "postgres", feature = "mysql", feature = "redis"))]
pub(crate) mod link;
mod memory;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
mod record;
#[cfg(feature = "redis")]
mod redis;
mod session_store;
mod sessions_only;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub(crate) mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(any(feature = "postgres", feature = "mysql", feature = "redis"))]
mod tls;
mod user_store;
mod users_from;
mod users_with;
mod vetted;

#[cfg(feature = "redis")]
pub use self::redis::{RedisOptions, RedisStore};
pub use crate::{
    clock::Timestamp,
    lifetime::{Deadlines, Periods},
    token::{Credential, SecretHash, SuccessorNonce},
};
pub use future::StoreFuture;
pub use memory::MemoryStore;
#[cfg(feature = "mysql")]
pub use mysql::{MySqlOptions, MySqlStore, MySqlStoreWithUsers};
#[cfg(feature = "postgres")]
pub use postgres::{PostgresOptions, PostgresStore, PostgresStoreWithUsers};
pub use record::{
    Extension, NewSession, Promotion, Replaced, Rotation, SessionRecord, SessionUpdate, Succession,
    UserSessions,
};
pub use session_store::SessionStore;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub use sql::UsersTable;
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteOptions, SqliteStore, SqliteStoreWithUsers};
pub use user_store::UserStore;
pub use users_from::UsersFrom;
pub use users_with::UsersWith;

pub(crate) use sessions_only::SessionsOnly;
pub(crate) use vetted::{Vetted, Vetting};

use crate::{stamp::Stamp, user_id::UserId};

/// Why a store cannot be used as it is set up.
#[cfg(any(
    feature = "sqlite",
    feature = "postgres",
    feature = "mysql",
    feature = "redis"
))]
pub(crate) fn refuse<T>(reason: impl Into<String>) -> Result<T, crate::StoreError> {
    Err(crate::StoreError::Setup(reason.into()))
}

/// Sessions, and the users they are of: what [`Auth::builder`](crate::Auth::builder) takes.
///
/// A store that knows no users is a `Store<UserId>`, whose user is the id: [`SessionStore`] has an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot bring users of type `{U}`",
    label = "this store does not know where `{U}` comes from",
    note = "sessions in SQLite: `SqliteStore::open(..)?.with_users(\"users\")`, with `{U}: serde::de::DeserializeOwned`",
    note = "any store: `Auth::builder(store).users_with(|id| async move {{ .. }})`",
    note = "no users at all: `Auth<UserId>`, whose user is just the id"
)]
pub trait Store<U>: Send + Sync + 'static {
    /// Where the sessions are.
    fn sessions(&self) -> &dyn SessionStore;

    /// The row with this id and secret, expired or not, and its user; `None` if either is missing. One
    /// round trip where the users are in the same database.
    ///
    /// The secret is compared before the user is looked for or read: a public id with a made-up
    /// secret causes no work of the application.
    ///
    /// # Errors
    ///
    /// [`StoreError::UserUnreadable`](crate::StoreError::UserUnreadable) if the user is there, but is no `U`.
    fn load_with_user(&self, credential: Credential)
    -> StoreFuture<'_, Option<(SessionRecord, U)>>;

    /// The user with this id, and the id as the store writes it; `None` if there is no such user.
    ///
    /// Asked before a session is made: who cannot be loaded now could not be loaded by the next request.
    ///
    /// # Errors
    ///
    /// [`StoreError::UserUnreadable`](crate::StoreError::UserUnreadable) if the user is there, but is no `U`;
    /// [`StoreError::NotAdmitted`](crate::StoreError::NotAdmitted) if it may not sign in.
    fn load_user(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, U)>>;

    /// The id as the store writes it, and the security stamp of this user, where there are stamps.
    #[doc(hidden)]
    fn load_stamp(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, Option<Stamp>)>>
    where
        U: Send + 'static,
    {
        let user = self.load_user(id);
        user.and_then(|user| Ok(user.map(|(id, _)| (id, None))))
    }

    /// The security stamp of a user that the application has read itself.
    #[doc(hidden)]
    fn stamp_of(&self, user: &U) -> Option<Stamp> {
        let _ = user;
        None
    }

    /// Whether the store can answer now, for a readiness check: the sessions, and the users too where a store
    /// can tell.
    fn ping_with_users(&self) -> StoreFuture<'_, ()> {
        self.sessions().ping()
    }

    /// Makes the store ready and checks that it can serve `U`; called once, by
    /// [`AuthBuilder::connect`](crate::AuthBuilder::connect) or [`build`](crate::AuthBuilder::build).
    ///
    /// # Errors
    ///
    /// [`StoreError::Setup`](crate::StoreError::Setup) with what is wrong and what to do about it.
    fn prepare(&self) -> StoreFuture<'_, ()> {
        StoreFuture::ready(Ok(()))
    }

    /// What whoever runs the program should mend, as far as the store can see: logged once at start, but
    /// not in development ([`AuthBuilder::insecure_dev`](crate::AuthBuilder::insecure_dev)).
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A [`Store`] or [`UserStore`] whose [`prepare`](Store::prepare) answers at once, so that
/// [`AuthBuilder::build`](crate::AuthBuilder::build) need not be awaited: one in this process.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has to be connected to",
    label = "this store is behind a network, and `build()` does not wait",
    note = "write `.connect().await?` instead of `.build()?`"
)]
pub trait AnswersAtOnce {}

/// A user type that nobody has.
///
/// A store that brings nothing but ids implements [`Store`] for it too: with one implementation alone,
/// rustc takes every user type for [`UserId`], and says of a forgotten `with_users` only that two types
/// differ.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum NoUser {}

/// Implements [`Store`] of [`NoUser`] for a store of ids.
macro_rules! no_other_users {
    ($store:ty) => {
        impl $crate::store::Store<$crate::store::NoUser> for $store {
            fn sessions(&self) -> &dyn $crate::store::SessionStore {
                self
            }

            fn load_with_user(
                &self,
                _: $crate::store::Credential,
            ) -> $crate::store::StoreFuture<
                '_,
                Option<($crate::store::SessionRecord, $crate::store::NoUser)>,
            > {
                $crate::store::StoreFuture::ready(Ok(None))
            }

            fn load_user(
                &self,
                _: $crate::UserId,
            ) -> $crate::store::StoreFuture<'_, Option<($crate::UserId, $crate::store::NoUser)>>
            {
                $crate::store::StoreFuture::ready(Ok(None))
            }
        }
    };
}

pub(crate) use no_other_users;
