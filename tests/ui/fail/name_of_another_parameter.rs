use axum::extract::Path;
use locals::with_locals;

#[with_locals(name = id)]
async fn home(Path(id): Path<u32>) {
    let _ = id;
}

fn main() {}
