use axum::extract::Path;
use locals::with_locals;

#[with_locals]
#[utoipa::path(get, path = "/things/{id}", responses((status = 200, body = String)))]
async fn thing(Path(id): Path<u32>) -> String {
    id.to_string()
}

fn main() {}
