// #[with_locals]
// async fn page(locals: &Locals<Required>, Path(id): Path<u32>) -> Html<String> {
//     Html(format!("page {id}"))
// }

async fn page(
    __request: ::locals::WithLocals<(Path<u32>,), Locals<Required>>,
) -> ::locals::Flushed<Html<String>> {
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
        let locals: &Locals<Required> = &__locals;
        ::core::result::Result::Ok(
            async move {
                if false {
                    return ::locals::__private::returns::<Html<String>>();
                }
                #[allow()] { Html(format!("page {id}")) }
            }
                .await,
        )
    };
    return ::locals::__private::flush::<Html<String>, _, _>(&__locals, __outcome);
}
