use locals::with_locals;

#[with_locals(eager, redirect = "/login")]
async fn home() {
    locals.clear_session();
}

fn main() {}
