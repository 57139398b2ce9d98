//! The socket below a connection: its options, and when something last arrived on it.

use super::failure::Cause;
use crate::store::postgres::target::{Keepalive, Liveness};
use socket2::{SockRef, TcpKeepalive};
use std::{
    io::{self, IoSlice},
    net::SocketAddr,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// When bytes last arrived on a connection: one that is silent since before a deadline began is dead, one
/// on which something came is only busy.
#[derive(Debug)]
pub(in crate::store::postgres) struct Arrivals {
    start: Instant,
    /// Microseconds since the start.
    last: AtomicU64,
    are_observed: bool,
}

impl Arrivals {
    fn new(are_observed: bool) -> Arc<Self> {
        Arc::new(Self {
            start: Instant::now(),
            last: AtomicU64::new(0),
            are_observed,
        })
    }

    pub(in crate::store::postgres) fn are_observed(&self) -> bool {
        self.are_observed
    }

    /// Of a socket that is not ours to see: nothing ever arrives.
    pub(in crate::store::postgres) fn unobserved() -> Arc<Self> {
        Self::new(false)
    }

    /// At first, when the socket was opened.
    pub(in crate::store::postgres) fn last(&self) -> Instant {
        self.start + Duration::from_micros(self.last.load(Ordering::Relaxed))
    }

    fn note(&self) {
        let now = self.start.elapsed().as_micros();
        let now = u64::try_from(now).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Relaxed);
    }
}

pub(super) enum Address {
    Tcp(SocketAddr),
    /// A socket's file.
    Unix(PathBuf),
}

trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Socket for S {}

/// A socket whose [`Arrivals`] are noted.
pub(super) struct Stream {
    socket: Box<dyn Socket>,
    arrivals: Arc<Arrivals>,
}

impl Stream {
    fn new(socket: impl Socket + 'static) -> Self {
        Self {
            socket: Box::new(socket),
            arrivals: Arrivals::new(true),
        }
    }

    pub(super) fn arrivals(&self) -> Arc<Arrivals> {
        Arc::clone(&self.arrivals)
    }
}

pub(super) async fn open(address: &Address, liveness: Liveness) -> Result<Stream, Cause> {
    let opened = match address {
        Address::Tcp(address) => open_tcp(*address, liveness).await,
        Address::Unix(path) => open_unix(path).await,
    };
    opened.map_err(Cause::Socket)
}

async fn open_tcp(address: SocketAddr, liveness: Liveness) -> io::Result<Stream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let socket = SockRef::from(&stream);
    if let Some(keepalive) = liveness.keepalive {
        socket.set_tcp_keepalive(&parameters(keepalive))?;
    }
    #[cfg(target_os = "linux")]
    if liveness.user_timeout.is_some() {
        socket.set_tcp_user_timeout(liveness.user_timeout)?;
    }
    Ok(Stream::new(stream))
}

/// As much of it as the system has.
fn parameters(keepalive: Keepalive) -> TcpKeepalive {
    let parameters = TcpKeepalive::new().with_time(keepalive.idle);
    #[cfg(not(any(
        target_os = "aix",
        target_os = "redox",
        target_os = "solaris",
        target_os = "openbsd"
    )))]
    let parameters = parameters.with_interval(keepalive.interval);
    #[cfg(not(any(
        target_os = "aix",
        target_os = "redox",
        target_os = "solaris",
        target_os = "windows",
        target_os = "openbsd"
    )))]
    let parameters = parameters.with_retries(keepalive.count);
    parameters
}

#[cfg(unix)]
async fn open_unix(path: &Path) -> io::Result<Stream> {
    Ok(Stream::new(tokio::net::UnixStream::connect(path).await?))
}

#[cfg(not(unix))]
async fn open_unix(_: &Path) -> io::Result<Stream> {
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
            stream.arrivals.note();
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
        Pin::new(&mut self.get_mut().socket).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().socket).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_shutdown(cx)
    }
}
