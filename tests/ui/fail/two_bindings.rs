use locals::with_locals;

#[with_locals]
async fn home(locals: &locals::Locals, other: &locals::Locals) {
    locals.clear_session();
    other.clear_session();
}

fn main() {}
