//! The applications that are compared: each answers `GET /` for a user who is signed in.

mod yardsticks;

use axum::{Router, body::Body, routing::get};
use axum_login::{AuthManagerLayerBuilder, AuthUser, AuthnBackend, UserId as LoginId};
use http::{HeaderValue, Request, header};
use locals::{Auth, MemoryStore, SqliteStore, UserId, with_locals};
use std::convert::Infallible;
use tower::ServiceExt;
use tower_sessions::{MemoryStore as TowerMemoryStore, Session, SessionManagerLayer};
use tower_sessions_sqlx_store::{SqliteStore as TowerSqliteStore, sqlx::SqlitePool};

pub const BARE: &str = "bare axum handler";
const EMAIL: &str = "ada@example.com";

pub struct Contender {
    pub name: &'static str,
    pub app: Router,
    pub cookie: Option<HeaderValue>,
    /// The length of the answer's body: the user's e-mail, where there is one.
    pub body: usize,
}

#[derive(Clone, Debug, serde::Deserialize)]
pub struct Account {
    id: i64,
    email: String,
}

impl Account {
    fn ada() -> Self {
        Self {
            id: 1,
            email: EMAIL.to_owned(),
        }
    }
}

pub async fn all() -> Vec<Contender> {
    let memory: Auth<Account> = Auth::builder(MemoryStore::new())
        .users_with(|_: UserId| async { Ok::<_, Infallible>(Some(Account::ada())) })
        .build()
        .expect("safe defaults");
    let mut contenders = Vec::from(yardsticks::all());
    contenders.extend(ours(&memory, "memory").await);
    contenders.extend(ours(&sqlite_with_users(), "SQLite").await);
    contenders.push(axum_login().await);
    contenders.push(tower_sessions_sqlite().await);
    contenders
}

#[with_locals(user = Account)]
async fn untouched() -> String {
    EMAIL.to_owned()
}

#[with_locals(user = Account)]
async fn used() -> Result<String, locals::Error> {
    Ok(match locals.get_session_user().await? {
        Some((_, account)) => account.email.clone(),
        None => String::new(),
    })
}

#[with_locals(user = Account, required)]
async fn required() -> String {
    let (_, account) = locals.get_session_user();
    debug_assert_eq!(account.id, 1);
    account.email.clone()
}

async fn ours(auth: &Auth<Account>, store: &'static str) -> Vec<Contender> {
    let session = auth.create_session(1).await.expect("a session");
    let cookie = format!("__Host-session={}", session.token().expose());
    let cookie = HeaderValue::try_from(cookie).expect("a header");
    let router = Router::new()
        .route("/", get(required))
        .with_state(auth.clone());
    let app = |handler| Router::new().route("/", handler).with_state(auth.clone());
    let contender = |name, app, cookie| Contender {
        name,
        app,
        cookie,
        body: EMAIL.len(),
    };
    match store {
        "memory" => vec![
            contender(
                "locals lazy, untouched",
                app(get(untouched)),
                Some(cookie.clone()),
            ),
            contender(
                "locals lazy, used, memory, user",
                app(get(used)),
                Some(cookie.clone()),
            ),
            contender("locals required, memory, user", router, Some(cookie)),
        ],
        _ => vec![
            contender(
                "locals lazy, used, SQLite, user",
                app(get(used)),
                Some(cookie.clone()),
            ),
            contender("locals required, SQLite, user", router, Some(cookie)),
        ],
    }
}

fn sqlite_with_users() -> Auth<Account> {
    let path = tempfile::tempdir()
        .expect("a directory")
        .keep()
        .join("app.db");
    let store = SqliteStore::open(&path).expect("a database");
    rusqlite::Connection::open(&path)
        .and_then(|app| {
            app.execute_batch(
                "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
                 INSERT INTO users VALUES (1, 'ada@example.com')",
            )
        })
        .expect("a users table");
    Auth::builder(store.with_users("users"))
        .build()
        .expect("a users table")
}

impl AuthUser for Account {
    type Id = i64;

    fn id(&self) -> i64 {
        self.id
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.email.as_bytes()
    }
}

#[derive(Clone, Debug)]
struct Backend;

impl AuthnBackend for Backend {
    type User = Account;
    type Credentials = ();
    type Error = Infallible;

    async fn authenticate(&self, (): ()) -> Result<Option<Account>, Infallible> {
        Ok(Some(Account::ada()))
    }

    async fn get_user(&self, _: &LoginId<Self>) -> Result<Option<Account>, Infallible> {
        Ok(Some(Account::ada()))
    }
}

async fn axum_login() -> Contender {
    type AuthSession = axum_login::AuthSession<Backend>;

    async fn login(mut auth: AuthSession) {
        auth.login(&Account::ada()).await.expect("a session");
    }

    async fn page(auth: AuthSession) -> String {
        auth.user.map(|account| account.email).unwrap_or_default()
    }

    let sessions = SessionManagerLayer::new(TowerMemoryStore::default());
    let app = Router::new()
        .route("/", get(page))
        .route_layer(axum_login::login_required!(Backend))
        .route("/login", get(login))
        .layer(AuthManagerLayerBuilder::new(Backend, sessions).build());
    signed_in("axum-login, memory, user", app, EMAIL.len()).await
}

async fn tower_sessions_sqlite() -> Contender {
    async fn login(session: Session) {
        session.insert("user", 1_i64).await.expect("a session");
    }

    async fn page(session: Session) -> String {
        match session.get::<i64>("user").await.expect("a store") {
            Some(_) => EMAIL.to_owned(),
            None => String::new(),
        }
    }

    let path = tempfile::tempdir()
        .expect("a directory")
        .keep()
        .join("sessions.db");
    let url = format!("sqlite://{}?mode=rwc", path.display());
    let pool = SqlitePool::connect(&url).await.expect("a database");
    let store = TowerSqliteStore::new(pool);
    store.migrate().await.expect("tables");
    let app = Router::new()
        .route("/", get(page))
        .route("/login", get(login))
        .layer(SessionManagerLayer::new(store));
    signed_in("tower-sessions, sqlx SQLite, no user", app, EMAIL.len()).await
}

async fn signed_in(name: &'static str, app: Router, body: usize) -> Contender {
    let request = Request::get("/login")
        .body(Body::empty())
        .expect("a request");
    let response = app.clone().oneshot(request).await.expect("infallible");
    let line = response.headers()[header::SET_COOKIE]
        .to_str()
        .expect("text");
    let pair = line.split(';').next().expect("a pair");
    let cookie = Some(HeaderValue::try_from(pair).expect("a header"));
    Contender {
        name,
        app,
        cookie,
        body,
    }
}
