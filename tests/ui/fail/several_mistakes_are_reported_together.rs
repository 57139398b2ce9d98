use locals::with_locals;

#[with_locals(requird, csrf = on, crate = foo)]
fn home() {
    locals.clear_session();
}

fn main() {}
