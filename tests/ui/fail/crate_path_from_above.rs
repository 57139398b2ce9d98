use locals::with_locals;

#[with_locals(crate = super::super::web::locals)]
async fn home() {
    locals.clear_session();
}

fn main() {}
