use http::{Request, Response};
use locals::{Auth, with_locals};

struct Account;

struct App {
    auth: Auth,
}

#[with_locals(http, auth = app.auth, user = Account)]
async fn home(request: Request<String>, app: &App) -> Response<String> {
    locals.clear_session();
    Response::new(request.into_body())
}

fn main() {}
