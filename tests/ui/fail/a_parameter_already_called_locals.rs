use axum::extract::Path;
use locals::with_locals;

#[with_locals]
async fn home(Path(locals): Path<String>) {
    let _ = locals;
}

fn main() {}
