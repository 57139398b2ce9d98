use locals::with_locals;

#[with_locals]
async fn home(locals: &mut locals::Locals) {
    locals.clear_session();
}

fn main() {}
