//! Handlers that answer with the status and the headers of their query.

use locals::with_locals;

use super::{app::Who, prelude::*};
use crate::rig::{ADA, Account, Admin};

routes! {
    "/says/untouched" => get untouched;
    "/says/asks" => get asks;
    "/says/sets" => get sets;
    "/says/clears" => get clears;
    "/says/signs-in" => get signs_in;
    "/says/signs-out" => get signs_out;
    "/says/eager" => get eager;
    "/says/eager-rejects" => get eager_rejects;
    "/says/required" => get required;
    "/says/admin" => get admin;
    "/personal" => get personal;
}

/// The headers to answer with, and the `status`.
type Said = Query<Vec<(String, String)>>;

fn says(Query(said): Said) -> Response {
    let mut status = 200;
    let mut fields = vec![("content-type", b"text/plain; charset=utf-8".as_slice())];
    for (name, value) in &said {
        if name == "status" {
            status = value.parse().expect("a status");
        } else {
            fields.push((name, value.as_bytes()));
        }
    }
    response(status, &fields, "said")
}

handlers! {
    #[with_locals(user = Account)]
    async fn untouched(said: Said) -> Response {
        says(said)
    }

    #[with_locals(user = Account)]
    async fn asks(said: Said) -> Result<Response, locals::Error> {
        locals.get_session().await?;
        Ok(says(said))
    }

    #[with_locals(user = Account)]
    async fn sets(said: Said) -> Result<Response, locals::Error> {
        locals.set_session(&locals.auth().create_session(ADA).await?);
        Ok(says(said))
    }

    #[with_locals(user = Account)]
    async fn clears(said: Said) -> Response {
        locals.clear_session();
        says(said)
    }

    #[with_locals(user = Account)]
    async fn signs_in(said: Said) -> Result<Response, locals::Error> {
        locals.sign_in(ADA).await?;
        Ok(says(said))
    }

    #[with_locals(user = Account)]
    async fn signs_out(said: Said) -> Result<Response, locals::Error> {
        locals.sign_out().await?;
        Ok(says(said))
    }

    #[with_locals(user = Account, eager)]
    async fn eager(said: Said) -> Response {
        says(said)
    }

    /// There is no `u` in any query here, and the body is no JSON.
    #[with_locals(user = Account, eager)]
    async fn eager_rejects(_: Query<Who>, _: Json<u8>) -> &'static str {
        "unreached"
    }

    #[with_locals(user = Account, required)]
    async fn required(said: Said) -> Response {
        says(said)
    }

    #[with_locals(user = Account, required(Admin))]
    async fn admin(said: Said) -> Response {
        says(said)
    }

    /// Signs a stranger in, greets whoever it is by name, and would have that cached for an hour.
    #[with_locals(user = Account)]
    async fn personal(Query(Who { u }): Query<Who>) -> Result<Response, locals::Error> {
        let known = locals.get_session_user().await?;
        let name = match known {
            Some((_, account)) => account.email.clone(),
            None => {
                locals.sign_in(u).await?;
                format!("user {u}")
            }
        };
        Ok(response(200, &[("cache-control", b"public, max-age=3600")], name))
    }
}
