//! Every name and type the design promises, on each kind of locals and on `Auth`.
#![deny(warnings)]
#![warn(clippy::pedantic)]

use std::time::{Duration, SystemTime};

use locals::{
    Auth, BuildError, CurrentUser, Eager, Error, Flash, Lifetimes, LoadSession, Locals,
    MemoryStore, PlainResponse, Refusal, RefusalReason, Refused, Renewal, Required, Session,
    SessionId, SessionInfo, SessionState, SessionToken, SignedIn, SweepHandle, UserId,
};

struct Account {
    email: String,
    password_hash: String,
    banned: bool,
}

const RECENTLY: Duration = Duration::from_secs(600);

async fn lazy(locals: &Locals<Account>) -> Result<(), Error> {
    let _: Option<&Session> = locals.get_session().await?;
    let _: Option<(&Session, &Account)> = locals.get_session_user().await?;
    let _: Option<Session> = locals.current_session().await?;
    let _: bool = locals.authenticated_within(RECENTLY).await?;
    let () = locals.sign_in(1_i64).await?;
    let () = locals.sign_in("ada").device("Firefox on Linux").await?;
    let () = locals.rotate().await?;
    let () = locals.reauthenticated().await?;
    let () = locals.sign_out().await?;
    let _: &Auth<Account> = locals.auth();
    Ok(())
}

async fn per_sign_in(locals: &Locals<Account>, account: &Account) -> Result<(), Error> {
    let () = locals
        .sign_in(1_i64)
        .verified(account)
        .lifetimes(Lifetimes::aal1())
        .browser_session()
        .device("Firefox on Linux")
        .assurance("mfa")
        .external_ref("oidc-sid")
        .await?;
    let session: Session = locals
        .auth()
        .create_session(1_i64)
        .external_ref("oidc-sid")
        .assurance(String::from("pwd"))
        .lifetimes(Lifetimes::aal2())
        .verified(account)
        .await?;
    let _: Option<&str> = session.assurance();
    let _: u64 = locals.auth().invalidate_by_external_ref("oidc-sid").await?;
    Ok(())
}

