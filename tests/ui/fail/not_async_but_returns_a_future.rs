use locals::with_locals;

#[with_locals]
fn home() -> impl Future<Output = ()> {
    locals.clear_session();
    async {}
}

fn main() {}
