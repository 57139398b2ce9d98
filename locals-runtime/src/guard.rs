//! Guards: which signed-in users a `required` handler admits.

use crate::session::Session;

/// Decides whether a signed-in user may use a handler.
///
/// Name it in the attribute, `#[with_locals(user = Account, required(Admin))]`: the handler, its
/// extractors included, does not run for anybody else; they get 403.
///
/// ```
/// use locals::{Guard, Session};
///
/// struct Account { admin: bool }
/// struct Admin;
///
/// impl Guard<Account> for Admin {
///     fn allows(_session: &Session, account: &Account) -> bool {
///         account.admin
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no guard for users of type `{U}`",
    label = "the guard of this handler",
    note = "write `impl Guard<{U}> for {Self} {{ fn allows(session: &Session, user: &{U}) -> bool {{ .. }} }}`"
)]
pub trait Guard<U>: Send + Sync + 'static {
    /// Whether the handler runs for this session and its user.
    fn allows(session: &Session, user: &U) -> bool;
}

/// The guard of a plain `required`: everybody who is signed in.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn;

impl<U> Guard<U> for SignedIn {
    fn allows(_: &Session, _: &U) -> bool {
        true
    }
}
