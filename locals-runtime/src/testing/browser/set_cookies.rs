//! The `Set-Cookie` lines of the frameworks' responses.

#[cfg(any(feature = "actix-web", feature = "http"))]
use crate::response::{ResponseField, ResponseHeaders};

/// A response of any of the frameworks, for [`Browser::keep`](super::Browser::keep).
pub trait SetCookies: sealed::Sealed {
    #[doc(hidden)]
    fn set_cookies(&self) -> Vec<String>;
}

mod sealed {
    pub trait Sealed {}
    #[cfg(feature = "http")]
    impl<B> Sealed for http::Response<B> {}
    #[cfg(feature = "actix-web")]
    impl<B> Sealed for actix_web::HttpResponse<B> {}
    #[cfg(feature = "actix-web")]
    impl<B> Sealed for actix_web::dev::ServiceResponse<B> {}
}

#[cfg(feature = "http")]
impl<B> SetCookies for http::Response<B> {
    fn set_cookies(&self) -> Vec<String> {
        lines(self.headers())
    }
}

#[cfg(feature = "actix-web")]
impl<B> SetCookies for actix_web::HttpResponse<B> {
    fn set_cookies(&self) -> Vec<String> {
        lines(self.headers())
    }
}

#[cfg(feature = "actix-web")]
impl<B> SetCookies for actix_web::dev::ServiceResponse<B> {
    fn set_cookies(&self) -> Vec<String> {
        lines(self.headers())
    }
}

/// Those that are text.
#[cfg(any(feature = "actix-web", feature = "http"))]
fn lines(headers: &impl ResponseHeaders) -> Vec<String> {
    let lines = headers.lines(ResponseField::SetCookie);
    lines
        .filter_map(|line| String::from_utf8(line.to_vec()).ok())
        .collect()
}
