use locals::with_locals;

#[with_locals(administrators_only)]
async fn home() {
    locals.clear_session();
}

fn main() {}
