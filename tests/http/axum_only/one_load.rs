//! One session of a request for whatever it passes: annotated functions for `from_fn`, layers, handlers,
//! in any order; and what comes too late for its cookie.

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::Request,
    middleware::{Next, from_fn_with_state},
    response::Response,
    routing::any,
};
use locals::{
    Auth, CurrentUser, Error, LoadSession, MemoryStore, RequireSession, Session, with_locals,
};
use tokio::sync::{Notify, mpsc};

use crate::{
    framework::{App, Running, on_axum},
    rig::{ADA, Account, BOB, Site, on_every_store},
};

#[with_locals(user = Account)]
async fn asks_nothing(request: Request, next: Next) -> Response {
    next.run(request).await
}

#[with_locals(user = Account)]
async fn asks_first(request: Request, next: Next) -> Result<Response, Error> {
    locals.get_session().await?;
    Ok(next.run(request).await)
}

#[with_locals(user = Account)]
async fn asks_last(request: Request, next: Next) -> Result<Response, Error> {
    let response = next.run(request).await;
    locals.get_session().await?;
    Ok(response)
}

/// Ends the session before the handler is asked.
#[with_locals(user = Account)]
async fn signs_out_first(request: Request, next: Next) -> Result<Response, Error> {
    locals.get_session().await?;
    locals.sign_out().await?;
    Ok(next.run(request).await)
}

async fn by_extension(session: Option<Extension<Session>>) -> String {
    session.map_or("nobody".into(), |Extension(session)| {
        session.user_id().to_string()
    })
}

/// Answers before the handler does, which runs on.
#[with_locals(user = Account)]
async fn answers_first(request: Request, next: Next) -> &'static str {
    tokio::spawn(next.run(request));
    "in time"
}

async fn by_extractor(user: CurrentUser<Account>) -> String {
    user.email.clone()
}

#[with_locals(user = Account, required)]
async fn by_locals() -> String {
    locals.get_session_user().1.email.clone()
}

/// What a handler that runs on waits for, and what its changes come to.
#[derive(Clone)]
struct Late {
    answered: Arc<Notify>,
    outcomes: mpsc::UnboundedSender<Vec<Result<(), Error>>>,
}

#[with_locals(user = Account)]
async fn changes_late(Extension(late): Extension<Late>) -> &'static str {
    late.answered.notified().await;
    locals.clear_session();
    let session = locals
        .auth()
        .validate_session("no token")
        .await
        .expect("a healthy store");
    assert!(session.is_none());
    let outcomes = vec![
        locals.sign_in(BOB).await,
        locals.sign_out().await,
        locals.sign_out_everywhere().await,
        locals.rotate().await,
        locals.reauthenticated().await,
    ];
    late.outcomes.send(outcomes).expect("the test waits");
    "too late"
}

async fn serve(site: &Site, late: Late) -> Running {
    let app = App {
        auth: site.auth.clone(),
        stage: site.stage.clone(),
    };
    let (auth, state) = (site.auth.clone(), app.clone());
    let handlers = || {
        Router::new()
            .route("/extractor", any(by_extractor))
            .route("/locals", any(by_locals))
            .route("/extension", any(by_extension))
    };
    let others = || LoadSession::new(others());
    let loads = || LoadSession::new(auth.clone());
    let requires = || RequireSession::new(auth.clone());
    let router = Router::new()
        .nest(
            "/a",
            handlers().layer(from_fn_with_state(state.clone(), asks_nothing)),
        )
        .nest(
            "/b",
            handlers().layer(from_fn_with_state(state.clone(), asks_first)),
        )
        .nest(
            "/c",
            handlers().layer(from_fn_with_state(state.clone(), asks_last)),
        )
        .nest(
            "/d",
            handlers()
                .layer(loads())
                .layer(from_fn_with_state(state.clone(), asks_last)),
        )
        .nest(
            "/e",
            handlers()
                .layer(from_fn_with_state(state.clone(), asks_first))
                .layer(requires()),
        )
        .nest(
            "/f",
            handlers()
                .layer(requires())
                .layer(from_fn_with_state(state.clone(), asks_nothing))
                .layer(loads())
                .layer(from_fn_with_state(state.clone(), asks_last)),
        )
        .nest(
            "/over",
            handlers()
                .merge(
                    Router::new()
                        .route("/gated", any(by_extension))
                        .layer(requires()),
                )
                .layer(from_fn_with_state(state.clone(), signs_out_first)),
        )
        .nest(
            "/g",
            handlers()
                .layer(requires())
                .layer(from_fn_with_state(state.clone(), asks_nothing)),
        )
        .nest("/of-others", handlers().layer(others()).layer(loads()))
        .route(
            "/late",
            any(changes_late)
                .layer(Extension(late))
                .layer(from_fn_with_state(state.clone(), answers_first)),
        )
        .with_state(app);
    on_axum::serve(router).await
}

