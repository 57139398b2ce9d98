// #[with_locals]
// async fn file() -> Result<(StatusCode, impl IntoResponse), AppError> {
//     Ok((StatusCode::OK, open().await?))
// }

async fn file(
    __request: ::locals::WithLocals<(), ::locals::Locals>,
) -> ::locals::Flushed<Result<(StatusCode, impl IntoResponse), AppError>> {
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
        let locals: &::locals::Locals = &__locals;
        let _ = locals;
        ::core::result::Result::Ok(
            async move {
                if false {
                    return ::locals::__private::returns::<
                        Result<(StatusCode, _), AppError>,
                    >();
                }
                #[allow()] { Ok((StatusCode::OK, open().await?)) }
            }
                .await,
        )
    };
    return ::locals::__private::flush::<
        Result<(StatusCode, _), AppError>,
        _,
        _,
    >(&__locals, __outcome);
}
