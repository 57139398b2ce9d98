//! The handlers of `streams`.

use std::time::Duration;

use axum::{
    Router,
    extract::{State, WebSocketUpgrade},
    response::{
        Response,
        sse::{Event, Sse},
    },
    routing::get,
};
use futures_util::{Stream, stream};
use locals::{Auth, with_locals};

use crate::{framework::App, rig::Account};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/events", get(events))
        .route("/socket", get(socket))
}

#[with_locals(user = Account, required)]
async fn events(
    State(auth): State<Auth<Account>>,
) -> Sse<impl Stream<Item = Result<Event, locals::Error>>> {
    let token = locals.get_session().token().clone();
    Sse::new(stream::try_unfold((auth, token), async |(auth, token)| {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let signed_in = auth.validate_session(&token).await?.is_some();
        Ok(signed_in.then(|| (Event::default().data("tick"), (auth, token))))
    }))
}

#[with_locals(user = Account, required)]
async fn socket(State(auth): State<Auth<Account>>, upgrade: WebSocketUpgrade) -> Response {
    let token = locals.get_session().token().clone();
    upgrade.on_upgrade(async move |mut socket| {
        while let Some(Ok(message)) = socket.recv().await {
            let signed_in = matches!(auth.validate_session(&token).await, Ok(Some(_)));
            if !signed_in || socket.send(message).await.is_err() {
                break;
            }
        }
    })
}
