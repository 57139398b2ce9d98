//! One request, every framework: the same answer.

use std::time::Duration;

use crate::rig::{ADA, BOB, Backend, Framework, Reply, Server, SetCookie, Settings, Site, Token};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);
const HTML: &str = "text/html";

/// Who asks.
#[derive(Clone, Copy, Debug)]
enum As {
    Nobody,
    Ada,
    Bob,
    /// Ada, whose session is due to be renewed.
    IdleAda,
    /// A token that no server has made.
    Stranger,
    /// Ada, while the store is down.
    AdaInAnOutage,
    /// Ada, whose row cannot be read.
    AdaUnreadable,
}

const ALL: [As; 7] = [
    As::Nobody,
    As::Ada,
    As::Bob,
    As::IdleAda,
    As::Stranger,
    As::AdaInAnOutage,
    As::AdaUnreadable,
];

/// A method, a target, and header lines.
type Request = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const REQUESTS: [Request; 42] = [
    ("GET", "/whoami", &[]),
    ("HEAD", "/whoami", &[]),
    ("GET", "/public", &[]),
    ("POST", "/login?u=2", &[]),
    ("POST", "/login", &[]),
    ("GET", "/login?u=2", &[]),
    ("POST", "/logout", &[]),
    ("POST", "/logout-cookie-only", &[]),
    ("POST", "/logout-all", &[]),
    ("POST", "/password", &[]),
    ("POST", "/sudo", &[]),
    ("POST", "/reauthenticate", &[]),
    ("GET", "/sessions", &[]),
    ("GET", "/sessions", &[("Accept", HTML)]),
    ("HEAD", "/sessions", &[("Accept", HTML)]),
    ("GET", "/no/such/page?a=b", &[("Accept", HTML)]),
    ("POST", "/account", &[("Accept", HTML)]),
    ("GET", "/own-entrance", &[("Accept", HTML)]),
    ("GET", "/admin", &[]),
    ("GET", "/early", &[]),
    ("GET", "/question-mark", &[]),
    ("GET", "/panic", &[]),
    ("GET", "/stream", &[]),
    ("GET", "/exit/redirects", &[]),
    ("POST", "/bakes", &[]),
    ("POST", "/forges", &[]),
    ("POST", "/guarded", &[("Origin", "https://evil.example")]),
    ("POST", "/guarded", &[("Origin", "null")]),
    ("POST", "/required", &[("Sec-Fetch-Site", "cross-site")]),
    ("POST", "/hook", &[("Origin", "https://evil.example")]),
    ("POST", "/eager/7", &[]),
    ("POST", "/required/7?u=1", &[]),
    ("GET", "/says/asks?vary=Accept-Encoding", &[]),
    ("GET", "/says/sets?cache-control=public", &[]),
    ("GET", "/says/clears?status=304", &[]),
    ("GET", "/says/required?cache-control=max-age=60", &[]),
    ("POST", "/values/put?name=a&text=x", &[]),
    ("GET", "/values/take?name=a", &[]),
    ("GET", "/swallows", &[]),
    ("PATCH", "/guarded", &[]),
    ("PUT", "/logout", &[]),
    ("BREW", "/whoami", &[]),
];

/// What of an answer is the library's.
#[derive(Clone, Debug, PartialEq)]
struct Answer {
    status: u16,
    /// Our cookie's line, with a word in the place of a token.
    our_cookie: Option<String>,
    other_cookies: usize,
    vary: Option<String>,
    cache_control: Option<String>,
    location: Option<String>,
    challenge: Option<String>,
    /// Of a refusal: that of a handler's own answer is the framework's.
    content_type: Option<String>,
}

fn tokenless(mut cookie: SetCookie) -> String {
    if !cookie.is_removal() {
        cookie.value = "TOKEN".to_owned();
    }
    format!("{cookie:?}")
}

impl Answer {
    fn of(reply: &Reply) -> Self {
        let line = |name: &str| reply.header(name).map(str::to_owned);
        let cookie = reply.our_cookie();
        let is_refusal = [303, 401, 403, 503].contains(&reply.status);
        Self {
            status: reply.status,
            other_cookies: reply.set_cookies().len() - usize::from(cookie.is_some()),
            our_cookie: cookie.map(tokenless),
            vary: line("vary"),
            cache_control: line("cache-control"),
            location: line("location"),
            challenge: line("www-authenticate"),
            content_type: line("content-type").filter(|_| is_refusal),
        }
    }
}

impl Answer {
    /// As this framework gives it, where it differs from the first.
    fn on(mut self, framework: Framework) -> Self {
        if !framework.refusals_have_a_text() {
            self.content_type = None;
        }
        if self.status == Framework::Axum.untyped_json() {
            self.status = framework.untyped_json();
        }
        self
    }
}

async fn ask(site: &Site, (method, target, lines): Request, who: As) -> Answer {
    let token = match who {
        As::Nobody => None,
        As::Bob => Some(site.log_in(BOB).await),
        As::Stranger => Some(Token::made_up()),
        _ => Some(site.log_in(ADA).await),
    };
    match who {
        As::IdleAda => site.clock.advance(ACTIVE),
        As::AdaInAnOutage => site.store.fail(),
        As::AdaUnreadable => site.store.corrupt(),
        _ => {}
    }
    let mut request = site.request(method, target);
    if !lines.is_empty() {
        request = request.without_fetch_metadata();
    }
    for (name, value) in lines {
        request = request.header(name, value);
    }
    if let Some(token) = &token {
        request = request.session(token);
    }
    let reply = request.send().await;
    site.store.heal();
    Answer::of(&reply)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_answered_alike_by_every_framework() {
    let mut sites = Vec::new();
    for framework in Framework::ALL {
        let settings = Settings {
            login_path: Some("/login"),
            ..Settings::default()
        };
        sites.push(Site::with(Server::new(*framework, Backend::Memory), settings).await);
    }
    for request in REQUESTS {
        for who in ALL {
            let first = ask(&sites[0], request, who).await;
            for site in &sites[1..] {
                let answer = ask(site, request, who).await;
                let framework = site.framework;
                let expected = first.clone().on(framework);
                assert_eq!(answer, expected, "{framework:?}: {request:?} as {who:?}");
            }
        }
    }
}
