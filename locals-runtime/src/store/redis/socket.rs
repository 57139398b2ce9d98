//! The socket below a connection: its options, TLS on it, and the [`Pulse`] of what is sent and what arrives.

use super::pulse::Pulse;
use rustls::pki_types::ServerName;
use socket2::{SockRef, TcpKeepalive};
use std::{
    io,
    net::SocketAddr,
    path::Path,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

/// Half-open connections are the rule after a failover, and the system's own default is two hours.
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);

/// How long what was sent may stay unacknowledged.
#[cfg(target_os = "linux")]
const USER_TIMEOUT: Duration = Duration::from_secs(5);

trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Socket for S {}

/// A socket on which it is noted when something is sent and when something arrives.
pub(super) struct Stream {
    socket: Box<dyn Socket>,
    pulse: Arc<Pulse>,
}

impl Stream {
    fn new(socket: impl Socket + 'static) -> Self {
        Self {
            socket: Box::new(socket),
            pulse: Arc::new(Pulse::new()),
        }
    }

    pub(super) fn pulse(&self) -> Arc<Pulse> {
        Arc::clone(&self.pulse)
    }
}

/// How the server is known to TLS.
pub(super) type Secured<'a> = Option<(&'a TlsConnector, ServerName<'static>)>;

pub(super) async fn open_tcp(address: SocketAddr, secured: Secured<'_>) -> io::Result<Stream> {
    let stream = TcpStream::connect(address).await?;
    set_options(&stream)?;
    match secured {
        Some((connector, name)) => Ok(Stream::new(connector.connect(name, stream).await?)),
        None => Ok(Stream::new(stream)),
    }
}

fn set_options(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_tcp_keepalive(&keepalive())?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(USER_TIMEOUT))?;
    Ok(())
}

/// As much of it as the system has.
fn keepalive() -> TcpKeepalive {
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE);
    #[cfg(not(any(
        target_os = "aix",
        target_os = "redox",
        target_os = "solaris",
        target_os = "openbsd"
    )))]
    let keepalive = keepalive.with_interval(KEEPALIVE_INTERVAL);
    keepalive
}

#[cfg(unix)]
pub(super) async fn open_unix(path: &Path) -> io::Result<Stream> {
    Ok(Stream::new(tokio::net::UnixStream::connect(path).await?))
}

#[cfg(not(unix))]
pub(super) async fn open_unix(_: &Path) -> io::Result<Stream> {
    Err(io::ErrorKind::Unsupported.into())
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let stream = self.get_mut();
        let before = buf.filled().len();
        let read = Pin::new(&mut stream.socket).poll_read(cx, buf);
        if buf.filled().len() > before {
            stream.pulse.arrived();
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let stream = self.get_mut();
        let written = Pin::new(&mut stream.socket).poll_write(cx, buf);
        if matches!(written, Poll::Ready(Ok(sent)) if sent > 0) {
            stream.pulse.asked();
        }
        written
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{future::poll_fn, thread};
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn i_04_only_who_was_sent_something_is_silent() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut ours = open_tcp(address, None).await.unwrap();
        let (theirs, _) = listener.accept().await.unwrap();
        let pulse = ours.pulse();
        let moment = Duration::from_millis(2);
        thread::sleep(moment);
        assert_eq!(pulse.silence(), Duration::ZERO);
        let sent = poll_fn(|cx| Pin::new(&mut ours).poll_write(cx, b"?")).await;
        assert_eq!(sent.unwrap(), 1);
        thread::sleep(moment);
        assert!(pulse.silence() >= moment);
        theirs.writable().await.unwrap();
        assert_eq!(theirs.try_write(b"!").unwrap(), 1);
        let mut byte = [0];
        let mut arrived = ReadBuf::new(&mut byte);
        let read = poll_fn(|cx| Pin::new(&mut ours).poll_read(cx, &mut arrived)).await;
        read.unwrap();
        assert_eq!(pulse.silence(), Duration::ZERO);
    }
}
