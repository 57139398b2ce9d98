//! Clippy's lints, which the attribute must not hide either.

use axum::{
    extract::Path,
    routing::{MethodRouter, get},
};
use locals::{Auth, Error, with_locals};

#[with_locals]
#[expect(clippy::let_and_return)]
async fn a_needless_binding(Path(id): Path<u32>) -> String {
    locals.clear_session();
    let text = id.to_string();
    text
}

#[with_locals]
#[expect(clippy::needless_question_mark)]
async fn a_needless_question_mark() -> Result<(), Error> {
    locals.clear_session();
    Ok(locals.sign_out().await?)
}

#[with_locals]
#[expect(clippy::clone_on_copy)]
async fn a_needless_clone(Path(id): Path<u32>) -> String {
    locals.clear_session();
    let copied = id.clone();
    copied.to_string()
}

#[with_locals]
#[expect(clippy::let_unit_value)]
async fn a_variable_for_nothing() {
    let nothing = locals.clear_session();
    let () = nothing;
}

#[with_locals]
#[expect(clippy::unwrap_used)]
async fn an_unwrap() -> String {
    locals.sign_out().await.unwrap();
    String::new()
}

#[test]
fn what_clippy_complains_about_are_handlers() {
    let _: &[MethodRouter<Auth>] = &[
        get(a_needless_binding),
        get(a_needless_question_mark),
        get(a_needless_clone),
        get(a_variable_for_nothing),
        get(an_unwrap),
    ];
}
