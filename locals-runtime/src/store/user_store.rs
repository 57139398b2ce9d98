//! [`UserStore`]: where users are, apart from their sessions.

use super::StoreFuture;
use crate::{error::StoreError, user_id::UserId};

/// Users by their ids, for sessions in another store: what
/// [`AuthBuilder::users_from`](crate::AuthBuilder::users_from) takes.
///
/// A table of PostgreSQL, of MySQL or of a SQLite file is one, by `with_users` of its store. One of your own has one
/// function; [`users_with`](crate::AuthBuilder::users_with) is shorter where that is all there is to it:
///
/// ```
/// use locals::{Auth, MemoryStore, UserId, store::{AnswersAtOnce, StoreFuture, UserStore}};
/// use std::collections::BTreeMap;
///
/// /// The staff, by their names.
/// struct Staff(BTreeMap<String, u16>);
///
/// impl UserStore<u16> for Staff {
///     fn find_user(&self, id: UserId) -> StoreFuture<'_, Option<u16>> {
///         StoreFuture::ready(Ok(self.0.get(id.as_str()).copied()))
///     }
/// }
///
/// impl AnswersAtOnce for Staff {}
///
/// let staff = Staff([("ada".to_owned(), 7)].into());
/// let auth: Auth<u16> = Auth::builder(MemoryStore::new()).users_from(staff).build()?;
/// # Ok::<(), locals::BuildError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot bring users of type `{U}` to the sessions of another store",
    label = "this store does not know where `{U}` comes from",
    note = "a table: `PostgresStore::connect(..).await?.with_users(\"users\")`, with `{U}: serde::de::DeserializeOwned`",
    note = "anything else: `Auth::builder(store).users_with(|id| async move {{ .. }})`"
)]
pub trait UserStore<U>: Send + Sync + 'static {
    /// The user with this id, as [`canonical_id`](Self::canonical_id) writes it; `None` if there is no such user, whose
    /// sessions are none then. It changes nothing, and is asked once more where the connection broke.
    ///
    /// # Errors
    ///
    /// [`StoreError::UserUnreadable`] if the user is there, but is no `U`; [`StoreError::NotAdmitted`] if it may not
    /// sign in, and has no session then. Any other is a store that failed, never "no such user".
    fn find_user(&self, id: UserId) -> StoreFuture<'_, Option<U>>;

    /// The one way in which this store writes an id that may be written in several, such as a UUID; `None` if no user
    /// can have it. Sessions have this one, and are asked for by it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Setup`] before [`prepare`](Self::prepare).
    fn canonical_id(&self, id: UserId) -> Result<Option<UserId>, StoreError> {
        Ok(Some(id))
    }

    /// Makes the store ready and checks that it can serve `U`; called once, by
    /// [`AuthBuilder::connect`](crate::AuthBuilder::connect) or [`build`](crate::AuthBuilder::build). It makes nothing
    /// that sessions would need.
    ///
    /// # Errors
    ///
    /// [`StoreError::Setup`] with what is wrong and what to do about it.
    fn prepare(&self) -> StoreFuture<'_, ()> {
        StoreFuture::ready(Ok(()))
    }

    /// Whether the store can answer now, for a readiness check.
    fn ping(&self) -> StoreFuture<'_, ()> {
        StoreFuture::ready(Ok(()))
    }

    /// What whoever runs the program should mend; see [`Store::warnings`](super::Store::warnings).
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}
