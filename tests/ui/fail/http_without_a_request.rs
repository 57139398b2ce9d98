use axum::http::Response;
use locals::{Auth, with_locals};

struct Pages {
    auth: Auth,
}

impl Pages {
    #[with_locals(http, auth = self.auth)]
    async fn home(&self) -> Response<String> {
        locals.clear_session();
        Response::default()
    }
}

fn main() {}
