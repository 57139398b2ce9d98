use locals::with_locals;

#[with_locals(name = ctx)]
async fn home() {
    locals.clear_session();
}

fn main() {}
