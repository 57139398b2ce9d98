use locals::with_locals;

#[with_locals]
async fn home() {
    tokio::spawn(async move { locals.clear_session() });
}

fn main() {}
