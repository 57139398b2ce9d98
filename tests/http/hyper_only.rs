//! What only handlers of plain `http` can be: functions from a request to a response, with no
//! framework around them.

mod exits;
mod services;

use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use locals::Locals;

use crate::{
    framework::on_hyper::Body,
    rig::{ADA, Account},
};

type Request = http::Request<Incoming>;
type Response = http::Response<Body>;

fn ok(text: impl Into<String>) -> Response {
    Response::new(Full::from(text.into()).boxed())
}

/// What a handler of plain `http` may fail with: there is no response in it.
#[derive(Debug)]
struct Failed(&'static str);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Failed {}

impl From<locals::Error> for Failed {
    fn from(_: locals::Error) -> Self {
        Self("the store")
    }
}

/// Signs Ada in without a word to the store but the new row.
async fn enter(locals: &Locals<Account>) -> Result<(), Failed> {
    let session = locals.auth().create_session(ADA).await?;
    locals.set_session(&session);
    Ok(())
}
