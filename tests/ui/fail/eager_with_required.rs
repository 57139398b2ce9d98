use locals::with_locals;

#[with_locals(eager, required)]
async fn home() {
    locals.clear_session();
}

fn main() {}
