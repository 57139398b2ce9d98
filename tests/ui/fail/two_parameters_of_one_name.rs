use axum::extract::Path;
use locals::{Locals, with_locals};

#[with_locals]
async fn home(locals: &Locals, Path(locals): Path<String>) {
    let _ = locals;
}

fn main() {}
