use locals::with_locals;

#[with_locals(eager())]
async fn home() {
    locals.clear_session();
}

fn main() {}
