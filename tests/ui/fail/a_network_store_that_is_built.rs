use locals::{Auth, UserId, store::Store};

fn auth(store: impl Store<UserId>) -> Auth {
    Auth::builder(store).build().unwrap()
}

fn main() {}
