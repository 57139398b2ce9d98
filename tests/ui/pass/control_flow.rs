//! `return`, `?` and `break` keep their meaning, in the body and in what is nested in it.
#![deny(warnings)]
#![warn(clippy::pedantic)]

use axum::{
    Router,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use locals::{Auth, Error, with_locals};

struct Failure(String);

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.0).into_response()
    }
}

macro_rules! bail {
    ($($message:tt)*) => {
        return Err(Failure(format!($($message)*)))
    };
}

macro_rules! ensure {
    ($condition:expr, $($message:tt)*) => {
        if !$condition {
            bail!($($message)*);
        }
    };
}

macro_rules! attempt {
    ($result:expr) => {
        $result?
    };
}

#[with_locals]
async fn hidden_in_macros(Path(text): Path<String>) -> Result<String, Failure> {
    ensure!(!text.is_empty(), "no text");
    if attempt!(locals.get_session().await).is_none() {
        bail!("nobody asked for {text}");
    }
    let number: i32 = attempt!(text.parse());
    Ok(number.to_string())
}

#[with_locals]
async fn question_marks_convert(Path(text): Path<String>) -> Result<String, Failure> {
    let number: u8 = text.parse()?;
    locals.sign_in(i64::from(number)).await?;
    Ok(std::str::from_utf8(&[number])?.to_owned())
}

#[with_locals]
async fn closures(Path(numbers): Path<Vec<u32>>) -> Result<String, Error> {
    let half = |number: u32| {
        if number % 2 == 0 {
            return Some(number / 2);
        }
        None
    };
    let quarter = |number: u32| -> Option<u32> { half(half(number)?) };
    let known = locals.get_session().await?.is_some();
    let quarters: Vec<u32> = numbers.into_iter().filter_map(quarter).collect();
    Ok(format!("{known} {quarters:?}"))
}

#[with_locals]
async fn async_closures(Path(number): Path<u32>) -> Result<String, Error> {
    let known = async || -> Result<bool, Error> {
        let Some(session) = locals.get_session().await? else {
            return Ok(false);
        };
        Ok(session.is_fresh())
    };
    Ok(format!("{number} {}", known().await?))
}

#[with_locals]
async fn nested_async_blocks(Path(number): Path<u32>) -> String {
    let known = async {
        let Some(session) = locals.get_session().await? else {
            return Ok::<_, Error>(None);
        };
        Ok(Some(session.user_id().to_string()))
    };
    let Ok(known) = known.await else {
        return "the store is down".to_owned();
    };
    format!("{number} {known:?}")
}

#[with_locals]
async fn labelled_loops(Path(limit): Path<u32>) -> Result<String, Error> {
    let mut rounds = 0;
    let found = 'outer: loop {
        for step in 0.. {
            rounds += 1;
            if locals.get_session().await?.is_some() {
                break 'outer Some(step);
            }
            if step > 3 {
                continue 'outer;
            }
            if rounds > limit {
                return Ok("nothing".to_owned());
            }
        }
    };
    let label = 'block: {
        let Some(step) = found else {
            break 'block "never";
        };
        if step > 1 { "late" } else { "early" }
    };
    Ok(label.to_owned())
}

#[with_locals]
async fn let_else_and_let_chains(Path(text): Path<String>) -> Result<String, Error> {
    if let Some(session) = locals.get_session().await?
        && let Ok(id) = session.user_id().parse::<i64>()
        && id > 0
    {
        return Ok(id.to_string());
    }
    let Some((before, after)) = text.split_once('-') else {
        return Ok(text);
    };
    Ok(format!("{after} {before}"))
}

#[with_locals]
async fn nothing_but_returns(Path(id): Path<u32>) -> Result<String, StatusCode> {
    locals.clear_session();
    match id {
        0 => return Err(StatusCode::NOT_FOUND),
        1 => return Ok("one".to_owned()),
        _ => {}
    }
    #[allow(clippy::needless_return)]
    return Ok("many".to_owned());
}

#[with_locals]
async fn items_in_the_body() -> String {
    const LIMIT: usize = 3;

    fn shorten(text: &str) -> &str {
        if text.len() <= LIMIT {
            return text;
        }
        &text[..LIMIT]
    }

    locals.clear_session();
    shorten("nested").to_owned()
}

#[with_locals]
async fn bare_returns(Path(id): Path<u32>) {
    if id == 0 {
        return;
    }
    locals.clear_session();
}

fn main() {
    let _: Router<Auth> = Router::new()
        .route("/macros/{text}", get(hidden_in_macros))
        .route("/question-marks/{text}", get(question_marks_convert))
        .route("/closures/{numbers}", get(closures))
        .route("/async-closures/{number}", get(async_closures))
        .route("/async-blocks/{number}", get(nested_async_blocks))
        .route("/loops/{limit}", get(labelled_loops))
        .route("/let-else/{text}", get(let_else_and_let_chains))
        .route("/returns/{id}", get(nothing_but_returns))
        .route("/items", get(items_in_the_body))
        .route("/bare/{id}", get(bare_returns));
}
