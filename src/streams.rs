//! WebSocket and server-sent events: sessions of connections that outlive their request.
//!
//! A handler answers once; what it starts may go on for hours. The upgrade or the head of the stream
//! is the response: it carries the cookie, as every other does, and a handshake that comes from
//! another site is refused with 403 (checklist of OWASP: cross-site WebSocket hijacking; a browser
//! sends the cookie along whatever its `SameSite` says of the sibling domains). After it nothing can
//! be set any more, and `locals` cannot be moved into the stream: that does not compile.
//!
//! Take the token along instead, and ask [`Auth::validate_session`](crate::Auth::validate_session)
//! now and then whether the session is still there: it renews nothing, so that an open connection
//! alone keeps nobody signed in. `Ok(None)` means signed out: end the connection. `Err` means that
//! the store cannot say; the examples end then too, as the client will connect again.
//!
//! # Server-sent events
//!
//! On axum:
//!
//! ```
//! # #[cfg(feature = "axum")] mod on_axum {
//! use axum::{extract::State, response::sse::{Event, Sse}};
//! use futures_util::{Stream, stream};
//! use locals::{Auth, with_locals};
//! use std::time::Duration;
//!
//! #[with_locals(required)]
//! async fn clock(State(auth): State<Auth>) -> Sse<impl Stream<Item = Result<Event, locals::Error>>> {
//!     let token = locals.get_session().token().clone();
//!     Sse::new(stream::try_unfold((auth, token), async |(auth, token)| {
//!         tokio::time::sleep(Duration::from_secs(10)).await;
//!         let signed_in = auth.validate_session(&token).await?.is_some();
//!         Ok(signed_in.then(|| (Event::default().data("tick"), (auth, token))))
//!     }))
//! }
//! # }
//! ```
//!
//! On actix-web:
//!
//! ```
//! # #[cfg(feature = "actix-web")] mod on_actix {
//! use actix_web::{HttpResponse, web::Bytes};
//! use futures_util::stream;
//! use locals::with_locals;
//! use std::time::Duration;
//!
//! #[with_locals(required)]
//! async fn clock() -> HttpResponse {
//!     let (auth, token) = (locals.auth().clone(), locals.get_session().token().clone());
//!     let ticks = stream::try_unfold((auth, token), async |(auth, token)| {
//!         tokio::time::sleep(Duration::from_secs(10)).await;
//!         let signed_in = auth.validate_session(&token).await?.is_some();
//!         Ok::<_, locals::Error>(
//!             signed_in.then(|| (Bytes::from_static(b"data: tick\n\n"), (auth, token))),
//!         )
//!     });
//!     HttpResponse::Ok().content_type("text/event-stream").streaming(ticks)
//! }
//! # }
//! ```
//!
//! # WebSocket
//!
//! On axum, with its feature `ws`:
//!
//! ```
//! # #[cfg(feature = "axum")] mod on_axum {
//! use axum::{extract::{State, WebSocketUpgrade}, response::Response};
//! use locals::{Auth, with_locals};
//!
//! #[with_locals(required)]
//! async fn echo(State(auth): State<Auth>, upgrade: WebSocketUpgrade) -> Response {
//!     let token = locals.get_session().token().clone();
//!     upgrade.on_upgrade(async move |mut socket| {
//!         while let Some(Ok(message)) = socket.recv().await {
//!             let signed_in = matches!(auth.validate_session(&token).await, Ok(Some(_)));
//!             if !signed_in || socket.send(message).await.is_err() {
//!                 break;
//!             }
//!         }
//!     })
//! }
//! # }
//! ```
//!
//! On actix-web, with the crate `actix-ws`:
//!
//! ```
//! # #[cfg(feature = "actix-web")] mod on_actix {
//! use actix_web::{HttpRequest, HttpResponse, rt, web::Payload};
//! use actix_ws::Message;
//! use locals::with_locals;
//!
//! #[with_locals(required)]
//! async fn echo(request: HttpRequest, body: Payload) -> actix_web::Result<HttpResponse> {
//!     let (auth, token) = (locals.auth().clone(), locals.get_session().token().clone());
//!     let (response, mut answers, mut messages) = actix_ws::handle(&request, body)?;
//!     rt::spawn(async move {
//!         while let Some(Ok(Message::Text(text))) = messages.recv().await {
//!             let signed_in = matches!(auth.validate_session(&token).await, Ok(Some(_)));
//!             if !signed_in || answers.text(text).await.is_err() {
//!                 break;
//!             }
//!         }
//!         // Already closed if the client went first.
//!         let _ = answers.close(None).await;
//!     });
//!     Ok(response)
//! }
//! # }
//! ```
