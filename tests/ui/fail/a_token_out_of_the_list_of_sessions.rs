use locals::{SessionInfo, SessionToken};

fn token(session: &SessionInfo) -> &SessionToken {
    session.token()
}

fn main() {}
