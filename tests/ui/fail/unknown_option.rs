use locals::with_locals;

#[with_locals(requird)]
async fn home() {
    locals.clear_session();
}

fn main() {}
