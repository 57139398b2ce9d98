use axum::extract::Path;
use locals::with_locals;

#[with_locals]
async fn home(#[cfg(debug_assertions)] Path(_id): Path<u32>) {
    locals.clear_session();
}

fn main() {}