/// Of another kind of users, who are in another store.
fn others() -> Auth {
    Auth::builder(MemoryStore::new()).build().expect("defaults")
}

fn late() -> (Late, mpsc::UnboundedReceiver<Vec<Result<(), Error>>>) {
    let (outcomes, told) = mpsc::unbounded_channel();
    let answered = Arc::new(Notify::new());
    (Late { answered, outcomes }, told)
}

on_every_store! {
    on Axum;

    async fn d_18_functions_layers_and_handlers_share_one_load_in_every_order(site: Site) {
        let running = serve(&site, late().0).await;
        let token = site.log_in(ADA).await;
        for order in ["/a", "/b", "/c", "/d", "/e", "/f"] {
            for handler in ["/extractor", "/locals"] {
                let target = format!("{order}{handler}");
                site.store.reset();
                site.told.take();
                let reply = site.get(&target).session(&token).send_by(running.address).await;
                assert_eq!((reply.status, reply.text()), (200, "ada@example.com"), "{target}");
                assert_eq!(site.store.calls().total(), 1, "{target}");
                assert_eq!(site.told.take(), ["valid"], "{target}");
            }
        }
    }

    async fn d_05_one_renewal_leaves_through_all_of_them(site: Site) {
        let running = serve(&site, late().0).await;
        let token = site.log_in(ADA).await;
        for order in ["/a", "/b", "/c", "/d", "/e", "/f"] {
            site.clock.advance(std::time::Duration::from_secs(24 * 60 * 60));
            let target = format!("{order}/locals");
            let reply = site.get(&target).session(&token).send_by(running.address).await;
            assert_eq!(reply.set_cookies().len(), 1, "{target}");
            assert_eq!(reply.our_cookie().expect("renewed").token(), token, "{target}");
        }
    }

    async fn d_12_nobody_further_in_is_let_in_by_a_session_that_was_ended_further_out(site: Site) {
        let running = serve(&site, late().0).await;
        for handler in ["/extractor", "/locals", "/gated"] {
            let token = site.log_in(ADA).await;
            let target = format!("/over{handler}");
            let reply = site.get(&target).session(&token).send_by(running.address).await;
            assert_eq!(reply.status, 401, "{target}");
            assert!(reply.our_cookie().expect("a removal").is_removal(), "{target}");
        }
    }

    async fn whoever_loads_puts_the_session_into_the_request(site: Site) {
        let running = serve(&site, late().0).await;
        let token = site.log_in(ADA).await;
        for target in ["/d/extension", "/e/extension", "/f/extension", "/g/extension"] {
            let reply = site.get(target).session(&token).send_by(running.address).await;
            assert_eq!(reply.text(), "1", "{target}");
        }
    }

    async fn a_session_of_other_users_is_not_handed_on(site: Site) {
        let running = serve(&site, late().0).await;
        let token = site.log_in(ADA).await;
        let reply = site.get("/of-others/extension").session(&token).send_by(running.address).await;
        assert_eq!(reply.text(), "nobody");
    }

    async fn b_12_what_comes_after_the_head_changes_nothing(site: Site) {
        let (late, mut told) = late();
        let answered = Arc::clone(&late.answered);
        let running = serve(&site, late).await;
        let token = site.log_in(ADA).await;
        let rows = site.rows().await;
        let reply = site.post("/late").session(&token).send_by(running.address).await;
        assert_eq!((reply.text(), reply.set_cookies().len()), ("in time", 0));
        answered.notify_one();
        let outcomes = told.recv().await.expect("the handler runs on");
        for (nth, outcome) in outcomes.iter().enumerate() {
            assert!(matches!(outcome, Err(Error::HeadersSent)), "{nth}: {outcome:?}");
        }
        assert_eq!(site.rows().await, rows);
        assert_eq!(site.whoami(&token).await, 200, "nothing was ended");
    }
}
