//! One annotated handler, called without an application around it.
//!
//! What an annotated handler of axum or actix-web takes is made of a request only; one of plain `http`
//! is a function still.

#[cfg(feature = "actix-web")]
use crate::auth::Auth;

/// Calls one handler of axum, with the state that its router would have.
///
/// What a router puts into a request is not there: a handler that takes a `Path` is called through its
/// `Router`, by `tower::ServiceExt::oneshot`.
///
/// ```
/// use axum::http::StatusCode;
/// use locals::{Auth, MemoryStore, testing::{Browser, call}, with_locals};
///
/// #[with_locals(required)]
/// async fn account() -> String {
///     locals.get_session().user_id().to_string()
/// }
///
/// # async fn show() -> Result<(), Box<dyn std::error::Error>> {
/// let auth: Auth = Auth::builder(MemoryStore::new()).build()?;
/// let ada = Browser::signed_in(auth.create_session("ada")).await?;
/// let response = call(account, auth, ada.get("/account").request()).await;
/// assert_eq!(response.status(), StatusCode::OK);
/// # Ok(()) }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(show())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(feature = "axum")]
pub async fn call<H, T, S>(
    handler: H,
    state: S,
    request: axum_core::extract::Request,
) -> axum_core::response::Response
where
    H: axum::handler::Handler<T, S>,
{
    handler.call(request, state).await
}

/// Calls one handler of actix-web, in an application that has this `Auth`.
///
/// Other data goes into the request, by [`TestRequest::app_data`](actix_web::test::TestRequest::app_data),
/// and what a path holds by [`param`](actix_web::test::TestRequest::param). What `#[get("/")]` and the like
/// made of a handler is a service, for [`init_service`](fn@actix_web::test::init_service).
#[cfg(feature = "actix-web")]
pub async fn call_actix<H, T, U>(
    handler: H,
    auth: &Auth<U>,
    request: actix_web::test::TestRequest,
) -> actix_web::HttpResponse
where
    H: actix_web::Handler<T>,
    H::Output: actix_web::Responder,
    T: actix_web::FromRequest,
    U: 'static,
{
    let (request, mut payload) = request.app_data(auth.clone()).to_http_parts();
    match T::from_request(&request, &mut payload).await {
        Ok(arguments) => {
            let returned = handler.call(arguments).await;
            actix_web::Responder::respond_to(returned, &request).map_into_boxed_body()
        }
        Err(error) => actix_web::HttpResponse::from_error(error),
    }
}
