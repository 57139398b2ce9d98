//! [`AuthBuilder`]: the options of an [`Auth`](crate::Auth).

mod origins;
mod refusals;
mod start;
mod users;

use super::{Renewal, config::Config};
use crate::{
    auth::Auth,
    clock::Clock,
    cookie::CookieOptions,
    error::{BuildError, StoreError},
    event::Event,
    lifetime::Lifetimes,
    store::{AnswersAtOnce, Store, Vetting},
};
use std::{fmt, time::Duration};

/// The options of an [`Auth`](crate::Auth); made by [`Auth::builder`](crate::Auth::builder).
///
/// Every option has a safe default: [`build`](Self::build) right away is fine in production, and
/// [`insecure_dev`](Self::insecure_dev) is all that local development adds.
///
/// ```
/// use locals::{Auth, Lifetimes, MemoryStore};
///
/// let auth: Auth = Auth::builder(MemoryStore::new())
///     .login_path("/login")
///     .lifetimes(Lifetimes::aal2())
///     .build()?;
/// # Ok::<(), locals::BuildError>(())
/// ```
#[must_use = "an `AuthBuilder` does nothing until `build()`"]
pub struct AuthBuilder<U, S> {
    store: S,
    config: Config,
    trusted_origins: Vec<String>,
    public_origins: Vec<String>,
    insecure: bool,
    vetting: Vetting<U>,
}

