use locals::with_locals;

#[with_locals(eager, eager)]
async fn home() {
    locals.clear_session();
}

fn main() {}
