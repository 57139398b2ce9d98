// #[with_locals(user = Account, required(Admin))]
// async fn admin() {}

async fn admin(
    __request: ::locals::WithLocals<
        (),
        ::locals::Locals<Account, ::locals::Required<Admin>>,
    >,
) -> ::locals::Flushed<()> {
    ::locals::__private::check_guard::<Account, Admin>();
    let (__locals, __arguments) = __request.open();
    let __outcome = match __arguments {
        ::core::result::Result::Ok(()) => {
            #[allow(unused_variables)]
            let locals: &::locals::Locals<Account, ::locals::Required<Admin>> = &__locals;
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
