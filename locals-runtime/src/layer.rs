//! The checks and the flush of an annotated handler, around what cannot be annotated.
//!
//! [`LoadSession`], [`RequireSession`] and [`CheckOrigin`] are tower layers (feature `http`, and with it
//! `axum`) and actix-web middleware (feature `actix-web`).

mod check_origin;
pub(crate) mod gate;
mod load_session;
mod require_session;

pub use check_origin::CheckOrigin;
pub use load_session::LoadSession;
pub use require_session::RequireSession;
