//! [`RequestState`]: what is known of one request's session, and [`Shared`]: the same, for the layers and
//! handlers that the request passes.

use super::pending_cookie::PendingCookie;
use crate::{
    auth::Auth,
    error::{Error, StoreError},
    event::TARGET,
    request::RequestHead,
    response::SessionHeaders,
    session::Session,
    transport::{Presented, RequestToken, Transport},
    visitor::VisitorValues,
};
use std::{
    ops::Deref,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::OnceCell;

/// What is known of one request's session, and what becomes of its cookie.
pub(crate) struct RequestState<U> {
    pub(super) auth: Auth<U>,
    pub(super) transport: Transport,
    pub(super) token: RequestToken,
    pub(super) found: OnceCell<Option<(Session, U)>>,
    pub(super) cookie: PendingCookie,
    pub(super) values: OnceLock<Box<VisitorValues>>,
    /// This request has ended the session it came with: nobody further in is let in by it.
    found_is_over: AtomicBool,
    /// The response has its headers: what changes the cookie now comes too late.
    headers_sent: AtomicBool,
}

impl<U> RequestState<U> {
    // Inlined, as are those who call it: the state is large, and is to be made where it stays.
    #[inline]
    pub(super) fn new(auth: Auth<U>, request: &impl RequestHead) -> Self {
        let Presented {
            transport,
            token,
            values,
        } = Presented::read(request, auth.config());
        Self {
            auth,
            transport,
            token,
            found: OnceCell::new(),
            cookie: PendingCookie::default(),
            values: values.map(OnceLock::from).unwrap_or_default(),
            found_is_over: AtomicBool::new(false),
            headers_sent: AtomicBool::new(false),
        }
    }

    pub(crate) fn auth(&self) -> &Auth<U> {
        &self.auth
    }

    /// What the request came with, if that is known already.
    pub(crate) fn found(&self) -> Option<&(Session, U)> {
        self.found.get().and_then(Option::as_ref)
    }

    /// What the request came with, unless it has ended that itself: whom a guard has to judge.
    pub(crate) fn admissible(&self) -> Option<&(Session, U)> {
        let is_over = self.found_is_over.load(Ordering::Acquire);
        self.found().filter(|_| !is_over)
    }

    pub(super) fn note_found_is_over(&self) {
        self.found_is_over.store(true, Ordering::Release);
    }

    /// Whether the request came with a token of this session, whatever it is worth.
    pub(super) fn came_with(&self, session: &Session) -> bool {
        let mut presented = self.token.credentials();
        presented.any(|credential| credential.id == *session.id())
    }

    /// What has to go into the response's headers.
    pub(super) fn close(&self, session: Option<&Session>, touched: bool) -> SessionHeaders {
        let config = self.auth.config();
        let mut headers = self.cookie.close(session, touched, config);
        if let Some(values) = self.values.get() {
            headers.values = values.lines(&config.cookie);
            headers.varies |= values.is_used();
        }
        headers.takes_bearer = config.takes_bearer;
        match self.transport {
            Transport::Cookie => headers,
            Transport::Bearer => headers.without_cookies(),
        }
    }

    /// Whether the request carries a cookie of our name that is looked at, whatever is in it.
    pub(super) fn presents_cookie(&self) -> bool {
        self.is_of_a_browser() && self.token.is_there()
    }

    /// Whether the token comes, if at all, in a cookie: a page of another site can have it sent, and the
    /// response can bring another.
    pub(super) fn is_of_a_browser(&self) -> bool {
        self.transport == Transport::Cookie
    }

    /// # Errors
    ///
    /// [`Error::HeadersSent`] once nothing can reach the browser any more.
    pub(super) fn check_open(&self) -> Result<(), Error> {
        if self.headers_sent.load(Ordering::Acquire) {
            return Err(Error::HeadersSent);
        }
        Ok(())
    }

    /// The same for what cannot fail: it does nothing, and the log says so.
    pub(super) fn is_open_for(&self, change: &'static str) -> bool {
        let is_open = self.check_open().is_ok();
        if !is_open {
            tracing::error!(
                target: TARGET,
                "`{change}` after the response's headers: it does nothing"
            );
        }
        is_open
    }

    pub(super) fn note_headers_sent(&self) {
        self.headers_sent.store(true, Ordering::Release);
    }
}

impl<U: Send + Sync + 'static> RequestState<U> {
    /// Loads once; an outage is not remembered, so that a later call may ask again.
    ///
    /// A session whose row cannot be read is no session here, and the log says why: its user can sign in
    /// anew. A user that cannot be read is an error: signing in would not help.
    pub(crate) async fn load(&self) -> Result<Option<&(Session, U)>, Error> {
        // Awaited where it is made: the future has room for a row and a user, and each move is a copy.
        let found = self.found.get_or_try_init(|| self.find()).await?;
        Ok(found.as_ref())
    }

    /// The same where nobody else can ask meanwhile, so that nobody has to be kept waiting.
    async fn load_alone(&mut self) -> Result<(), Error> {
        let found = self.find().await?;
        self.found = OnceCell::new_with(Some(found));
        Ok(())
    }

    async fn find(&self) -> Result<Option<(Session, U)>, Error> {
        let Some((token, credential)) = self.token.token() else {
            if let Some(event) = self.token.is_no_use_because() {
                self.auth.tell(&event);
            }
            return Ok(None);
        };
        let may_rotate = self.is_of_a_browser();
        match self.auth.renew(token, &credential, may_rotate).await {
            Err(Error::Store(StoreError::Corrupt { .. })) => Ok(None),
            found => {
                // Whoever comes without the cookie is answered otherwise.
                if found.is_err() {
                    self.cookie.ask();
                }
                self.track(found)
            }
        }
    }

    pub(super) fn track<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        if result.as_ref().is_err_and(Error::is_outage) {
            self.cookie.store_failed();
        }
        result
    }
}

