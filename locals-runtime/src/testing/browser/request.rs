//! A request as a browser sends it: Fetch Standard §3.2, Fetch Metadata §2, RFC 6265bis §5.8.3.

use super::Browser;
use cookie::{Cookie, SameSite};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use std::fmt;

/// What is left as it is in a form (URL Standard, application/x-www-form-urlencoded percent-encode set).
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'*')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_');

const PAGES: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// A request that a [`Browser`] is about to send. The last call makes it one of a framework:
/// `request` for axum and plain `http`, `test_request` for actix-web.
#[must_use = "nothing is sent until it becomes a framework's request"]
pub struct BrowserRequest<'a> {
    browser: &'a Browser,
    method: String,
    path: String,
    by_script: bool,
    /// The origin of the page that it comes from, if that is of another site.
    other_site: Option<String>,
    content_type: Option<&'static str>,
    body: String,
    /// What the test adds, or puts in the place of the browser's own.
    added: Vec<(String, String)>,
}

impl<'a> BrowserRequest<'a> {
    pub(super) fn of_person(browser: &'a Browser, method: &str, path: String) -> Self {
        Self {
            browser,
            method: method.to_owned(),
            path,
            by_script: false,
            other_site: None,
            content_type: None,
            body: String::new(),
            added: Vec::new(),
        }
    }

    pub(super) fn of_script(browser: &'a Browser, method: &str, path: String) -> Self {
        Self {
            by_script: true,
            ..Self::of_person(browser, method, path)
        }
    }

    /// With these fields of a form: `.form([("name", "ada"), ("password", "swordfish")])`.
    pub fn form<N: AsRef<str>, V: AsRef<str>>(
        mut self,
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let encoded = |text: &str| {
            utf8_percent_encode(text, FORM)
                .to_string()
                .replace("%20", "+")
        };
        let pairs = fields
            .into_iter()
            .map(|(name, value)| format!("{}={}", encoded(name.as_ref()), encoded(value.as_ref())));
        self.body = pairs.collect::<Vec<_>>().join("&");
        self.content_type = Some("application/x-www-form-urlencoded");
        self
    }

    /// With this as JSON. No form sends that, so it comes from a script, as by [`Browser::fetch`].
    ///
    /// # Panics
    ///
    /// If it cannot be written as JSON.
    pub fn json(mut self, value: &(impl Serialize + ?Sized)) -> Self {
        self.body = serde_json::to_string(value).expect("a value that can be written as JSON");
        self.content_type = Some("application/json");
        self.by_script = true;
        self
    }

    /// With this header field, in the place of the browser's own of that name.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.added.push((name.into(), value.into()));
        self
    }

    /// From a page of another site: a link, a form or a script, as it began. Cookies go with it as their
    /// `SameSite` says.
    pub fn cross_site(mut self, origin: impl Into<String>) -> Self {
        self.other_site = Some(origin.into());
        self
    }

    /// The request of axum and of plain `http`; its body is axum's `Body`, a `String`, a `Full<Bytes>`.
    ///
    /// A body of bytes that are no text, or of several parts, takes the place of this one by
    /// [`http::Request::map`], with its own `content-type` by [`header`](Self::header).
    ///
    /// ```
    /// use locals::{Auth, MemoryStore, testing::Browser};
    ///
    /// # fn show() -> Result<(), Box<dyn std::error::Error>> {
    /// let auth: Auth = Auth::builder(MemoryStore::new()).build()?;
    /// let browser = Browser::new(&auth);
    /// let request = browser.post("/login").form([("name", "ada")]).request::<String>();
    /// assert_eq!(request.headers()["sec-fetch-site"], "same-origin");
    /// assert_eq!(request.body(), "name=ada");
    /// # Ok(()) }
    /// # show()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If the method, the path or a header field is not one that `http` takes.
    #[cfg(feature = "http")]
    pub fn request<B: From<String>>(self) -> http::Request<B> {
        let mut request = http::Request::builder()
            .method(self.method.as_str())
            .uri(self.path.as_str());
        for (name, value) in self.fields() {
            request = request.header(name, value);
        }
        let request = request.body(B::from(self.body));
        request.expect("a method, a path and header fields as HTTP has them")
    }

    /// The request of actix-web.
    ///
    /// # Panics
    ///
    /// If the method, the path or a header field is not one that actix-web takes.
    #[cfg(feature = "actix-web")]
    pub fn test_request(self) -> actix_web::test::TestRequest {
        let method = actix_web::http::Method::from_bytes(self.method.as_bytes());
        let mut request = actix_web::test::TestRequest::with_uri(&self.path)
            .method(method.expect("a method as HTTP has them"));
        for (name, value) in self.fields() {
            request = request.append_header((name, value.as_str()));
        }
        request.set_payload(self.body)
    }

    fn fields(&self) -> Vec<(&str, String)> {
        let (accept, dest, mode) = match self.by_script {
            true => ("*/*", "empty", "cors"),
            false => (PAGES, "document", "navigate"),
        };
        let (_, host) = self.browser.origin.split_once("://").unwrap_or_default();
        let fields = [
            ("host", Some(host.to_owned())),
            ("accept", Some(accept.to_owned())),
            ("sec-fetch-dest", Some(dest.to_owned())),
            ("sec-fetch-mode", Some(mode.to_owned())),
            ("sec-fetch-site", Some(self.site().to_owned())),
            ("origin", self.origin().map(str::to_owned)),
            ("cookie", self.cookies()),
            ("content-type", self.content_type.map(str::to_owned)),
        ];
        let is_replaced = |name: &str| {
            let mut added = self.added.iter();
            added.any(|(theirs, _)| theirs.eq_ignore_ascii_case(name))
        };
        let own = fields
            .into_iter()
            .filter(|(name, _)| !is_replaced(name))
            .filter_map(|(name, value)| Some((name, value?)));
        let added = self.added.iter();
        own.chain(added.map(|(name, value)| (name.as_str(), value.clone())))
            .collect()
    }

    fn is_safe(&self) -> bool {
        matches!(&*self.method, "GET" | "HEAD")
    }

    fn site(&self) -> &'static str {
        match self.other_site {
            Some(_) => "cross-site",
            None if self.is_safe() && !self.by_script => "none",
            None => "same-origin",
        }
    }

    /// Of the page, where browsers say so.
    fn origin(&self) -> Option<&str> {
        match &self.other_site {
            Some(origin) => (!self.is_safe() || self.by_script).then_some(origin.as_str()),
            None => (!self.is_safe()).then_some(self.browser.origin),
        }
    }

    /// Those that go with it, as one line.
    fn cookies(&self) -> Option<String> {
        let goes = |cookie: &Cookie<'static>| match cookie.same_site() {
            _ if self.other_site.is_none() => true,
            Some(SameSite::None) => true,
            Some(SameSite::Strict) => false,
            Some(SameSite::Lax) | None => self.is_safe() && !self.by_script,
        };
        let cookies = self.browser.cookies.iter().filter(|cookie| goes(cookie));
        let pairs: Vec<_> = cookies
            .map(|cookie| format!("{}={}", cookie.name(), cookie.value()))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

/// Without its header fields and its body.
impl fmt::Debug for BrowserRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrowserRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
