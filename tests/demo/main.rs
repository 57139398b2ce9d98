//! The demo as a newcomer uses it: over HTTP with a cookie jar, and in headless Chromium.

mod browser;
mod chromium;
mod http;
mod server;
mod visitor;
