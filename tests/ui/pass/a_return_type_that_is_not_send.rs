//! What a handler returns lives across no await of the attribute's: it need not be `Send`.

use std::{error::Error, rc::Rc};

use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use locals::{Auth, MemoryStore, with_locals};

struct AppError(Box<dyn Error>);

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.0.to_string()).into_response()
    }
}

struct Page(Rc<str>);

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        self.0.to_string().into_response()
    }
}

#[with_locals(eager)]
async fn home() -> Result<Page, AppError> {
    let number: u8 = "seven".parse().map_err(|error| AppError(Box::new(error)))?;
    Ok(Page(number.to_string().into()))
}

fn main() {
    let auth: Auth = Auth::builder(MemoryStore::new()).build().unwrap();
    let _: Router = Router::new().route("/", get(home)).with_state(auth);
}
