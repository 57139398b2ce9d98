// impl<D: Db> Pages<D> {
//     #[with_locals]
//     pub(crate) async fn list<'a, T>(self: Arc<Self>, mut page: T) -> Json<Vec<T>>
//     where
//         T: Page<'a>,
//     {
//         Json(self.db.list(page).await)
//     }
// }

impl<D: Db> Pages<D> {
    pub(crate) async fn list<'a, T>(
        self: Arc<Self>,
        __request: ::locals::WithLocals<(T,), ::locals::Locals>,
    ) -> ::locals::Flushed<Json<Vec<T>>>
    where
        T: Page<'a>,
    {
        let (__locals, __arguments) = __request.open();
        let __outcome = match __arguments {
            ::core::result::Result::Ok(__arguments) => {
                let (mut page,) = __arguments;
                #[allow(unused_variables)]
                let locals: &::locals::Locals = &__locals;
                ::core::result::Result::Ok(
                    async move {
                        if false {
                            return ::locals::__private::returns::<Json<Vec<T>>>();
                        }
                        #[allow(unused_braces)] { Json(self.db.list(page).await) }
                    }
                        .await,
                )
            }
            ::core::result::Result::Err(__rejected) => {
                ::core::result::Result::Err(__rejected)
            }
        };
        return ::locals::__private::flush::<Json<Vec<T>>>(&__locals, __outcome);
    }
}
