//! TLS, as far as the stores that are asked over a network set it up alike: roots, our own certificate, and what a
//! server's is held against.
//!
//! Files are read once, and no error quotes what is in them.

#[cfg(any(feature = "postgres", feature = "redis"))]
mod anybody;
#[cfg(any(feature = "postgres", feature = "redis"))]
mod configuration;
mod identity;
mod pem;
mod roots;

#[cfg(any(feature = "postgres", feature = "redis"))]
pub(crate) use anybody::Anybody;
#[cfg(any(feature = "postgres", feature = "redis"))]
pub(crate) use configuration::{configuration, verifier};
pub(crate) use identity::Identity;
pub(crate) use roots::{roots_of_file, roots_of_system};
