use locals::with_locals;

#[with_locals(eager = true)]
async fn home() {
    locals.clear_session();
}

fn main() {}
