//! What handlers are put together from.

/// A piece of a handler, or of the options before it.
pub(super) struct Fragment {
    pub(super) source: &'static str,
    /// What its errors say, wherever the fragment stands.
    pub(super) mistakes: &'static [&'static str],
    /// The options that it sets, or the variables that its parameters bind, where a mistake of two
    /// fragments together depends on them.
    pub(super) names: &'static [&'static str],
}

const fn right(source: &'static str) -> Fragment {
    wrong(source, &[])
}

const fn wrong(source: &'static str, mistakes: &'static [&'static str]) -> Fragment {
    Fragment {
        source,
        mistakes,
        names: &[],
    }
}

impl Fragment {
    pub(super) fn is_right(&self) -> bool {
        self.mistakes.is_empty()
    }

    const fn names(self, names: &'static [&'static str]) -> Self {
        Self { names, ..self }
    }
}

const NOT_ASYNC: &str = "a handler is asynchronous: write `async fn";
const CONST: &str = "a handler cannot be `const`";
const ABI: &str = "a handler has no ABI";
const TWICE: &str = "`#[with_locals]` is given twice";
const CFG: &str = "a parameter of a handler cannot depend on `cfg`";
const VARIADIC: &str = "a handler has no variable arguments";
const TWO_BINDINGS: &str = "a handler has one `Locals`";
const GUARD: &str = "`required` takes one guard";
const REDIRECT: &str = "`redirect` takes a path of this site";

static OPTIONS: &[Fragment] = &[
    right(""),
    right("user = Result<Vec<Account>, &'static [u8; 3]>,").names(&["user"]),
    right("eager").names(&["eager"]),
    right("required").names(&["required"]),
    right("required((auth::Is<Admin>, Editor)), user = u64").names(&["user", "required"]),
    right("name = ctx").names(&["name"]),
    right("csrf = off, crate = ::web::locals"),
    right("crate = crate::web"),
    right("redirect = \"/login?from=here\"").names(&["redirect"]),
    right("user = Account, required(Admin), name = ctx, redirect = \"/\", csrf = off")
        .names(&["user", "required", "name", "redirect"]),
    right("http, auth = state.auth").names(&["http"]),
    right("auth = if request.is::<A, B>() { &self.auth } else { auth()? }, csrf = off, http")
        .names(&["http"]),
    right("http, auth = &(a + b as c).d, user = u8, required(Admin), redirect = \"/\", name = ctx")
        .names(&["http", "user", "required", "redirect", "name"]),
    wrong(
        "http",
        &["`http` needs to know where the sessions are: write `auth = state.auth`"],
    )
    .names(&["http"]),
    wrong(
        "auth = state.auth",
        &["`auth` is for handlers of plain `http` requests: write `http`"],
    ),
    wrong(
        "http = 1, auth",
        &[
            "`http` takes no value",
            "`auth` takes an expression: `auth = state.auth`",
        ],
    ),
    wrong("http, auth = state.auth, http", &["`http` is given twice"]).names(&["http twice"]),
    wrong(
        "usr = Account",
        &["unknown option `usr`: did you mean `user`?"],
    ),
    wrong(
        "admins_only",
        &["unknown option `admins_only`: the options are"],
    ),
    wrong("user = \"Account\"", &["`user` takes a type"]),
    wrong("user = u8, user = u8", &["`user` is given twice"]).names(&["user"]),
    wrong("eager, eager", &["`eager` is given twice"]).names(&["eager"]),
    wrong("eager, required", &["one kind of locals"]).names(&["eager"]),
    wrong("eager = true", &["`eager` takes no value"]),
    wrong("required = true", &["`required` takes no value"]),
    wrong("required = Admin", &["`required(Admin)`"]),
    wrong("required, guard = Admin", &["`required(Admin)`"]).names(&["required"]),
    wrong("Account", &["`user = Account`"]),
    wrong("required()", &[GUARD]),
    wrong("required(Admin, Editor)", &[GUARD]),
    wrong("required, redirect = \"login\"", &[REDIRECT]).names(&["required", "redirect"]),
    wrong("required, redirect = \"//host/\"", &[REDIRECT]).names(&["required", "redirect"]),
    wrong("required(\"Admin\")", &[GUARD]),
    wrong("required[Admin]", &[GUARD]),
    wrong("required(HashMap<, B>)", &[GUARD]),
    wrong("eager()", &["`eager` takes no value"]),
    wrong(
        "user = HashMap<fn() -> u8, , B>, usr",
        &["`user` takes a type", "did you mean `user`?"],
    ),
    wrong(
        "crate = super::self::web",
        &["write `crate = crate::path::to::web`"],
    ),
    wrong("name = \"ctx\"", &["`name` takes an identifier"]),
    wrong(
        "csrf = false, name = self, redirect",
        &[
            "`csrf` takes `off`",
            "`name` takes an identifier",
            "`redirect` takes a path",
        ],
    ),
    wrong(
        "crate = web",
        &["`crate` takes a path that means the same everywhere"],
    ),
    wrong(
        ", eager, crate =",
        &["expected an option", "`crate` takes a path"],
    )
    .names(&["eager"]),
    wrong("eager user = u8", &["expected a comma between options"]).names(&["eager"]),
    wrong(
        "requird, csrf = on",
        &["did you mean `required`?", "the only value is `off`"],
    ),
];

