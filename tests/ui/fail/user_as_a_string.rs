use locals::with_locals;

#[with_locals(user = "locals::UserId")]
async fn home() {
    locals.clear_session();
}

fn main() {}
