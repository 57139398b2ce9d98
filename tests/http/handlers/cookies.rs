//! Handlers with `Set-Cookie` lines of their own.

use locals::with_locals;

use super::{prelude::*, text};
use crate::rig::{ADA, Account};

routes! {
    "/bakes" => post bakes;
    "/forges" => post forges;
    "/debug" => get debug;
    "/from" => post from;
}

handlers! {
    /// Two cookies of its own, not as we would write them; the body is the session's id.
    #[with_locals(user = Account)]
    async fn bakes() -> Result<Response, locals::Error> {
        let session = locals.auth().create_session(ADA).await?;
        locals.set_session(&session);
        let fields: [(&str, &[u8]); 2] = [
            ("set-cookie", b"a=1; Path=/a; X-Own=yes"),
            ("set-cookie", b"b=\"caf\xe9\", 2;secure"),
        ];
        Ok(response(200, &fields, session.id().to_string()))
    }

    #[with_locals(user = Account)]
    async fn forges() -> Result<Response, locals::Error> {
        locals.sign_in(ADA).await?;
        let forged = b"__Host-session=by-hand; Path=/; Secure";
        Ok(response(200, &[("set-cookie", forged)], "forged"))
    }

    /// How its locals print.
    #[with_locals(user = Account)]
    async fn debug() -> Result<Response, locals::Error> {
        let before = format!("{locals:?}");
        let session = locals.get_session().await?.cloned();
        Ok(text(format!("{before} {locals:?} {session:?}")))
    }

    /// Signs in from a device that is called what the browser calls itself.
    #[with_locals(user = Account)]
    async fn from(UserAgent(agent): UserAgent) -> Result<&'static str, locals::Error> {
        locals.sign_in(ADA).device(String::from_utf8_lossy(&agent)).await?;
        Ok("signed in")
    }
}
