// #[with_locals(user = Account, required(Admin))]
// async fn admin() {}

async fn admin(
    __request: ::locals::WithLocals<
        (),
        ::locals::Locals<Account, ::locals::Required<Admin>>,
    >,
) -> ::locals::Flushed<()> {
    ::locals::__private::check_guard::<Account, Admin>();
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
        let locals: &::locals::Locals<Account, ::locals::Required<Admin>> = &__locals;
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
