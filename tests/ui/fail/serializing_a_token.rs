use locals::SessionToken;

#[derive(serde::Serialize)]
struct Reply {
    token: SessionToken,
}

fn main() {}
