use locals::with_locals;

#[with_locals(user = locals::UserId)]
async fn home(locals: &locals::Locals) {
    locals.clear_session();
}

fn main() {}
