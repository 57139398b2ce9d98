use locals::with_locals;

#[with_locals]
async fn home(locals::Locals { .. }: &locals::Locals) {}

fn main() {}
