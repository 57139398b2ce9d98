// #[with_locals(required, crate = crate::web::locals)]
// async fn account() {}

async fn account(
    __request: crate::web::locals::WithLocals<
        (),
        crate::web::locals::Locals<
            crate::web::locals::UserId,
            crate::web::locals::Required,
        >,
    >,
) -> crate::web::locals::Flushed<()> {
    let __locals;
    let __outcome = '__handler: {
        {
            let (__opened, __arguments) = crate::web::locals::__private::opened(
                __request,
            );
            __locals = __opened;
            match __arguments {
                ::core::result::Result::Ok(__arguments) => __arguments,
                ::core::result::Result::Err(__rejected) => {
                    break '__handler { ::core::result::Result::Err(__rejected) };
                }
            }
        };
        let locals: &crate::web::locals::Locals<
            crate::web::locals::UserId,
            crate::web::locals::Required,
        > = &__locals;
        let _ = locals;
        ::core::result::Result::Ok(
            async move {
                if false {
                    return crate::web::locals::__private::returns::<()>();
                }
                #[allow()] {}
            }
                .await,
        )
    };
    return crate::web::locals::__private::flush::<(), _, _>(&__locals, __outcome);
}
