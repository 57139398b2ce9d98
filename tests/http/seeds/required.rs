//! Who is refused before a `required` handler runs, and how.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Extension, Router,
    extract::{FromRequestParts, Query},
    http::{Uri, request::Parts},
    routing::{get, post},
};
use locals::{Guard, Session, local_path, with_locals};
use serde::Deserialize;

use crate::rig::{ADA, Account, BOB, Backend, Reply, Settings, Site, on_both_stores};

/// What a browser's address bar sends.
const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

struct Admin;

impl Guard<Account> for Admin {
    fn allows(_: &Session, user: &Account) -> bool {
        user.admin
    }
}

/// How often an extractor ran.
#[derive(Clone, Default)]
struct Runs(Arc<AtomicUsize>);

impl Runs {
    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Extracts nothing, and counts.
struct Counted;

impl<S: Sync> FromRequestParts<S> for Counted {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let runs = parts
            .extensions
            .get::<Runs>()
            .expect("the routes' extension");
        runs.0.fetch_add(1, Ordering::SeqCst);
        Ok(Self)
    }
}

async fn site(backend: Backend, login_path: Option<&'static str>) -> (Site, Runs) {
    let runs = Runs::default();
    let routes = Router::new()
        .route("/account", get(account).post(account))
        .route("/own-entrance", get(own_entrance))
        .route("/admin", get(admin))
        .route("/counted", post(counted))
        .route("/upload", post(upload))
        .route("/{*path}", get(account))
        .layer(Extension(runs.clone()));
    let settings = Settings {
        login_path,
        ..Settings::default()
    };
    (Site::with(backend, settings, routes).await, runs)
}

/// The refusal in words: its type and its constant text.
fn plain(reply: &Reply) -> &str {
    let content_type = reply.header("content-type").unwrap_or_default();
    assert!(content_type.starts_with("text/plain"), "{content_type}");
    assert_eq!(reply.header("location"), None);
    assert_eq!(reply.set_cookies().len(), 0);
    reply.text()
}

/// The `next` of a redirect to the login page.
fn next(reply: &Reply, login_path: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Next {
        next: Option<String>,
    }
    assert_eq!(reply.status, 303, "{}", reply.text());
    let location: Uri = reply
        .header("location")
        .expect("a redirect")
        .parse()
        .expect("a URL");
    assert_eq!((location.host(), location.path()), (None, login_path));
    let Query(Next { next }) = Query::try_from_uri(&location).expect("a query");
    next
}

