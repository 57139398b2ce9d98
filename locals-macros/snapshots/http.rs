// #[with_locals(http, auth = state.auth, user = Account)]
// async fn answer(
//     request: Request<Incoming>,
//     state: &State,
// ) -> Result<Response<Full<Bytes>>, Infallible> {
//     locals.clear_session();
//     Ok(state.page(request.uri()))
// }

async fn answer(
    request: Request<Incoming>,
    state: &State,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let __locals;
    let __outcome = '__handler: {
        {
            let (__opened, __arguments) = match &state.auth {
                __auth => {
                    ::locals::__private::http::opened(
                        ::locals::__private::http::open::<
                            ::locals::Locals<Account>,
                            ::locals::SameOrigin,
                            _,
                        >(__auth, &request)
                            .await,
                    )
                }
            };
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
                        Result<Response<Full<Bytes>>, Infallible>,
                    >();
                }
                #[allow()]
                {
                    locals.clear_session();
                    Ok(state.page(request.uri()))
                }
            }
                .await,
        )
    };
    return ::locals::__private::http::flush::<
        Result<Response<Full<Bytes>>, Infallible>,
        _,
        _,
    >(&__locals, __outcome);
}
