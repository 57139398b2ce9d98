use axum::http::Request;
use locals::{Auth, with_locals};

#[with_locals(http, auth = auth)]
async fn home(request: Request<String>, auth: &Auth) {
    locals.clear_session();
    drop((request, auth));
}

fn main() {}
