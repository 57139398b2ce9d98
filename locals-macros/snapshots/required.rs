// #[with_locals(user = Account, required, redirect = "/login")]
// async fn account() -> String {
//     locals.get_session_user().1.email.clone()
// }

async fn account(
    __request: ::locals::WithLocals<(), ::locals::Locals<Account, ::locals::Required>>,
) -> ::locals::Flushed<String> {
    let __locals;
    let __outcome = '__handler: {
        {
            let (__opened, __arguments) = ::locals::__private::opened(
                __request.redirect("/login"),
            );
            __locals = __opened;
            match __arguments {
                ::core::result::Result::Ok(__arguments) => __arguments,
                ::core::result::Result::Err(__rejected) => {
                    break '__handler { ::core::result::Result::Err(__rejected) };
                }
            }
        };
        let locals: &::locals::Locals<Account, ::locals::Required> = &__locals;
        let _ = locals;
        ::core::result::Result::Ok(
            async move {
                if false {
                    return ::locals::__private::returns::<String>();
                }
                #[allow()] { locals.get_session_user().1.email.clone() }
            }
                .await,
        )
    };
    return ::locals::__private::flush::<String, _, _>(&__locals, __outcome);
}
