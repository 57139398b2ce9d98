//! What a session is to one request: asked for once, the same until the end, and what is set for
//! the next request apart from it.

mod combined;
mod required;

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Json, Router,
    extract::Path,
    routing::{get, post},
};
use futures_util::future::{join, join_all};
use locals::{Locals, Session, with_locals};
use tokio::sync::{Barrier, Notify};

use crate::rig::{ADA, Account, BOB, Backend, Settings, Site, on_both_stores};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);

async fn site(backend: Backend) -> Site {
    let routes = Router::new()
        .route("/ten-times", get(ten_times))
        .route("/sees/lazy", get(sees_lazy))
        .route("/sees/eager", get(sees_eager))
        .route("/sees/required", get(sees_required))
        .route("/marks/{order}", post(marks))
        .route("/fresh", get(fresh))
        .route("/eager", get(eager));
    Site::with(backend, Settings::default(), routes).await
}

on_both_stores! {
    async fn d_18_ten_calls_are_one_load(backend: Backend) {
        let site = site(backend).await;
        let token = site.log_in(ADA).await;
        site.store.reset();
        let reply = site.get("/ten-times").session(&token).send().await;
        assert_eq!(reply.text(), ["ada@example.com"; 10].join(" "));
        assert_eq!(site.store.calls().load, 1);
        assert_eq!(site.store.calls().total(), 1, "session and user in one call");
    }

    async fn d_18_no_cookie_is_no_load(backend: Backend) {
        let site = site(backend).await;
        site.store.reset();
        assert_eq!(site.get("/ten-times").send().await.text(), ["nobody"; 10].join(" "));
        assert_eq!(site.store.calls().total(), 0);
    }

    /// The store answers none of them until all ten have asked.
    async fn d_18_ten_calls_at_once_are_one_load(backend: Backend) {
        let asked = Arc::new(Notify::new());
        let routes = Router::new()
            .route("/at-once", get(ten_at_once))
            .layer(Extension(Arc::clone(&asked)));
        let site = Site::with(backend, Settings::default(), routes).await;
        let token = site.log_in(ADA).await;
        site.store.reset();
        site.store.hang();
        let store_answers = async {
            asked.notified().await;
            site.store.heal();
        };
        let request = site.get("/at-once").session(&token).send();
        let (reply, ()) = join(request, store_answers).await;
        assert_eq!(reply.text(), "10 saw ada@example.com");
        assert_eq!(site.store.calls().total(), 1);
    }

    /// And `current_session` sees each change: set, cleared, set.
    async fn d_17_get_session_is_unchanged_by_set_and_clear(backend: Backend) {
        let site = site(backend).await;
        for kind in ["/sees/lazy", "/sees/eager", "/sees/required"] {
            let token = site.log_in(ADA).await;
            let reply = site.get(kind).session(&token).send().await;
            let seen: Vec<Seen> = serde_json::from_slice(&reply.body).expect(kind);
            let got: Vec<_> = seen.iter().map(|seen| seen.0.as_deref()).collect();
            assert_eq!(got, [Some(token.id()); 4], "{kind}");

            let set = reply.our_cookie().expect("the session that was set").token();
            assert_ne!(set, token);
            let current: Vec<_> = seen.iter().map(|seen| seen.1.as_deref()).collect();
            let expected = [Some(token.id()), Some(set.id()), None, Some(set.id())];
            assert_eq!(current, expected, "{kind}");
        }
    }

    async fn d_17_an_anonymous_request_stays_anonymous_when_a_session_is_set(backend: Backend) {
        let site = site(backend).await;
        for kind in ["/sees/lazy", "/sees/eager"] {
            let reply = site.get(kind).send().await;
            let seen: Vec<Seen> = serde_json::from_slice(&reply.body).expect(kind);
            assert!(seen.iter().all(|seen| seen.0.is_none()), "{kind}");
            let set = reply.our_cookie().expect("the session that was set").token();
            let current: Vec<_> = seen.iter().map(|seen| seen.1.as_deref()).collect();
            assert_eq!(current, [None, Some(set.id()), None, Some(set.id())], "{kind}");
        }
    }

    /// `s` sets a new session, `c` clears: one `Set-Cookie`, the last call's.
    async fn b_03_the_last_call_wins(backend: Backend) {
        let site = site(backend).await;
        for order in ["s", "c", "ss", "cc", "sc", "cs", "scs", "csc", "sss", "sscc"] {
            let reply = site.post(&format!("/marks/{order}")).send().await;
            assert_eq!(reply.set_cookies().len(), 1, "{order}");
            let cookie = reply.our_cookie().expect("a cookie of ours");
            if order.ends_with('c') {
                assert!(cookie.is_removal(), "{order}: {cookie:?}");
            } else {
                assert_eq!(cookie.token().id(), reply.text(), "{order}");
                assert_eq!(site.whoami(&cookie.token()).await, 200, "{order}");
            }
        }
    }

    async fn d_16_a_cleared_cookie_leaves_the_session_valid(site: Site) {
        let token = site.log_in(ADA).await;
        site.store.reset();
        let reply = site.post("/logout-cookie-only").session(&token).send().await;
        assert!(reply.our_cookie().expect("a removal").is_removal());
        assert_eq!(site.store.calls().total(), 0, "nothing is asked of the store");
        assert_eq!(site.whoami(&token).await, 200, "the token replayed");
    }

    /// Both handlers run at the same time, and each answers with its own user.
    async fn d_17_two_requests_at_once_see_their_own_session(backend: Backend) {
        let routes = Router::new()
            .route("/meet", post(meet))
            .layer(Extension(Arc::new(Barrier::new(2))));
        let site = Site::with(backend, Settings::default(), routes).await;
        let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
        for _ in 0..10 {
            let (of_ada, of_bob) = join(
                site.post("/meet").session(&ada).send(),
                site.post("/meet").session(&bob).send(),
            )
            .await;
            assert_eq!(of_ada.text(), "ada@example.com ada@example.com");
            assert_eq!(of_bob.text(), "bob@example.com bob@example.com");
            assert!(of_ada.our_cookie().is_none(), "Ada keeps her cookie");
            assert!(of_bob.our_cookie().expect("Bob's is cleared").is_removal());
        }
    }

    async fn a_session_is_fresh_in_the_request_that_renewed_it(backend: Backend) {
        let site = site(backend).await;
        let token = site.log_in(ADA).await;
        let asked = async || {
            let reply = site.get("/fresh").session(&token).send().await;
            (reply.text().to_owned(), reply.our_cookie().map(|cookie| cookie.token()))
        };
        assert_eq!(asked().await, ("Some(false)".to_owned(), None));
        site.clock.advance(ACTIVE);
        assert_eq!(asked().await, ("Some(true)".to_owned(), Some(token.clone())));
        assert_eq!(asked().await, ("Some(false)".to_owned(), None));
    }

    async fn an_eager_handler_has_plain_getters(backend: Backend) {
        let site = site(backend).await;
        assert_eq!(site.get("/eager").send().await.text(), "nobody");
        let token = site.log_in(BOB).await;
        let reply = site.get("/eager").session(&token).send().await;
        assert_eq!(reply.text(), "bob@example.com as 2");
    }
}

