//! Connections by a configuration and a TLS connector of the application's own.

use super::{Dialed, Dialer, Dialing, Driver, Wants, failure, failure::Cause, role, within};
use crate::{
    error::StoreError,
    store::{
        link::{Keepalive, Liveness},
        postgres::target::{APPLICATION_NAME, joined},
    },
};
use std::{sync::Arc, time::Duration};
use tokio_postgres::{
    Config, Socket,
    config::{Host, TargetSessionAttrs},
    tls::{MakeTlsConnect, TlsConnect},
};

/// A [`Dialer`] by the driver's own means. What it is given about hosts and TLS is not checked.
pub(in crate::store::postgres) fn given_dialer<T>(config: Config, tls: T, how: &Dialing) -> Dialer
where
    T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
    T::Stream: Send + 'static,
    T::TlsConnect: Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    let config = Arc::new(completed(config, how.options.as_deref()));
    let how = how.clone();
    Arc::new(move |wants| {
        let (config, tls, how) = (Arc::clone(&config), tls.clone(), how.clone());
        Box::pin(async move { dial(&config, tls, &how, wants).await })
    })
}

/// The driver's default for an idle connection.
const TWO_HOURS: Duration = Duration::from_secs(2 * 60 * 60);

/// What the application left as it was gets our defaults.
fn completed(mut config: Config, options: Option<&str>) -> Config {
    let default = Keepalive::DEFAULT;
    if config.get_keepalives_idle() == TWO_HOURS {
        config.keepalives_idle(default.idle);
    }
    if config.get_keepalives_interval().is_none() {
        config.keepalives_interval(default.interval);
    }
    if config.get_keepalives_retries().is_none() {
        config.keepalives_retries(default.count);
    }
    if let (None, Some(timeout)) = (
        config.get_tcp_user_timeout(),
        Liveness::DEFAULT.user_timeout,
    ) {
        config.tcp_user_timeout(timeout);
    }
    if config.get_application_name().is_none() {
        config.application_name(APPLICATION_NAME);
    }
    if let Some(options) = joined(config.get_options(), options) {
        config.options(options);
    }
    config
}

/// To a server that takes writes, whatever the configuration says of that; reads make do with another if there is
/// none.
async fn dial<T>(config: &Config, tls: T, how: &Dialing, wants: Wants) -> Result<Dialed, StoreError>
where
    T: MakeTlsConnect<Socket> + Clone,
    T::Stream: Send + 'static,
{
    let given = config.get_target_session_attrs();
    let mut config = config.clone();
    config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    let deadline = how.deadline();
    let connected = connect(&config, tls.clone());
    let mut dialed = within(deadline, CONNECTED, connected).await;
    if wants == Wants::Any
        && given != TargetSessionAttrs::ReadWrite
        && matches!(&dialed, Err(cause) if !cause.is_for_the_operator())
    {
        config.target_session_attrs(given);
        let connected = connect_for_reads(&config, tls, how);
        dialed = within(how.deadline(), CONNECTED, connected).await;
    }
    dialed.map_err(|cause| failure::failed(&[(hosts(&config), cause)]))
}

const CONNECTED: &str = "it was connected to";

async fn connect<T>(config: &Config, tls: T) -> Result<Dialed, Cause>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, connection) = config.connect(tls).await.map_err(Cause::Postgres)?;
    let driver: Driver = Box::pin(connection);
    Ok(Dialed {
        client,
        driver,
        pulse: None,
    })
}

async fn connect_for_reads<T>(config: &Config, tls: T, how: &Dialing) -> Result<Dialed, Cause>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let mut dialed = connect(config, tls).await?;
    let role = role::ask(&dialed.client, &mut dialed.driver).await?;
    match role::fit(role, Wants::Any, how.attrs(None)) {
        Some(_) => Ok(dialed),
        None => Err(role.refused()),
    }
}

fn hosts(config: &Config) -> String {
    let hosts = config.get_hosts().iter().map(|host| match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(path) => path.display().to_string(),
    });
    let addresses = config.get_hostaddrs().iter().map(ToString::to_string);
    let hosts: Vec<_> = hosts.chain(addresses).collect();
    hosts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_application_has_set_stays() {
        let mut given = Config::new();
        given.options("-c work_mem=1MB").application_name("shop");
        given.keepalives_idle(Duration::from_secs(60));
        let config = completed(given, Some("-c lock_timeout=1000"));
        assert_eq!(
            config.get_options(),
            Some("-c work_mem=1MB -c lock_timeout=1000")
        );
        assert_eq!(config.get_application_name(), Some("shop"));
        assert_eq!(config.get_keepalives_idle(), Duration::from_secs(60));
        assert_eq!(config.get_keepalives_retries(), Some(3));
        let config = completed(Config::new(), None);
        assert_eq!(config.get_options(), None);
        assert_eq!(config.get_application_name(), Some("locals"));
        assert_eq!(config.get_keepalives_idle(), Duration::from_secs(15));
        assert_eq!(config.get_tcp_user_timeout(), Some(&Duration::from_secs(5)));
    }
}
