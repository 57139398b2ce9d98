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
    let (__locals, __arguments) = __request.open();
    let __outcome = match __arguments {
        ::core::result::Result::Ok(__arguments) => {
            #[expect(unused_variables)]
            let (Path(id),) = __arguments;
            #[allow(unused_variables)]
            let locals: &::locals::Locals = &__locals;
            ::core::result::Result::Ok(
                async move {
                    if false {
                        return ::locals::__private::returns::<()>();
                    }
                    #[allow(unused_braces)] {}
                }
                    .await,
            )
        }
        ::core::result::Result::Err(__rejected) => {
            ::core::result::Result::Err(__rejected)
        }
    };
    return ::locals::__private::flush::<()>(&__locals, __outcome);
}
