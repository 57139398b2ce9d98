//! An application on actix-web, and one of plain functions.

use actix_web::{App, HttpResponse, get, web};
use http::{Request, Response};
use locals::{Auth, MemoryStore, with_locals};

#[get("/account")]
#[with_locals(required)]
async fn account() -> HttpResponse {
    HttpResponse::Ok().body(locals.get_session().user_id().to_string())
}

#[with_locals]
async fn login(name: web::Path<String>) -> Result<&'static str, locals::Error> {
    locals.sign_in(name.into_inner()).await?;
    Ok("signed in")
}

#[with_locals(http, auth = auth, required, redirect = "/login")]
async fn plain(_: Request<()>, auth: &Auth) -> Response<String> {
    Response::new(locals.get_session().user_id().to_string())
}

fn main() -> Result<(), locals::BuildError> {
    let auth: Auth = Auth::builder(MemoryStore::new()).build()?;
    let _ = App::new()
        .app_data(auth.clone())
        .service(account)
        .route("/login/{name}", web::post().to(login));
    drop(plain(Request::new(()), &auth));
    Ok(())
}
