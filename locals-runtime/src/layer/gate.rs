//! What a request passes on its way in and out of a layer, whatever framework's layer it is.

use crate::{
    auth::Auth,
    handler::{OriginPolicy, Rejected},
    locals::{Closing, Kind, Locals},
    request::RequestHead,
    response::{ReplyField, ReplyHeaders, forbid_storing, sets},
    session::Session,
};
use std::{borrow::Cow, future::Future};

/// What both layers have in common; the frameworks' own traits are implemented for it.
pub(crate) trait Gate: Clone + Send + Sync + 'static {
    type User: Send + Sync + 'static;
    type Kind: Kind<Self::User>;
    type Origins: OriginPolicy;

    fn auth(&self) -> &Auth<Self::User>;
    fn login(&self) -> Option<&'static str>;

    /// The locals of a request, and whether it may go on.
    fn open(
        &self,
        request: &(impl RequestHead + Sync),
    ) -> impl Future<Output = (Passage<Self>, Result<(), Rejected>)> + Send {
        async move {
            let locals = Locals::new(self.auth().clone(), request);
            let mut admitted = locals.admit::<Self::Origins>(request).await;
            if let (Err(rejected), Some(login)) = (&mut admitted, self.login()) {
                rejected.redirect(login);
            }
            (Passage { locals }, admitted)
        }
    }
}

/// A request on its way through a [`Gate`].
pub(crate) struct Passage<P: Gate> {
    locals: Locals<P::User, P::Kind>,
}

impl<P: Gate> Passage<P> {
    /// The session that was found, for whoever is behind the gate.
    pub(crate) fn session(&self) -> Option<&Session> {
        self.locals.found_session()
    }

    /// Waits for what has to be known before the response leaves.
    pub(crate) async fn settle(&self) {
        self.locals.settle().await;
    }

    /// Whether the response can leave without a look at the store.
    #[cfg(feature = "http")]
    pub(crate) fn is_settled(&self) -> bool {
        self.locals.renewal_to_send().is_none()
    }

    /// What goes into the headers of the response.
    pub(crate) fn leave(self) -> Leaving {
        Leaving::of(&self.locals)
    }
}

/// A response on its way out.
#[derive(Clone)]
pub(crate) struct Leaving {
    cookie_name: Cow<'static, str>,
    closing: Closing,
}

impl Leaving {
    pub(crate) fn of<U, M>(locals: &Locals<U, M>) -> Self {
        Self {
            cookie_name: locals.auth().config().cookie.name.clone(),
            closing: locals.close(),
        }
    }

    /// As [`Closing::write`], but what stands in the response already has the last word.
    pub(crate) fn write(mut self, reports_outage: bool, headers: &mut impl ReplyHeaders) {
        let is_ours = |line: &[u8]| sets(line, &self.cookie_name);
        let there = headers
            .lines(ReplyField::SetCookie)
            .filter(|line| is_ours(line))
            .count();
        if there > 1 {
            let mut left = there;
            headers.retain_cookies(|line| {
                let stays = !is_ours(line) || left == 1;
                left -= usize::from(is_ours(line));
                stays
            });
        }
        if there > 0 {
            self.closing.cookie = None;
        }
        self.closing.write(reports_outage, headers);
        if there > 0 {
            forbid_storing(headers);
        }
    }
}
