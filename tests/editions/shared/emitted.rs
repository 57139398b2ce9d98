//! Macros that emit handlers, for the crate of the other edition: tokens keep the edition of the file
//! they stand in.

/// A handler that is this crate's in every token.
#[macro_export]
macro_rules! whole {
    ($log:path) => {
        #[::locals::with_locals]
        pub async fn whole(::axum::Extension(log): ::axum::Extension<$log>) -> String {
            locals.clear_session();
            let _variable = log.note("variable");
            log.note("temporary").text()
        }
    };
}

/// A handler whose body is the caller's, braces and all.
#[macro_export]
macro_rules! around {
    ($name:ident($log:ident: $ty:path) $body:block) => {
        #[::locals::with_locals]
        async fn $name(::axum::Extension($log): ::axum::Extension<$ty>) -> String $body
    };
}
