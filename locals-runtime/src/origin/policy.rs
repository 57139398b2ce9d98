//! [`OriginPolicy`]: whether a handler takes requests of other sites, as a type.

/// Whether a handler takes requests of other sites.
pub trait OriginPolicy: sealed::Sealed + 'static {
    #[doc(hidden)]
    const CHECKS: bool;
}

/// Takes requests of this site only: the default.
#[derive(Clone, Copy, Debug)]
pub struct SameOrigin;

/// Takes requests of every site: `csrf = off`.
#[derive(Clone, Copy, Debug)]
pub struct AnyOrigin;

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::SameOrigin {}
    impl Sealed for super::AnyOrigin {}
}

impl OriginPolicy for SameOrigin {
    const CHECKS: bool = true;
}

impl OriginPolicy for AnyOrigin {
    const CHECKS: bool = false;
}
