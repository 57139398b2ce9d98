// /// The front page.
// #[with_locals(user = Account)]
// async fn home() -> Result<Html<String>, locals::Error> {
//     let Some((_, account)) = locals.get_session_user().await? else {
//         return Ok(Html("hello, stranger".into()));
//     };
//     Ok(Html(format!("hello, {}", account.email)))
// }

/// The front page.
async fn home(
    __request: ::locals::WithLocals<(), ::locals::Locals<Account>>,
) -> ::locals::Flushed<Result<Html<String>, locals::Error>> {
    let __locals;
    let __outcome = '__handler: {
        {
            let (__opened, __arguments) = ::locals::__private::opened(__request);
            __locals = __opened;
            match __arguments {
                ::core::result::Result::Ok(__arguments) => __arguments,
                ::core::result::Result::Err(__rejected) => {
                    break '__handler { ::core::result::Result::Err(__rejected) };
                }
            }
        };
        let locals: &::locals::Locals<Account> = &__locals;
        let _ = locals;
        ::core::result::Result::Ok(
            async move {
                if false {
                    return ::locals::__private::returns::<
                        Result<Html<String>, locals::Error>,
                    >();
                }
                #[allow()]
                {
                    let Some((_, account)) = locals.get_session_user().await? else {
                        return Ok(Html("hello, stranger".into()));
                    };
                    Ok(Html(format!("hello, {}", account.email)))
                }
            }
                .await,
        )
    };
    return ::locals::__private::flush::<
        Result<Html<String>, locals::Error>,
        _,
        _,
    >(&__locals, __outcome);
}
