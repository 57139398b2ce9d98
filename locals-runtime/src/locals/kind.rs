//! The three kinds of locals, as types.

use super::Locals;
use crate::{
    guard::{Guard, SignedIn},
    login::LoginRedirect,
    refusal::Refusal,
    request::RequestHead,
};
use std::marker::PhantomData;

/// Nothing is read until the handler asks: `#[with_locals]`.
#[derive(Clone, Copy, Debug)]
pub struct Lazy;

/// The session is validated before the handler runs: `#[with_locals(eager)]`.
///
/// If the store cannot answer, the handler does not run and the response is 503.
#[derive(Clone, Copy, Debug)]
pub struct Eager;

/// The handler runs only with a session that `G` admits: `#[with_locals(required)]`, or
/// `#[with_locals(required(Admin))]` for `Required<Admin>`.
///
/// Without a session: 303 to the login page for a browser that asks for a page, if there is one,
/// else 401. A session that the guard does not admit: 403. A store that cannot answer: 503.
#[derive(Clone, Copy, Debug)]
pub struct Required<G = SignedIn>(PhantomData<fn() -> G>);

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Lazy {}
    impl Sealed for super::Eager {}
    impl<G> Sealed for super::Required<G> {}
}

/// How early a handler's session is read: [`Lazy`], [`Eager`], or [`Required`] with a [`Guard`] for
/// `U`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no kind of locals for users of type `{U}`",
    note = "the kinds are `Lazy`, `Eager`, `Required` and `Required<G>`, where `G` implements `Guard<{U}>`"
)]
pub trait Kind<U>: sealed::Sealed + Sized + 'static {
    #[doc(hidden)]
    const LOADS_FIRST: bool;

    /// Whether the handler runs, when what the kind wants loaded is loaded.
    #[doc(hidden)]
    fn admit(locals: &Locals<U, Self>, request: &impl RequestHead) -> Result<(), Refusal>;
}

impl<U: Send + Sync + 'static> Kind<U> for Lazy {
    const LOADS_FIRST: bool = false;

    fn admit(_: &Locals<U, Self>, _: &impl RequestHead) -> Result<(), Refusal> {
        Ok(())
    }
}

impl<U: Send + Sync + 'static> Kind<U> for Eager {
    const LOADS_FIRST: bool = true;

    fn admit(_: &Locals<U, Self>, _: &impl RequestHead) -> Result<(), Refusal> {
        Ok(())
    }
}

impl<U: Send + Sync + 'static, G: Guard<U>> Kind<U> for Required<G> {
    const LOADS_FIRST: bool = true;

    fn admit(locals: &Locals<U, Self>, request: &impl RequestHead) -> Result<(), Refusal> {
        match locals.found() {
            None => Err(Refusal::SignedOut(LoginRedirect::of(
                request,
                locals.auth.config().login_path.as_ref(),
            ))),
            Some((session, user)) if G::allows(session, user) => Ok(()),
            Some(_) => Err(Refusal::Forbidden),
        }
    }
}
