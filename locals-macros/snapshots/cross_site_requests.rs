// #[with_locals(csrf = off, name = ctx)]
// async fn webhook(body: Bytes) -> StatusCode {
//     StatusCode::NO_CONTENT
// }

async fn webhook(
    __request: ::locals::WithLocals<(Bytes,), ::locals::Locals, ::locals::AnyOrigin>,
) -> ::locals::Flushed<StatusCode> {
    let __locals;
    let __outcome = '__handler: {
        let (body,) = {
            let (__opened, __arguments) = ::locals::__private::opened(__request);
            __locals = __opened;
            match __arguments {
                ::core::result::Result::Ok(__arguments) => __arguments,
                ::core::result::Result::Err(__rejected) => {
                    break '__handler { ::core::result::Result::Err(__rejected) };
                }
            }
        };
        let ctx: &::locals::Locals = &__locals;
        let _ = ctx;
        ::core::result::Result::Ok(
            async move {
                if false {
                    return ::locals::__private::returns::<StatusCode>();
                }
                #[allow()] { StatusCode::NO_CONTENT }
            }
                .await,
        )
    };
    return ::locals::__private::flush::<StatusCode, _, _>(&__locals, __outcome);
}
