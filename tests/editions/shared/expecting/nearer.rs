//! Expectations nearer to the code than the function: in the body, on a parameter, on a statement; and
//! of a function that nothing routes.

use axum::{
    extract::Path,
    http::{HeaderMap, Method},
    routing::{MethodRouter, get},
};
use locals::{Auth, Locals, with_locals};

#[with_locals]
async fn in_the_body(Path(id): Path<u32>) -> String {
    #![expect(unused_variables)]
    #![expect(unused_mut)]
    locals.clear_session();
    let unused = id;
    let mut text = id.to_string();
    format!("{text}.")
}

#[with_locals]
async fn on_a_parameter(#[expect(unused_variables)] Path(id): Path<u32>) {
    locals.clear_session();
}

#[with_locals]
async fn on_two_parameters_of_three(
    #[expect(unused_variables)] Path(id): Path<u32>,
    method: Method,
    #[expect(unused_variables)]
    #[expect(unused_mut)]
    mut headers: HeaderMap,
) -> String {
    locals.clear_session();
    method.to_string()
}

#[with_locals]
async fn on_the_binding(#[expect(unused_variables)] locals: &Locals) {}

#[with_locals]
async fn on_statements(Path(id): Path<u32>) -> String {
    #[expect(unused_variables)]
    let unused = id;
    #[expect(unused_must_use)]
    locals.sign_out().await;
    #[expect(dead_code)]
    fn never_called() {}
    #[expect(unused_braces)]
    let more = id + u32::from({ 1_u8 });
    more.to_string()
}

#[with_locals]
#[expect(dead_code)]
async fn in_no_route() {}

struct Pages;

impl Pages {
    #[with_locals]
    #[expect(dead_code)]
    async fn in_no_route_either(&self) {}
}

#[test]
fn what_expects_nearer_to_the_code_are_handlers() {
    let _: &[MethodRouter<Auth>] = &[
        get(in_the_body),
        get(on_a_parameter),
        get(on_two_parameters_of_three),
        get(on_the_binding),
        get(on_statements),
    ];
    let _ = Pages;
}
