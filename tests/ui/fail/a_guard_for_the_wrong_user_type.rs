use locals::{Guard, Session, with_locals};

#[derive(serde::Deserialize)]
struct Account {
    admin: bool,
}

struct Admin;

impl Guard<Account> for Admin {
    fn allows(_: &Session, user: &Account) -> bool {
        user.admin
    }
}

// `user = Account` is missing.
#[with_locals(required(Admin))]
async fn home() {
    locals.clear_session();
}

fn main() {}
