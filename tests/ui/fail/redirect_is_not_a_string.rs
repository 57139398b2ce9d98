use locals::with_locals;

#[with_locals(required, redirect = 303)]
async fn home() {
    locals.clear_session();
}

fn main() {}
