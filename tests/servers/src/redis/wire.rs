//! A command and its answer, in RESP2: <https://redis.io/docs/latest/develop/reference/protocol-spec/>.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

use super::address::Address;

/// After which a server is taken to be gone for good.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the server answers, or what it says against it, on a connection of its own.
pub(super) fn ask<W: AsRef<str>>(address: &Address, words: &[W]) -> Result<String, String> {
    let stream = TcpStream::connect((address.host(), address.port()));
    let mut wire = Wire::on(stream.map_err(said)?).map_err(said)?;
    for greeting in address.greeting() {
        wire.ask(&greeting)?;
    }
    wire.ask(words)
}

fn said(error: io::Error) -> String {
    error.to_string()
}

struct Wire(BufReader<TcpStream>);

impl Wire {
    fn on(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self(BufReader::new(stream)))
    }

    fn ask<W: AsRef<str>>(&mut self, words: &[W]) -> Result<String, String> {
        let mut command = format!("*{}\r\n", words.len()).into_bytes();
        for word in words {
            let word = word.as_ref();
            command.extend_from_slice(format!("${}\r\n{word}\r\n", word.len()).as_bytes());
        }
        self.0.get_mut().write_all(&command).map_err(said)?;
        self.answer().map_err(said)?
    }

    /// The parts of a list in lines of their own; what is not there is empty.
    fn answer(&mut self) -> io::Result<Result<String, String>> {
        let line = self.line()?;
        let (kind, rest) = line.split_at_checked(1).unwrap_or_default();
        let length = rest.parse::<i64>().unwrap_or_default();
        match kind {
            "+" | ":" => Ok(Ok(rest.to_owned())),
            "-" => Ok(Err(rest.to_owned())),
            "$" => Ok(Ok(self.bulk(length)?)),
            "*" => self.list(length),
            _ => Err(io::Error::other(format!("no answer: {line:?}"))),
        }
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        match line.strip_suffix("\r\n") {
            Some(whole) => Ok(whole.to_owned()),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn bulk(&mut self, length: i64) -> io::Result<String> {
        let Ok(length) = usize::try_from(length) else {
            return Ok(String::new());
        };
        let mut bytes = vec![0; length + 2];
        self.0.read_exact(&mut bytes)?;
        bytes.truncate(length);
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn list(&mut self, length: i64) -> io::Result<Result<String, String>> {
        let mut parts = Vec::new();
        for _ in 0..length {
            match self.answer()? {
                Ok(part) => parts.push(part),
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(parts.join("\n")))
    }
}