static ATTRIBUTES: &[Fragment] = &[
    right(""),
    right("/// The front page.\n #[get(\"/\")] #[cfg(test)]"),
    right("#[debug_handler] #[doc = \"{ fn other() {} }\"]"),
    right("#[tracing::instrument(skip_all, fields(err), name = \"ret\")]"),
    right("#[tracing::instrument(skip_all, err(Debug))]").names(&["err"]),
    right("#[instrument(ret, err)]").names(&["ret"]),
    wrong("#[get(\"/\")] #[with_locals]", &[TWICE]),
    wrong("#[::locals::with_locals(eager)]", &[TWICE]),
];

static VISIBILITIES: &[Fragment] = &[
    right(""),
    right("pub"),
    right("pub(crate)"),
    right("pub(in crate::web::pages)"),
];

static QUALIFIERS: &[Fragment] = &[
    right("async"),
    right("async unsafe"),
    wrong("", &[NOT_ASYNC]),
    wrong("unsafe", &[NOT_ASYNC]),
    wrong("const", &[CONST]),
    wrong("const async", &[CONST]),
    wrong("async extern \"C\"", &[ABI]),
    wrong("extern", &[NOT_ASYNC, ABI]),
    wrong("const unsafe extern \"C\"", &[CONST, ABI]),
];

static NAMES: &[Fragment] = &[
    right("home"),
    right("r#match"),
    right("locals"),
    right("größe"),
];

static GENERICS: &[Fragment] = &[
    right(""),
    right("<>"),
    right("<T: Page + ?Sized,>"),
    right("<'a, 'b: 'a, T: for<'c> Page<'c, Item = &'a u8>, const N: usize>"),
];

static RECEIVERS: &[Fragment] = &[
    right(""),
    right("self,"),
    right("mut self,"),
    right("&self,"),
    right("&'a mut self,"),
    right("self: Pin<&mut Self>,"),
    right("#[allow(unused)] mut self: Arc<Self>,"),
    wrong("#[cfg(test)] &self,", &[CFG]),
];

