//! What the application's own triggers say, which the server passes on.

use crate::users::{Named, auth, outage, signed_in, with_users};
use locals::Auth;

#[tokio::test(flavor = "multi_thread")]
async fn n_04_words_of_the_server_add_no_line() {
    let Some(database) = with_users() else { return };
    let auth: Auth<Named> = auth(database.url(), "users").await;
    let _ = signed_in(&auth, 1).await;
    database.execute(
        "CREATE TRIGGER complain BEFORE INSERT ON locals_sessions FOR EACH ROW
         SIGNAL SQLSTATE '45000'
         SET MESSAGE_TEXT = 'not now\\n2026-01-01 ERROR locals: forged\u{1b}[2J'",
    );
    let told = outage(auth.create_session(1).await);
    assert!(
        told.contains("not now 2026-01-01 ERROR locals: forged"),
        "{told}"
    );
    assert!(!told.contains(char::is_control), "{told:?}");
}
