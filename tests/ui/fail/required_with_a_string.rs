use locals::with_locals;

#[with_locals(required("Admin"))]
async fn home() {
    locals.clear_session();
}

fn main() {}
