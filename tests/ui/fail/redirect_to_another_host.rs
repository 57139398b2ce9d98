use locals::with_locals;

#[with_locals(required, redirect = "//accounts.example/login")]
async fn home() {
    locals.clear_session();
}

fn main() {}
