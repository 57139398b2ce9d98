//! Every way out of a body, in every nesting, with the flush behind it.

use super::{
    asking::{ask, expect},
    returns::Failure,
};
use axum::{
    Router,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use locals::{Error, with_locals};

macro_rules! bail {
    ($($message:tt)*) => {
        return Err(Failure::Input(format!($($message)*)))
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
    locals.clear_session();
    ensure!(text.len() > 1, "{text} is short");
    if attempt!(locals.get_session().await).is_none() {
        bail!("nobody asked for {text}");
    }
    let number: i32 = attempt!(text.parse());
    Ok(number.to_string())
}

/// Made of every error.
struct Refused(String);

impl<E: std::error::Error> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, self.0).into_response()
    }
}

#[with_locals]
async fn question_marks_convert(Path(text): Path<String>) -> Result<String, Refused> {
    locals.clear_session();
    let number: u8 = text.parse()?;
    locals.sign_in(i64::from(number)).await?;
    Ok(std::str::from_utf8(&[number])?.to_owned())
}

#[with_locals]
async fn loops(Path(limit): Path<u32>) -> Result<String, Error> {
    locals.clear_session();
    let mut rounds = 0;
    let found = 'outer: loop {
        for step in 0.. {
            rounds += 1;
            if rounds > limit {
                return Ok(format!("gave up after {limit}"));
            }
            if step == 3 {
                if rounds > 6 {
                    break 'outer step;
                }
                continue 'outer;
            }
            locals.get_session().await?;
        }
    };
    let size = 'block: {
        if limit > 50 {
            break 'block "large";
        }
        "small"
    };
    Ok(format!("{found} {rounds} {size}"))
}

#[with_locals]
async fn closures_and_blocks(Path(numbers): Path<u32>) -> Result<String, Failure> {
    locals.clear_session();
    let half = |number: u32| -> Option<u32> {
        if number % 2 == 1 {
            return None;
        }
        Some(number.checked_sub(2)? / 2)
    };
    let known = async {
        let Some(session) = locals.get_session().await? else {
            return Ok::<_, Error>(String::new());
        };
        Ok(session.user_id().to_string())
    };
    let asked = async || locals.get_session().await;
    let known = known.await?;
    Ok(format!(
        "{known} {} {:?}",
        asked().await?.is_some(),
        half(numbers)
    ))
}

#[with_locals]
async fn async_closures(Path(number): Path<u32>) -> Result<String, Error> {
    locals.clear_session();
    let renewed = async || -> Result<bool, Error> {
        let Some(session) = locals.get_session().await? else {
            return Ok(false);
        };
        Ok(session.is_fresh())
    };
    Ok(format!("{number} {}", renewed().await?))
}

#[with_locals]
async fn two_at_once() -> Result<String, Error> {
    locals.clear_session();
    let (one, other) = tokio::join!(locals.get_session(), locals.get_session());
    Ok((one?.is_some() == other?.is_some()).to_string())
}

#[with_locals]
async fn nothing_but_returns(Path(id): Path<u32>) -> Result<&'static str, StatusCode> {
    locals.clear_session();
    match id {
        0 => return Err(StatusCode::NOT_FOUND),
        1 => return Ok("one"),
        _ => {}
    }
    #[allow(clippy::needless_return)]
    return Ok("many");
}

#[with_locals]
#[allow(clippy::collapsible_if, reason = "only edition 2024 could")]
async fn let_else_and_nested_ifs(Path(text): Path<String>) -> Result<String, Error> {
    locals.clear_session();
    let Some((before, after)) = text.split_once('-') else {
        return Ok(text);
    };
    if let Some(session) = locals.get_session().await? {
        if after == session.user_id().as_str() {
            return Ok(format!("{before} is hers"));
        }
    }
    Ok(format!("{after} {before}"))
}

#[with_locals]
async fn bare_return(Path(id): Path<u32>) {
    locals.clear_session();
    if id == 0 {
        return;
    }
    locals.auth().ping().await.expect("memory");
}

