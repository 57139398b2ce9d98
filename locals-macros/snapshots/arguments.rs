// #[with_locals(user = Account)]
// async fn rename(
//     State(db): State<Db>,
//     Form(form): Form<Rename>,
// ) -> Result<Redirect, AppError> {
//     db.rename(form.name).await?;
//     Ok(Redirect::to("/"))
// }

async fn rename(
    __request: ::locals::WithLocals<(State<Db>, Form<Rename>), ::locals::Locals<Account>>,
) -> ::locals::Flushed<Result<Redirect, AppError>> {
    let __locals;
    let __outcome = '__handler: {
        let (State(db), Form(form)) = {
            let (__opened, __arguments) = ::locals::__private::opened(__request);
            __locals = __opened;
            match __arguments {
                ::core::result::Result::Ok(__arguments) => __arguments,
                ::core::result::Result::Err(__rejected) => {
                    break '__handler { ::core::result::Result::Err(__rejected) };
                }
            }
        };
        let locals: &::locals::Locals<Account> = &__locals;
        let _ = locals;
        ::core::result::Result::Ok(
            async move {
                if false {
                    return ::locals::__private::returns::<Result<Redirect, AppError>>();
                }
                #[allow()]
                {
                    db.rename(form.name).await?;
                    Ok(Redirect::to("/"))
                }
            }
                .await,
        )
    };
    return ::locals::__private::flush::<
        Result<Redirect, AppError>,
        _,
        _,
    >(&__locals, __outcome);
}
