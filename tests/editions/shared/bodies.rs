//! Eighteen handlers that `.ci/lints` compiles with and without the attribute, line for line.
//!
//! With `--cfg bare` they are ordinary functions: a declared binding is a parameter like the others,
//! and where the attribute would make the binding, `locals` is a static of the same type.

use axum::{
    extract::{Path, Query, Request, State},
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse, Redirect, Response},
};
use locals::{Auth, Eager, Error, Guard, Locals, Required, Session, UserId};
use std::{collections::BTreeMap, fmt::Display, sync::Arc};

#[cfg(not(bare))]
use locals::with_locals;

/// What `#[with_locals]` would bind.
#[cfg(bare)]
mod bare {
    use locals::{Eager, Lazy, Locals, Required, UserId};
    use std::sync::LazyLock;

    macro_rules! bindings {
        ($($kind:ident $name:ident)*) => {$(
            #[allow(non_upper_case_globals)]
            pub static $name: LazyLock<Locals<UserId, $kind>> =
                LazyLock::new(|| unreachable!("nobody calls a bare handler"));
        )*};
    }

    bindings!(Lazy lazy Eager eager Required required);
}

/// Everyone but Eve.
#[derive(Debug)]
pub struct NotEve;

impl Guard<UserId> for NotEve {
    fn allows(_: &Session, user: &UserId) -> bool {
        user.as_str() != "eve"
    }
}

/// An error of the application's own.
#[derive(Debug)]
pub enum Failure {
    /// The store's.
    Session(Error),
    /// The visitor's.
    Input(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Session(error)
    }
}

impl From<std::num::ParseIntError> for Failure {
    fn from(error: std::num::ParseIntError) -> Self {
        Self::Input(error.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Session(error) => error.into_response(),
            Self::Input(message) => (StatusCode::BAD_REQUEST, message).into_response(),
        }
    }
}

macro_rules! ensure {
    ($condition:expr, $($message:tt)*) => {
        if !$condition {
            return Err(Failure::Input(format!($($message)*)));
        }
    };
}

/// Handlers whose binding the attribute makes, of the kind that is lazy.
pub mod lazy {
    use super::*;

    #[cfg(bare)]
    use super::bare::lazy as locals;

    /// 1: no parameter, `let`-`else`, `?`.
    #[cfg_attr(not(bare), with_locals)]
    pub async fn home() -> Result<Html<String>, Error> {
        let Some((_, user)) = locals.get_session_user().await? else {
            return Ok(Html("hello, stranger".into()));
        };
        Ok(Html(format!("hello, {user}")))
    }

    /// 2: parameters with patterns, a `return` that a macro hides, nested control flow.
    #[cfg_attr(not(bare), with_locals)]
    pub async fn search(
        State(auth): State<Auth>,
        Path((shelf, mut page)): Path<(String, u32)>,
        Query(mut words): Query<BTreeMap<String, String>>,
        headers: HeaderMap,
    ) -> Result<(StatusCode, String), Failure> {
        ensure!(headers.len() < 100, "{} headers", headers.len());
        auth.ping().await?;
        words.insert("shelf".to_owned(), shelf);
        let mut found = Vec::new();
        'words: for (key, word) in &words {
            for part in word.split(',') {
                if part.is_empty() {
                    continue 'words;
                }
                if part == "stop" {
                    break 'words;
                }
                found.push(format!("{key}={part}"));
            }
            page += 1;
        }
        if let Some(session) = locals.get_session().await? {
            found.push(session.user_id().to_string());
        }
        Ok((StatusCode::OK, format!("{page}: {}", found.join(" "))))
    }

    /// 3: an opaque type beside an error, two ways to get there.
    #[cfg_attr(not(bare), with_locals)]
    pub async fn enter(Path(name): Path<String>) -> Result<impl IntoResponse, Failure> {
        if locals.get_session().await?.is_some() {
            return Ok(Redirect::to("/account"));
        }
        let number: i64 = name.parse()?;
        locals.sign_in(number).device("Firefox").await?;
        Ok(Redirect::to("/"))
    }

    /// 4: nothing comes back, and nothing is asked.
    #[cfg_attr(not(bare), with_locals(csrf = off))]
    pub async fn webhook(_body: String) {}

    /// 5: it never comes back.
    #[cfg_attr(not(bare), with_locals)]
    pub async fn forever() -> ! {
        locals.clear_session();
        loop {
            tokio::task::yield_now().await;
        }
    }

    /// 6: type parameters and a `where` clause.
    #[cfg_attr(not(bare), with_locals)]
    pub async fn shown<T, const TIMES: usize>(Path(value): Path<T>) -> Result<String, Error>
    where
        T: Display + Send,
    {
        let text = value.to_string();
        drop(value);
        locals.sign_out().await?;
        Ok(text.repeat(TIMES))
    }

    /// 7: closures and inner `async` blocks, with `return` and `?` of their own.
    #[cfg_attr(not(bare), with_locals)]
    pub async fn halves(Path(numbers): Path<Vec<u32>>) -> String {
        let half = |number: u32| {
            if number > 99 {
                return None;
            }
            number.checked_div(2)
        };
        let known = async {
            let session = locals.get_session().await?;
            Ok::<_, Error>(session.is_some())
        };
        match known.await {
            Ok(known) => {
                let halves: Vec<u32> = numbers.into_iter().filter_map(half).collect();
                format!("{known} {halves:?}")
            }
            Err(error) => error.to_string(),
        }
    }

    /// 8: an attribute above this one.
    #[tracing::instrument(skip_all, err)]
    #[cfg_attr(not(bare), with_locals)]
    pub async fn traced(Path(id): Path<u32>, request: Request) -> Result<String, Error> {
        let known = locals.get_session().await?.is_some();
        Ok(format!("{id} {known} {}", request.uri()))
    }

    // 9: attributes and documentation inside.
    #[cfg_attr(not(bare), with_locals)]
    pub async fn documented(Path(id): Path<u32>) -> String {
        //! Says what it got.
        #![allow(clippy::unused_async)]
        locals.clear_session();
        id.to_string()
    }
}

