use locals::with_locals;

#[with_locals(crate = "::locals")]
async fn home() {
    locals.clear_session();
}

fn main() {}
