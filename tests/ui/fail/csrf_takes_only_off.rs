use locals::with_locals;

#[with_locals(csrf = on)]
async fn home() {
    locals.clear_session();
}

fn main() {}