#[with_locals(user = Account)]
async fn ten_times() -> Result<String, locals::Error> {
    let mut seen = Vec::new();
    for _ in 0..5 {
        let user = locals.get_session_user().await?;
        let email = user.map_or("nobody", |(_, account)| account.email.as_str());
        let asked_again = locals.get_session().await?.is_some();
        assert_eq!(asked_again, user.is_some());
        seen.extend([email, email]);
    }
    Ok(seen.join(" "))
}

#[with_locals(user = Account)]
async fn ten_at_once(Extension(asked): Extension<Arc<Notify>>) -> Result<String, locals::Error> {
    let all = join_all((0..10).map(|_| locals.get_session_user()));
    // Polled after the ten, so they have all asked by then.
    let (answers, ()) = join(all, async { asked.notify_one() }).await;
    let mut emails = Vec::new();
    for answer in answers {
        let email = answer?.map_or("nobody", |(_, account)| account.email.as_str());
        emails.push(email);
    }
    let count = emails.len();
    emails.dedup();
    Ok(format!("{count} saw {}", emails.join(" and ")))
}

/// The ids of `get_session` and of `current_session`.
type Seen = (Option<String>, Option<String>);

fn seen(got: Option<&Session>, current: Option<Session>) -> Seen {
    let id = |session: &Session| session.id().to_string();
    (got.map(id), current.as_ref().map(id))
}

