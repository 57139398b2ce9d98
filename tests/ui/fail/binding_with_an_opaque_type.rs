use locals::{Locals, UserId, with_locals};

#[with_locals]
async fn home(locals: &Locals<UserId, impl Send>) {
    locals.clear_session();
}

fn main() {}
