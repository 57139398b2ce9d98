use axum::extract::Path;
use locals::with_locals;

#[with_locals]
async fn home(Path(id): Path<u32>) -> String {
    if id == 0 {
        return 404;
    }
    id.to_string()
}

fn main() {}
