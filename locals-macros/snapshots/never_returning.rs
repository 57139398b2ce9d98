// #[with_locals]
// async fn events() -> ! {
//     loop {
//         wait().await;
//     }
// }

async fn events(
    __request: ::locals::WithLocals<(), ::locals::Locals>,
) -> ::locals::Flushed<::core::convert::Infallible> {
    let (__locals, __arguments) = __request.open();
    let __outcome = match __arguments {
        ::core::result::Result::Ok(()) => {
            #[allow(unused_variables)]
            let locals: &::locals::Locals = &__locals;
            ::core::result::Result::Ok(
                async move {
                    if false {
                        return ::locals::__private::returns::<
                            ::core::convert::Infallible,
                        >();
                    }
                    #[allow(unused_braces)]
                    {
                        loop {
                            wait().await;
                        }
                    }
                }
                    .await,
            )
        }
        ::core::result::Result::Err(__rejected) => {
            ::core::result::Result::Err(__rejected)
        }
    };
    return ::locals::__private::flush::<
        ::core::convert::Infallible,
    >(&__locals, __outcome);
}
