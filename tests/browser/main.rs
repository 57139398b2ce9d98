//! What a browser makes of cookies and origins: headless Chromium against sites of this process.
//!
//! `127.0.0.1` and `localhost` are different sites to it, another port of the same host is another
//! origin of the same site, and all of them are trustworthy: it keeps `Secure` cookies there, and
//! sends `Sec-Fetch-Site`. `*.example` leads here too, and is not.
//!
//! Without Chromium these tests are skipped, and say so; under `CI=true` they fail.

mod app;
#[path = "../support/chromium.rs"]
mod chromium;
mod cookies;
mod requests;
mod sessions;
mod site;
mod tab;
