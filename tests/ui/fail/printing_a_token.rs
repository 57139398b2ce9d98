use locals::Session;

fn print(session: &Session) {
    println!("{}", session.token());
}

fn main() {}
