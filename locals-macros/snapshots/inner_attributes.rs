// #[with_locals]
// #[tracing::instrument]
// async fn quiet(#[expect(unused_variables)] Path(id): Path<u32>) {
//     //! Says nothing.
//     #![allow(clippy::pedantic)]
// }

#[tracing::instrument]
async fn quiet(
    __request: ::locals::WithLocals<(Path<u32>,), ::locals::Locals>,
) -> ::locals::Flushed<()> {
    //! Says nothing.
    #![allow(clippy::pedantic)]
    let __locals;
    let __outcome = '__handler: {
        let (__kept_0,) = {
            let (__opened, __arguments) = ::locals::__private::opened(__request);
            __locals = __opened;
            match __arguments {
                ::core::result::Result::Ok(__arguments) => __arguments,
                ::core::result::Result::Err(__rejected) => {
                    break '__handler { ::core::result::Result::Err(__rejected) };
                }
            }
        };
        #[expect(unused_variables)]
        let Path(id) = __kept_0;
        let locals: &::locals::Locals = &__locals;
        let _ = locals;
        ::core::result::Result::Ok(
            async move {
                if false {
                    return ::locals::__private::returns::<()>();
                }
                #[allow()] {}
            }
                .await,
        )
    };
    return ::locals::__private::flush::<(), _, _>(&__locals, __outcome);
}
