//! The handlers of `streams`.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse, rt,
    web::{self, Bytes, Payload, ServiceConfig},
};
use actix_ws::Message;
use futures_util::stream;
use locals::with_locals;

use crate::rig::Account;

pub(super) fn routes(routes: &mut ServiceConfig) {
    routes
        .route("/events", web::get().to(events))
        .route("/socket", web::get().to(socket));
}

#[with_locals(user = Account, required)]
async fn events() -> HttpResponse {
    let (auth, token) = (locals.auth().clone(), locals.get_session().token().clone());
    let ticks = stream::try_unfold((auth, token), async |(auth, token)| {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let signed_in = auth.validate_session(&token).await?.is_some();
        Ok::<_, locals::Error>(
            signed_in.then(|| (Bytes::from_static(b"data: tick\n\n"), (auth, token))),
        )
    });
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .streaming(ticks)
}

#[with_locals(user = Account, required)]
async fn socket(request: HttpRequest, body: Payload) -> actix_web::Result<HttpResponse> {
    let (auth, token) = (locals.auth().clone(), locals.get_session().token().clone());
    let (response, mut answers, mut messages) = actix_ws::handle(&request, body)?;
    rt::spawn(async move {
        while let Some(Ok(message)) = messages.recv().await {
            let signed_in = matches!(auth.validate_session(&token).await, Ok(Some(_)));
            let answered = match message {
                Message::Text(text) if signed_in => answers.text(text).await,
                Message::Ping(bytes) if signed_in => answers.pong(&bytes).await,
                _ => break,
            };
            if answered.is_err() {
                break;
            }
        }
        // Already closed if the client went first.
        let _ = answers.close(None).await;
    });
    Ok(response)
}
