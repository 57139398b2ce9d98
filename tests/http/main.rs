//! The black-box suite: bytes are sent on a socket, bytes come back.
//!
//! [`rig`] starts a site on a port of its own for each test; [`on_every_server!`](rig) runs a test on
//! every framework, and on every store. The sites' handlers stand once, in `handlers`, and are compiled
//! by [`framework`] for each framework; where the frameworks differ from each other, [`differences`]
//! says so and why. A test that shows an item of the checklist behind SECURITY.md carries its
//! number: `b_03_…` shows B-03.
#![cfg(any(feature = "axum", feature = "actix-web", feature = "http"))]

mod admits;
mod alike;
mod bearer;
mod bodies;
mod caching;
mod challenge;
mod csrf;
mod deadline;
mod differences;
mod entropy;
mod events;
mod exits;
mod framework;
mod gates;
mod getters;
mod lifecycle;
mod logs;
mod outage;
mod parsing;
mod refusals;
mod required;
mod rig;
mod rotation;
mod security_stamp;
mod set_cookie;
mod sign_in_options;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(any(feature = "axum", feature = "actix-web"))]
mod streams;
mod visitor;

#[cfg(feature = "actix-web")]
mod actix_only;
#[cfg(feature = "axum")]
mod axum_only;
#[cfg(feature = "http")]
mod hyper_only;
