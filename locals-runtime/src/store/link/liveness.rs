//! [`Liveness`]: how a connection notices that nobody is there any more.

use super::KEEPALIVE;
use socket2::{SockRef, TcpKeepalive};
use std::{io, time::Duration};
use tokio::net::TcpStream;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Liveness {
    /// `None`: no keepalive.
    pub(crate) keepalive: Option<Keepalive>,
    /// How long what was sent may stay unacknowledged.
    pub(crate) user_timeout: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Keepalive {
    pub(crate) idle: Duration,
    pub(crate) interval: Duration,
    pub(crate) count: u32,
}

impl Liveness {
    pub(crate) const DEFAULT: Self = Self {
        keepalive: Some(Keepalive::DEFAULT),
        user_timeout: Some(Duration::from_secs(5)),
    };

    /// As far as the system has it.
    pub(super) fn set_on(self, stream: &TcpStream) -> io::Result<()> {
        let socket = SockRef::from(stream);
        if let Some(keepalive) = self.keepalive {
            socket.set_tcp_keepalive(&keepalive.parameters())?;
        }
        #[cfg(target_os = "linux")]
        if self.user_timeout.is_some() {
            socket.set_tcp_user_timeout(self.user_timeout)?;
        }
        Ok(())
    }
}

impl Keepalive {
    pub(crate) const DEFAULT: Self = Self {
        idle: KEEPALIVE,
        interval: Duration::from_secs(5),
        count: 3,
    };

    /// As much of it as the system has.
    fn parameters(self) -> TcpKeepalive {
        let parameters = TcpKeepalive::new().with_time(self.idle);
        #[cfg(not(any(
            target_os = "aix",
            target_os = "redox",
            target_os = "solaris",
            target_os = "openbsd"
        )))]
        let parameters = parameters.with_interval(self.interval);
        #[cfg(not(any(
            target_os = "aix",
            target_os = "redox",
            target_os = "solaris",
            target_os = "windows",
            target_os = "openbsd"
        )))]
        let parameters = parameters.with_retries(self.count);
        parameters
    }
}
