use http::{Request, Response};
use locals::{Auth, with_locals};

struct Streamed(String);

#[with_locals(http, auth = auth)]
async fn home(request: Request<String>, auth: &Auth) -> Response<Streamed> {
    locals.clear_session();
    Response::new(Streamed(request.into_body()))
}

fn main() {}
