//! Handlers that have the browser carry something, and an application that signs in by OAuth.

use locals::{Error, Flash, with_locals};
use serde::{Deserialize, Serialize};

use super::{prelude::*, status, text};
use crate::{
    rig::{ADA, Account},
    visitor::provider,
};

routes! {
    "/values/put" => post put;
    "/values/take" => get take;
    "/values/take-a-number" => get take_a_number;
    "/values/take-twice" => get take_twice;
    "/values/replace" => post replace;
    "/values/forge" => post forge;
    "/values/take-then-ask" => get take_then_ask;
    "/values/around-a-sign-in" => post around_a_sign_in;
    "/values/flash" => post flash;
    "/values/flash-then-read" => post flash_then_read;
    "/values/page" => get page;
    "/oauth/start" => get oauth_start;
    "/oauth/callback" => get oauth_callback;
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Given {
    name: String,
    text: String,
}

#[derive(Deserialize)]
struct Told {
    kind: String,
    text: String,
}

/// What has to be the same before and after the provider.
#[derive(Deserialize, Serialize)]
struct Oauth {
    provider: String,
    state: String,
    verifier: String,
}

#[derive(Deserialize)]
struct Start {
    provider: String,
    back: String,
}

#[derive(Deserialize)]
struct Back {
    code: String,
    state: String,
}

/// The value, or 404.
fn found(value: Option<String>) -> Response {
    value.map_or_else(|| status(404), text)
}

fn page_of(flashes: Vec<Flash>) -> String {
    let mut page = String::new();
    for Flash { kind, text } in flashes {
        page += &format!("{kind}: {text}\n");
    }
    page
}

handlers! {
    #[with_locals(user = Account)]
    async fn put(Query(Given { name, text }): Query<Given>) -> Result<&'static str, Error> {
        locals.put(&name, &text)?;
        Ok("put")
    }

    #[with_locals(user = Account)]
    async fn take(Query(Named { name }): Query<Named>) -> Response {
        found(locals.take(&name))
    }

    #[with_locals(user = Account)]
    async fn take_a_number(Query(Named { name }): Query<Named>) -> Response {
        found(locals.take::<u32>(&name).map(|number| number.to_string()))
    }

    /// Both answers.
    #[with_locals(user = Account)]
    async fn take_twice(Query(Named { name }): Query<Named>) -> String {
        let (first, second) = (locals.take::<String>(&name), locals.take::<String>(&name));
        format!("{first:?} {second:?}")
    }

    /// Takes a value, and puts another under its name.
    #[with_locals(user = Account)]
    async fn replace(Query(Given { name, text }): Query<Given>) -> Result<Response, Error> {
        let taken = locals.take(&name);
        locals.put(&name, &text)?;
        Ok(found(taken))
    }

    #[with_locals(user = Account)]
    async fn forge() -> Result<Response, Error> {
        locals.put("a", "x")?;
        let fields: [(&str, &[u8]); 2] = [
            ("set-cookie", b"__Host-session.a=by-hand; Path=/; Secure"),
            ("cache-control", b"public"),
        ];
        Ok(response(200, &fields, "forged"))
    }

    #[with_locals(user = Account)]
    async fn take_then_ask(Query(Named { name }): Query<Named>) -> Result<Response, Error> {
        let taken = locals.take(&name);
        locals.flash("note", "taken");
        locals.get_session().await?;
        Ok(found(taken))
    }

    #[with_locals(user = Account)]
    async fn around_a_sign_in() -> Result<&'static str, Error> {
        locals.put("before", "x")?;
        locals.flash("note", "before");
        locals.sign_in(ADA).await?;
        locals.put("after", "x")?;
        Ok("signed in")
    }

    #[with_locals(user = Account)]
    async fn flash(Query(Told { kind, text }): Query<Told>) -> Redirect {
        locals.flash(kind, text);
        see_other("/values/page")
    }

    #[with_locals(user = Account)]
    async fn flash_then_read() -> String {
        locals.flash("note", "for the next page");
        page_of(locals.flashes())
    }

    /// A flash on each line.
    #[with_locals(user = Account)]
    async fn page() -> String {
        page_of(locals.flashes())
    }

    #[with_locals(user = Account)]
    async fn oauth_start(
        Query(Start { provider, back }): Query<Start>,
    ) -> Result<Response, Error> {
        let (state, verifier) = (provider::random(), provider::random());
        let page = provider::page(&provider, &back, &state, &verifier);
        locals.put("oauth", &Oauth { provider, state, verifier })?;
        Ok(response(303, &[("location", page.as_bytes())], ""))
    }

    /// 400 unless this browser was sent to the provider, and the provider knows the code.
    #[with_locals(user = Account)]
    async fn oauth_callback(
        Query(Back { code, state }): Query<Back>,
    ) -> Result<Response, Error> {
        let Some(oauth) = locals.take::<Oauth>("oauth").filter(|oauth| oauth.state == state) else {
            return Ok(status(400));
        };
        let Oauth { provider, verifier, .. } = oauth;
        let Some(user) = provider::redeem(&provider, &code, &verifier).await else {
            return Ok(status(400));
        };
        locals.sign_in(user).await?;
        locals.flash("success", "Signed in.");
        Ok(response(303, &[("location", b"/values/page")], ""))
    }
}