impl<U, S: fmt::Debug> fmt::Debug for AuthBuilder<U, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthBuilder")
            .field("store", &self.store)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl<U, S> AuthBuilder<U, S> {
    pub(super) fn new(store: S) -> Self {
        Self {
            store,
            config: Config::default(),
            trusted_origins: Vec::new(),
            public_origins: Vec::new(),
            insecure: false,
            vetting: Vetting::default(),
        }
    }

    /// For http on localhost: the cookie is called `session` and has no `Secure`, nor what would need it:
    /// `SameSite=None` becomes `Lax`, and `Partitioned` is left out. What the store warns of at start, such as a file
    /// that others may read or a server that keeps nothing on its disk, is not logged.
    ///
    /// Not for anything that other machines reach: the cookie then travels readable, and its name
    /// no longer keeps other hosts of the domain from setting it.
    pub fn insecure_dev(mut self) -> Self {
        self.insecure = true;
        self
    }

    /// Name and attributes of the cookie.
    pub fn cookie(mut self, options: CookieOptions) -> Self {
        self.config.cookie = options;
        self
    }

    /// How long sessions live.
    pub fn lifetimes(mut self, lifetimes: Lifetimes) -> Self {
        self.config.lifetimes = lifetimes;
        self
    }

    /// Whether the renewal of an idle session changes its token; by default it does not.
    pub fn renewal(mut self, renewal: Renewal) -> Self {
        self.config.renewal = renewal;
        self
    }

    /// Takes the token as `Authorization: Bearer <token>` too (RFC 6750 section 2.1), for clients that are
    /// no browsers: an application on a phone, `curl`.
    ///
    /// Such a request is not checked for its origin, since no page of another site can send that header
    /// unless the application's CORS lets it, and its response has no cookie, whatever the handler does.
    /// Where a bearer token comes with a cookie, the token alone counts, and the cookie is neither read nor
    /// touched: a browser adds it unasked. Two `Authorization` lines, one of them a bearer token, are no session. Other schemes are the
    /// application's own.
    ///
    /// A handler that signs in hands the token over itself, in the body of a response that nobody stores. A
    /// client from its sign-in to its sign-out is in `locals::guide::bearer`:
    ///
    /// ```
    /// # #[cfg(feature = "axum")] mod on_axum {
    /// use axum::{extract::State, http::header, response::IntoResponse};
    /// use locals::Auth;
    ///
    /// async fn sign_in_on_a_phone(State(auth): State<Auth>) -> Result<impl IntoResponse, locals::Error> {
    ///     // .. whose password was right
    ///     let session = auth.create_session("ada").device("Phone").await?;
    ///     let no_store = [(header::CACHE_CONTROL, "no-store")];
    ///     Ok((no_store, session.token().expose().to_owned()))
    /// }
    /// # }
    /// ```
    pub fn bearer(mut self) -> Self {
        self.config.takes_bearer = true;
        self
    }

    /// Asks the browser, when a user signs out, to drop what it stored of this site: the response of
    /// a sign-out carries `Clear-Site-Data: "cache", "cookies", "storage"` (ASVS 14.3.1).
    ///
    /// Off by default: it also takes what the application keeps for visitors who are not signed in.
    pub fn clear_site_data(mut self) -> Self {
        self.config.clear_site_data = true;
        self
    }

    /// Another clock than the operating system's.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.config.clock = Box::new(clock);
        self
    }

    /// How many sessions a user may have; signing in once more ends the least recently used one.
    /// Default: 100. Zero is [`BuildError::NoSessionsAllowed`](crate::BuildError::NoSessionsAllowed).
    pub fn max_sessions_per_user(mut self, limit: u32) -> Self {
        self.config.max_sessions_per_user = limit;
        self
    }

    /// How long a call of the store may take before it is given up: [`StoreError::Timeout`](crate::StoreError::Timeout), 503 with
    /// `Retry-After: 1`. Default: 2 seconds. Zero is [`BuildError::ZeroDeadline`](crate::BuildError::ZeroDeadline).
    ///
    /// It needs tokio's timer, as `#[tokio::main]` and actix-web have it; without one a call takes as long as
    /// the store wants. A tokio runtime without a timer is not supported under `panic = "abort"`: asked for one,
    /// tokio panics.
    pub fn store_deadline(mut self, deadline: Duration) -> Self {
        self.config.store_limits.deadline = deadline;
        self
    }

    /// How many reads of the store, and as many writes, may be waited for at the same time; one more is
    /// answered at once, and a write not begun:
    /// [`StoreError::Overloaded`](crate::StoreError::Overloaded), 503. So a store that hangs holds back nobody who does not ask it.
    /// Default: 256. Zero is [`BuildError::NoCallsAllowed`](crate::BuildError::NoCallsAllowed).
    pub fn max_store_calls(mut self, limit: usize) -> Self {
        self.config.store_limits.calls = limit;
        self
    }

    /// Tells this function what happens to sessions: for counters and an audit log. See [`Event`]. Several are
    /// told in the order in which they are given. An event has no request and no address: what limits the rate
    /// of requests stands in front of the handlers.
    ///
    /// It is called where the thing happens, once it has: do not block in it. One that panics keeps nothing
    /// from happening, and is named in the log.
    ///
    /// ```
    /// use locals::{Auth, Event, MemoryStore};
    /// use std::sync::{Arc, atomic::{AtomicU64, Ordering}};
    ///
    /// let signed_in = Arc::new(AtomicU64::new(0));
    /// let counter = Arc::clone(&signed_in);
    /// let auth: Auth = Auth::builder(MemoryStore::new())
    ///     .on_event(move |event| {
    ///         if let Event::Created { .. } = event {
    ///             counter.fetch_add(1, Ordering::Relaxed);
    ///         }
    ///     })
    ///     .build()?;
    /// # Ok::<(), locals::BuildError>(())
    /// ```
    pub fn on_event(mut self, hook: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.config.events.add(Box::new(hook));
        self
    }

    /// Another source of random bytes, to see what happens when it fails.
    #[cfg(feature = "testing")]
    pub fn entropy(
        mut self,
        source: fn(&mut [u8]) -> Result<(), crate::token::RandomError>,
    ) -> Self {
        self.config.entropy = source;
        self
    }

    /// Who may sign in and stay signed in: asked at every sign-in and every load, so a user who is
    /// banned by whatever path is out at the next request, on every kind of handler and behind gates.
    ///
    /// A user of whom it says `false` has no session; signing in is
    /// [`StoreError::NotAdmitted`](crate::StoreError::NotAdmitted), 403. Nothing is deleted: once it says `true`
    /// again, sessions that have not ended by themselves go on.
    ///
    /// ```
    /// use locals::{Auth, SqliteStore};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Account { id: i64, email: String, banned: bool }
    ///
    /// # fn show(store: SqliteStore) -> Result<(), Box<dyn std::error::Error>> {
    /// let auth: Auth<Account> = Auth::builder(store.with_users("users"))
    ///     .admits(|account: &Account| !account.banned)
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    pub fn admits(mut self, admits: impl Fn(&U) -> bool + Send + Sync + 'static) -> Self {
        self.vetting.admits = Some(Box::new(admits));
        self
    }

    /// What a user's sessions are made for, such as the hash of the password: a session keeps SHA-256 of
    /// its id and the stamp that its user had, and is none once the user's stamp is another.
    ///
    /// So a change of password ends every session of the user by itself, by whatever path it was made, in
    /// SQL by hand too, and a sign-in that was checking the old password meanwhile makes a session that is
    /// dead at its first use, if it says [`verified`](crate::SignIn::verified). The device on which the
    /// password was changed signs in anew: `locals.sign_in(id).await?` after the change.
    ///
    /// A session that was made when there was no stamp is none: with the first release that has one,
    /// everybody signs in again. The column has to be text or bytes of the user's type; a number becomes
    /// one by [`UsersTable::column`](crate::UsersTable::column).
    ///
    /// ```
    /// use locals::{Auth, SqliteStore};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Account { id: i64, password_hash: String }
    ///
    /// # fn show(store: SqliteStore) -> Result<(), Box<dyn std::error::Error>> {
    /// let auth: Auth<Account> = Auth::builder(store.with_users("users"))
    ///     .security_stamp(|account: &Account| account.password_hash.as_bytes())
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    pub fn security_stamp(mut self, stamp: impl Fn(&U) -> &[u8] + Send + Sync + 'static) -> Self {
        self.vetting.stamp = Some(Box::new(stamp));
        self.config.has_stamps = true;
        self
    }

    /// Checks the options, makes the store ready, and hands out the [`Auth`]; for a store in this process.
    /// Any other is [connected to](Self::connect).
    ///
    /// It blocks while SQLite makes its tables: call it at start.
    ///
    /// # Errors
    ///
    /// [`BuildError`], naming the option and what can be written instead.
    pub fn build(mut self) -> Result<Auth<U>, BuildError>
    where
        U: Send + 'static,
        S: Store<U> + AnswersAtOnce,
    {
        self.check()?;
        let Ok(prepared) = self.store.prepare().at_once() else {
            let late = "the store has to be connected to: write `.connect().await?`";
            return Err(StoreError::Setup(late.to_owned()).into());
        };
        prepared?;
        Ok(self.finish())
    }

    /// Checks the options, connects to the store and makes it ready, and hands out the [`Auth`].
    ///
    /// # Errors
    ///
    /// [`BuildError`], naming the option and what can be written instead, or what the store says.
    pub async fn connect(mut self) -> Result<Auth<U>, BuildError>
    where
        U: Send + 'static,
        S: Store<U>,
    {
        self.check()?;
        self.store.prepare().await?;
        Ok(self.finish())
    }
}
