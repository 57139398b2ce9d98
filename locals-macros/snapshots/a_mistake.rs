// #[with_locals(user = Account, requird)]
// fn account(Path(id): Path<u32>) -> Html<String> {
//     locals.clear_session();
//     Html(id.to_string())
// }

async fn account(Path(id): Path<u32>) -> Html<String> {
    ::core::compile_error! {
        "unknown option `requird`: did you mean `required`?"
    }
    ::core::compile_error! {
        "a handler is asynchronous: write `async fn account`"
    }
    let locals: &::locals::Locals<Account> = ::locals::__private::binding();
    let _ = locals;
    #[allow()]
    {
        locals.clear_session();
        Html(id.to_string())
    }
}
