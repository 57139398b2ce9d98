use locals::with_locals;

#[with_locals]
async fn logout() {
    locals.sign_out().await?;
}

fn main() {}
