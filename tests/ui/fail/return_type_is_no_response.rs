use locals::with_locals;

struct Page {
    title: String,
}

#[with_locals]
async fn home() -> Page {
    locals.clear_session();
    Page {
        title: "home".to_owned(),
    }
}

fn main() {}
