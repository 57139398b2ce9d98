use axum::http::Response;
use locals::{Locals, with_locals};

#[with_locals(http, auth = auth())]
async fn home(locals: &Locals) -> Response<String> {
    locals.clear_session();
    Response::default()
}

fn main() {}
