use locals::with_locals;

// Only the type says which kind this is, so the compiler and not the attribute has to notice.
#[with_locals(redirect = "/login")]
async fn home(locals: &locals::Locals) {
    locals.clear_session();
}

fn main() {}
