//! The socket below a connection: its options, and the [`Pulse`] of what is sent and what arrives.

use super::{Liveness, Pulse};
use std::{
    io::{self, IoSlice},
    net::SocketAddr,
    path::Path,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

pub(crate) trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Socket for S {}

/// A socket on which it is noted when something is sent and when something arrives.
pub(crate) struct Stream {
    socket: Box<dyn Socket>,
    pulse: Arc<Pulse>,
}

impl Stream {
    pub(crate) fn new(socket: impl Socket + 'static) -> Self {
        Self {
            socket: Box::new(socket),
            pulse: Arc::default(),
        }
    }

    pub(crate) fn pulse(&self) -> Arc<Pulse> {
        Arc::clone(&self.pulse)
    }

    fn note(&self, written: &Poll<io::Result<usize>>) {
        if matches!(written, Poll::Ready(Ok(sent)) if *sent > 0) {
            self.pulse.asked();
        }
    }
}

/// What is sent is sent at once.
pub(crate) async fn open_tcp(address: SocketAddr, liveness: Liveness) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    liveness.set_on(&stream)?;
    Ok(stream)
}

#[cfg(unix)]
pub(crate) async fn open_unix(path: &Path) -> io::Result<Stream> {
    Ok(Stream::new(tokio::net::UnixStream::connect(path).await?))
}

#[cfg(not(unix))]
pub(crate) async fn open_unix(_: &Path) -> io::Result<Stream> {
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
        stream.note(&written);
        written
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let stream = self.get_mut();
        let written = Pin::new(&mut stream.socket).poll_write_vectored(cx, bufs);
        stream.note(&written);
        written
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::{future::poll_fn, thread, time::Duration};
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn i_04_only_who_was_sent_something_is_silent() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let ours = open_tcp(address, Liveness::DEFAULT).await.unwrap();
        let mut ours = Stream::new(ours);
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
