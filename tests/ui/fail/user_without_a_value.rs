use locals::with_locals;

#[with_locals(user)]
async fn home() {
    locals.clear_session();
}

fn main() {}
