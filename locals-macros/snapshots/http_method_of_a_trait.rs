// impl Handler for Pages {
//     #[with_locals(http, auth = self.auth()?, required, redirect = "/login")]
//     async fn handle(
//         &mut self,
//         request: Request<String>,
//     ) -> Result<Response<String>, Error> {
//         let user = locals.get_session().user_id();
//         Ok(Response::new(format!("{user}: {}", request.body())))
//     }
// }

impl Handler for Pages {
    async fn handle(
        &mut self,
        request: Request<String>,
    ) -> Result<Response<String>, Error> {
        let __locals;
        let __outcome = '__handler: {
            {
                let (__opened, __arguments) = match &self.auth()? {
                    __auth => {
                        ::locals::__private::http::opened(
                            ::locals::__private::http::open::<
                                ::locals::Locals<::locals::UserId, ::locals::Required>,
                                ::locals::SameOrigin,
                                _,
                            >(__auth, &request)
                                .await
                                .redirect("/login"),
                        )
                    }
                };
                __locals = __opened;
                match __arguments {
                    ::core::result::Result::Ok(__arguments) => __arguments,
                    ::core::result::Result::Err(__rejected) => {
                        break '__handler { ::core::result::Result::Err(__rejected) };
                    }
                }
            };
            let locals: &::locals::Locals<::locals::UserId, ::locals::Required> = &__locals;
            let _ = locals;
            ::core::result::Result::Ok(
                async move {
                    if false {
                        return ::locals::__private::returns::<
                            Result<Response<String>, Error>,
                        >();
                    }
                    #[allow()]
                    {
                        let user = locals.get_session().user_id();
                        Ok(Response::new(format!("{user}: {}", request.body())))
                    }
                }
                    .await,
            )
        };
        return ::locals::__private::http::flush::<
            Result<Response<String>, Error>,
            _,
            _,
        >(&__locals, __outcome);
    }
}
