use locals::with_locals;

#[with_locals(eager)]
async fn home() -> String {
    locals.get_session().await.is_some().to_string()
}

fn main() {}
