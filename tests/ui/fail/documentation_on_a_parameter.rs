use axum::extract::Path;
use locals::with_locals;

#[with_locals]
async fn home(
    /// Which page.
    Path(id): Path<u32>,
) {
    let _ = id;
}

fn main() {}
