use axum::Router;
use axum_extra::routing::{RouterExt, TypedPath};
use locals::{Auth, with_locals};

#[derive(TypedPath, serde::Deserialize)]
#[typed_path("/users/{id}")]
struct User {
    id: u32,
}

#[with_locals]
async fn user(User { id }: User) -> String {
    id.to_string()
}

fn main() {
    let _: Router<Auth> = Router::new().typed_get(user);
}
