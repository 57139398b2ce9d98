use std::convert::Infallible;

use axum::body::Body;
use futures_util::stream;
use locals::with_locals;

#[with_locals(required)]
async fn download() -> Body {
    let session = locals.get_session().clone();
    Body::from_stream(stream::once(async move {
        locals.set_session(&session);
        Ok::<_, Infallible>("too late: the headers are gone")
    }))
}

fn main() {}

// Shows B-12: once the head is sent, there is no way to change the session.
