//! The application of every site, on each framework.
//!
//! A framework's module has a `prelude`, for which the text of `handlers` is written, and starts a
//! server. `handlers!` and `routes!` of the prelude are what makes one text do for all: on axum and
//! actix-web an annotated handler stands as it is, on plain `http` it becomes a function of a
//! request.
#![allow(
    clippy::duplicate_mod,
    reason = "one text, compiled for each framework"
)]

#[cfg(feature = "actix-web")]
pub(crate) mod on_actix;
#[cfg(feature = "axum")]
pub(crate) mod on_axum;
#[cfg(feature = "http")]
pub(crate) mod on_hyper;

use std::{net::SocketAddr, sync::Arc};

use locals::Auth;
#[cfg(any(feature = "axum", feature = "http"))]
use tokio::task::JoinHandle;

use crate::rig::{Account, Framework, Stage};

/// What a layer between a gate and a handler sets.
pub(crate) const ROGUE: &str = "__Host-session=rogue; Path=/; Secure; HttpOnly; Max-Age=60";

/// What the handlers of a site find besides the request.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) auth: Auth<Account>,
    pub(crate) stage: Arc<Stage>,
}

/// A server that stops with the value.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) _guard: Box<dyn Send + Sync>,
}

#[cfg(any(feature = "axum", feature = "http"))]
pub(crate) struct AbortOnDrop(pub(crate) JoinHandle<()>);

#[cfg(any(feature = "axum", feature = "http"))]
impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Framework {
    pub(crate) async fn start(self, app: App) -> Running {
        match self {
            #[cfg(feature = "axum")]
            Self::Axum => on_axum::start(app).await,
            #[cfg(feature = "actix-web")]
            Self::Actix => on_actix::start(app).await,
            #[cfg(feature = "http")]
            Self::Hyper => on_hyper::start(app).await,
            #[allow(unreachable_patterns, reason = "all of them are compiled in")]
            _ => unreachable!("this framework is left out"),
        }
    }
}

/// The status of a handler that ends with this error.
#[cfg(feature = "sqlite")]
pub(crate) fn status_of(error: locals::Error) -> u16 {
    #[cfg(feature = "axum")]
    return on_axum::status_of(error);
    #[cfg(all(feature = "actix-web", not(feature = "axum")))]
    return on_actix::status_of(error);
    #[cfg(all(feature = "http", not(any(feature = "axum", feature = "actix-web"))))]
    return on_hyper::status_of(error);
}

/// What the sites' handlers fail with.
#[derive(Debug)]
pub(crate) enum AppError {
    Locals(locals::Error),
    /// The application's own refusal: 418.
    Teapot,
    /// Anything else: 500.
    Other(anyhow::Error),
}

impl From<locals::Error> for AppError {
    fn from(error: locals::Error) -> Self {
        Self::Locals(error)
    }
}

impl From<anyhow::Error> for AppError {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl From<std::num::ParseIntError> for AppError {
    fn from(_: std::num::ParseIntError) -> Self {
        Self::Teapot
    }
}
