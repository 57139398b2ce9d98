//! Where something happened, as panics, events and backtraces tell it: on the user's own line.
//!
//! Each handler says by `line!()` where it does something, on the line where it does it.

use std::{
    backtrace::Backtrace,
    cell::RefCell,
    convert::Infallible,
    panic::{self, AssertUnwindSafe, Location},
    sync::{Arc, Mutex, Once},
};

use axum::{
    body::to_bytes,
    extract::{FromRequestParts, Query},
    http::{Request, header},
    response::IntoResponse,
};
use futures_util::FutureExt;
use locals::{Auth, Locals, MemoryStore, Required, WithLocals, testing::cookie_for, with_locals};
use tracing::{Metadata, Subscriber, field, instrument::WithSubscriber, span};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// The parameter of an annotated handler, as axum takes it from the request of a signed-in user.
async fn taken<T, L>() -> WithLocals<T, L>
where
    WithLocals<T, L>: FromRequestParts<Auth, Rejection = Infallible>,
{
    let auth: Auth = Auth::builder(MemoryStore::new())
        .build()
        .expect("safe defaults");
    let cookie = cookie_for(&auth, "ada").await.expect("a session");
    let request = Request::get("/?page=2")
        .header(header::COOKIE, cookie)
        .body(())
        .expect("a request");
    let (mut head, ()) = request.into_parts();
    let Ok(taken) = WithLocals::from_request_parts(&mut head, &auth).await;
    taken
}

async fn text(response: impl IntoResponse) -> String {
    let body = response.into_response().into_body();
    let bytes = to_bytes(body, usize::MAX).await.expect("a body in memory");
    String::from_utf8(bytes.to_vec()).expect("text")
}

// Panics: their message is the line.

#[with_locals]
async fn panics() {
    tokio::task::yield_now().await;
    panic!("{}", line!())
}

#[track_caller]
fn fail(line: u32) -> Result<String, Infallible> {
    panic!("{line}")
}

#[with_locals(required)]
async fn panics_in_a_callee() -> Result<String, Infallible> {
    let text = fail(line!())?;
    Ok(text)
}

#[with_locals]
async fn panics_in_a_block_of_its_own(
    locals: &Locals<locals::UserId, Required>,
    Query(_): Query<Vec<(String, u32)>>,
) -> impl IntoResponse {
    #![allow(unused_variables)] // beside this, the macro writes the body's braces anew
    let user = locals.get_session().user_id();
    let block = async move { panic!("{}", line!()) };
    let () = block.await;
    user.to_string()
}

struct Pages;

impl Pages {
    #[with_locals(eager, name = ctx)]
    async fn panics_in_a_method(&self) -> String {
        let user = ctx.get_session().map(locals::Session::user_id);
        let fail = |_| panic!("{}", line!());
        user.map(fail).unwrap_or_default()
    }
}

#[derive(Debug, PartialEq)]
struct Place {
    file: String,
    line: u32,
}

thread_local! {
    static PANICKED: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// Where a future panicked, and where it says it did.
async fn panicked(future: impl Future) -> (Place, Place) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            PANICKED.set(panic.location().map(|location| Place {
                file: location.file().to_owned(),
                line: location.line(),
            }));
            print(panic);
        }));
    });
    let panic = AssertUnwindSafe(future).catch_unwind().await.err();
    let panic = panic.expect("the handler panics");
    let message = panic.downcast_ref::<String>().expect("a formatted message");
    let said = Place {
        file: file!().to_owned(),
        line: message.parse().expect("the message is a line"),
    };
    (PANICKED.take().expect("the hook was called"), said)
}

#[tokio::test]
async fn a_panic_names_the_line_of_the_handler() {
    for (found, said) in [
        panicked(panics(taken().await)).await,
        panicked(panics_in_a_callee(taken().await)).await,
        panicked(panics_in_a_block_of_its_own(taken().await)).await,
        panicked(Pages.panics_in_a_method(taken().await)).await,
    ] {
        assert_eq!(found, said);
    }
}

// Callees that ask who called them.

#[track_caller]
fn caller() -> &'static Location<'static> {
    Location::caller()
}

#[with_locals]
async fn calls() -> String {
    format!("{}:{} {}", file!(), line!(), caller())
}

#[tokio::test]
async fn a_callee_sees_the_line_of_the_handler() {
    let text = text(calls(taken().await).await).await;
    let (said, found) = text.split_once(' ').expect("two places");
    assert!(found.starts_with(&format!("{said}:")), "{text}");
}

// Backtraces.

#[with_locals]
async fn traces(Query(_): Query<Vec<(String, u32)>>) -> String {
    format!("{}:{}\n{}", file!(), line!(), Backtrace::force_capture())
}

#[tokio::test]
async fn a_backtrace_shows_the_handler_and_its_line() {
    let text = text(traces(taken().await).await).await;
    let (said, backtrace) = text.split_once('\n').expect("a place and a backtrace");
    assert!(backtrace.contains(&format!("{said}:")), "{text}");
    assert!(backtrace.contains("spans::traces::"), "{text}");
}

// Events and spans: they carry the line as a field.

#[with_locals]
async fn logs() -> Result<(), Infallible> {
    tracing::info!(line = line!(), "an event");
    let span = tracing::info_span!("a span", line = line!());
    span.in_scope(|| tracing::warn!(line = line!()));
    Ok(())
}

/// Where the events and spans of this file are, and where they say they are.
#[derive(Clone, Default)]
struct Noted(Arc<Mutex<Vec<(Place, Place)>>>);

impl Noted {
    fn note(&self, metadata: &Metadata<'_>, record: impl FnOnce(&mut dyn field::Visit)) {
        if metadata.target() != module_path!() {
            return;
        }
        let mut said = Line(0);
        record(&mut said);
        let place = |file: &str, line| Place {
            file: file.to_owned(),
            line,
        };
        let found = place(
            metadata.file().unwrap_or_default(),
            metadata.line().unwrap_or_default(),
        );
        let mut noted = self.0.lock().expect("nothing panics while it is locked");
        noted.push((found, place(file!(), said.0)));
    }
}

impl<S: Subscriber> Layer<S> for Noted {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        self.note(event.metadata(), |line| event.record(line));
    }

    fn on_new_span(&self, span: &span::Attributes<'_>, _: &span::Id, _: Context<'_, S>) {
        self.note(span.metadata(), |line| span.record(line));
    }
}

/// The field `line`.
struct Line(u32);

impl field::Visit for Line {
    fn record_u64(&mut self, field: &field::Field, value: u64) {
        if field.name() == "line" {
            self.0 = value.try_into().expect("a line of this file");
        }
    }

    fn record_debug(&mut self, _: &field::Field, _: &dyn std::fmt::Debug) {}
}

#[tokio::test]
async fn events_and_spans_carry_the_line_of_the_handler() {
    let noted = Noted::default();
    let subscriber = tracing_subscriber::registry().with(noted.clone());
    let handled = async { logs(taken().await).await };
    let text = text(handled.with_subscriber(subscriber).await).await;
    assert_eq!(text, "");

    let noted = noted.0.lock().expect("nothing panics while it is locked");
    assert_eq!(noted.len(), 3, "an event, a span, and an event in it");
    for (found, said) in noted.iter() {
        assert_eq!(found, said);
    }
}
