//! What stands around a handler: [`WithLocals`] on the way in, [`Flushed`] on the way out.
//!
//! `#[with_locals]` turns a handler's parameters into one `WithLocals` and its return type into
//! `Flushed`; the frameworks' own traits are implemented for both in
//! [`framework`](crate::framework).

mod response;

use crate::{
    auth::Config,
    event::{Event, TARGET},
    locals::{Kind, Locals, Required},
    origin::{OriginPolicy, SameOrigin},
    refusal::{Denial, PendingRefusal},
    request::RequestHead,
    response::SessionHeaders,
};
use response::HandlerResponse;
use std::{any::type_name, fmt, marker::PhantomData};

/// The one parameter of an annotated handler of axum or actix-web: its opened locals `L`, with the
/// extracted arguments `T` or the reason why there are none. On plain `http` the signature stays.
///
/// The attribute writes it; a handler that names it by hand would run whatever the origin check and the
/// guard said, and a renewal's cookie would be lost, so that is an error in the log.
///
/// Taking it from a request always succeeds (on actix-web unless the application has no `Auth`:
/// 500): also a refused or rejected request leaves through [`Flushed`]. `C` is [`SameOrigin`], or [`AnyOrigin`](crate::AnyOrigin) with `csrf = off`.
#[must_use]
pub struct WithLocals<T, L, C = SameOrigin> {
    /// Until it is opened.
    taken: Option<(L, Result<T, Rejected>)>,
    check: PhantomData<fn() -> C>,
}

impl<T, L: fmt::Debug, C> fmt::Debug for WithLocals<T, L, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithLocals")
            .field("locals", &self.taken.as_ref().map(|(locals, _)| locals))
            .finish_non_exhaustive()
    }
}

impl<T, L, C> WithLocals<T, L, C> {
    pub(crate) fn new(locals: L, arguments: Result<T, Rejected>) -> Self {
        Self {
            taken: Some((locals, arguments)),
            check: PhantomData,
        }
    }

    pub(crate) fn redirected(mut self, login: &'static str) -> Self {
        if let Some((_, Err(rejected))) = &mut self.taken {
            rejected.redirect(login);
        }
        self
    }
}

impl<T, L, C> Drop for WithLocals<T, L, C> {
    fn drop(&mut self) {
        if self.taken.is_some() {
            tracing::error!(
                target: TARGET,
                "a handler has `{}` for a parameter that nothing opened: it ran whatever the origin check \
                 and the guard said, and without the cookie of a renewed session; annotate it with \
                 `#[with_locals]`",
                type_name::<Self>()
            );
        }
    }
}

impl<T, U, G, C> WithLocals<T, Locals<U, Required<G>>, C> {
    /// Sends a browser that is not signed in to this page: `redirect = "/login"`.
    #[doc(hidden)]
    pub fn redirect(self, login: &'static str) -> Self {
        self.redirected(login)
    }
}

/// Why a handler's arguments are missing: the library refused the request, or one of the handler's
/// own extractors rejected it.
pub struct Rejected(pub(crate) Box<Cause>);

pub(crate) enum Cause {
    Refused(PendingRefusal),
    /// axum's response to a rejected extractor.
    #[cfg(feature = "axum-core")]
    Response(axum_core::response::Response),
    /// actix-web's error of a rejected extractor: it is not `Send`, so it waits in the request.
    #[cfg(feature = "actix-web")]
    ErrorInRequest,
}

impl Rejected {
    fn redirect(&mut self, login: &'static str) {
        match &mut *self.0 {
            Cause::Refused(refusal) => refusal.redirect(login),
            #[cfg(any(feature = "actix-web", feature = "axum-core"))]
            _ => {}
        }
    }
}

impl From<PendingRefusal> for Rejected {
    fn from(refusal: PendingRefusal) -> Self {
        Self(Box::new(Cause::Refused(refusal)))
    }
}

impl fmt::Debug for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Cause::Refused(refusal) => f.debug_tuple("Refused").field(refusal).finish(),
            #[cfg(any(feature = "actix-web", feature = "axum-core"))]
            _ => f.write_str("Extractor"),
        }
    }
}

/// What an annotated handler of axum or actix-web returns: what its body returned, or why that did not run, and what
/// has to go into the headers.
pub struct Flushed<R> {
    pub(crate) outcome: Result<R, Rejected>,
    pub(crate) headers: SessionHeaders,
}

impl<R> fmt::Debug for Flushed<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flushed")
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

/// Whether the handler runs: asked once for each request, before the handler's own extractors are. The
/// one way in, as [`flush`] is the one exit.
///
/// It borrows the locals: they are large, and returning them would cost more than the check. Nobody else has
/// them yet.
pub(crate) async fn admit<U, M, C>(
    locals: &mut Locals<U, M>,
    head: &impl RequestHead,
) -> Result<(), PendingRefusal>
where
    U: Send + Sync + 'static,
    M: Kind<U>,
    C: OriginPolicy,
{
    if C::CHECKS && locals.can_be_forged() {
        let origins = &locals.auth().config().origin;
        if let Err(why) = origins.check(head, locals.presents_cookie()) {
            return Err(refuse(Denial::CrossSite(why), locals.auth().config(), head));
        }
    }
    if let Err(error) = M::load_first(locals).await {
        return Err(refuse(Denial::Failed(error), locals.auth().config(), head));
    }
    M::admit(locals).map_err(|denial| refuse(denial, locals.auth().config(), head))
}

#[cold]
pub(crate) fn refuse(denial: Denial, config: &Config, head: &impl RequestHead) -> PendingRefusal {
    let detail = match &denial {
        Denial::CrossSite(why) => Some(why.told_of(head)),
        Denial::SignedOut | Denial::Forbidden | Denial::Failed(_) => None,
    };
    config.events.tell(&Event::Refused {
        reason: denial.reason(),
        detail: detail.as_deref(),
    });
    PendingRefusal::new(
        denial,
        head,
        &config.login,
        &config.origin,
        config.on_refusal.as_ref(),
        config.takes_bearer,
    )
}

/// The locals, and the handler's arguments unless it is not to run.
///
/// For the attribute only: who opens a request has to heed the refusal, and to flush.
pub fn opened<T, L, C>(mut request: WithLocals<T, L, C>) -> (L, Result<T, Rejected>) {
    request.taken.take().expect("this is what opens it")
}

/// The one exit of an annotated handler.
pub fn flush<R, U, M>(locals: &Locals<U, M>, outcome: Result<R, Rejected>) -> Flushed<R>
where
    R: HandlerResponse,
    U: Send + Sync + 'static,
{
    locals.settle_at_once();
    let headers = locals.close();
    Flushed { outcome, headers }
}
