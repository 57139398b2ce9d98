// #[with_locals]
// async fn page(#[locals] context: &Context, Path(id): Path<u32>) {}

async fn page(
    __request: ::locals::WithLocals<(Path<u32>,), Context>,
) -> ::locals::Flushed<()> {
    let __locals;
    let __outcome = '__handler: {
        let (Path(id),) = {
            let (__opened, __arguments) = ::locals::__private::opened(__request);
            __locals = __opened;
            match __arguments {
                ::core::result::Result::Ok(__arguments) => __arguments,
                ::core::result::Result::Err(__rejected) => {
                    break '__handler { ::core::result::Result::Err(__rejected) };
                }
            }
        };
        let context: &Context = &__locals;
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
