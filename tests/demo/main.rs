//! The demo as a newcomer uses it: over HTTP with a cookie jar, and in headless Chromium.

mod browser;
#[path = "../support/chromium.rs"]
mod chromium;
mod http;
mod server;
#[path = "../support/mod.rs"]
mod support;
mod visitor;
