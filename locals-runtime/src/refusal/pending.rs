//! [`PendingRefusal`]: a refusal on its way to the response, which the handler's options may still lead elsewhere.

use super::{
    Denial, PlainResponse, RefusalReason, Refused,
    hook::{self, Asked, Hook, Refusal},
    negotiate::{CHOSEN_BY, Shape},
};
use crate::{
    login::{LoginOptions, LoginRedirect},
    origin::OriginCheck,
    request::RequestHead,
};
use std::fmt;

/// Why a handler does not run, and what the answer to that has to know of the request.
///
/// The answer is made where the response is: only there it is known which login page the handler has.
pub(crate) struct PendingRefusal(Box<Pending>);

struct Pending {
    denial: Denial,
    shape: Shape,
    /// Where somebody reads it: one who could sign in, or the hook.
    login: Option<LoginRedirect>,
    /// With what it may ask.
    hook: Option<(Hook, Asked)>,
    takes_bearer: bool,
}

impl fmt::Debug for PendingRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.denial.fmt(f)
    }
}

impl PendingRefusal {
    pub(crate) fn new(
        denial: Denial,
        request: &impl RequestHead,
        login: &LoginOptions,
        origin: &OriginCheck,
        hook: Option<&Hook>,
        takes_bearer: bool,
    ) -> Self {
        let shape = Shape::of(request);
        let is_login_read = matches!(denial, Denial::SignedOut) || hook.is_some();
        let login = is_login_read.then(|| {
            let next = shape.next(request, login, origin);
            LoginRedirect::new(login, &request.path_and_query(), next)
        });
        Self(Box::new(Pending {
            denial,
            shape,
            login,
            hook: hook.map(|hook| (Hook::clone(hook), Asked::of(request))),
            takes_bearer,
        }))
    }

    /// Sends a browser that is not signed in to this page.
    pub(crate) fn redirect(&mut self, page: &'static str) {
        if let Some(login) = &mut self.0.login {
            login.own_page = Some(page);
        }
    }

    pub(crate) fn reason(&self) -> RefusalReason {
        self.0.denial.reason()
    }

    /// The application's answer, or else ours. `Vary`, and what is said of cookies, is ours in each.
    pub(crate) fn response(self) -> PlainResponse {
        let reason = self.reason();
        let Pending {
            denial,
            shape,
            login,
            hook,
            takes_bearer,
        } = *self.0;
        let login_url = login.and_then(|login| login.location());
        let answered = hook.map_or(Ok(None), |(hook, asked)| {
            let refusal = Refusal {
                reason,
                asked: &asked,
                login_url: login_url.as_deref(),
            };
            hook::ask(&hook, &refusal)
        });
        let mut plain = denial.plain();
        plain.vary.push(CHOSEN_BY);
        let response = match answered {
            Ok(None) => shape.answer(&denial, plain, login_url),
            // What it depends on besides, nobody knows: so it is kept by no cache.
            Ok(Some(own)) => PlainResponse {
                vary: plain.vary,
                reports_outage: plain.reports_outage,
                ..own.with("cache-control", "no-store")
            },
            Err(hook::Panicked) => {
                let failed = PlainResponse {
                    vary: plain.vary,
                    reports_outage: true,
                    ..PlainResponse::internal()
                };
                shape.answer(&denial, failed, None)
            }
        };
        PlainResponse {
            refused: Some(Refused { reason }),
            takes_bearer: Some(takes_bearer),
            ..response
        }
    }
}
