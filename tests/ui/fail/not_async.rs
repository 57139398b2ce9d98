use locals::with_locals;

#[with_locals]
fn home() {
    locals.clear_session();
}

fn main() {}
