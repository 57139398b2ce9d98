//! A visitor of the demo: a browser's headers and a cookie jar.

use ureq::{
    Agent, Body, Error,
    http::{HeaderMap, Response},
};

use crate::server::Demo;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \
     (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

pub(crate) const PASSWORD: &str = "correct horse battery staple";

pub(crate) struct Visitor {
    agent: Agent,
    origin: String,
}

/// What came back. Redirects are not followed: `location` says where they lead.
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: HeaderMap,
    pub(crate) body: String,
}

impl Visitor {
    pub(crate) fn new(demo: &Demo) -> Self {
        Self::with_browser(demo, FIREFOX)
    }

    fn with_browser(demo: &Demo, user_agent: &str) -> Self {
        // A connection for each request: a form refused unread may end the one it came on.
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_idle_connections(0)
            .proxy(None)
            .accept("text/html,application/xhtml+xml,*/*;q=0.8")
            .user_agent(user_agent)
            .build()
            .new_agent();
        let origin = demo.origin().to_owned();
        Self { agent, origin }
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
        let origin = demo.origin().to_owned();
        Self { origin, ..self }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        let request = self.agent.get(self.url(path));
        Answer::read(request.call())
    }

    pub(crate) fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.post_from("same-origin", path, form)
    }

    /// Posts a form of a page that a browser says is `site` (`same-origin`, `cross-site`).
    pub(crate) fn post_from(&self, site: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.agent.post(self.url(path));
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

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl Answer {
    fn read(response: Result<Response<Body>, Error>) -> Self {
        let mut response = response.expect("the demo answers");
        let body = response.body_mut().read_to_string();
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: body.expect("the demo answers with text"),
        }
    }

    /// The values of a header, joined; empty without one.
    pub(crate) fn header(&self, name: &str) -> String {
        let values = self.headers.get_all(name).iter();
        let values: Vec<_> = values.map(|value| value.to_str().expect("text")).collect();
        values.join(", ")
    }

    /// Where a redirect leads that is to be followed with GET.
    pub(crate) fn leads_to(&self) -> String {
        assert_eq!(self.status, 303, "no redirect: {}", self.body);
        self.header("location")
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
