//! The compiler's lints about a handler's own code still fire: under `deny(warnings)`, every `expect`
//! here that nothing fulfils is an error.

mod nearer;
mod of_clippy;

use axum::{
    extract::Path,
    http::{HeaderMap, Method},
    routing::{MethodRouter, get},
};
use locals::{Auth, Error, Locals, with_locals};
use std::sync::Mutex;

#[deprecated]
fn old() {}

#[must_use]
fn answer() -> u32 {
    42
}

/// Each lint on the function, which the attribute leaves where it is.
mod on_the_function {
    use super::*;

    #[with_locals]
    #[expect(unused_variables)]
    pub async fn an_unused_variable() {
        locals.clear_session();
        let unused = 1;
    }

    #[expect(unused_variables)]
    #[with_locals]
    pub async fn an_unused_parameter(Path(id): Path<u32>) {
        locals.clear_session();
    }

    #[with_locals]
    #[expect(unused_variables)]
    pub async fn an_unused_declared_binding(locals: &Locals) {}

    #[with_locals]
    #[expect(unused_mut)]
    pub async fn a_needless_mut() -> String {
        locals.clear_session();
        let mut text = String::new();
        format!("{text}.")
    }

    #[with_locals]
    #[expect(unused_mut)]
    pub async fn a_needlessly_mutable_parameter(mut headers: HeaderMap) -> HeaderMap {
        locals.clear_session();
        headers
    }

    #[with_locals]
    #[expect(unused_assignments)]
    pub async fn a_needless_assignment(Path(id): Path<u32>) -> String {
        locals.clear_session();
        let mut text = id.to_string();
        let shown = text.clone();
        text = String::new();
        shown
    }

    #[with_locals]
    #[expect(dead_code)]
    pub async fn a_dead_function() {
        fn never_called() {}

        locals.clear_session();
    }

    #[with_locals]
    #[expect(unreachable_code)]
    pub async fn code_after_a_return() -> String {
        locals.clear_session();
        return String::new();
        locals.clear_session();
    }

    #[with_locals]
    #[expect(unreachable_code)]
    pub async fn code_after_a_loop() {
        locals.clear_session();
        loop {
            tokio::task::yield_now().await;
        }
        locals.clear_session();
    }

    #[with_locals]
    #[expect(unreachable_patterns)]
    pub async fn an_arm_never_taken(Path(id): Path<u8>) -> &'static str {
        locals.clear_session();
        match id {
            0..=255 => "a byte",
            7 => "seven",
        }
    }

    #[with_locals]
    #[expect(unused_must_use)]
    pub async fn a_result_dropped() {
        locals.clear_session();
        locals.sign_out().await;
    }

    #[with_locals]
    #[expect(unused_must_use)]
    pub async fn a_future_never_awaited() {
        locals.clear_session();
        locals.get_session();
    }

    #[with_locals]
    #[expect(unused_must_use)]
    pub async fn an_answer_dropped() -> Result<(), Error> {
        locals.sign_out().await?;
        answer();
        Ok(())
    }

    #[with_locals]
    #[expect(deprecated)]
    pub async fn a_call_to_the_old() {
        locals.clear_session();
        old();
    }

    #[with_locals]
    #[expect(non_snake_case)]
    pub async fn a_shouting_variable() -> String {
        locals.clear_session();
        let Shouting = 1;
        format!("{Shouting}!")
    }

    #[with_locals]
    #[expect(non_snake_case)]
    pub async fn aShoutingHandler() {
        locals.clear_session();
    }

    #[with_locals]
    #[expect(non_snake_case)]
    pub async fn a_shouting_parameter(Method: Method) -> String {
        locals.clear_session();
        Method.to_string()
    }

    #[with_locals]
    #[expect(unused_labels)]
    pub async fn a_label_nobody_names() {
        locals.clear_session();
        'round: for _ in 0..3 {}
    }

    #[with_locals]
    #[expect(unused_imports)]
    pub async fn an_import_nobody_needs() {
        use std::fmt::Write;

        locals.clear_session();
    }

    #[with_locals]
    #[expect(unused_unsafe)]
    pub async fn a_needless_unsafe() {
        unsafe { locals.clear_session() }
    }

    #[with_locals]
    #[expect(unused_parens)]
    pub async fn needless_parentheses(Path(id): Path<u32>) -> String {
        locals.clear_session();
        if (id == 0) {
            return String::new();
        }
        id.to_string()
    }

    #[with_locals]
    #[expect(redundant_semicolons)]
    #[rustfmt::skip]
    pub async fn a_needless_semicolon() {
        locals.clear_session();;
    }

    #[with_locals]
    #[expect(path_statements)]
    pub async fn a_statement_without_effect(Path(id): Path<u32>) {
        locals.clear_session();
        id;
    }

    #[with_locals]
    #[expect(unused_comparisons, clippy::absurd_extreme_comparisons)]
    pub async fn a_comparison_that_is_always_true(Path(id): Path<u32>) -> String {
        locals.clear_session();
        (id >= 0).to_string()
    }

    #[with_locals]
    #[expect(irrefutable_let_patterns)]
    pub async fn a_condition_that_is_always_true(Path(id): Path<u32>) -> String {
        locals.clear_session();
        if let number = id {
            return number.to_string();
        }
        String::new()
    }

    #[with_locals]
    #[expect(let_underscore_lock)]
    pub async fn a_lock_not_kept() {
        locals.clear_session();
        let names = Mutex::new(());
        let _ = names.lock();
    }

    #[with_locals]
    #[expect(unused_doc_comments)]
    pub async fn documentation_of_a_call() {
        /// Clears it.
        locals.clear_session();
    }

    #[with_locals]
    #[expect(unused_macros)]
    pub async fn a_macro_never_called() {
        macro_rules! never {
            () => {};
        }

        locals.clear_session();
    }
}

/// A handler that nothing routes would be one complaint more.
#[test]
fn what_the_compiler_complains_about_are_handlers() {
    use on_the_function::*;

    let _: &[MethodRouter<Auth>] = &[
        get(an_unused_variable),
        get(an_unused_parameter),
        get(an_unused_declared_binding),
        get(a_needless_mut),
        get(a_needlessly_mutable_parameter),
        get(a_needless_assignment),
        get(a_dead_function),
        get(code_after_a_return),
        get(code_after_a_loop),
        get(an_arm_never_taken),
        get(a_result_dropped),
        get(a_future_never_awaited),
        get(an_answer_dropped),
        get(a_call_to_the_old),
        get(a_shouting_variable),
        get(aShoutingHandler),
        get(a_shouting_parameter),
        get(a_label_nobody_names),
        get(an_import_nobody_needs),
        get(a_needless_unsafe),
        get(needless_parentheses),
        get(a_needless_semicolon),
        get(a_statement_without_effect),
        get(a_comparison_that_is_always_true),
        get(a_condition_that_is_always_true),
        get(a_lock_not_kept),
        get(documentation_of_a_call),
        get(a_macro_never_called),
    ];
}