async fn look_lazily(locals: &Locals<Account>) -> Result<Seen, locals::Error> {
    Ok(seen(
        locals.get_session().await?,
        locals.current_session().await?,
    ))
}

#[with_locals(user = Account)]
async fn sees_lazy() -> Result<Json<Vec<Seen>>, locals::Error> {
    let other = locals.auth().create_session(BOB).await?;
    let mut list = vec![look_lazily(locals).await?];
    locals.set_session(&other);
    list.push(look_lazily(locals).await?);
    locals.clear_session();
    list.push(look_lazily(locals).await?);
    locals.set_session(&other);
    list.push(look_lazily(locals).await?);
    Ok(Json(list))
}

#[with_locals(user = Account, eager)]
async fn sees_eager() -> Result<Json<Vec<Seen>>, locals::Error> {
    let look = || seen(locals.get_session(), locals.current_session());
    let other = locals.auth().create_session(BOB).await?;
    let mut list = vec![look()];
    locals.set_session(&other);
    list.push(look());
    locals.clear_session();
    list.push(look());
    locals.set_session(&other);
    list.push(look());
    Ok(Json(list))
}

#[with_locals(user = Account, required)]
async fn sees_required() -> Result<Json<Vec<Seen>>, locals::Error> {
    let look = || seen(Some(locals.get_session()), locals.current_session());
    let other = locals.auth().create_session(BOB).await?;
    let mut list = vec![look()];
    locals.set_session(&other);
    list.push(look());
    locals.clear_session();
    list.push(look());
    locals.set_session(&other);
    list.push(look());
    Ok(Json(list))
}

/// The body is the id of the last session set.
#[with_locals(user = Account)]
async fn marks(Path(order): Path<String>) -> Result<String, locals::Error> {
    let mut last = String::new();
    for step in order.chars() {
        if step == 's' {
            let session = locals.auth().create_session(ADA).await?;
            locals.set_session(&session);
            last = session.id().to_string();
        } else {
            locals.clear_session();
        }
    }
    Ok(last)
}

async fn email(locals: &Locals<Account>) -> Result<&str, locals::Error> {
    Ok(locals
        .get_session_user()
        .await?
        .map_or("nobody", |(_, account)| account.email.as_str()))
}

/// Asks before and after both requests are here; only Bob's cookie is cleared.
#[with_locals(user = Account)]
async fn meet(Extension(both): Extension<Arc<Barrier>>) -> Result<String, locals::Error> {
    let before = email(locals).await?;
    both.wait().await;
    if before.starts_with("bob") {
        locals.clear_session();
    }
    both.wait().await;
    Ok(format!("{before} {}", email(locals).await?))
}

#[with_locals(user = Account)]
async fn fresh() -> Result<String, locals::Error> {
    Ok(format!(
        "{:?}",
        locals.get_session().await?.map(Session::is_fresh)
    ))
}

#[with_locals(user = Account, eager)]
async fn eager() -> String {
    match (locals.get_session(), locals.get_session_user()) {
        (Some(session), Some((_, account))) => {
            format!("{} as {}", account.email, session.user_id())
        }
        _ => "nobody".to_owned(),
    }
}
