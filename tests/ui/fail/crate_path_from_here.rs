use locals::with_locals;

#[with_locals(crate = self::locals)]
async fn home() {
    locals.clear_session();
}

fn main() {}
