//! WebSocket and server-sent events: sessions of connections that outlive their request.
//!
//! A handler answers once; what it starts may go on for hours. The upgrade or the head of the stream
//! is the response: it carries the cookie, as every other does, and a handshake that comes from
//! another site is refused with 403 (OWASP: cross-site WebSocket hijacking). `SameSite` alone does
//! not do that: a browser sends the cookie along from sibling subdomains. After the response nothing
//! can be set any more, and `locals` cannot be moved into the stream: that does not compile.
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
//! use axum::response::sse::{Event, Sse};
//! use futures_util::{Stream, stream};
//! use locals::with_locals;
//! use std::time::Duration;
//!
//! #[with_locals(required)]
//! async fn clock() -> Sse<impl Stream<Item = Result<Event, locals::Error>>> {
//!     let (auth, token) = (locals.auth().clone(), locals.get_session().token().clone());
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
//! On plain `http`, here with hyper. A `StreamBody` is not `Default`, as the body of a refusal has to
//! be; in a box it is:
//!
//! ```
//! # #[cfg(feature = "http")] mod on_hyper {
//! use futures_util::stream;
//! use http_body_util::{BodyExt, StreamBody, combinators::UnsyncBoxBody};
//! use hyper::body::{Bytes, Frame, Incoming};
//! use hyper::{Request, Response, header::{CONTENT_TYPE, HeaderValue}};
//! use locals::{Auth, with_locals};
//! use std::time::Duration;
//!
//! type Body = UnsyncBoxBody<Bytes, locals::Error>;
//!
//! #[with_locals(http, auth = auth, required)]
//! async fn clock(_: Request<Incoming>, auth: &Auth) -> Response<Body> {
//!     let (auth, token) = (locals.auth().clone(), locals.get_session().token().clone());
//!     let ticks = stream::try_unfold((auth, token), async |(auth, token)| {
//!         tokio::time::sleep(Duration::from_secs(10)).await;
//!         let signed_in = auth.validate_session(&token).await?.is_some();
//!         let tick = Frame::data(Bytes::from_static(b"data: tick\n\n"));
//!         Ok(signed_in.then(|| (tick, (auth, token))))
//!     });
//!     let mut response = Response::new(StreamBody::new(ticks).boxed_unsync());
//!     let events = HeaderValue::from_static("text/event-stream");
//!     response.headers_mut().insert(CONTENT_TYPE, events);
//!     response
//! }
//! # }
//! ```
//!
//! # WebSocket
//!
//! The examples look at the session when a message comes, so a silent socket stays open: a timer
//! beside it (`tokio::select!`) finds the end of the session sooner.
//!
//! On axum, with its feature `ws`:
//!
//! ```
//! # #[cfg(feature = "axum")] mod on_axum {
//! use axum::{extract::WebSocketUpgrade, response::Response};
//! use locals::with_locals;
//!
//! #[with_locals(required)]
//! async fn echo(upgrade: WebSocketUpgrade) -> Response {
//!     let (auth, token) = (locals.auth().clone(), locals.get_session().token().clone());
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
//!         while let Some(Ok(message)) = messages.recv().await {
//!             let signed_in = matches!(auth.validate_session(&token).await, Ok(Some(_)));
//!             if !signed_in {
//!                 break;
//!             }
//!             let sent = match message {
//!                 Message::Text(text) => answers.text(text).await,
//!                 Message::Ping(bytes) => answers.pong(&bytes).await,
//!                 Message::Close(_) => break,
//!                 _ => Ok(()),
//!             };
//!             if sent.is_err() {
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
//!
//! On plain `http`, a handler that answers 101 hands `hyper::upgrade::on(request)` to a task, with the
//! `Auth` and the token; WebSocket over it is the matter of another crate.
