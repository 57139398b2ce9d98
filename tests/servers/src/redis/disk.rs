//! What of a server's append-only file is on its disk.
//!
//! A server that is killed leaves what it has handed to the system, whether that is on the disk or not: only a machine
//! that loses its power shows the difference. So it is watched what the server asks the system for, and what was not
//! written through is taken from the file.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::RedisInstance;
use crate::programs;

/// Where a server has it, in a folder of its own since Redis 7.
const FILES: [&str; 2] = ["appendonlydir/appendonly.aof.1.incr.aof", "appendonly.aof"];

/// A watch of the append-only file of a server.
pub struct RedisDisk {
    file: PathBuf,
    /// How long it was when the watch began.
    length: u64,
    /// Where the watch has its own files, one for each thread of the server.
    folder: PathBuf,
    tracer: Child,
}

impl RedisInstance {
    /// Watches the append-only file of a server that nobody asks for anything yet. `None` where there is no `strace`, or
    /// it may not look at other processes, with a line that says so; under `CI=true` a panic.
    pub fn watch_disk(&self) -> Option<RedisDisk> {
        let Some(program) = programs::on_path("strace") else {
            return programs::skip(programs::NO_STRACE);
        };
        let mut files = FILES.iter().map(|name| self.home.path(name));
        let file = files.find(|file| file.is_file());
        let file = file.expect("the server was started with `appendonly yes`");
        let folder = self.home.path("disk");
        fs::create_dir_all(&folder).expect("the folder can be made");
        let mut disk = RedisDisk {
            tracer: tracer(&program, &self.info("process_id"), &file, &folder),
            length: file.metadata().expect("the file is there").len(),
            folder,
            file,
        };
        if disk.has_begun() {
            return Some(disk);
        }
        programs::skip(programs::NO_STRACE)
    }
}

/// Writes down the calls that have to do with this file, with their times.
fn tracer(program: &Path, process: &str, file: &Path, folder: &Path) -> Child {
    let said = File::create(folder.join("said")).expect("a file for what it says");
    let mut tracer = Command::new(program);
    tracer
        .args(["-ff", "-ttt", "-T", "-s", "0", "-p", process])
        .args(["-e", "trace=write,fdatasync,fsync", "-P"])
        .arg(file)
        .arg("-o")
        .arg(folder.join("calls"))
        .stdin(Stdio::null())
        .stderr(said);
    tracer.spawn().expect("the program can be started")
}

impl RedisDisk {
    /// Waits until it says so, or gives up.
    fn has_begun(&mut self) -> bool {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            let said = fs::read_to_string(self.folder.join("said")).unwrap_or_default();
            if said.contains("attached") {
                return true;
            }
            if !matches!(self.tracer.try_wait(), Ok(None)) {
                return false;
            }
            thread::sleep(Duration::from_millis(5));
        }
        false
    }

    /// Takes from the file what was not on the disk when the server was [killed](RedisInstance::kill), as if the machine
    /// had lost its power then.
    pub fn lose_power(mut self) {
        let ended = self.tracer.wait();
        ended.expect("it ends with the server");
        let file = File::options().write(true).open(&self.file);
        let file = file.expect("the file is there");
        let length = self.length + written_through(&self.calls());
        file.set_len(length).expect("the file can be shortened");
    }

    fn calls(&self) -> Vec<Call> {
        let entries = fs::read_dir(&self.folder).expect("the folder is there");
        let files = entries.map(|entry| entry.expect("a file of it").path());
        let texts = files.map(|file| fs::read_to_string(file).expect("a text"));
        texts
            .flat_map(|text| text.lines().filter_map(Call::parse).collect::<Vec<_>>())
            .collect()
    }
}

/// A call that succeeded, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Call {
    begun: u64,
    ended: u64,
    /// How many bytes; none of a call that has them written through.
    written: Option<u64>,
}

impl Call {
    /// Of `1795794374.389906 fdatasync(8) = 0 <0.000369>`; one that did not return has no answer.
    fn parse(line: &str) -> Option<Self> {
        let (begun, rest) = line.split_once(' ')?;
        let (call, rest) = rest.rsplit_once(" = ")?;
        let (answer, took) = rest.strip_suffix('>')?.split_once(" <")?;
        let (begun, answer) = (micros(begun)?, answer.parse().ok()?);
        Some(Self {
            begun,
            ended: begun + micros(took)?,
            written: call.starts_with("write").then_some(answer),
        })
    }
}

/// Of seconds with six decimals.
fn micros(seconds: &str) -> Option<u64> {
    seconds.replace('.', "").parse().ok()
}

/// What was written before the last call began that had it all written through.
fn written_through(calls: &[Call]) -> u64 {
    let through = calls.iter().filter(|call| call.written.is_none());
    let Some(last) = through.map(|call| call.begun).max() else {
        return 0;
    };
    let before = calls.iter().filter(|call| call.ended <= last);
    before.filter_map(|call| call.written).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_after_the_last_call_that_returned_is_not_on_the_disk() {
        let calls = r#"
1795794373.203194 write(8, ""..., 51)   = 51 <0.000014>
1795794373.203457 fdatasync(8)          = 0 <0.000853>
1795794373.207943 write(8, ""..., 28)   = 28 <0.000012>
1795794374.000579 fdatasync(8)          = 0 <0.004179>
1795794374.002000 write(8, ""..., 30)   = 30 <0.000009>
1795794375.000579 fdatasync(8)          = -1 EIO (Input/output error) <0.004179>
1795794376.000579 fdatasync(8)          = ?
1795794376.399213 +++ killed by SIGKILL +++
"#;
        let calls: Vec<_> = calls.lines().filter_map(Call::parse).collect();
        assert_eq!(calls.len(), 5);
        assert_eq!(written_through(&calls), 79);
        assert_eq!(written_through(&calls[..1]), 0);
    }
}
