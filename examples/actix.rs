//! A JSON API with accounts on actix-web: `cargo run --example actix --features actix-web`.
//!
//! `PORT` and `DATABASE` change where it is. `shared/api.rs` has requests for curl.

#[path = "shared/api.rs"]
mod api;

use std::io::{self, Write};
use std::{net::Ipv4Addr, time::Duration};

use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::middleware::{ErrorHandlerResponse, ErrorHandlers};
use actix_web::{App, HttpResponse, HttpServer, ResponseError, Result};
use actix_web::{delete, dev::ServiceResponse, get, http::StatusCode, post, web};
use locals::{Auth, BoxError, CheckOrigin, SessionId, SqliteStore, with_locals};
use serde_json::json;

use api::{Account, ApiError, Credentials, Listed, Users};

#[post("/signup")]
#[with_locals(user = Account)]
async fn signup(
    users: web::Data<Users>,
    credentials: web::Json<Credentials>,
) -> Result<HttpResponse> {
    let account = users.create(credentials.into_inner()).await?;
    locals.sign_in(account.id).await?;
    Ok(HttpResponse::Created().json(account))
}

#[post("/login")]
#[with_locals(user = Account)]
async fn login(
    users: web::Data<Users>,
    credentials: web::Json<Credentials>,
) -> Result<HttpResponse> {
    let account = users.find(credentials.into_inner()).await?;
    locals.sign_in(account.id).await?;
    Ok(HttpResponse::Ok().json(account))
}

#[post("/logout")]
#[with_locals(user = Account)]
async fn logout() -> Result<HttpResponse> {
    locals.sign_out().await?;
    Ok(HttpResponse::NoContent().finish())
}

#[get("/me")]
#[with_locals(user = Account, required)]
async fn me() -> HttpResponse {
    let (_, account) = locals.get_session_user();
    HttpResponse::Ok().json(account)
}

#[get("/sessions")]
#[with_locals(user = Account, required)]
async fn sessions() -> Result<web::Json<Vec<Listed>>> {
    let session = locals.get_session();
    let list = locals.auth().list_sessions(session.user_id()).await?;
    Ok(web::Json(Listed::all(&list, session)))
}

#[delete("/sessions/{id}")]
#[with_locals(user = Account, required)]
async fn revoke(id: web::Path<SessionId>) -> Result<HttpResponse> {
    let (session, auth) = (locals.get_session(), locals.auth());
    if *id == *session.id() {
        locals.sign_out().await?;
    } else if !auth.invalidate_user_session(session.user_id(), &id).await? {
        return Err(ApiError::NoSuchSession.into());
    }
    Ok(HttpResponse::NoContent().finish())
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status()).expect("it is one of six")
    }
}

/// Makes `{"error": ".."}` of every error: the application's, actix-web's and the library's.
fn in_json<B>(response: ServiceResponse<B>) -> Result<ErrorHandlerResponse<B>> {
    let (request, response) = response.into_parts();
    let error = response.error();
    let error = error.and_then(|error| error.as_error::<ApiError>());
    // Only an `ApiError` is written for the client to read.
    let text = error.map_or_else(|| response.status().to_string(), ApiError::to_string);
    let mut response = response.set_body(json!({ "error": text }).to_string());
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    let response = ServiceResponse::new(request, response).map_into_boxed_body();
    let response = response.map_into_right_body();
    Ok(ErrorHandlerResponse::Response(response))
}

#[actix_web::main]
async fn main() -> Result<(), BoxError> {
    // The library reports what it refuses and what failed through `tracing`.
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    let (port, database) = api::place("actix.db")?;

    // The store comes first: it creates the file readable by its owner only. The users table must
    // be there when the store is built, because the sessions refer to it.
    let store = SqliteStore::open(&database)?.with_users("users");
    let users = web::Data::new(Users::open(&database)?);
    let auth: Auth<Account> = Auth::builder(store).insecure_dev().build()?;
    let _sweep = auth.sweep_every(Duration::from_secs(60 * 60));

    let server = HttpServer::new(move || {
        // Once per worker: what all share is made above.
        let json = web::JsonConfig::default().limit(16 * 1024);
        let path = web::PathConfig::default();
        App::new()
            // The last one wrapped is the outermost: what the check refuses is told in JSON too.
            .wrap(CheckOrigin::new(auth.clone()))
            .wrap(ErrorHandlers::new().default_handler(in_json))
            .app_data(auth.clone())
            .app_data(users.clone())
            .app_data(json.error_handler(|_, _| ApiError::Unreadable.into()))
            .app_data(path.error_handler(|_, _| ApiError::NoSuchSession.into()))
            .service((signup, login, logout, me, sessions, revoke))
    })
    .bind((Ipv4Addr::LOCALHOST, port))?;
    for address in server.addrs() {
        writeln!(io::stdout(), "actix example on http://{address}")?;
    }
    Ok(server.run().await?)
}