#[with_locals]
async fn items_in_the_body(Path(text): Path<String>) -> String {
    const LIMIT: usize = 3;

    fn shorten(text: &str) -> Option<&str> {
        if text.len() <= LIMIT {
            return Some(text);
        }
        let shorter = text.get(..LIMIT)?;
        Some(shorter)
    }

    locals.clear_session();
    shorten(&text).unwrap_or_default().to_owned()
}

/// # Safety
///
/// `id` is below 8.
unsafe fn bit(id: u32) -> u8 {
    1 << id
}

/// # Safety
///
/// The path ends in a number below 8.
#[with_locals]
async unsafe fn no_safer_than_before(Path(id): Path<u32>) -> String {
    locals.clear_session();
    // SAFETY: this function's own condition.
    let bit = unsafe { bit(id) };
    bit.to_string()
}

struct Shelves;

impl Shelves {
    /// # Safety
    ///
    /// The path ends in a number below 8.
    #[with_locals(eager)]
    async unsafe fn no_safer_either(&self, Path(id): Path<u32>) -> String {
        locals.clear_session();
        let known = locals.get_session().is_some();
        // SAFETY: this function's own condition.
        let bit = unsafe { bit(id) };
        format!("{known} {bit}")
    }
}

#[with_locals]
async fn panics() -> String {
    locals.clear_session();
    unreachable!("never called")
}

#[tokio::test]
async fn every_exit_flushes() {
    let routes = Router::new()
        .route("/macros/{text}", get(hidden_in_macros))
        .route("/loops/{limit}", get(loops))
        .route("/question-marks/{text}", get(question_marks_convert))
        .route("/closures/{number}", get(closures_and_blocks))
        .route("/async-closures/{number}", get(async_closures))
        .route("/two", get(two_at_once))
        .route("/returns/{id}", get(nothing_but_returns))
        .route("/let-else/{text}", get(let_else_and_nested_ifs))
        .route("/bare/{id}", get(bare_return))
        .route("/items/{text}", get(items_in_the_body))
        .route(
            "/unsafe/{id}",
            // SAFETY: the test asks for 3.
            get(|request| async { unsafe { no_safer_than_before(request).await } }),
        )
        .route(
            "/unsafe-method/{id}",
            // SAFETY: the test asks for 3.
            get(|request| async { unsafe { Shelves.no_safer_either(request).await } }),
        )
        .route("/panics", get(panics));
    expect(
        routes,
        &[
            ("/macros/1", 400, "1 is short"),
            ("/macros/12", 200, "12"),
            ("/macros/xy", 400, "invalid digit found in string"),
            ("/loops/4", 200, "gave up after 4"),
            ("/loops/10", 200, "3 8 small"),
            ("/loops/99", 200, "3 8 large"),
            ("/question-marks/x", 400, "invalid digit found in string"),
            ("/question-marks/65", 200, "A"),
            (
                "/question-marks/255",
                400,
                "invalid utf-8 sequence of 1 bytes from index 0",
            ),
            ("/closures/8", 200, "ada true Some(3)"),
            ("/closures/7", 200, "ada true None"),
            ("/async-closures/1", 200, "1 false"),
            ("/two", 200, "true"),
            ("/returns/0", 404, ""),
            ("/returns/1", 200, "one"),
            ("/returns/2", 200, "many"),
            ("/let-else/a", 200, "a"),
            ("/let-else/a-b", 200, "b a"),
            ("/let-else/a-ada", 200, "a is hers"),
            ("/bare/0", 200, ""),
            ("/bare/1", 200, ""),
            ("/items/nested", 200, "nes"),
            ("/unsafe/3", 200, "8"),
            ("/unsafe-method/3", 200, "true 8"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_rejected_parameter_does_not_reach_the_body() {
    let routes = Router::new().route("/bare/{id}", get(bare_return));
    let answer = ask(routes, "/bare/none").await;
    assert_eq!((answer.status, answer.cookies), (400, 0));
}
