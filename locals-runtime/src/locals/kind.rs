//! The three kinds of locals, as types.

use super::Locals;
use crate::{
    error::Error,
    guard::{Guard, SignedIn},
    refusal::Denial,
};
use std::{
    future::{Future, ready},
    marker::PhantomData,
};

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
/// Without a session: 303 to the login page for a browser that asks for a page or sends a form, if there is
/// such a page, else 401. A session that the guard does not admit: 403. A store that cannot answer: 503.
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

    /// Loads what the kind wants loaded before the handler runs.
    #[doc(hidden)]
    fn load_first(locals: &mut Locals<U, Self>) -> impl Future<Output = Result<(), Error>> + Send;

    /// Whether the handler runs, when that is loaded.
    #[doc(hidden)]
    fn admit(locals: &Locals<U, Self>) -> Result<(), Denial>;
}

impl<U: Send + Sync + 'static> Kind<U> for Lazy {
    const LOADS_FIRST: bool = false;

    // Not `async`: a handler that loads nothing first has no room in its future for that.
    fn load_first(_: &mut Locals<U, Self>) -> impl Future<Output = Result<(), Error>> + Send {
        ready(Ok(()))
    }

    fn admit(_: &Locals<U, Self>) -> Result<(), Denial> {
        Ok(())
    }
}

impl<U: Send + Sync + 'static> Kind<U> for Eager {
    const LOADS_FIRST: bool = true;

    async fn load_first(locals: &mut Locals<U, Self>) -> Result<(), Error> {
        locals.state.load_first().await
    }

    fn admit(_: &Locals<U, Self>) -> Result<(), Denial> {
        Ok(())
    }
}

impl<U: Send + Sync + 'static, G: Guard<U>> Kind<U> for Required<G> {
    const LOADS_FIRST: bool = true;

    async fn load_first(locals: &mut Locals<U, Self>) -> Result<(), Error> {
        locals.state.load_first().await
    }

    fn admit(locals: &Locals<U, Self>) -> Result<(), Denial> {
        match locals.state.admissible() {
            None => Err(Denial::SignedOut),
            Some((session, user)) if G::allows(session, user) => Ok(()),
            Some(_) => Err(Denial::Forbidden),
        }
    }
}
