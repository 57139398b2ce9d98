//! A visitor of the demo: a browser's headers and a cookie jar.

pub(crate) use crate::support::client::Answer;
use crate::{server::Demo, support::client::Client};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \
     (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

pub(crate) const PASSWORD: &str = "correct horse battery staple";

pub(crate) struct Visitor(Client);

impl Visitor {
    pub(crate) fn new(demo: &Demo) -> Self {
        Self::with_browser(demo, FIREFOX)
    }

    fn with_browser(demo: &Demo, user_agent: &str) -> Self {
        let accept = "text/html,application/xhtml+xml,*/*;q=0.8";
        Self(Client::new(demo, user_agent, accept))
    }

    /// A program, as somebody runs it in a terminal.
    pub(crate) fn curl(demo: &Demo) -> Self {
        Self(Client::new(demo, "curl/8.14.1", "*/*"))
    }

    /// A visitor who has just signed up.
    pub(crate) fn signed_up(demo: &Demo, email: &str) -> Self {
        let visitor = Self::new(demo);
        let answer = visitor.post("/signup", &[("email", email), ("password", PASSWORD)]);
        assert_eq!(answer.leads_to(), "/account");
        visitor
    }

    /// A visitor with another browser who has just signed in.
    pub(crate) fn signed_in(demo: &Demo, email: &str) -> Self {
        let visitor = Self::with_browser(demo, CHROME);
        let answer = visitor.post("/login", &[("email", email), ("password", PASSWORD)]);
        assert_eq!(answer.leads_to(), "/account");
        visitor
    }

    /// The same visitor, cookies and all, after the demo moved.
    pub(crate) fn at(self, demo: &Demo) -> Self {
        Self(self.0.at(demo))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.0.get(path)
    }

    /// Asks with further header fields, or with other values.
    pub(crate) fn get_with(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut request = self.0.agent.get(self.0.url(path));
        for &(name, value) in fields {
            request = request.header(name, value);
        }
        Answer::read(request.call())
    }

    pub(crate) fn post_json(&self, path: &str, json: &str) -> Answer {
        let request = self.0.agent.post(self.0.url(path));
        let request = request.header("Content-Type", "application/json");
        Answer::read(request.send(json))
    }

    pub(crate) fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.post_from("same-origin", path, form)
    }

    /// Posts a form of a page that a browser says is `site` (`same-origin`, `cross-site`).
    pub(crate) fn post_from(&self, site: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.0.agent.post(self.0.url(path));
        let request = request.header("Sec-Fetch-Site", site);
        Answer::read(request.send_form(form.iter().copied()))
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        match self.get("/api/me").status {
            200 => true,
            401 => false,
            status => panic!("/api/me answered {status}"),
        }
    }
}

impl Answer {
    /// Where a redirect leads that is to be followed with GET.
    pub(crate) fn leads_to(&self) -> String {
        assert_eq!(self.status, 303, "no redirect: {}", self.body);
        self.header("location")
    }

    /// The `Set-Cookie` of the session, among others.
    pub(crate) fn session_cookie(&self) -> String {
        let cookies = self.header("set-cookie");
        let session = cookies
            .split(", ")
            .find(|cookie| cookie.starts_with("session="));
        session.expect("a cookie for the session").to_owned()
    }

    #[track_caller]
    pub(crate) fn assert_shows(&self, text: &str) {
        assert!(self.body.contains(text), "no {text:?} in:\n{}", self.body);
    }

    #[track_caller]
    pub(crate) fn assert_hides(&self, text: &str) {
        assert!(!self.body.contains(text), "{text:?} in:\n{}", self.body);
    }
}
