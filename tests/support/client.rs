//! A client of an example: the headers of a program, and a cookie jar.

use ureq::{
    Agent, Body, Error,
    http::{HeaderMap, Response},
};

use super::server::Server;

pub(crate) struct Client {
    pub(crate) agent: Agent,
    origin: String,
}

/// What came back. Redirects are not followed.
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: HeaderMap,
    pub(crate) body: String,
}

impl Client {
    /// A client that sends these headers with every request.
    pub(crate) fn new(server: &Server, user_agent: &str, accept: &str) -> Self {
        // A connection for each request: a body refused unread may end the one it came on.
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_idle_connections(0)
            .proxy(None)
            .accept(accept)
            .user_agent(user_agent)
            .build()
            .new_agent();
        let origin = server.origin().to_owned();
        Self { agent, origin }
    }

    /// The same client, cookies and all, after the server moved.
    pub(crate) fn at(self, server: &Server) -> Self {
        let origin = server.origin().to_owned();
        Self { origin, ..self }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        Answer::read(self.agent.get(self.url(path)).call())
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl Answer {
    pub(crate) fn read(response: Result<Response<Body>, Error>) -> Self {
        let mut response = response.expect("the example answers");
        let body = response.body_mut().read_to_string();
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: body.expect("the example answers with text"),
        }
    }

    /// The values of a header, joined; empty without one.
    pub(crate) fn header(&self, name: &str) -> String {
        let values = self.headers.get_all(name).iter();
        let values: Vec<_> = values.map(|value| value.to_str().expect("text")).collect();
        values.join(", ")
    }
}
