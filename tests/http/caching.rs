//! What caches are told: `Vary` and `Cache-Control` of answers that know the session.

use std::time::Duration;

use axum::{
    Json, Router,
    extract::Query,
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use locals::{Guard, Session, with_locals};

use crate::{
    app::Who,
    rig::{ADA, Account, BOB, Backend, Reply, Settings, Site, on_both_stores},
};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);
const HTML: &str = "text/html";

struct Admin;

impl Guard<Account> for Admin {
    fn allows(_: &Session, user: &Account) -> bool {
        user.admin
    }
}

/// Routes that answer with the status and the headers of their query.
async fn site(backend: Backend) -> Site {
    let routes = Router::new()
        .route("/untouched", get(untouched))
        .route("/asks", get(asks))
        .route("/sets", get(sets))
        .route("/clears", get(clears))
        .route("/eager", get(eager))
        .route("/eager-rejects", get(eager_rejects))
        .route("/required", get(required))
        .route("/admin", get(admin));
    let settings = Settings {
        login_path: Some("/login"),
        ..Settings::default()
    };
    Site::with(backend, settings, routes).await
}

/// The fields of every `Vary` line, in lower case, sorted.
fn vary(reply: &Reply) -> Vec<String> {
    let lines = reply.headers("vary");
    let fields = lines
        .iter()
        .flat_map(|line| line.split(|&byte| byte == b','));
    let mut fields: Vec<_> = fields
        .map(|field| String::from_utf8_lossy(field.trim_ascii()).to_ascii_lowercase())
        .collect();
    fields.sort();
    fields
}

fn cache_control(reply: &Reply) -> Option<&str> {
    reply.header("cache-control")
}

