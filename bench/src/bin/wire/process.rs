//! A server in a process of its own, and what the system says of it.

use crate::contenders::{Contender, Place, REDIS};
use std::{
    env, fs,
    io::{self, BufRead, BufReader, Read},
    net::SocketAddr,
    process::{self, Child, Command, Stdio},
    thread,
};

/// The argument that makes a server of this program.
pub const SERVE: &str = "--serve";

/// In which Linux counts the processors' time for programs, on every architecture that Rust's tier 1 has.
const TICKS_A_SECOND: f64 = 100.0;

pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// When it listens.
    pub fn start(contender: &Contender, place: &Place) -> Self {
        let name = contender.name;
        let mut command = Command::new(env::current_exe().expect("this program's path"));
        command.args([SERVE, name]).arg(&place.folder);
        if let Some(redis) = &place.redis {
            command.env(REDIS, redis);
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program runs");
        let said = child.stdout.take().expect("it is piped");
        let mut line = String::new();
        let read = BufReader::new(said).read_line(&mut line);
        read.expect("what a server says");
        let address = line.trim().parse::<SocketAddr>();
        let address = address.unwrap_or_else(|_| panic!("{name}: the server has not started"));
        Self { child, address }
    }

    /// Seconds of processors, of all its threads, in the kernel and outside of it (proc(5)).
    pub fn processor_time(&self) -> f64 {
        let stat = self.said("stat");
        // The name before may have spaces.
        let fields = stat.rsplit_once(") ").expect("a name in parentheses").1;
        let times = fields.split(' ').skip(11).take(2);
        let ticks: u64 = times
            .map(|ticks| ticks.parse::<u64>().expect("ticks"))
            .sum();
        ticks as f64 / TICKS_A_SECOND
    }

    /// Bytes of memory that it has in use.
    pub fn memory(&self) -> f64 {
        let status = self.said("status");
        let mut lines = status
            .lines()
            .filter_map(|line| line.strip_prefix("VmRSS:"));
        let size = lines
            .next()
            .and_then(|size| size.trim().strip_suffix(" kB"));
        let kibibytes: u64 = size.expect("its size").parse().expect("a number");
        (kibibytes * 1024) as f64
    }

    fn said(&self, file: &str) -> String {
        let path = format!("/proc/{}/{file}", self.child.id());
        fs::read_to_string(path).expect("the process is there, on Linux")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Tells the driver where this server listens.
pub fn announce(address: SocketAddr) {
    println!("{address}");
}

/// The driver says nothing; that it is gone ends what is read of it.
pub fn end_with_the_driver() {
    thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        process::exit(0);
    });
}
