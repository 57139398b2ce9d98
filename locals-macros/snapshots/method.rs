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
        let __locals;
        let __outcome = '__handler: {
            let (mut page,) = {
                let (__opened, __arguments) = ::locals::__private::opened(__request);
                __locals = __opened;
                match __arguments {
                    ::core::result::Result::Ok(__arguments) => __arguments,
                    ::core::result::Result::Err(__rejected) => {
                        break '__handler { ::core::result::Result::Err(__rejected) };
                    }
                }
            };
            let locals: &::locals::Locals = &__locals;
            let _ = locals;
            ::core::result::Result::Ok(
                async move {
                    if false {
                        return ::locals::__private::returns::<Json<Vec<T>>>();
                    }
                    #[allow()] { Json(self.db.list(page).await) }
                }
                    .await,
            )
        };
        return ::locals::__private::flush::<Json<Vec<T>>, _, _>(&__locals, __outcome);
    }
}
