use axum::http::{Request, Response};
use locals::{Auth, with_locals};

#[with_locals(http, auth = auth, http)]
async fn home(request: Request<String>, auth: &Auth) -> Response<String> {
    locals.clear_session();
    let _ = auth;
    Response::new(request.into_body())
}

fn main() {}
