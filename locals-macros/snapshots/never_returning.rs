// #[with_locals]
// async fn events() -> ! {
//     loop {
//         wait().await;
//     }
// }

async fn events(
    __request: ::locals::WithLocals<(), ::locals::Locals>,
) -> ::locals::Flushed<::core::convert::Infallible> {
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
                    return ::locals::__private::returns::<::core::convert::Infallible>();
                }
                #[allow()]
                {
                    loop {
                        wait().await;
                    }
                }
            }
                .await,
        )
    };
    return ::locals::__private::flush::<
        ::core::convert::Infallible,
        _,
        _,
    >(&__locals, __outcome);
}
