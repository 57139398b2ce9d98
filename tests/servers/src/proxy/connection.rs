//! One connection: a client, the server, and two flows between them.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use tokio::{
    io::{copy, sink},
    net::{TcpListener, TcpStream},
    select,
    sync::watch,
    try_join,
};

use super::{Direction, Line, fault::Fault, flow::Flow};

/// How a connection ends before both sides have closed.
pub(super) enum Cut {
    Close,
    Reset,
}

/// A connection that is counted.
struct Open(Arc<Line>);

impl Open {
    fn on(line: &Arc<Line>) -> Self {
        line.open.fetch_add(1, Relaxed);
        Self(line.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Relaxed);
    }
}

/// Until the listener fails.
pub(super) async fn accept(listener: &TcpListener, line: &Arc<Line>) {
    while let Ok((client, _)) = listener.accept().await {
        line.accepted.fetch_add(1, Relaxed);
        let cut = line.cut().subscribe();
        match line.fault() {
            Fault::Refuse => reset(client),
            Fault::SayNothing => drop(tokio::spawn(keep(cut, client, Open::on(line)))),
            _ => drop(tokio::spawn(carry(cut, client, Open::on(line)))),
        }
    }
}

/// Accepts what the client sends, as long as it wants to.
async fn keep(mut cut: watch::Receiver<()>, mut client: TcpStream, open: Open) {
    select! {
        _ = async { copy(&mut client, &mut sink()).await } => {}
        _ = cut.changed() => reset(client),
    }
    drop(open);
}

/// `cut` stands first, and so is dropped last: who waits for that finds the sockets closed.
async fn carry(mut cut: watch::Receiver<()>, mut client: TcpStream, open: Open) {
    let connected = select! {
        connected = TcpStream::connect(("127.0.0.1", open.0.server)) => connected,
        _ = cut.changed() => Err(io::ErrorKind::Interrupted.into()),
    };
    let Ok(mut server) = connected else {
        return reset(client);
    };
    let ended = select! {
        ended = exchange(&mut client, &mut server, &open.0) => ended,
        _ = cut.changed() => Err(Cut::Reset),
    };
    if let Err(Cut::Reset) = ended {
        reset(server);
        reset(client);
    }
}

async fn exchange(client: &mut TcpStream, server: &mut TcpStream, line: &Line) -> Result<(), Cut> {
    // Small messages are not to wait for each other, as they would not without us.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let waits = AtomicBool::new(false);
    let there = Flow::on(line, Direction::ToServer, &waits);
    let back = Flow::on(line, Direction::ToClient, &waits);
    try_join!(
        there.carry(from_client, to_server),
        back.carry(from_server, to_client)
    )?;
    Ok(())
}

/// Closes it so that the other side sees an error, not an end.
fn reset(stream: TcpStream) {
    let _ = stream.set_zero_linger();
}
