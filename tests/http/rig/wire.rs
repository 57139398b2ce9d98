//! The client: it writes bytes on a socket of its own and reads one response, and hides nothing.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};

use super::{Reply, Site, Token};

pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// A request being put together; [`Site::get`] and its like begin one.
pub(crate) struct RequestTo<'site> {
    site: &'site Site,
    method: &'static str,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    fetch_metadata: bool,
    connection: &'static str,
}

impl RequestTo<'_> {
    /// Adds a header line; the same name may come twice.
    pub(crate) fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers
            .push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Adds a `Cookie` line of exactly these bytes.
    pub(crate) fn cookie_header(self, bytes: impl AsRef<[u8]>) -> Self {
        self.header("Cookie", bytes)
    }

    /// Sends the session's cookie.
    pub(crate) fn session(self, token: &Token) -> Self {
        let cookie = format!("{}={}", self.site.cookie_name, token.0);
        self.cookie_header(cookie)
    }

    pub(crate) fn body(mut self, content_type: &str, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_owned();
        self.header("Content-Type", content_type)
    }

    /// Leaves out the `Sec-Fetch-Site: same-origin` that a method other than GET and HEAD gets.
    pub(crate) fn without_fetch_metadata(mut self) -> Self {
        self.fetch_metadata = false;
        self
    }

    /// Asks for another protocol, which an `Upgrade` header names.
    #[cfg(any(feature = "axum", feature = "actix-web"))]
    pub(crate) fn upgrade(mut self) -> Self {
        self.connection = "Upgrade";
        self
    }

    pub(crate) async fn send(self) -> Reply {
        let bytes = self.bytes();
        self.site.send(&bytes).await
    }

    /// As [`send`](Self::send); a connection closed without an answer is an error.
    pub(crate) async fn try_send(self) -> io::Result<Reply> {
        let bytes = self.bytes();
        self.site.try_send(&bytes).await
    }

    /// Sends it to another server: a proxy of the site, or one with the site's sessions.
    pub(crate) async fn send_by(self, server: SocketAddr) -> Reply {
        self.try_send_by(server).await.expect("a whole response")
    }

    /// As [`send_by`](Self::send_by); a connection closed without an answer is an error.
    pub(crate) async fn try_send_by(self, server: SocketAddr) -> io::Result<Reply> {
        self.site.exchange(server, &self.bytes()).await
    }

    /// The request as it goes over the wire.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let safe = matches!(self.method, "GET" | "HEAD");
        let mut head = vec![("Connection".to_owned(), self.connection.into())];
        if !self
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("host"))
        {
            head.push((
                "Host".to_owned(),
                self.site.address.to_string().into_bytes(),
            ));
        }
        if !safe && self.fetch_metadata {
            head.push(("Sec-Fetch-Site".to_owned(), b"same-origin".to_vec()));
        }
        if !safe || !self.body.is_empty() {
            head.push((
                "Content-Length".to_owned(),
                self.body.len().to_string().into_bytes(),
            ));
        }

        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        for (name, value) in head.iter().chain(&self.headers) {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// Made by [`Site::keep_alive`].
pub(crate) struct Connection<'site> {
    site: &'site Site,
    stream: BufReader<TcpStream>,
}

impl Connection<'_> {
    pub(crate) async fn send(&mut self, mut request: RequestTo<'_>) -> Reply {
        request.connection = "keep-alive";
        let bytes = request.bytes();
        let exchange = async {
            self.stream.get_mut().write_all(&bytes).await?;
            let is_head = bytes.starts_with(b"HEAD ");
            self.site.read(&mut self.stream, is_head).await
        };
        let reply = timeout(PATIENCE, exchange).await;
        reply
            .expect("an answer within ten seconds")
            .expect("a whole response")
    }
}

