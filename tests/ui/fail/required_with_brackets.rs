use locals::with_locals;

#[with_locals(required[locals::SignedIn])]
async fn home() {
    locals.clear_session();
}

fn main() {}
