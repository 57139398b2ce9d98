//! What a session here is like: how it was opened, and how long it stays.

use std::time::Duration;

use locals::{Lifetimes, Session};

use crate::{Locals, users::Account};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// "Stay signed in": 90 days, used or not.
const REMEMBERED: Lifetimes = Lifetimes {
    active: DAY,
    idle: Duration::from_secs(90 * DAY.as_secs()),
    absolute: Duration::from_secs(90 * DAY.as_secs()),
};

/// Signs in whose password was just checked, or chosen. Unless it is to be remembered, the browser
/// forgets it when it closes.
pub(crate) async fn open<M>(
    locals: &Locals<M>,
    account: &Account,
    device: String,
    remember: bool,
) -> Result<(), locals::Error> {
    let sign_in = locals
        .sign_in(account.id)
        .verified(account)
        .assurance("pwd")
        .device(device);
    if remember {
        sign_in.lifetimes(REMEMBERED).persistent().await
    } else {
        sign_in.browser_session().await
    }
}

pub(crate) fn is_remembered(session: &Session) -> bool {
    !session.ends_with_the_browser()
}
