//! The JSON APIs of the examples `actix` and `hyper`: every test drives both, over a socket.

mod accounts;
mod device;
mod sessions;
#[path = "../support/mod.rs"]
mod support;

/// Runs each body on both examples, as `<name>::actix` and `<name>::hyper`.
///
/// ```ignore
/// on_both_examples! {
///     fn signing_out_ends_the_session(example: &str) {
///         let api = Server::without_accounts(example);
///         ..
///     }
/// }
/// ```
macro_rules! on_both_examples {
    ($(fn $name:ident($example:ident: &str) $body:block)+) => {$(
        fn $name($example: &str) $body

        mod $name {
            #[test]
            fn actix() {
                super::$name("actix");
            }

            #[test]
            fn hyper() {
                super::$name("hyper");
            }
        }
    )+};
}
pub(crate) use on_both_examples;

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";
