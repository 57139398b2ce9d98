use http::{Request, Response};
use locals::with_locals;

struct App {
    name: String,
}

#[with_locals(http, auth = app.name)]
async fn home(request: Request<String>, app: &App) -> Response<String> {
    locals.clear_session();
    Response::new(request.into_body())
}

fn main() {}
