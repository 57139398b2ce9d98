use async_trait::async_trait;
use axum::http::{Request, Response};
use locals::{Auth, with_locals};

struct App {
    auth: Auth,
}

#[async_trait]
trait Service {
    async fn call(&self, request: Request<String>) -> Response<String>;
}

#[async_trait]
impl Service for App {
    #[with_locals(http, auth = self.auth)]
    async fn call(&self, request: Request<String>) -> Response<String> {
        locals.clear_session();
        Response::new(request.into_body())
    }
}

fn main() {}