/// The state of a request that several layers and handlers look at: loaded once, whoever asks first.
pub(crate) struct Shared<U>(Arc<RequestState<U>>);

impl<U> Clone for Shared<U> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<U> Deref for Shared<U> {
    type Target = RequestState<U>;

    fn deref(&self) -> &RequestState<U> {
        &self.0
    }
}

/// A request's state, as the locals of one layer or handler hold it.
pub(super) enum Held<U> {
    /// Nobody else sees it: the most usual, and without an allocation.
    Alone(RequestState<U>),
    /// Made further out, and not for others to see that it is asked here.
    Joined(Shared<U>),
    /// For those further in to see.
    Handed {
        on: Shared<U>,
        /// Made here: the headers that are written here are the last.
        is_outermost: bool,
    },
}

impl<U> Held<U> {
    #[inline]
    pub(super) fn of(
        auth: Auth<U>,
        request: &impl RequestHead,
        outer: Option<&Shared<U>>,
        is_handed_on: bool,
    ) -> Self {
        let outer = outer.filter(|outer| outer.auth.is(&auth)).cloned();
        match (outer, is_handed_on) {
            (None, false) => Self::Alone(RequestState::new(auth, request)),
            (Some(outer), false) => Self::Joined(outer),
            (outer, true) => Self::Handed {
                is_outermost: outer.is_none(),
                on: outer.unwrap_or_else(|| Shared(Arc::new(RequestState::new(auth, request)))),
            },
        }
    }

    pub(super) fn handed_on(&self) -> Option<&Shared<U>> {
        match self {
            Self::Handed { on, .. } => Some(on),
            Self::Alone(_) | Self::Joined(_) => None,
        }
    }

    /// Whether somebody further out writes headers after this.
    pub(super) fn has_outer(&self) -> bool {
        match self {
            Self::Alone(_) => false,
            Self::Joined(_) => true,
            Self::Handed { is_outermost, .. } => !is_outermost,
        }
    }

    pub(super) fn is_outermost(&self) -> bool {
        matches!(
            self,
            Self::Handed {
                is_outermost: true,
                ..
            }
        )
    }
}

impl<U: Send + Sync + 'static> Held<U> {
    /// What is shared may be asked for by another at the same time.
    pub(super) async fn load_first(&mut self) -> Result<(), Error> {
        match self {
            Self::Alone(state) => state.load_alone().await,
            Self::Joined(shared) | Self::Handed { on: shared, .. } => shared.load().await.map(drop),
        }
    }
}

impl<U> Deref for Held<U> {
    type Target = RequestState<U>;

    fn deref(&self) -> &RequestState<U> {
        match self {
            Self::Alone(state) => state,
            Self::Joined(shared) | Self::Handed { on: shared, .. } => shared,
        }
    }
}
