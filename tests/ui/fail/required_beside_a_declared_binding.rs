use locals::with_locals;

#[with_locals(required)]
async fn home(locals: &locals::Locals) {
    locals.clear_session();
}

fn main() {}
