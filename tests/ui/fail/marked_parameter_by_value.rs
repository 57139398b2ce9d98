use locals::with_locals;

type Context = locals::Locals;

#[with_locals]
async fn home(#[locals] context: Context) {
    context.clear_session();
}

fn main() {}