/// Handlers whose binding the attribute makes, of the other kinds.
pub mod kinds {
    use super::*;

    /// 10: eager.
    #[cfg_attr(not(bare), with_locals(eager))]
    pub async fn who() -> String {
        #[cfg(bare)]
        use super::bare::eager as locals;
        let Some(session) = locals.get_session() else {
            return String::new();
        };
        session.user_id().to_string()
    }

    /// 11: required, with a guard and a login page.
    #[cfg_attr(not(bare), with_locals(required(NotEve), redirect = "/login"))]
    pub async fn account(State(auth): State<Auth>) -> Result<String, Failure> {
        #[cfg(bare)]
        use super::bare::required as locals;
        let (session, user) = locals.get_session_user();
        let devices = auth.list_sessions(session.user_id()).await?.len();
        ensure!(devices > 0, "{user} came from nowhere");
        Ok(format!("{user}: {devices}"))
    }
}

/// Handlers whose binding is a parameter.
pub mod declared {
    use super::*;

    /// 12: between other parameters.
    #[cfg_attr(not(bare), with_locals)]
    pub async fn page(
        Path(number): Path<u32>,
        locals: &Locals<UserId, Required>,
        body: String,
    ) -> Result<Html<String>, Error> {
        let user = locals.get_session().user_id();
        if body.is_empty() {
            locals.sign_out().await?;
        }
        Ok(Html(format!("{number} {user}")))
    }

    /// 13: a trait object comes back, out of branches of different types.
    #[cfg_attr(not(bare), with_locals)]
    pub async fn object(locals: &Locals<UserId, Eager>) -> Shown {
        if locals.get_session().is_some() {
            return Shown(Box::new("known"));
        }
        Shown(Box::new(0))
    }

    /// What comes back from [`object`].
    pub struct Shown(Box<dyn Display + Send>);

    impl IntoResponse for Shown {
        fn into_response(self) -> Response {
            self.0.to_string().into_response()
        }
    }
}

/// Handlers of an `impl`.
#[derive(Clone, Debug)]
pub struct Pages {
    title: String,
}

impl Pages {
    /// 14: by reference.
    #[cfg_attr(not(bare), with_locals)]
    pub async fn title(&self, locals: &Locals, Path(id): Path<u32>) -> Result<String, Error> {
        let known = locals.get_session().await?.is_some();
        Ok(format!("{id} {known} {}", self.title))
    }

    /// 15: by a pointer, with a loop that is left in three ways.
    #[cfg_attr(not(bare), with_locals)]
    pub async fn letter(self: Arc<Self>, locals: &Locals, Path(at): Path<usize>) -> Response {
        for (place, letter) in self.title.chars().enumerate() {
            if place == at {
                return letter.to_string().into_response();
            }
            if locals.sign_out().await.is_err() {
                break;
            }
        }
        StatusCode::NOT_FOUND.into_response()
    }
}

/// Handlers of plain `http` requests.
pub mod plain {
    use super::*;
    use axum::http::{Request, Uri};

    #[cfg(bare)]
    use super::bare::lazy as locals;

    /// 16: the request by its name, which says where the `Auth` is, and an error.
    #[cfg_attr(not(bare), with_locals(http, auth = request.body()))]
    pub async fn signed_out(request: Request<Auth>) -> Result<Response<String>, Error> {
        locals.sign_out().await?;
        Ok(Response::new(request.uri().to_string()))
    }

    /// 17: by a name that says it is not used.
    #[cfg_attr(not(bare), with_locals(http, auth = auth))]
    pub async fn unread(_request: Request<String>, auth: Auth) -> Response<String> {
        auth.ping()
            .await
            .map_or_else(|_| Response::default(), |()| Response::new(String::new()))
    }

    impl Pages {
        /// 18: by a pattern, behind a receiver.
        #[cfg_attr(not(bare), with_locals(http, auth = &auth))]
        pub async fn renamed(
            &mut self,
            ref request: Request<String>,
            auth: &Auth,
            uri: Uri,
        ) -> Response<String> {
            self.title.clone_from(request.body());
            Response::new(format!("{uri} {}", auth.ping().await.is_ok()))
        }
    }
}
