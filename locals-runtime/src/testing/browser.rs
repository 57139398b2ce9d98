//! One browser of a test: its cookies, and what it sends.

mod request;
mod set_cookies;

pub use request::BrowserRequest;
pub use set_cookies::SetCookies;

use crate::{
    auth::{Auth, CreateSession},
    cookie::write,
    error::Error,
};
use cookie::Cookie;
use std::fmt;

/// One browser of a test, at the site's own address: it keeps cookies, and its requests have the header
/// fields that browsers send. Two of them are two devices.
///
/// ```
/// use locals::{Auth, MemoryStore, testing::Browser};
///
/// # async fn show() -> Result<(), Box<dyn std::error::Error>> {
/// let auth: Auth = Auth::builder(MemoryStore::new()).build()?;
/// let visitor = Browser::new(&auth);
/// let ada = Browser::signed_in(auth.create_session("ada").device("Firefox on Linux")).await?;
/// assert!(visitor.cookie("__Host-session").is_none());
/// assert!(ada.cookie("__Host-session").is_some());
/// # Ok(()) }
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(show())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`get`](Self::get), [`post`](Self::post) and [`fetch`](Self::fetch) begin a request, and
/// [`keep`](Self::keep) takes the cookies of a response.
///
/// The site is `https://localhost`, or `http://localhost` with
/// [`insecure_dev`](crate::AuthBuilder::insecure_dev). Cookies are told apart by their names: every path
/// gets all of them. They do not grow old, so that a session past its end is refused by the application.
#[derive(Clone)]
pub struct Browser {
    /// The site's.
    origin: &'static str,
    cookies: Vec<Cookie<'static>>,
}

impl Browser {
    /// One without cookies.
    pub fn new<U>(auth: &Auth<U>) -> Self {
        let origin = match auth.config().cookie.secure {
            true => "https://localhost",
            false => "http://localhost",
        };
        Self {
            origin,
            cookies: Vec::new(),
        }
    }

    /// One with the cookie of a session that is made for it: `auth.create_session(7)`, with its options.
    ///
    /// # Errors
    ///
    /// As [`Auth::create_session`].
    pub async fn signed_in<U: Send + Sync + 'static>(
        session: CreateSession<'_, U>,
    ) -> Result<Self, Error> {
        let auth = session.auth().clone();
        let session = session.await?;
        let mut browser = Self::new(&auth);
        browser.keep_line(&write::set(&auth.config().cookie, &session, auth.now()));
        Ok(browser)
    }

    /// A page, as when its address is typed in.
    pub fn get(&self, path: impl Into<String>) -> BrowserRequest<'_> {
        BrowserRequest::of_person(self, "GET", path.into())
    }

    /// A form of a page of the site; [`form`](BrowserRequest::form) fills it in.
    pub fn post(&self, path: impl Into<String>) -> BrowserRequest<'_> {
        BrowserRequest::of_person(self, "POST", path.into()).form::<&str, &str>([])
    }

    /// What a script on a page of the site asks for, by any method: `fetch("DELETE", "/devices/7")`.
    pub fn fetch(&self, method: &str, path: impl Into<String>) -> BrowserRequest<'_> {
        BrowserRequest::of_script(self, method, path.into())
    }

    /// Takes the cookies of a response, and drops those that it removes by `Max-Age=0`.
    pub fn keep(&mut self, response: &impl SetCookies) {
        for line in response.set_cookies() {
            self.keep_line(&line);
        }
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let mut cookies = self.cookies.iter();
        cookies
            .find(|cookie| cookie.name() == name)
            .map(Cookie::value)
    }

    fn keep_line(&mut self, line: &str) {
        let Ok(cookie) = Cookie::parse(line.to_owned()) else {
            return;
        };
        self.cookies.retain(|kept| kept.name() != cookie.name());
        if cookie.max_age().is_none_or(|age| !age.is_zero()) {
            self.cookies.push(cookie);
        }
    }
}

/// Without the values of its cookies.
impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.cookies.iter().map(Cookie::name).collect();
        f.debug_struct("Browser")
            .field("origin", &self.origin)
            .field("cookies", &names)
            .finish()
    }
}