impl Site {
    pub(crate) fn get(&self, target: &str) -> RequestTo<'_> {
        self.request("GET", target)
    }

    pub(crate) fn head(&self, target: &str) -> RequestTo<'_> {
        self.request("HEAD", target)
    }

    pub(crate) fn post(&self, target: &str) -> RequestTo<'_> {
        self.request("POST", target)
    }

    pub(crate) fn request(&self, method: &'static str, target: &str) -> RequestTo<'_> {
        RequestTo {
            site: self,
            method,
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            fetch_metadata: true,
            connection: "close",
        }
    }

    /// A connection on which nothing has been said.
    pub(crate) async fn connect(&self) -> TcpStream {
        let socket = TcpStream::connect(self.address).await;
        socket.expect("the site listens")
    }

    /// A connection that stays open, for requests one after the other.
    pub(crate) async fn keep_alive(&self) -> Connection<'_> {
        Connection {
            site: self,
            stream: BufReader::new(self.connect().await),
        }
    }

    /// Reads the head of the response, and leaves the connection at what comes after it.
    #[cfg(any(feature = "axum", feature = "actix-web"))]
    pub(crate) async fn begin(&self, request: RequestTo<'_>) -> (Reply, BufReader<TcpStream>) {
        let mut stream = BufReader::new(self.connect().await);
        let exchange = async {
            stream.get_mut().write_all(&request.bytes()).await?;
            self.read(&mut stream, true).await
        };
        let head = timeout(PATIENCE, exchange).await;
        let head = head.expect("an answer within ten seconds");
        (head.expect("a whole head"), stream)
    }

    /// Writes exactly these bytes on a new connection and reads one response.
    pub(crate) async fn send(&self, bytes: &[u8]) -> Reply {
        self.try_send(bytes).await.expect("a whole response")
    }

    /// As [`send`](Self::send); a connection closed without an answer is an error.
    pub(crate) async fn try_send(&self, bytes: &[u8]) -> io::Result<Reply> {
        self.exchange(self.address, bytes).await
    }

    async fn exchange(&self, address: SocketAddr, bytes: &[u8]) -> io::Result<Reply> {
        let exchange = async {
            let mut stream = TcpStream::connect(address).await?;
            // A server may answer and close before it has read all: the answer is what counts.
            let _ = stream.write_all(bytes).await;
            let is_head = bytes.starts_with(b"HEAD ");
            self.read(&mut BufReader::new(stream), is_head).await
        };
        timeout(PATIENCE, exchange)
            .await
            .expect("an answer within ten seconds")
    }

    async fn read(&self, stream: &mut BufReader<TcpStream>, is_head: bool) -> io::Result<Reply> {
        let status_line = read_line(stream).await?;
        let status = std::str::from_utf8(&status_line)
            .ok()
            .and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok())
            .unwrap_or_else(|| panic!("no status line: {status_line:?}"));
        let mut headers = Vec::new();
        loop {
            let line = read_line(stream).await?;
            if line.is_empty() {
                break;
            }
            let colon = line
                .iter()
                .position(|&byte| byte == b':')
                .expect("a header has a colon");
            let name = String::from_utf8(line[..colon].to_ascii_lowercase()).expect("ASCII");
            headers.push((name, line[colon + 1..].trim_ascii().to_vec()));
        }
        let mut reply = Reply {
            status,
            headers,
            body: Vec::new(),
            cookie_name: self.cookie_name,
        };
        self.remember_token_of(&reply);
        if !is_head && status >= 200 && !matches!(status, 204 | 304) {
            reply.body = read_body(stream, &reply).await?;
        }
        Ok(reply)
    }
}

async fn read_line(stream: &mut BufReader<TcpStream>) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line).await?;
    match line.strip_suffix(b"\r\n") {
        Some(line) => Ok(line.to_vec()),
        None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

async fn read_body(stream: &mut BufReader<TcpStream>, reply: &Reply) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if reply.header("transfer-encoding") == Some("chunked") {
        loop {
            let line = String::from_utf8(read_line(stream).await?).expect("a chunk's length");
            let length = usize::from_str_radix(&line, 16).expect("a chunk's length");
            let start = body.len();
            body.resize(start + length, 0);
            stream.read_exact(&mut body[start..]).await?;
            read_line(stream).await?;
            if length == 0 {
                return Ok(body);
            }
        }
    }
    if let Some(length) = reply.header("content-length") {
        body.resize(length.parse().expect("a length"), 0);
        stream.read_exact(&mut body).await?;
    } else {
        stream.read_to_end(&mut body).await?;
    }
    Ok(body)
}
