//! The black-box suite: bytes are sent on a socket, bytes come back.
//!
//! [`rig`] starts a site on a port of its own for each test, [`app`] has the routes of every site.
//! A test that shows an item of the checklist behind SECURITY.md carries its number: `b_03_…` shows B-03.

mod app;
mod caching;
mod csrf;
mod emit;
mod entropy;
mod exits;
mod lifecycle;
mod logs;
mod outage;
mod parsing;
mod rig;
mod seeds;
mod sqlite;
