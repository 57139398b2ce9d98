//! [`RedisOptions`]: how to connect, and what our keys are called.

use super::{
    Inner, RedisStore,
    cluster::Cluster,
    dial::{Dialer, Route, Terms},
    keys::Keys,
    opener::Way,
    router::Router,
    sentinels::Sentinels,
    target::{Servers, Target, Watch},
    tls::{TlsOptions, connector},
};
use crate::{
    error::StoreError,
    store::{
        link::{Dial, Link},
        refuse,
    },
};
use std::{path::PathBuf, sync::Arc};
use tokio::runtime::Handle;

/// The options of a [`RedisStore`]; made by [`RedisStore::options`].
///
/// A URL is one of these; what is no letter, digit or `-._~` in a password is percent-encoded (RFC 3986 §2.1):
///
/// | URL | |
/// |---|---|
/// | `redis://user:password@host:6379/0` | in plaintext: on this machine, or with [`allow_plaintext`](Self::allow_plaintext) |
/// | `rediss://user:password@host:6379/0` | TLS; the certificate is verified |
/// | `redis+sentinel://user:password@host:26379,host:26379/service/0` | the server that these sentinels say leads; `rediss+sentinel://` for TLS to it and to them |
/// | `redis-cluster://user:password@host:6379,host:6379` | the nodes of a cluster, of which these know the others; `rediss-cluster://` for TLS |
/// | `unix:///path/of/the.sock?db=0&user=..&pass=..` | a Unix socket |
///
/// `valkey` for `redis` is the same, and so is `redis+unix://`. Port, database, and user and password together may be
/// left out; `:password@` is the default user's. A user alone is an error; any other parameter is one that names it.
/// Sentinels that ask for a user of their own get it by `?sentinel_username=..&sentinel_password=..`; user and password
/// before the `@` are the server's.
///
/// ```no_run
/// # async fn connect() -> Result<(), locals::StoreError> {
/// use locals::RedisStore;
///
/// let store = RedisStore::options("rediss://app:s3cret@cache.example/0")?
///     .prefix("shop:sessions")
///     .connect()
///     .await?;
/// # Ok(()) }
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
#[derive(Clone, Debug)]
#[must_use = "nothing is connected until `connect().await`"]
pub struct RedisOptions {
    target: Target,
    prefix: String,
    allow_plaintext: bool,
    tls: TlsOptions,
    #[cfg(any(test, feature = "testing"))]
    user_bits: u32,
}

impl RedisOptions {
    pub(super) fn new(url: &str) -> Result<Self, StoreError> {
        Ok(Self {
            target: Target::parse(url)?,
            prefix: "locals".to_owned(),
            allow_plaintext: false,
            tls: TlsOptions::default(),
            #[cfg(any(test, feature = "testing"))]
            user_bits: 64,
        })
    }

    /// What our keys begin with: 1 to 64 letters, digits, `_`, `.`, `:` and `-`. Default: `locals`.
    ///
    /// Applications that share a database of Redis have one each.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Lets `redis://` hold for servers on other machines too: whoever is on the network between can read and
    /// change what is sent.
    pub fn allow_plaintext(mut self) -> Self {
        self.allow_plaintext = true;
        self
    }

    /// Takes any certificate for the server's: whoever is on the network between can be the server.
    pub fn allow_unverified_tls(mut self) -> Self {
        self.tls.allow_unverified = true;
        self
    }

    /// The file with the root certificates, in PEM, that the server's is verified by. Default: the platform's.
    pub fn root_certificates(mut self, file: impl Into<PathBuf>) -> Self {
        self.tls.roots = Some(file.into());
        self
    }

