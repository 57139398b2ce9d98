use axum::extract::State;
use locals::{Auth, with_locals};

#[with_locals(auth = auth)]
async fn home(State(auth): State<Auth>) {
    locals.clear_session();
    let _ = auth;
}

fn main() {}
