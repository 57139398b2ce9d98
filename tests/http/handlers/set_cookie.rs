//! Handlers with `Set-Cookie` lines of their own, and one that sets and clears in any order.

use locals::with_locals;

use super::prelude::*;
use crate::rig::{ADA, Account};

routes! {
    "/bakes" => post bakes;
    "/forges" => post forges;
    "/marks/{order}" => post marks;
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

    /// The body is the id of the last session set.
    #[with_locals(user = Account)]
    async fn marks(Path(order): Path<String>) -> Result<String, locals::Error> {
        let mut last = String::new();
        for step in order.chars() {
            if step == 's' {
                let session = locals.auth().create_session(ADA).await?;
                locals.set_session(&session);
                last = session.id().to_string();
            } else {
                locals.clear_session();
            }
        }
        Ok(last)
    }
}
