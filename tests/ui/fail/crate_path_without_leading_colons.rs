use locals::with_locals;

#[with_locals(crate = foo)]
async fn home() {
    locals.clear_session();
}

fn main() {}
