//! What the attribute expands to, as snapshots that can be read as its documentation, and what it
//! does with code that does not parse.
//!
//! `UPDATE_EXPECT=1 cargo test -p locals-macros` writes the snapshots anew.

mod generated;
mod half_typed;

use crate::annotate;
use expect_test::expect_file;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, ItemFn, Meta};

/// Compares the expansion of an annotated handler with `snapshots/<name>.rs`.
macro_rules! snapshots {
    ($($name:ident: $source:literal)*) => {$(
        #[test]
        fn $name() {
            let path = concat!("../snapshots/", stringify!($name), ".rs");
            expect_file![path].assert_eq(&documented($source));
        }
    )*};
}

snapshots! {
    lazy: "
        /// The front page.
        #[with_locals(user = Account)]
        async fn home() -> Result<Html<String>, locals::Error> {
            let Some((_, account)) = locals.get_session_user().await? else {
                return Ok(Html(\"hello, stranger\".into()));
            };
            Ok(Html(format!(\"hello, {}\", account.email)))
        }"
    arguments: "
        #[with_locals(user = Account)]
        async fn rename(
            State(db): State<Db>,
            Form(form): Form<Rename>,
        ) -> Result<Redirect, AppError> {
            db.rename(form.name).await?;
            Ok(Redirect::to(\"/\"))
        }"
    eager: "
        #[with_locals(eager)]
        pub async fn who() -> String {
            locals.get_session().map_or_default(|session| session.user_id().to_string())
        }"
    required: "
        #[with_locals(user = Account, required, redirect = \"/login\")]
        async fn account() -> String {
            locals.get_session_user().1.email.clone()
        }"
    required_with_a_guard: "
        #[with_locals(user = Account, required(Admin))]
        async fn admin() {}"
    declared_binding: "
        #[with_locals]
        async fn page(locals: &Locals<Required>, Path(id): Path<u32>) -> Html<String> {
            Html(format!(\"page {id}\"))
        }"
    marked_binding: "
        #[with_locals]
        async fn page(#[locals] context: &Context, Path(id): Path<u32>) {}"
    cross_site_requests: "
        #[with_locals(csrf = off, name = ctx)]
        async fn webhook(body: Bytes) -> StatusCode {
            StatusCode::NO_CONTENT
        }"
    impl_trait_returned: "
        #[with_locals]
        async fn file() -> Result<(StatusCode, impl IntoResponse), AppError> {
            Ok((StatusCode::OK, open().await?))
        }"
    never_returning: "
        #[with_locals]
        async fn events() -> ! {
            loop {
                wait().await;
            }
        }"
    method: "
        impl<D: Db> Pages<D> {
            #[with_locals]
            pub(crate) async fn list<'a, T>(self: Arc<Self>, mut page: T) -> Json<Vec<T>>
            where
                T: Page<'a>,
            {
                Json(self.db.list(page).await)
            }
        }"
    inner_attributes: "
        #[with_locals]
        #[tracing::instrument]
        async fn quiet(#[expect(unused_variables)] Path(id): Path<u32>) {
            //! Says nothing.
            #![allow(clippy::pedantic)]
        }"
    reexported: "
        #[with_locals(required, crate = crate::web::locals)]
        async fn account() {}"
    http: "
        #[with_locals(http, auth = state.auth, user = Account)]
        async fn answer(
            request: Request<Incoming>,
            state: &State,
        ) -> Result<Response<Full<Bytes>>, Infallible> {
            locals.clear_session();
            Ok(state.page(request.uri()))
        }"
    http_request_as_a_pattern: "
        impl Pages {
            #[with_locals(http, auth = &self.auth, csrf = off)]
            async fn webhook(
                &self,
                #[expect(unused_variables)] Json { value, .. }: Json<Event>,
                id: u64,
            ) -> Response<impl Body> {
                self.page(id)
            }
        }"
    http_method_of_a_trait: "
        impl Handler for Pages {
            #[with_locals(http, auth = self.auth()?, required, redirect = \"/login\")]
            async fn handle(&mut self, request: Request<String>) -> Result<Response<String>, Error> {
                let user = locals.get_session().user_id();
                Ok(Response::new(format!(\"{user}: {}\", request.body())))
            }
        }"
    a_mistake: "
        #[with_locals(user = Account, requird)]
        fn account(Path(id): Path<u32>) -> Html<String> {
            locals.clear_session();
            Html(id.to_string())
        }"
}

/// The handler as it is written and as it is compiled.
fn documented(source: &str) -> String {
    let mut file = syn::parse_str(source).expect("a file of one item");
    let input = prettyplease::unparse(&file);
    for item in &mut file.items {
        expand(item);
    }
    let output = prettyplease::unparse(&file);
    let commented: String = input.lines().map(|line| format!("// {line}\n")).collect();
    format!("{commented}\n{output}")
}

fn expand(item: &mut syn::Item) {
    let expanded = match item {
        syn::Item::Fn(function) => annotated(&mut function.attrs.clone(), function),
        syn::Item::Impl(block) => {
            for method in &mut block.items {
                let syn::ImplItem::Fn(function) = method else {
                    continue;
                };
                let expanded = annotated(&mut function.attrs.clone(), function);
                *method = syn::parse2(expanded).expect("a method");
            }
            return;
        }
        _ => return,
    };
    *item = syn::parse2(expanded).expect("a function");
}

/// What the compiler hands to the attribute: its arguments, and the function without it.
fn annotated(attrs: &mut Vec<Attribute>, function: &impl ToTokens) -> TokenStream {
    let mut function: ItemFn = syn::parse2(function.to_token_stream()).expect("a function");
    let at = attrs
        .iter()
        .position(|attr| attr.path().is_ident("with_locals"))
        .expect("an annotated function");
    function.attrs.remove(at);
    let args = match &attrs.remove(at).meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    annotate(args, function.into_token_stream())
}
