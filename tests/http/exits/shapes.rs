//! The shapes a handler may have on every framework (P-03): made by a macro, its binding renamed.
//!
//! Those that are one framework's own are tested in `axum_only`, `actix_only` and `hyper_only`.

use super::carries_the_cookie;
use crate::rig::{Site, on_every_server};

on_every_server! {
    async fn p_03_a_handler_made_by_a_macro_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/all-from-the-macro", 200).await;
        assert_eq!(reply.text(), "all from the macro");
    }

    async fn p_03_a_handler_with_a_body_given_to_a_macro_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/body-from-outside", 418).await;
        assert_eq!(reply.text(), "a teapot");
    }

    async fn p_03_a_renamed_binding_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/renamed", 200).await;
        assert_eq!(reply.text(), "ctx");
    }

    async fn p_03_names_of_the_expansion_are_free_for_the_handler(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/same-names", 200).await;
        assert_eq!(reply.text(), "1 2 3 4");
    }
}
