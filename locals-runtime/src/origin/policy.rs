//! [`OriginPolicy`]: whether a handler takes requests of other sites, as a type.

use std::marker::PhantomData;

/// Whether a handler takes requests of other sites.
pub trait OriginPolicy: sealed::Sealed + 'static {
    #[doc(hidden)]
    const CHECKS: bool;

    /// Whether others, further in, are to find the request's session.
    #[doc(hidden)]
    const HANDS_ON: bool = false;
}

/// Takes requests of this site only: the default.
#[derive(Clone, Copy, Debug)]
pub struct SameOrigin;

/// Takes requests of every site: `csrf = off`.
#[derive(Clone, Copy, Debug)]
pub struct AnyOrigin;

/// The same, of a function for `from_fn` that a `Next` follows.
#[derive(Clone, Copy, Debug)]
pub struct BeforeNext<C>(PhantomData<fn() -> C>);

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::SameOrigin {}
    impl Sealed for super::AnyOrigin {}
    impl<C> Sealed for super::BeforeNext<C> {}
}

impl OriginPolicy for SameOrigin {
    const CHECKS: bool = true;
}

impl OriginPolicy for AnyOrigin {
    const CHECKS: bool = false;
}

impl<C: OriginPolicy> OriginPolicy for BeforeNext<C> {
    const CHECKS: bool = C::CHECKS;
    const HANDS_ON: bool = true;
}
