// impl Pages {
//     #[with_locals(http, auth = &self.auth, csrf = off)]
//     async fn webhook(
//         &self,
//         #[expect(unused_variables)]
//         Json { value, .. }: Json<Event>,
//         id: u64,
//     ) -> Response<impl Body> {
//         self.page(id)
//     }
// }

impl Pages {
    async fn webhook(&self, __request: Json<Event>, id: u64) -> Response<impl Body> {
        let __locals;
        let __outcome = '__handler: {
            {
                let (__opened, __arguments) = match &self.auth {
                    __auth => {
                        ::locals::__private::http::opened(
                            ::locals::__private::http::open::<
                                ::locals::Locals,
                                ::locals::AnyOrigin,
                                _,
                            >(__auth, &__request)
                                .await,
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
            #[expect(unused_variables)]
            let Json { value, .. } = __request;
            let locals: &::locals::Locals = &__locals;
            let _ = locals;
            ::core::result::Result::Ok(
                async move {
                    if false {
                        return ::locals::__private::returns::<Response<_>>();
                    }
                    #[allow()] { self.page(id) }
                }
                    .await,
            )
        };
        return ::locals::__private::http::flush::<
            Response<_>,
            _,
            _,
        >(&__locals, __outcome);
    }
}
