//! The devices an account is signed in on: naming them, listing them, signing them out.

use std::{convert::Infallible, net::SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Path},
    http::{header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use locals::{Required, SessionId, with_locals};
use minijinja::{Value, context};

use crate::{
    Locals,
    error::AppError,
    view::{self, Page, page},
};

#[with_locals]
pub(crate) async fn list(locals: &Locals<Required>) -> Result<Page, AppError> {
    let (session, account) = locals.get_session_user();
    let sessions = locals.auth().list_sessions(session.user_id()).await?;
    let devices: Vec<Value> = sessions
        .iter()
        .map(|info| {
            context! {
                id => info.id().to_string(),
                name => info.device().unwrap_or("An unknown device"),
                signed_in => view::moment(info.created_at()),
                last_used => view::moment(info.last_used_at()),
                current => info.is_current(session),
            }
        })
        .collect();
    let list = context! { devices };
    Ok(page(locals, "devices.html", Some(account), list))
}

#[with_locals]
pub(crate) async fn revoke(
    locals: &Locals<Required>,
    Path(id): Path<SessionId>,
) -> Result<Response, AppError> {
    let (session, account) = locals.get_session_user();
    if id == *session.id() {
        locals.sign_out().await?;
        locals.flash("notice", "You are signed out.");
        return Ok(Redirect::to("/").into_response());
    }
    let revoked = locals
        .auth()
        .invalidate_user_session(session.user_id(), &id)
        .await?;
    if !revoked {
        return Ok(view::missing(locals, Some(account)).into_response());
    }
    locals.flash("success", "That device is signed out.");
    Ok(Redirect::to("/devices").into_response())
}

/// What the owner will recognise a session by: "Firefox on Linux, 127.0.0.1".
pub(crate) struct Device(pub(crate) String);

impl<S: Sync> FromRequestParts<S> for Device {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let agent = parts
            .headers
            .get(header::USER_AGENT)
            .and_then(|agent| agent.to_str().ok())
            .unwrap_or_default();
        let name = name_of(agent);
        Ok(Self(
            match parts.extensions.get::<ConnectInfo<SocketAddr>>() {
                Some(ConnectInfo(peer)) => format!("{name}, {}", peer.ip()),
                None => name,
            },
        ))
    }
}

// Browsers claim to be their predecessors too: the most particular mark comes first.
const BROWSERS: [(&str, &str); 5] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

fn name_of(agent: &str) -> String {
    let find = |marks: &[(&str, &'static str)]| {
        marks
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => {
            // `curl/8.5.0` and the like.
            let product: String = agent
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c))
                .take(40)
                .collect();
            if product.is_empty() {
                "An unknown program".to_owned()
            } else {
                product
            }
        }
    }
}
