//! The session engine behind the crate `locals`.
//!
//! Applications use `locals`, which re-exports everything here together with the attribute
//! `#[with_locals]`.
//!
//! Data flows one way: `framework` → [`handler`](WithLocals) → [`Locals`] → [`Auth`] →
//! [`store`].

#![cfg_attr(docsrs, feature(doc_cfg))]
// What only a framework calls.
#![cfg_attr(
    not(any(feature = "actix-web", feature = "axum-core")),
    allow(dead_code)
)]

mod auth;
mod clock;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub mod column;
mod cookie;
#[cfg(any(feature = "actix-web", feature = "http"))]
mod current_user;
mod error;
mod event;
mod framework;
mod guard;
mod handler;
#[cfg(any(feature = "actix-web", feature = "http"))]
mod layer;
mod lifetime;
mod locals;
mod log;
mod login;
mod origin;
mod refusal;
mod request;
mod response;
mod session;
mod stamp;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod token;
mod transport;
mod user_id;
mod visitor;

#[cfg(feature = "http")]
pub use crate::framework::GateBody;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub use crate::store::UsersTable;
#[cfg(feature = "mysql")]
pub use crate::store::{MySqlOptions, MySqlStore};
#[cfg(feature = "postgres")]
pub use crate::store::{PostgresOptions, PostgresStore};
#[cfg(feature = "redis")]
pub use crate::store::{RedisOptions, RedisStore};
#[cfg(feature = "sqlite")]
pub use crate::store::{SqliteOptions, SqliteStore};
pub use crate::{
    auth::{Auth, AuthBuilder, CreateSession, Renewal, SweepHandle},
    clock::{Clock, SystemClock},
    cookie::{CookieOptions, SameSite},
    error::{BoxError, BuildError, Error, StoreError, ValueError},
    event::{EndedBy, Event},
    guard::{Guard, SignedIn},
    handler::{Flushed, Rejected, WithLocals},
    lifetime::{Lifetimes, SessionState},
    locals::{Eager, Kind, Lazy, Locals, Required, SignIn},
    login::local_path,
    origin::{AnyOrigin, OriginPolicy, SameOrigin},
    refusal::{PlainResponse, Refusal, RefusalReason, Refused},
    session::{Session, SessionInfo},
    store::MemoryStore,
    token::{AsToken, ParseSessionIdError, RandomError, SessionId, SessionToken},
    user_id::UserId,
    visitor::Flash,
};
#[cfg(any(feature = "actix-web", feature = "http"))]
pub use crate::{
    current_user::CurrentUser,
    layer::{CheckOrigin, LoadSession, RequireSession},
};

/// What the expansion of `#[with_locals]` calls; no part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::{
        handler::{flush, opened},
        origin::BeforeNext,
    };

    /// The same for functions for actix-web's `from_fn`.
    #[cfg(feature = "actix-web")]
    pub mod actix {
        pub use crate::framework::actix::from_fn::{BeforeService, flush, opened};
    }

    /// The same for handlers of plain `http`.
    #[cfg(feature = "http")]
    pub mod http {
        pub use crate::framework::http::{flush, open};
        pub use crate::handler::opened;
    }

    /// Reports a guard for other users where the guard is named.
    pub fn check_guard<U, G: crate::Guard<U>>() {}

    /// Stands for the locals of a handler that does not compile; never called.
    pub fn binding<T>() -> &'static T {
        unreachable!("stands beside a compile error")
    }

    /// Tells the compiler what the body of a handler returns; never called.
    pub fn returns<T>() -> T {
        unreachable!("stands behind `if false`")
    }
}
