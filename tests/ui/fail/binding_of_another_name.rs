use locals::{Locals, with_locals};

type Context = Locals;

#[with_locals]
async fn home(context: &Context) {
    context.clear_session();
}

fn main() {}
