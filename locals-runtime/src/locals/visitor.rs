//! The small values that the browser of a request carries: [`put`](Locals::put) and
//! [`take`](Locals::take), [`flash`](Locals::flash) and [`flashes`](Locals::flashes).

use super::Locals;
use crate::{
    error::Error,
    visitor::{Flash, VisitorValues},
};
use serde::{Serialize, de::DeserializeOwned};

impl<U, M> Locals<U, M> {
    /// Gives the browser a small value to carry, for the request that will [`take`](Self::take) it. The
    /// user of the browser can read it and change it; other sites and sibling hosts cannot.
    ///
    /// It is for what a visitor needs before there is a session: where to go after the sign-in, the state
    /// of an OAuth sign-in, the step of a form. What nobody may change, or what belongs to a session,
    /// goes into a table of the application. A name without `__Host-`, as with `insecure_dev()` or a
    /// domain, lets sibling hosts set it too.
    ///
    /// Each name is a cookie with the attributes of the session's, `HttpOnly` among them, that lives for
    /// an hour: JSON, in base64url. Another value of the same name takes the place of the first. Signing
    /// in and signing out drop what was put before them. Two requests at a time know nothing of each
    /// other: of one name, the last answer stays.
    ///
    /// With a response that reports a failed store ([`Error`] as a 503) no value is given or dropped: the
    /// browser keeps what it had, and can try again.
    ///
    /// ```
    /// # #[cfg(feature = "axum")] mod on_axum {
    /// use axum::response::Redirect;
    /// use locals::with_locals;
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Serialize, Deserialize)]
    /// struct OauthState {
    ///     state: String,
    ///     verifier: String,
    /// }
    ///
    /// #[with_locals]
    /// async fn leave_for_the_provider() -> Result<Redirect, locals::Error> {
    ///     let oauth = OauthState { state: random(), verifier: random() };
    ///     let page = format!("https://id.example/authorize?state={}", oauth.state);
    ///     locals.put("oauth", &oauth)?;
    ///     Ok(Redirect::to(&page))
    /// }
    /// # fn random() -> String { String::new() }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Value`], and nothing is changed: the name is not made of 1 to 64 letters, digits and
    /// `` !#$%&'*+-^_`| ``, the value cannot be written as JSON, or all values together take more than
    /// 3 KiB of cookies, three quarters of which are JSON. Flashes make room for values.
    pub fn put(&self, name: &str, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        self.state.check_open()?;
        self.values().put(name, value)
    }

    /// Takes a value that was [`put`](Self::put): the browser drops it with this response. The user of
    /// the browser can have changed it; other sites and sibling hosts cannot.
    ///
    /// What was not put, was taken already, is of another type, or was written by somebody else is
    /// `None`, and so are two different values of one name. What is there is dropped all the same.
    ///
    /// ```
    /// # #[cfg(feature = "axum")] mod on_axum {
    /// use axum::{http::StatusCode, response::Redirect};
    /// use locals::with_locals;
    ///
    /// /// Leads back to where the visitor was sent to the sign-in from.
    /// #[with_locals]
    /// async fn signed_in() -> Redirect {
    ///     let page: Option<String> = locals.take("from");
    ///     let page = page.as_deref().and_then(locals::local_path);
    ///     Redirect::to(page.unwrap_or("/"))
    /// }
    /// # }
    /// ```
    pub fn take<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.values().take(name)
    }

    /// Tells the next page something: what [`flashes`](Self::flashes) will give it, once. The user of the
    /// browser can change it; other sites and sibling hosts cannot.
    ///
    /// Unlike a value it outlives a sign-in and a sign-out. All flashes are in one cookie, which lives for
    /// an hour and has the room that the values leave of 3 KiB: the oldest go first, and one that does not
    /// fit alone is dropped, which the log says.
    ///
    /// ```
    /// # #[cfg(feature = "axum")] mod on_axum {
    /// use axum::response::{Html, Redirect};
    /// use locals::{Flash, with_locals};
    ///
    /// #[with_locals]
    /// async fn save() -> Redirect {
    ///     locals.flash("success", "Saved.");
    ///     Redirect::to("/")
    /// }
    ///
    /// #[with_locals]
    /// async fn home() -> Html<String> {
    ///     let mut page = String::new();
    ///     for Flash { kind, text } in locals.flashes() {
    ///         page += &format!("<p class=\"{}\">{}</p>", escape(&kind), escape(&text));
    ///     }
    ///     Html(page)
    /// }
    ///
    /// /// A template engine does that.
    /// fn escape(text: &str) -> String {
    ///     text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
    /// }
    /// # }
    /// ```
    pub fn flash(&self, kind: impl Into<String>, text: impl Into<String>) {
        if self.state.is_open_for("flash") {
            let (kind, text) = (kind.into(), text.into());
            self.values().flash(Flash { kind, text });
        }
    }

    /// What the page before had to tell, oldest first: the browser drops it with this response. The user
    /// of the browser can have changed it, so escape it in HTML; other sites and sibling hosts cannot.
    ///
    /// The flashes of this request are for the next page and not among them. A second call gives none.
    pub fn flashes(&self) -> Vec<Flash> {
        self.values().flashes()
    }

    /// At a sign-in or a sign-out: what was put before it is gone (D-03).
    pub(super) fn drop_values(&self) {
        if let Some(values) = self.state.values.get() {
            values.drop_values();
        }
    }

    fn values(&self) -> &VisitorValues {
        self.state.values.get_or_init(Box::default)
    }
}
