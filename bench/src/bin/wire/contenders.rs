//! Who is compared. All answer the same, on as many threads.

mod identity;
mod login;
mod on_actix;
mod on_axum;
mod on_hyper;
mod ours;
mod session;

use locals_bench::application::{Account, email};
use std::{env, path::PathBuf};

/// How a server is told which Redis it has.
pub const REDIS: &str = "LOCALS_BENCH_REDIS";

/// In the order in which they are shown.
pub static ALL: [Contender; 14] = [
    Contender {
        name: "bare axum",
        sessions: Sessions::None,
        serve: |_| on_axum::serve(async { on_axum::bare() }),
    },
    Contender {
        name: "locals, axum, memory",
        sessions: Sessions::Memory,
        serve: |_| on_axum::serve(async { locals_bench::ours::app(ours::in_memory()) }),
    },
    Contender {
        name: "axum-login, memory",
        sessions: Sessions::Memory,
        serve: |_| on_axum::serve(async { login::in_memory() }),
    },
    Contender {
        name: "axum_session, memory",
        sessions: Sessions::Memory,
        serve: |_| on_axum::serve(session::in_memory()),
    },
    Contender {
        name: "locals, axum, SQLite",
        sessions: Sessions::Sqlite,
        serve: |place| on_axum::serve(async { locals_bench::ours::app(ours::in_sqlite(place)) }),
    },
    Contender {
        name: "axum-login, sqlx SQLite",
        sessions: Sessions::Sqlite,
        serve: |place| on_axum::serve(login::in_sqlite(place)),
    },
    Contender {
        name: "bare actix-web",
        sessions: Sessions::None,
        serve: |_| on_actix::serve(async { on_actix::bare }),
    },
    Contender {
        name: "locals, actix-web, memory",
        sessions: Sessions::Memory,
        serve: |_| on_actix::serve(async { on_actix::ours(ours::in_memory()) }),
    },
    Contender {
        name: "locals, actix-web, SQLite",
        sessions: Sessions::Sqlite,
        serve: |place| on_actix::serve(async { on_actix::ours(ours::in_sqlite(place)) }),
    },
    Contender {
        name: "locals, actix-web, Redis",
        sessions: Sessions::Redis,
        serve: |place| on_actix::serve(async { on_actix::ours(ours::in_redis(place).await) }),
    },
    Contender {
        name: "actix-identity, Redis",
        sessions: Sessions::Redis,
        serve: identity::serve,
    },
    Contender {
        name: "bare hyper",
        sessions: Sessions::None,
        serve: |_| on_hyper::serve(async { on_hyper::bare }),
    },
    Contender {
        name: "locals, hyper, memory",
        sessions: Sessions::Memory,
        serve: |_| on_hyper::serve(async { on_hyper::ours(ours::in_memory()) }),
    },
    Contender {
        name: "locals, hyper, SQLite",
        sessions: Sessions::Sqlite,
        serve: |place| on_hyper::serve(async { on_hyper::ours(ours::in_sqlite(place)) }),
    },
];

/// What a peer cannot do, and why it has no row.
pub const CANNOT: [(&str, &str); 2] = [
    (
        "actix-identity, memory or SQLite",
        "actix-session keeps sessions in Redis, or all of them in cookies",
    ),
    (
        "axum_session, SQLite",
        "its sqlx 0.9 and the 0.8 of tower-sessions' store do not link SQLite into one program",
    ),
];

pub struct Contender {
    pub name: &'static str,
    pub sessions: Sessions,
    serve: fn(&Place),
}

/// Where the sessions are.
#[derive(Clone, Copy, PartialEq)]
pub enum Sessions {
    None,
    Memory,
    Sqlite,
    Redis,
}

/// What a server may use.
pub struct Place {
    /// Of its own.
    pub folder: PathBuf,
    /// The URL of an empty database.
    pub redis: Option<String>,
}

impl Place {
    pub fn of_this_process(folder: &str) -> Self {
        Self {
            folder: folder.into(),
            redis: env::var(REDIS).ok(),
        }
    }

    fn redis(&self) -> &str {
        self.redis.as_deref().expect("the driver has named one")
    }
}

/// Until the process is ended.
pub fn serve(name: &str, place: &Place) {
    let named = ALL.iter().find(|contender| contender.name == name);
    let serve = named
        .unwrap_or_else(|| panic!("{name}: no contender"))
        .serve;
    serve(place);
}

/// What the bare servers answer: the page of the first user.
fn page() -> String {
    email(1)
}

/// What the page of a peer's user is made of.
fn page_of(user: i64) -> String {
    Account::of(user).email
}