on_both_stores! {
    async fn g_01_an_answer_with_our_cookie_is_not_stored(backend: Backend) {
        let site = site(backend).await;
        for target in ["/early", "/question-mark", "/stream", "/sets", "/clears"] {
            let reply = site.get(target).send().await;
            assert!(reply.our_cookie().is_some(), "{target}");
            assert_eq!(cache_control(&reply), Some("no-store"), "{target}");
        }
        let token = site.log_in(ADA).await;
        for target in ["/login?u=2", "/twice", "/sudo", "/logout-cookie-only", "/logout"] {
            let token = site.log_in(ADA).await;
            let reply = site.post(target).session(&token).send().await;
            assert!(reply.our_cookie().is_some(), "{target}");
            assert_eq!(cache_control(&reply), Some("no-store"), "{target}");
        }
        site.clock.advance(ACTIVE);
        let renewed = site.get("/whoami").session(&token).send().await;
        assert!(renewed.our_cookie().is_some());
        assert_eq!(cache_control(&renewed), Some("no-store"));
    }

    /// `header` sees to it that the line stands there once.
    async fn g_01_no_store_replaces_what_the_handler_said(backend: Backend) {
        let site = site(backend).await;
        for said in [
            "cache-control=public,%20max-age=3600",
            "cache-control=private",
            "cache-control=no-store",
            "cache-control=public&cache-control=max-age=3600",
        ] {
            for target in ["/sets", "/clears"] {
                let reply = site.get(&format!("{target}?{said}")).send().await;
                assert_eq!(cache_control(&reply), Some("no-store"), "{target}?{said}");
            }
        }
    }

    async fn g_02_an_answer_that_could_know_the_session_varies_by_cookie(backend: Backend) {
        let site = site(backend).await;
        let bob = site.log_in(BOB).await;
        let varies = |reply: &Reply| vary(reply).iter().filter(|name| *name == "cookie").count();
        let asking = ["/asks", "/sets", "/clears", "/eager", "/eager-rejects"];
        for target in asking.into_iter().chain(["/required", "/admin"]) {
            for status in [200, 404, 500] {
                let target = format!("{target}?status={status}");
                let anonymous = site.get(&target).send().await;
                assert_eq!(varies(&anonymous), 1, "{target}");
                let signed_in = site.get(&target).session(&bob).send().await;
                assert_eq!(varies(&signed_in), 1, "{target} as Bob");
                let unknown = site.get(&target).cookie_header("__Host-session=x").send().await;
                assert_eq!(varies(&unknown), 1, "{target} with a strange cookie");
            }
        }
        let to_login = site.get("/required").header("Accept", HTML).send().await;
        assert_eq!((to_login.status, varies(&to_login)), (303, 1));
        site.clock.advance(ACTIVE);
        let renewed = site.get("/asks").session(&bob).send().await;
        assert!(renewed.our_cookie().is_some());
        assert_eq!(varies(&renewed), 1);
    }

    async fn g_02_vary_is_merged_with_the_handlers_own(backend: Backend) {
        let site = site(backend).await;
        for (said, expected) in [
            ("vary=Accept-Encoding", &["accept-encoding", "cookie"][..]),
            ("vary=Cookie", &["cookie"]),
            ("vary=cookie", &["cookie"]),
            ("vary=Accept-Encoding,%20COOKIE", &["accept-encoding", "cookie"]),
            ("vary=Accept,Origin", &["accept", "cookie", "origin"]),
            ("vary=Accept&vary=Origin", &["accept", "cookie", "origin"]),
            ("vary=Accept&vary=Cookie", &["accept", "cookie"]),
            ("vary=X-Cookie", &["cookie", "x-cookie"]),
            ("vary=Cookie-Choice", &["cookie", "cookie-choice"]),
            ("vary=*", &["*"]),
        ] {
            for target in ["/asks", "/sets", "/clears", "/eager"] {
                let reply = site.get(&format!("{target}?{said}")).send().await;
                assert_eq!(vary(&reply), expected, "{target}?{said}");
            }
        }
    }

    async fn g_02_a_lazy_handler_that_asks_nothing_adds_nothing(backend: Backend) {
        let site = site(backend).await;
        let token = site.log_in(ADA).await;
        for said in ["", "vary=Accept-Encoding", "cache-control=public,%20max-age=60"] {
            let target = format!("/untouched?{said}");
            for request in [site.get(&target), site.get(&target).session(&token)] {
                let reply = request.send().await;
                let vary = said.starts_with("vary").then_some("Accept-Encoding");
                let cached = said.starts_with("cache").then_some("public, max-age=60");
                assert_eq!(reply.header("vary"), vary, "{said}");
                assert_eq!(cache_control(&reply), cached, "{said}");
                assert_eq!(reply.set_cookies().len(), 0, "{said}");
            }
        }
    }

    async fn g_03_an_answer_that_found_a_session_is_private(backend: Backend) {
        let site = site(backend).await;
        let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
        for target in ["/asks", "/eager", "/eager-rejects", "/required", "/admin"] {
            let reply = site.get(target).session(&ada).send().await;
            assert_eq!(cache_control(&reply), Some("private"), "{target}");
        }
        let refused = site.get("/admin").session(&bob).send().await;
        assert_eq!((refused.status, cache_control(&refused)), (403, Some("private")));
    }

    async fn g_03_an_answer_that_found_none_is_left_alone(backend: Backend) {
        let site = site(backend).await;
        let ended = site.log_in(ADA).await;
        site.post("/logout").session(&ended).send().await;
        for target in ["/asks", "/eager", "/eager-rejects"] {
            for request in [site.get(target), site.get(target).session(&ended)] {
                assert_eq!(cache_control(&request.send().await), None, "{target}");
            }
        }
    }

    async fn g_03_the_handlers_own_cache_control_is_kept(backend: Backend) {
        let site = site(backend).await;
        let token = site.log_in(ADA).await;
        for said in ["public, max-age=3600", "no-store", "no-cache", "max-age=0"] {
            for target in ["/asks", "/eager", "/required"] {
                let target = format!("{target}?cache-control={}", said.replace(' ', "%20"));
                let reply = site.get(&target).session(&token).send().await;
                assert_eq!(cache_control(&reply), Some(said), "{target}");
            }
        }
    }

    async fn g_05_not_modified_redirects_and_head_obey_too(backend: Backend) {
        let site = site(backend).await;
        let token = site.log_in(ADA).await;
        for status in [200, 303, 304, 307, 401] {
            for head in [false, true] {
                let request = |target: &str| {
                    let target = format!("{target}?status={status}&location=/public");
                    if head { site.head(&target) } else { site.get(&target) }
                };
                let asks = request("/asks").session(&token).send().await;
                assert_eq!(asks.status, status);
                assert_eq!(vary(&asks), ["cookie"], "{status}");
                assert_eq!(cache_control(&asks), Some("private"), "{status}");
                let sets = request("/sets").session(&token).send().await;
                assert!(sets.our_cookie().is_some(), "{status}");
                assert_eq!(vary(&sets), ["cookie"], "{status}");
                assert_eq!(cache_control(&sets), Some("no-store"), "{status}");
            }
        }
    }
}

/// The headers to answer with, and the `status`.
type Said = Query<Vec<(String, String)>>;

fn says(Query(said): Said) -> Response {
    let mut response = "said".into_response();
    for (name, value) in said {
        if name == "status" {
            *response.status_mut() = value.parse::<StatusCode>().expect("a status");
        } else {
            let name = HeaderName::try_from(name).expect("a header's name");
            let value = HeaderValue::try_from(value).expect("a header's value");
            response.headers_mut().append(name, value);
        }
    }
    response
}

#[with_locals(user = Account)]
async fn untouched(said: Said) -> Response {
    says(said)
}

#[with_locals(user = Account)]
async fn asks(said: Said) -> Result<Response, locals::Error> {
    locals.get_session().await?;
    Ok(says(said))
}

#[with_locals(user = Account)]
async fn sets(said: Said) -> Result<Response, locals::Error> {
    locals.set_session(&locals.auth().create_session(ADA).await?);
    Ok(says(said))
}

#[with_locals(user = Account)]
async fn clears(said: Said) -> Response {
    locals.clear_session();
    says(said)
}

#[with_locals(user = Account, eager)]
async fn eager(said: Said) -> Response {
    says(said)
}

/// There is no `u` in any query here, and the body is no JSON.
#[with_locals(user = Account, eager)]
async fn eager_rejects(_: Query<Who>, _: Json<u8>) -> &'static str {
    "unreached"
}

#[with_locals(user = Account, required)]
async fn required(said: Said) -> Response {
    says(said)
}

#[with_locals(user = Account, required(Admin))]
async fn admin(said: Said) -> Response {
    says(said)
}
