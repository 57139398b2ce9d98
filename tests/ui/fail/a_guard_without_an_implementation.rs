use locals::with_locals;

struct Admin;

#[with_locals(required(Admin))]
async fn home() {
    locals.clear_session();
}

fn main() {}
