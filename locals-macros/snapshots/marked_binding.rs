// #[with_locals]
// async fn page(#[locals] context: &Context, Path(id): Path<u32>) {}

async fn page(
    __request: ::locals::WithLocals<(Path<u32>,), Context>,
) -> ::locals::Flushed<()> {
    let (__locals, __arguments) = __request.open();
    let __outcome = match __arguments {
        ::core::result::Result::Ok(__arguments) => {
            let (Path(id),) = __arguments;
            let context: &Context = &__locals;
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