static PARAMETERS: &[Fragment] = &[
    right(""),
    right("mut body: Bytes, _: Method, (): (),"),
    right("State(db): State<Db<'a>>, Form(Rename { name, to: [first, ..] }): Form<Rename>"),
    right("ref page @ Page { number, .. }: Page, &Pair(a, b): &'static Pair<{ 1 + 1 }>"),
    right("#[allow(unused)] Path(id): Path<u32>, #[expect(unused_variables)] uri: Uri"),
    right("call: Box<dyn for<'b> Fn(&'b str) -> Result<(), !> + 'a>, sign: fn(u8) -> u8"),
    right("(Some(id) | Other(id)): <T as Page>::Id, page!(x): page!()"),
    right("Path(locals): Path<u32>, Json(Page { ctx, locals: (_, other) }): Json<Page>")
        .names(&["locals", "ctx"]),
    right("&[ref mut ctx, ..]: &'static [u8]").names(&["ctx"]),
    right("id @ (_, Page { locals, .. }): Pair").names(&["locals"]),
    right("locals: &Locals<Required<Admin>>, Path(id): Path<u32>"),
    right("Path(ctx): Path<u32>, _: &'a locals::Locals<Account, Eager>, body: String"),
    right("#[locals] context: &Context"),
    right("body: String, #[locals] #[allow(unused)] mut context: &'_ web::Context<'a>,"),
    wrong(
        "locals: Locals",
        &["take the locals by reference: `&Locals`"],
    ),
    wrong(
        "#[locals] context: Context",
        &["take the locals by reference: `&Context`"],
    ),
    wrong("locals: &mut Locals<Eager>", &["by shared reference"]),
    wrong("Locals { .. }: &Locals", &["give the locals a plain name"]),
    wrong(
        "#[locals(eager)] context: &Context",
        &["`#[locals]` takes no options"],
    ),
    wrong("locals: &Locals, id: Id, other: &Locals", &[TWO_BINDINGS]),
    wrong("#[locals] one: &Context, other: Locals", &[TWO_BINDINGS]),
    wrong("#[cfg_attr(test, allow(unused))] locals: &Locals", &[CFG]),
    wrong(
        "locals: Locals, #[cfg(a)] #[cfg(b)] id: Id",
        &["by reference", CFG, CFG],
    ),
    wrong("Path(id): Path<u32>, rest: ...", &[VARIADIC]),
    wrong(
        "locals: &Locals, Path((_, locals)): Path<Pair>",
        &["two parameters are called `locals`"],
    ),
    wrong(
        "/// Which page.\n Path(id): Path<u32>",
        &["a parameter has no documentation"],
    ),
    wrong("request: web::WithLocals<(Page,), Context>", &[TWICE]),
];

static RETURNS: &[Fragment] = &[
    right(""),
    right("-> ()"),
    right("-> !"),
    right("-> Html<String>"),
    right("-> impl IntoResponse + use<'a, T>"),
    right("-> Result<(StatusCode, [impl IntoResponse; 2], &'a impl Sized), impl Into<AppError>>"),
    right("-> Pin<Box<dyn Future<Output = Result<T, fn(u8) -> u8>> + Send + 'a>>"),
    right("-> <T as Page>::Answer"),
];

static WHERES: &[Fragment] = &[
    right(""),
    right("where"),
    right("where T: Page<'a>, for<'b> &'b T: Sized, Self: Sized,"),
];

static BODIES: &[Fragment] = &[
    right("{}"),
    right("{ {} }"),
    right("{ let Some(x) = locals.get_session().await? else { bail!(\"{\") }; return x }"),
    right("{ #![allow(unused)] #![cfg_attr(test, expect(unused))] fn home() {} home() }"),
    right("{ //! Says nothing.\n }"),
    right("{ locals. }"),
    right("{ let x = }"),
    right("{ match locals { Some(x) => }; if let Some(y) = x }"),
    right("{ #![] }"),
];

/// The long ones first: while their pairs meet, so do most of the others.
pub(super) static PARTS: [&[Fragment]; 11] = [
    OPTIONS,
    PARAMETERS,
    BODIES,
    QUALIFIERS,
    RETURNS,
    RECEIVERS,
    ATTRIBUTES,
    VISIBILITIES,
    NAMES,
    GENERICS,
    WHERES,
];
