//! [`SignIn`]: what `locals.sign_in(..)` awaits.

use super::{Change, Locals};
use crate::{
    auth::{Auth, Ending, SignInOptions, sign_in_options},
    error::Error,
    event::EndedBy,
    user_id::UserId,
};
use std::{
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
};

/// A sign-in about to happen; `await` it, or where a `Future` is wanted call `into_future`.
#[must_use = "nobody is signed in until this is awaited"]
pub struct SignIn<'a, U, M> {
    locals: &'a Locals<U, M>,
    user_id: UserId,
    options: SignInOptions,
}

impl<'a, U, M> SignIn<'a, U, M> {
    pub(super) fn new(locals: &'a Locals<U, M>, user_id: UserId) -> Self {
        Self {
            locals,
            user_id,
            options: SignInOptions::default(),
        }
    }

    fn auth(&self) -> &Auth<U> {
        &self.locals.state.auth
    }

    sign_in_options!(U);
}

impl<U, M> fmt::Debug for SignIn<'_, U, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn")
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

impl<'a, U: Send + Sync + 'static, M: 'a> IntoFuture for SignIn<'a, U, M> {
    type Output = Result<(), Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        let Self {
            locals,
            user_id,
            options,
        } = self;
        Box::pin(async move {
            locals.state.check_open()?;
            let ended = locals.track(locals.state.auth.replaced(locals.held()).await)?;
            let created = locals
                .state
                .auth
                .create(user_id, options, ended.clone())
                .await;
            let session = locals.track(created)?;
            locals.state.note_found_is_over();
            let beside = locals.state.cookie.signed_in();
            locals.state.cookie.committed(Change::Set(session));
            locals.drop_values();
            // Another sign-in of this request, at the same time: nobody will ever present it.
            let beside = beside.filter(|session| !ended.contains(session.id()));
            if let Some(session) = beside {
                let beside = vec![Ending::Validated(*session.id())];
                let ended = locals.state.auth.end(beside, EndedBy::NextSignIn).await;
                locals.track(ended)?;
            }
            Ok(())
        })
    }
}
