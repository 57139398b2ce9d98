// #[with_locals(user = Account, required, redirect = "/login")]
// async fn account() -> String {
//     locals.get_session_user().1.email.clone()
// }

async fn account(
    __request: ::locals::WithLocals<(), ::locals::Locals<Account, ::locals::Required>>,
) -> ::locals::Flushed<String> {
    let (__locals, __arguments) = __request.redirect("/login").open();
    let __outcome = match __arguments {
        ::core::result::Result::Ok(()) => {
            #[allow(unused_variables)]
            let locals: &::locals::Locals<Account, ::locals::Required> = &__locals;
            ::core::result::Result::Ok(
                async move {
                    if false {
                        return ::locals::__private::returns::<String>();
                    }
                    #[allow(unused_braces)] { locals.get_session_user().1.email.clone() }
                }
                    .await,
            )
        }
        ::core::result::Result::Err(__rejected) => {
            ::core::result::Result::Err(__rejected)
        }
    };
    return ::locals::__private::flush::<String>(&__locals, __outcome);
}
