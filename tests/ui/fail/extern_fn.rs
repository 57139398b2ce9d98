use locals::with_locals;

#[with_locals]
async extern "C" fn home() {
    locals.clear_session();
}

fn main() {}