on_both_stores! {
    async fn a_required_handler_answers_401_without_a_session(backend: Backend) {
        let (site, _) = site(backend, None).await;
        let refused = site.get("/account").send().await;
        assert_eq!(refused.status, 401);
        let in_a_browser = site.get("/account").header("Accept", HTML).send().await;
        assert_eq!(in_a_browser.status, 401, "there is no login page to go to");
        assert_eq!(plain(&refused), plain(&in_a_browser));

        let token = site.log_in(BOB).await;
        let admitted = site.get("/account").session(&token).send().await;
        assert_eq!((admitted.status, admitted.text()), (200, "bob@example.com"));
    }

    async fn an_ended_session_is_refused_as_none(backend: Backend) {
        let (site, _) = site(backend, None).await;
        let token = site.log_in(BOB).await;
        site.post("/logout").session(&token).send().await;
        let ended = site.get("/account").session(&token).send().await;
        let none = site.get("/account").send().await;
        assert_eq!((ended.status, none.status), (401, 401));
        assert_eq!(plain(&ended), plain(&none));
    }

    async fn e_04_a_user_who_is_gone_has_no_session(backend: Backend) {
        let (site, _) = site(backend, None).await;
        let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
        site.delete_user(BOB);
        assert_eq!(site.get("/account").session(&bob).send().await.status, 401);
        assert_eq!(site.whoami(&bob).await, 401);
        assert_eq!(site.whoami(&ada).await, 200);
    }

    async fn a_guard_refuses_with_403(backend: Backend) {
        let (site, _) = site(backend, Some("/login")).await;
        let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
        let admitted = site.get("/admin").session(&ada).send().await;
        assert_eq!((admitted.status, admitted.text()), (200, "1 is an administrator"));
        let refused = site.get("/admin").session(&bob).send().await;
        let in_a_browser = site.get("/admin").session(&bob).header("Accept", HTML).send().await;
        assert_eq!((refused.status, in_a_browser.status), (403, 403), "Bob is signed in already");
        assert_eq!(plain(&refused), plain(&in_a_browser));
        assert_eq!(site.get("/admin").send().await.status, 401, "nobody is not Bob");
    }

    async fn b_10_a_guard_refusal_keeps_the_renewed_cookie(backend: Backend) {
        let (site, _) = site(backend, None).await;
        let bob = site.log_in(BOB).await;
        site.clock.advance(Duration::from_secs(24 * 60 * 60));
        let refused = site.get("/admin").session(&bob).send().await;
        assert_eq!(refused.status, 403);
        assert_eq!(refused.our_cookie().expect("a renewed session's cookie").token(), bob);
    }

    async fn a_browser_is_sent_to_the_login_page_and_back(backend: Backend) {
        let (site, _) = site(backend, Some("/login")).await;
        let reply = site.get("/account").header("Accept", HTML).send().await;
        assert_eq!(reply.status, 303);
        assert_eq!(reply.header("location"), Some("/login?next=%2Faccount"));

        for target in ["/account?tab=2&of=3", "/account?next=%2Fadmin", "/caf%C3%A9/a%26b?c=%25"] {
            let reply = site.get(target).header("Accept", HTML).send().await;
            assert_eq!(next(&reply, "/login").as_deref(), Some(target));
        }
        let head = site.head("/account").header("Accept", HTML).send().await;
        assert_eq!(next(&head, "/login").as_deref(), Some("/account"));
    }

    async fn a_handlers_own_login_page_goes_first(backend: Backend) {
        for login_path in [None, Some("/login")] {
            let (site, _) = site(backend, login_path).await;
            let reply = site.get("/own-entrance").header("Accept", HTML).send().await;
            assert_eq!(next(&reply, "/enter").as_deref(), Some("/own-entrance"));
        }
    }

    async fn only_a_browsers_navigation_is_redirected(backend: Backend) {
        let (site, _) = site(backend, Some("/login")).await;
        let no_accept = site.get("/account").send().await;
        let json = site.get("/account").header("Accept", "application/json").send().await;
        let form = site.post("/account").header("Accept", HTML).send().await;
        for reply in [no_accept, json, form] {
            assert_eq!(reply.status, 401);
            plain(&reply);
        }
    }

    /// Whatever the target looks like, the way back leads to this site.
    async fn next_is_a_path_of_this_site(backend: Backend) {
        let (site, _) = site(backend, Some("/login")).await;
        for target in ["//evil.example/x", "http://evil.example/account", "/%2Fevil.example"] {
            let reply = site.get(target).header("Accept", HTML).send().await;
            if let Some(next) = next(&reply, "/login") {
                assert_eq!(local_path(&next), Some(next.as_str()), "{target}");
            }
        }
        for elsewhere in ["//evil.example", "/\\evil.example", "https://evil.example", "x", ""] {
            assert_eq!(local_path(elsewhere), None, "{elsewhere}");
        }
    }

    async fn a_refused_request_runs_no_extractor_of_the_handler(backend: Backend) {
        let (site, runs) = site(backend, None).await;
        let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
        assert_eq!(site.post("/counted").send().await.status, 401);
        assert_eq!(site.post("/counted").session(&bob).send().await.status, 403);
        let cross_site = site
            .post("/counted")
            .session(&ada)
            .without_fetch_metadata()
            .header("Sec-Fetch-Site", "cross-site");
        assert_eq!(cross_site.send().await.status, 403);
        assert_eq!(runs.count(), 0);
        assert_eq!(site.post("/counted").session(&ada).send().await.status, 200);
        assert_eq!(runs.count(), 1);
    }

    /// A server that reads the body of such a request says `100 Continue` first.
    async fn an_anonymous_upload_is_refused_unread(backend: Backend) {
        let (site, _) = site(backend, None).await;
        let upload = |cookie: String| {
            format!(
                "POST /upload HTTP/1.1\r\nHost: {}\r\nSec-Fetch-Site: same-origin\r\n{cookie}\
                 Content-Length: 5\r\nExpect: 100-continue\r\n\r\n",
                site.address
            )
        };
        let reply = site.send(upload(String::new()).as_bytes()).await;
        assert_eq!(reply.status, 401);

        let token = site.log_in(ADA).await;
        let cookie = format!("Cookie: {}={}\r\n", site.cookie_name, token.0);
        let reply = site.send(upload(cookie).as_bytes()).await;
        assert_eq!(reply.status, 100, "Ada's is read");
    }
}

#[with_locals(user = Account, required)]
async fn account() -> String {
    let (_, account) = locals.get_session_user();
    account.email.clone()
}

#[with_locals(user = Account, required, redirect = "/enter")]
async fn own_entrance() -> &'static str {
    "in"
}

#[with_locals(user = Account, required(Admin))]
async fn admin() -> String {
    format!("{} is an administrator", locals.get_session().user_id())
}

#[with_locals(user = Account, required(Admin))]
async fn counted(_: Counted) -> &'static str {
    "counted"
}

#[with_locals(user = Account, required)]
async fn upload(body: String) -> String {
    format!("{} bytes", body.len())
}
