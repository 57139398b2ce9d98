use locals::with_locals;
use tracing::instrument;

#[with_locals]
#[instrument(ret)]
async fn home() -> String {
    locals.clear_session();
    String::new()
}

fn main() {}
