use axum::http::{Request, Response};
use locals::with_locals;

#[with_locals(http, auth)]
async fn home(request: Request<String>) -> Response<String> {
    locals.clear_session();
    Response::new(request.into_body())
}

fn main() {}
