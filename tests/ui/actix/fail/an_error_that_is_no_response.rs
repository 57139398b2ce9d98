use locals::with_locals;

#[derive(Debug)]
struct AppError;

#[with_locals]
async fn home() -> Result<String, AppError> {
    locals.clear_session();
    Err(AppError)
}

fn main() {}
