use locals::with_locals;

#[with_locals(user = HashMap<, locals::UserId>, eager)]
async fn home() {
    locals.clear_session();
}

fn main() {}
