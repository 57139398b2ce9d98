// #[with_locals(eager)]
// pub async fn who() -> String {
//     locals.get_session().map_or_default(|session| session.user_id().to_string())
// }

pub async fn who(
    __request: ::locals::WithLocals<
        (),
        ::locals::Locals<::locals::UserId, ::locals::Eager>,
    >,
) -> ::locals::Flushed<String> {
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
        let locals: &::locals::Locals<::locals::UserId, ::locals::Eager> = &__locals;
        let _ = locals;
        ::core::result::Result::Ok(
            async move {
                if false {
                    return ::locals::__private::returns::<String>();
                }
                #[allow()]
                {
                    locals
                        .get_session()
                        .map_or_default(|session| session.user_id().to_string())
                }
            }
                .await,
        )
    };
    return ::locals::__private::flush::<String, _, _>(&__locals, __outcome);
}
