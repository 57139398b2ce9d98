use locals::with_locals;

#[with_locals(required)]
async fn home() -> &'static str {
    locals.get_session().user_id().as_str()
}

fn main() {}
