//! What is answered in a handler's place: the login page, and the application's own words.

use super::AuthBuilder;
use crate::refusal::{PlainResponse, Refusal};
use std::sync::Arc;

impl<U, S> AuthBuilder<U, S> {
    /// Where a `required` handler sends a browser that is not signed in and asks for a page or sends a form
    /// (303, with a `next` to come back to), and htmx (401 with `HX-Redirect`). Without it, and for
    /// everything else: 401.
    ///
    /// It is below the [mount](Self::mounted_at), if there is one. What is no path of this site is
    /// [`BuildError::LoginPath`](crate::BuildError::LoginPath).
    pub fn login_path(mut self, path: impl Into<Arc<str>>) -> Self {
        self.config.login.path = Some(path.into());
        self
    }

    /// The name of the field in the query of the login page that says where to come back to. Default:
    /// `next`. It is made of letters, digits, `-`, `.`, `_` and `~`, else
    /// [`BuildError::NextField`](crate::BuildError::NextField).
    pub fn next_field(mut self, name: impl Into<Arc<str>>) -> Self {
        self.config.login.next_field = name.into();
        self
    }

    /// The path below which browsers see the application, where a proxy takes it off before the application
    /// is asked: `/app`.
    ///
    /// It is put before the path in `next` and before the login page, which is written without it, as the
    /// application's own router has it: with `.login_path("/login").mounted_at("/app")` a visitor of
    /// `/app/account` is sent to `/app/login?next=%2Fapp%2Faccount`. A handler that goes back to `next` adds
    /// nothing to it.
    ///
    /// Not for routers that are nested in the program itself: their prefix is known. What is no path is
    /// [`BuildError::MountPath`](crate::BuildError::MountPath); a `/` at the end does not count.
    pub fn mounted_at(mut self, path: impl Into<Arc<str>>) -> Self {
        self.config.login.mount = path.into();
        self
    }

    /// Answers in place of the library where it answers in place of a handler: on every framework, and at
    /// the gates. `None` is the library's own answer, of which `locals::guide::refusals` has the table. The
    /// last hook given is the one that is asked.
    ///
    /// `Vary`, cookies and `Cache-Control` stay the library's: since nobody knows what such an answer
    /// depends on, it carries `Cache-Control: no-store`. Do not block in the hook. One that panics is a 500,
    /// with nothing said of the cookie, and named in the log.
    ///
    /// ```
    /// use locals::{Auth, MemoryStore, PlainResponse, Refusal, RefusalReason};
    ///
    /// let auth: Auth = Auth::builder(MemoryStore::new())
    ///     .login_path("/login")
    ///     .on_refusal(|refusal: &Refusal<'_>| match refusal.reason() {
    ///         RefusalReason::Forbidden => Some(PlainResponse::html(403, "<!doctype html><p>Ask Ada.")),
    ///         RefusalReason::SignedOut if refusal.path().starts_with("/api/") => {
    ///             Some(PlainResponse::json(401, r#"{"error":"sign_in"}"#))
    ///         }
    ///         _ => None,
    ///     })
    ///     .build()?;
    /// # Ok::<(), locals::BuildError>(())
    /// ```
    pub fn on_refusal(
        mut self,
        hook: impl Fn(&Refusal<'_>) -> Option<PlainResponse> + Send + Sync + 'static,
    ) -> Self {
        self.config.on_refusal = Some(Arc::new(hook));
        self
    }
}
