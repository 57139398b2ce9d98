use locals::with_locals;

struct Page {
    title: String,
}

#[with_locals]
async fn home() -> Result<Page, locals::Error> {
    locals.clear_session();
    Ok(Page {
        title: "home".to_owned(),
    })
}

fn main() {}
