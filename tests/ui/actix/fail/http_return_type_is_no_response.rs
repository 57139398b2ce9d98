use http::Request;
use locals::{Auth, with_locals};

#[with_locals(http, auth = auth)]
async fn home(request: Request<String>, auth: &Auth) -> String {
    locals.clear_session();
    request.into_body()
}

fn main() {}
