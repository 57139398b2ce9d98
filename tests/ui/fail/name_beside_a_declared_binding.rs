use locals::with_locals;

#[with_locals(name = ctx)]
async fn home(locals: &locals::Locals) {
    locals.clear_session();
}

fn main() {}
