//! Somebody's device: a page of the same site that calls the API, and the browser's cookie jar.

use serde_json::{Value, json};
use ureq::http::Request;

use crate::support::{
    client::{Answer, Client},
    server::Server,
};

pub(crate) const PASSWORD: &str = "correct horse battery staple";

pub(crate) struct Device(Client);

impl Device {
    pub(crate) fn new(api: &Server) -> Self {
        Self(Client::new(api, "tests", "application/json"))
    }

    /// A device on which somebody has just signed up.
    pub(crate) fn signed_up(api: &Server, email: &str) -> Self {
        let device = Self::new(api);
        assert_eq!(device.enter("/signup", email, PASSWORD).status, 201);
        device
    }

    /// A device on which somebody has just signed in.
    pub(crate) fn signed_in(api: &Server, email: &str) -> Self {
        let device = Self::new(api);
        assert_eq!(device.enter("/login", email, PASSWORD).status, 200);
        device
    }

    /// The same device, cookies and all, after the API moved.
    pub(crate) fn at(self, api: &Server) -> Self {
        Self(self.0.at(api))
    }

    /// Posts an e-mail address and a password to `/signup` or `/login`.
    pub(crate) fn enter(&self, path: &str, email: &str, password: &str) -> Answer {
        let credentials = json!({ "email": email, "password": password });
        self.post(path, &credentials.to_string())
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.0.get(path)
    }

    pub(crate) fn post(&self, path: &str, body: &str) -> Answer {
        self.send_from("same-origin", "POST", path, body)
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send_from("same-origin", "DELETE", path, "")
    }

    /// Sends what a page wants sent that a browser says is `site` (`same-origin`, `cross-site`).
    pub(crate) fn send_from(&self, site: &str, method: &str, path: &str, body: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(self.0.url(path))
            .header("Sec-Fetch-Site", site)
            .header("Content-Type", "application/json")
            .body(body)
            .expect("a request");
        Answer::read(self.0.agent.run(request))
    }

    /// Asks who the owner of this cookie is. For a device with an empty jar.
    pub(crate) fn me_with(&self, cookie: &str) -> Answer {
        let request = self.0.agent.get(self.0.url("/me"));
        Answer::read(request.header("Cookie", cookie).call())
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        match self.get("/me").status {
            200 => true,
            401 => false,
            status => panic!("/me answered {status}"),
        }
    }

    /// The list of the user's sessions.
    pub(crate) fn sessions(&self) -> Vec<Value> {
        let answer = self.get("/sessions");
        assert_eq!(answer.status, 200, "{}", answer.body);
        match answer.json() {
            Value::Array(list) => list,
            other => panic!("no list: {other}"),
        }
    }

    /// The address of the one session of the list that is this device's, or of the first that is
    /// not.
    pub(crate) fn session(&self, current: bool) -> String {
        let list = self.sessions();
        let session = list.iter().find(|session| session["current"] == current);
        let id = session.and_then(|session| session["id"].as_str());
        format!("/sessions/{}", id.expect("such a session"))
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json");
        serde_json::from_str(&self.body).expect("a body in JSON")
    }

    /// Checks that this is a refusal of this status, told in JSON, that leaves the cookie alone.
    #[track_caller]
    pub(crate) fn assert_refuses(&self, status: u16) {
        assert_eq!(self.status, status, "{}", self.body);
        let text = self.json()["error"].as_str().map(str::to_owned);
        assert!(text.is_some_and(|text| !text.is_empty()), "{}", self.body);
        assert_eq!(self.header("set-cookie"), "");
    }

    /// `name=value` of the one cookie that came with this answer.
    pub(crate) fn cookie(&self) -> String {
        let line = self.header("set-cookie");
        let (pair, _) = line.split_once(';').expect("a cookie");
        pair.to_owned()
    }
}
