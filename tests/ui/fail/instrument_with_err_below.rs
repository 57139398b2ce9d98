use locals::{Error, with_locals};

#[with_locals]
#[tracing::instrument(skip_all, err(Debug))]
async fn home() -> Result<String, Error> {
    locals.sign_out().await?;
    Ok(String::new())
}

fn main() {}
