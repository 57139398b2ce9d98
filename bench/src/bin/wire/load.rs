//! Connections that ask a server, and how long it takes.

use locals_bench::{answer::Answer, application::email};
use std::{
    io::{self, ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

/// That are open in a turn.
pub const CONNECTIONS: u32 = 64;

/// Requests a second that are due, where they are due: what two processors can do beside this program, with ease.
pub const RATE: u32 = 4_000;

/// After so long without an answer there will be none.
const PATIENCE: Duration = Duration::from_secs(10);

/// One that stays open from request to request.
pub struct Connection {
    stream: TcpStream,
    sent: Vec<u8>,
    received: Vec<u8>,
}

impl Connection {
    pub fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("a server that listens");
        stream.set_nodelay(true).expect("an option of TCP");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a time that is not zero");
        Self {
            stream,
            sent: Vec::new(),
            received: Vec::new(),
        }
    }

    pub fn get(&mut self, path: &str, cookie: &str) -> io::Result<Answer<'_>> {
        self.sent.clear();
        write!(self.sent, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n")?;
        if !cookie.is_empty() {
            write!(self.sent, "Cookie: {cookie}\r\n")?;
        }
        self.sent.extend_from_slice(b"\r\n");
        self.stream.write_all(&self.sent)?;
        self.received.clear();
        while Answer::read(&self.received).is_none() {
            let mut piece = [0; 4096];
            match self.stream.read(&mut piece)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                length => self.received.extend_from_slice(&piece[..length]),
            }
        }
        Ok(Answer::read(&self.received).expect("it is there"))
    }
}

/// Who is asked, and by whose cookies: that of user 1 is the first.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    pub name: &'static str,
    pub address: SocketAddr,
    pub cookies: &'a [String],
}

impl Target<'_> {
    pub fn connect(&self) -> Vec<Connection> {
        (0..CONNECTIONS)
            .map(|_| Connection::open(self.address))
            .collect()
    }

    /// For the page of any user, which has to be that user's.
    fn ask(&self, connection: &mut Connection) {
        let at = fastrand::usize(..self.cookies.len());
        let answer = connection.get("/", &self.cookies[at]);
        let answer = answer.unwrap_or_else(|error| panic!("{}: {error}", self.name));
        assert_eq!(answer.status, 200, "{}", self.name);
        let user = i64::try_from(at + 1).expect("a number of users");
        assert_eq!(answer.body, email(user).as_bytes(), "{}", self.name);
    }

    /// How many requests were answered, and in how many seconds, where each connection asks again at once.
    pub fn flat_out(&self, connections: &mut [Connection], time: Duration) -> (f64, f64) {
        let start = Instant::now();
        let asked = on_each(connections, |connection, _| {
            let mut asked = 0_u32;
            while start.elapsed() < time {
                self.ask(connection);
                asked += 1;
            }
            asked
        });
        let asked: u32 = asked.into_iter().sum();
        (f64::from(asked), start.elapsed().as_secs_f64())
    }

    /// From when each request was due to its answer.
    pub fn on_time(&self, connections: &mut [Connection], time: Duration) -> Vec<Duration> {
        let apart = Duration::from_secs(1) / RATE;
        let start = Instant::now();
        let times = on_each(connections, |connection, place| {
            let mut times = Vec::new();
            let mut due = start + apart * place;
            while due < start + time {
                // Who is still not asked long after the last was due has waited for so long at least.
                if start.elapsed() < 3 * time {
                    thread::sleep(due.saturating_duration_since(Instant::now()));
                    self.ask(connection);
                }
                times.push(due.elapsed());
                due += apart * CONNECTIONS;
            }
            times
        });
        times.concat()
    }
}

/// At the same time, with the place of each among them.
fn on_each<T: Send>(
    connections: &mut [Connection],
    ask: impl Fn(&mut Connection, u32) -> T + Sync,
) -> Vec<T> {
    let ask = &ask;
    thread::scope(|scope| {
        let asking: Vec<_> = connections
            .iter_mut()
            .zip(0..)
            .map(|(connection, place)| scope.spawn(move || ask(connection, place)))
            .collect();
        let asked = asking.into_iter().map(|it| it.join());
        asked.map(|it| it.expect("the right answers")).collect()
    })
}
