use locals::with_locals;

type Context = locals::Locals<locals::UserId, locals::Eager>;

#[with_locals]
async fn home(#[locals(eager)] context: &Context) {
    context.clear_session();
}

fn main() {}
