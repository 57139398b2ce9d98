use locals::with_locals;

#[with_locals]
async fn home() -> String {
    locals.clear_session();
    404
}

fn main() {}
