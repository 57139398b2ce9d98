//! Code that somebody is still typing: the editor needs the function, the binding and the body.

use crate::annotate;
use proc_macro2::TokenStream;
use quote::quote;

/// The output as text, with single spaces between tokens.
fn expanded(args: TokenStream, item: TokenStream) -> String {
    annotate(args, item).to_string()
}

#[test]
fn a_body_that_does_not_parse_is_kept_as_it_is() {
    for body in [
        quote!({ locals. }),
        quote!({ let x = }),
        quote!({ match locals.get_session().await { Some(session) => }; }),
        quote!({ if let Some(session) = locals }),
    ] {
        let output = expanded(
            quote!(user = Account),
            quote!(async fn home() -> String #body),
        );
        let (body, output) = (body.to_string(), output.as_str());
        assert_eq!(output.matches(&body).count(), 1, "{output}");
        assert!(output.contains("async fn home"), "{output}");
        assert!(
            output.contains("let locals : & :: locals :: Locals < Account >"),
            "{output}"
        );
    }
}

#[test]
fn a_handler_of_plain_http_keeps_its_signature_and_the_body_that_does_not_parse() {
    let output = expanded(
        quote!(http, auth = state.auth),
        quote!(async fn home(request: Request<B>, id: u64) -> Response<B> { locals. }),
    );
    let signature = "async fn home (request : Request < B > , id : u64 ,) -> Response < B > {";
    assert!(output.contains(signature), "{output}");
    assert!(output.contains("let locals : & "), "{output}");
    assert_eq!(output.matches("{ locals . }").count(), 1, "{output}");
}

#[test]
fn beside_a_mistake_the_function_keeps_its_binding_and_its_body() {
    for (args, item) in [
        (quote!(usr = Account), quote!(async fn home() { locals. })),
        (quote!(=), quote!(async fn home() { locals. })),
        (
            quote!(required(), user),
            quote!(async fn home() { locals. }),
        ),
        (quote!(), quote!(fn home() { locals. })),
        (
            quote!(http, auth = self.),
            quote!(async fn home() { locals. }),
        ),
        (quote!(http), quote!(async fn home() { locals. })),
        (
            quote!(),
            quote!(async fn home(#[cfg(test)] id: Path<u32>) { locals. }),
        ),
        (quote!(), quote!(async fn home(locals: Locals) { locals. })),
    ] {
        let output = expanded(args, item);
        assert!(output.contains("compile_error"), "{output}");
        assert!(output.contains("async fn home"), "{output}");
        assert!(output.contains("let locals : & "), "{output}");
        assert_eq!(output.matches("{ locals . }").count(), 1, "{output}");
    }
}

#[test]
fn what_is_no_function_stays_beside_its_error() {
    for item in [
        quote!(
            struct Page;
        ),
        quote!(
            const PAGE: u8 = 1;
        ),
        quote!(
            async fn home();
        ),
        quote!(async fn),
        quote!(impl Page {}),
        quote!(
            unsafe impl Send for Page {}
        ),
        quote!(
            unsafe extern "C" {}
        ),
        quote!(
            async gen fn pages() {}
        ),
        quote!(42),
        quote!(),
    ] {
        let output = expanded(quote!(), item.clone());
        assert!(output.contains("compile_error"), "{output}");
        assert!(output.ends_with(&item.to_string()), "{output}");
    }
}

#[test]
fn what_is_no_function_is_called_by_its_name() {
    for (item, message) in [
        (quote!(impl Page {}), "not `impl`"),
        (quote!(unsafe impl Page {}), "not `impl`"),
        (
            quote!(
                unsafe extern "C" {}
            ),
            "not `extern`",
        ),
        (
            quote!(
                const PAGE: u8 = 1;
            ),
            "not `const`",
        ),
        (
            quote!(
                pub mod pages;
            ),
            "not `mod`",
        ),
        (
            quote!(
                async gen fn pages() {}
            ),
            "is no generator",
        ),
    ] {
        let output = expanded(quote!(), item);
        assert_eq!(output.matches("compile_error").count(), 1, "{output}");
        assert!(output.contains(message), "{output}");
    }
}