    /// The files with our own certificate and its private key, in PEM, for a server that asks for one.
    pub fn client_certificate(
        mut self,
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Self {
        self.tls.identity = Some((certificate.into(), key.into()));
        self
    }

    /// How many bits of the hash of a user are kept, so that users share a key: for tests.
    #[doc(hidden)]
    #[cfg(any(test, feature = "testing"))]
    pub fn user_bits(mut self, bits: u32) -> Self {
        self.user_bits = bits;
        self
    }

    /// Connects.
    ///
    /// Its connections live in the runtime in which this is called.
    ///
    /// # Errors
    ///
    /// [`StoreError::Setup`] with what only whoever runs the program can mend: a password, a right, a certificate,
    /// a server that is too old, or another kind of it than the URL says; [`StoreError::Unavailable`] if the server cannot be reached, or is
    /// a replica.
    pub async fn connect(self) -> Result<RedisStore, StoreError> {
        let runtime = Handle::try_current().or_else(|_| {
            refuse("connect to Redis in a tokio runtime: its connection lives there")
        })?;
        let (target, terms) = self.terms(runtime)?;
        let keys = terms.keys.clone();
        let (router, warnings) = match target.servers {
            Servers::One(place) => one(terms.to(place)).await?,
            Servers::Sentinels(watch) => {
                let route = Route::By(Arc::new(sentinels(watch, &terms.way)?));
                one(Dialer { terms, route }).await?
            }
            Servers::Cluster(seeds) => {
                let (cluster, warnings) = Cluster::connect(terms, seeds).await?;
                (Router::Cluster(cluster), warnings)
            }
        };
        let inner = Inner {
            router,
            keys,
            warnings,
        };
        Ok(RedisStore {
            inner: Arc::new(inner),
        })
    }

    fn terms(self, runtime: Handle) -> Result<(Target, Terms), StoreError> {
        self.target.check(self.allow_plaintext)?;
        let keys = Keys::new(&self.prefix)?;
        #[cfg(any(test, feature = "testing"))]
        let keys = keys.cut_to(self.user_bits);
        let tls = if self.target.is_encrypted {
            Some(connector(&self.tls)?)
        } else {
            None
        };
        let way = Way {
            greeting: self.target.greeting(),
            tls,
            allow_plaintext: self.allow_plaintext,
            runtime,
        };
        let in_cluster = matches!(self.target.servers, Servers::Cluster(_));
        let terms = Terms {
            way,
            keys,
            in_cluster,
        };
        Ok((self.target, terms))
    }
}

/// Whatever is wrong is said here, and not by the task.
async fn one(dialer: Dialer) -> Result<(Router, Vec<String>), StoreError> {
    let (first, driver) = dialer.connect().await?;
    let warnings = Dialer::warnings(&first).await;
    drop(driver);
    let runtime = dialer.terms.way.runtime.clone();
    Ok((Router::One(Link::start(dialer, &runtime)), warnings))
}

fn sentinels(watch: Watch, way: &Way) -> Result<Sentinels, StoreError> {
    let way = Way {
        greeting: watch.greeting(),
        ..way.clone()
    };
    let places = watch.places.into_iter();
    let openers: Result<Vec<_>, StoreError> = places.map(|place| way.to(place)).collect();
    Ok(Sentinels::new(&watch.service, openers?, way.runtime))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n_01_options_show_no_password() {
        let options = RedisOptions::new("redis://ada:hunter2@127.0.0.1").unwrap();
        let shown = format!("{options:?}");
        assert!(
            shown.contains("127.0.0.1") && !shown.contains("hunter2"),
            "{shown}"
        );
    }

    #[tokio::test]
    async fn what_cannot_be_is_refused_before_anything_is_sent() {
        for (url, prefix, part) in [
            ("redis://127.0.0.1:1", "a{b", "keys begin"),
            ("redis://cache.example", "a", "rediss://"),
        ] {
            let options = RedisOptions::new(url).unwrap().prefix(prefix);
            let refused = options.connect().await.unwrap_err();
            assert!(matches!(refused, StoreError::Setup(_)));
            assert!(refused.to_string().contains(part), "{refused}");
        }
    }

    #[tokio::test]
    async fn i_01_a_server_that_is_not_there_is_an_outage() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let url = format!("redis://:hunter2@{address}");
        let refused = RedisOptions::new(&url)
            .unwrap()
            .connect()
            .await
            .unwrap_err();
        assert!(matches!(refused, StoreError::Unavailable(_)), "{refused}");
        let text = refused.to_string();
        assert!(
            text.contains(&address.to_string()) && !text.contains("hunter2"),
            "{text}"
        );
    }

    #[test]
    fn outside_a_runtime_it_is_told_what_to_do() {
        let options = RedisOptions::new("redis://127.0.0.1").unwrap();
        let mut connect = Box::pin(options.connect());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let std::task::Poll::Ready(Err(refused)) = connect.as_mut().poll(&mut context) else {
            panic!("it is told at once");
        };
        assert!(refused.to_string().contains("tokio runtime"), "{refused}");
    }
}
