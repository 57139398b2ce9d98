#![deny(unused_must_use)]

use axum::extract::State;
use locals::{Auth, Error, with_locals};

// Created in the store and never given to the browser: `locals.set_session` is missing.
#[with_locals]
async fn login(State(auth): State<Auth>) -> Result<(), Error> {
    auth.create_session(1).await?;
    Ok(())
}

fn main() {}
