//! The cases of this library.

mod handlers;
mod sessions;

use crate::case::{Answer, Call, Case, Named, Site, named};
use axum::{
    Router,
    routing::{MethodRouter, get, post},
};
use handlers::{required, sign_in, sign_out, untouched, used};
use locals::Auth;
use locals_bench::application::Account;
use sessions::{JUST_NOW, Sessions, Store, YESTERDAY};

pub fn cases() -> Vec<Named> {
    use Store::{Memory, Sqlite};
    vec![
        named("locals/untouched", unread()),
        named("locals/used/memory", page(Memory, get(used))),
        named("locals/required/memory", page(Memory, get(required))),
        named("locals/renewal/memory", renewal(Memory)),
        named("locals/sign-in/memory", signing_in(Memory)),
        named("locals/sign-out/memory", signing_out(Memory)),
        named("locals/rejected-form", rejected_form()),
        named("locals/used/SQLite", page(Sqlite, get(used))),
        named("locals/required/SQLite", page(Sqlite, get(required))),
        named("locals/renewal/SQLite", renewal(Sqlite)),
        named("locals/sign-in/SQLite", signing_in(Sqlite)),
        named("locals/sign-out/SQLite", signing_out(Sqlite)),
    ]
}

/// There is a session, and nobody asks for it.
async fn unread() -> Case {
    let sessions = Sessions::made(Store::Memory, JUST_NOW).await;
    let calls = sessions.calls(|_, cookie| Call::page(1, cookie));
    case(sessions, "/", get(untouched), calls, Answer::OK)
}

async fn page(store: Store, handler: MethodRouter<Auth<Account>>) -> Case {
    let sessions = Sessions::made(store, JUST_NOW).await;
    let calls = sessions.calls(Call::page);
    case(sessions, "/", handler, calls, Answer::OK)
}

/// The first request of a session in its idle period.
async fn renewal(store: Store) -> Case {
    let sessions = Sessions::made(store, YESTERDAY).await;
    let calls = sessions.calls(Call::page);
    case(sessions, "/", get(required), calls, Answer::OK_WITH_COOKIE)
}

/// Of a user who has one session elsewhere.
async fn signing_in(store: Store) -> Case {
    let sessions = Sessions::made(store, JUST_NOW).await;
    let calls = sessions.calls(|user, _| Call::sign_in(user, Site::Ours));
    let answer = Answer::OK_WITH_COOKIE;
    case(sessions, "/login/{user}", post(sign_in), calls, answer)
}

async fn signing_out(store: Store) -> Case {
    let sessions = Sessions::made(store, JUST_NOW).await;
    let calls = sessions.calls(|_, cookie| Call::form("/logout", Site::Ours, Some(cookie)));
    let answer = Answer::OK_WITH_COOKIE;
    case(sessions, "/logout", post(sign_out), calls, answer)
}

/// Which the browser sends without the cookie, since it is `SameSite=Lax`.
async fn rejected_form() -> Case {
    let sessions = Sessions::made(Store::Memory, JUST_NOW).await;
    let calls = sessions.calls(|user, _| Call::sign_in(user, Site::Another));
    let answer = Answer::FORBIDDEN;
    case(sessions, "/login/{user}", post(sign_in), calls, answer)
}

fn case(
    sessions: Sessions,
    path: &str,
    handler: MethodRouter<Auth<Account>>,
    calls: Vec<Call>,
    answer: Answer,
) -> Case {
    let app = Router::new().route(path, handler).with_state(sessions.auth);
    Case {
        folder: sessions.folder,
        ..Case::new(app, calls, answer)
    }
}