fn options() -> Result<Auth<Account>, BuildError> {
    Auth::builder(MemoryStore::new())
        .users_with(|_: UserId| async { Ok::<Option<Account>, std::io::Error>(None) })
        .security_stamp(|account: &Account| account.password_hash.as_bytes())
        .admits(|account: &Account| !account.banned)
        .renewal(Renewal::Rotate { grace: RECENTLY })
        .bearer()
        .login_path("/login")
        .next_field("return_to")
        .mounted_at("/app")
        .trusted_origins(["tauri://localhost"])
        .trusted_origin_if(|origin| origin == "https://a.preview.example")
        .on_refusal(|refusal: &Refusal<'_>| match refusal.reason() {
            RefusalReason::Forbidden => Some(PlainResponse::html(403, "<p>Not for you.")),
            RefusalReason::SignedOut if refusal.path().starts_with("/api/") => {
                Some(PlainResponse::json(401, r#"{"error":"sign_in"}"#))
            }
            _ => None,
        })
        .build()
}

fn refused(refusal: &Refusal<'_>, marker: Refused) -> Option<String> {
    let _: (RefusalReason, &str, &str) = (marker.reason(), refusal.method(), refusal.path());
    let _: Option<&str> = refusal.header("User-Agent");
    refusal.login_url().map(str::to_owned)
}

fn current(auth: Auth<Account>, user: Option<CurrentUser<Account>>) -> String {
    let _ = LoadSession::new(auth);
    user.map_or("hello, stranger".into(), |user| {
        let _: &Session = user.session();
        format!("hello, {}", user.email)
    })
}

async fn eager(locals: &Locals<Account, Eager>) -> Result<(), Error> {
    let _: Option<&Session> = locals.get_session();
    let _: Option<(&Session, &Account)> = locals.get_session_user();
    let current: Option<Session> = locals.current_session();
    let _: bool = locals.authenticated_within(RECENTLY);
    if let Some(session) = current {
        locals.set_session(&session);
    }
    locals.clear_session();
    locals.sign_out().await
}

async fn required(locals: &Locals<Account, Required>) -> Result<(), Error> {
    let _: &Locals<Account, Required<SignedIn>> = locals;
    let session: &Session = locals.get_session();
    let (_, _): (&Session, &Account) = locals.get_session_user();
    let _: Option<Session> = locals.current_session();
    let _: bool = locals.authenticated_within(RECENTLY);
    locals.set_session(session);
    locals.clear_session();
    locals.sign_in(session.user_id().clone()).await
}

fn carried(locals: &Locals<Account>) -> Result<(), Error> {
    let () = locals.put("from", "/account")?;
    let () = locals.put("steps", &[1_u8, 2])?;
    let _: Option<String> = locals.take("from");
    let _ = locals.take::<Vec<u8>>("steps");
    locals.flash("success", String::from("Saved."));
    for Flash { kind, text } in locals.flashes() {
        let _: (String, String) = (kind, text);
    }
    Ok(())
}

async fn server(auth: &Auth<Account>, user_id: UserId) -> Result<(), Error> {
    let session: Session = auth.create_session(user_id.clone()).await?;
    let _: Session = auth.create_session(7_u64).device("curl").await?;
    let token: &SessionToken = session.token();
    let _: Option<Session> = auth.validate_session(token).await?;
    let _: Option<Session> = auth.validate_session(token.expose()).await?;
    let _: Option<Session> = auth.validate_session(&token.expose().to_owned()).await?;
    let _: Option<(Session, Account)> = auth.validate_session_user(token).await?;
    let _: Option<Session> = auth.renew_session(token).await?;
    let _: bool = auth.invalidate_session(session.id()).await?;
    let _: bool = auth.invalidate_user_session(&user_id, session.id()).await?;
    let _: u64 = auth.invalidate_user_sessions(&user_id).await?;
    let _: u64 = auth.invalidate_other_sessions(&session).await?;
    let _: Vec<SessionInfo> = auth.list_sessions(&user_id).await?;
    let _: u64 = auth.delete_expired_sessions().await?;
    let () = auth.ping().await?;
    let _: Auth<UserId> = auth.sessions_only();
    let sweeping: SweepHandle = auth.clone().sweep_every(RECENTLY);
    drop(sweeping);
    Ok(())
}

fn session(session: &Session) -> SystemTime {
    let _: &SessionId = session.id();
    let _: &UserId = session.user_id();
    let _: bool = session.is_fresh() && matches!(session.state(), SessionState::Idle);
    let same: Session = session.clone();
    let redacted: String = format!("{:?}", same.token());
    let _: usize = redacted.len();
    session
        .created_at()
        .max(session.active_until())
        .max(session.idle_until())
        .max(session.expires_at())
        .max(session.authenticated_at())
}

fn listed(info: &SessionInfo, current: &Session) -> SystemTime {
    let _: &SessionId = info.id();
    let _: Option<&str> = info.device();
    let _: bool = info.is_current(current);
    info.created_at()
        .max(info.last_used_at())
        .max(info.idle_until())
        .max(info.expires_at())
}

fn identifiers(text: &str) -> Option<(SessionId, UserId)> {
    let user: UserId = UserId::from(text);
    let _: Option<i64> = user.parse::<i64>().ok();
    let _: (&str, String) = (user.as_str(), user.to_string());
    let _ = [
        UserId::from(1_i64),
        UserId::from(1_u64),
        UserId::from(1_i32),
        UserId::from(1_u32),
        UserId::from(text.to_owned()),
    ];
    let session: SessionId = text.parse().ok()?;
    let _: (SessionId, String) = (session, session.to_string());
    Some((session, user))
}

fn the_handle_is_cheap_and_shared<T: Clone + Send + Sync + 'static>() {}

fn main() {
    // Named, so that they are compiled as used; none is called.
    let _ = (lazy, eager, required, carried, server, session, listed);
    let _ = (per_sign_in, options, refused, current);
    let _ = identifiers("ada");
    the_handle_is_cheap_and_shared::<Auth>();
    the_handle_is_cheap_and_shared::<Auth<Account>>();
}
