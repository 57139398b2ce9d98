//! The size of an annotated handler's future.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{Request, header, request::Parts},
    response::IntoResponse,
};
use locals::{Auth, MemoryStore, WithLocals, testing::cookie_for, with_locals};
use tokio::task::yield_now;

/// An argument of 1 KiB.
struct Kibibyte([u8; 1024]);

impl Kibibyte {
    fn sum(&self) -> String {
        let sum: u32 = self.0.iter().copied().map(u32::from).sum();
        sum.to_string()
    }
}

impl<S: Sync> FromRequestParts<S> for Kibibyte {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self([1; 1024]))
    }
}

async fn bare(argument: Kibibyte) -> String {
    yield_now().await;
    argument.sum()
}

#[with_locals]
async fn lazy(argument: Kibibyte) -> String {
    yield_now().await;
    argument.sum()
}

#[with_locals(eager)]
async fn eager(argument: Kibibyte) -> String {
    yield_now().await;
    argument.sum()
}

#[with_locals(required)]
async fn required(argument: Kibibyte) -> String {
    yield_now().await;
    argument.sum()
}

/// The parameter of an annotated handler, as axum takes it from the request of a signed-in user.
async fn taken<T, L>() -> WithLocals<T, L>
where
    WithLocals<T, L>: FromRequestParts<Auth, Rejection = Infallible>,
{
    let auth: Auth = Auth::builder(MemoryStore::new())
        .build()
        .expect("safe defaults");
    let cookie = cookie_for(&auth, "ada").await.expect("a session");
    let request = Request::get("/")
        .header(header::COOKIE, cookie)
        .body(())
        .expect("a request");
    let (mut head, ()) = request.into_parts();
    let Ok(taken) = WithLocals::from_request_parts(&mut head, &auth).await;
    taken
}

/// How many times the bare handler's future this handler's is; and it runs.
async fn ratio(kind: &str, annotated: impl Future<Output: IntoResponse>) -> f64 {
    let (size, bare) = (
        size_of_val(&annotated),
        size_of_val(&bare(Kibibyte([1; 1024]))),
    );
    let ratio = size as f64 / bare as f64;
    eprintln!("the future of a handler, {kind} : bare = {size} : {bare} bytes = {ratio:.2}");
    let response = annotated.await.into_response();
    assert_eq!(response.status(), 200, "{kind}");
    ratio
}

#[tokio::test]
async fn the_future_of_a_handler_is_at_most_1_6_times_the_bare_one() {
    let ratios = [
        ratio("lazy", lazy(taken().await)).await,
        ratio("eager", eager(taken().await)).await,
        ratio("required", required(taken().await)).await,
    ];
    assert!(ratios.iter().all(|ratio| *ratio <= 1.6), "{ratios:.2?}");
}
