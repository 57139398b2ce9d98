use locals::with_locals;

#[with_locals]
#[with_locals(eager)]
async fn home() {}

fn main() {}
