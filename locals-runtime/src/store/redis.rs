//! [`RedisStore`]: sessions in Redis or Valkey, for as many machines as there are.
//!
//! All sessions of a user are one hash, whose key follows from the token alone: there is no index that could be
//! wrong. One connection, made again by a task behind it; a read is one command, a change one command or one script.

mod apart;
mod cluster;
mod connection;
mod dial;
mod error;
mod fields;
mod greeting;
mod keys;
mod opener;
mod options;
mod pipeline;
mod place;
mod probe;
mod question;
mod resp;
mod router;
mod scripts;
mod sentinels;
mod server;
mod sessions;
mod target;
mod tls;

pub use options::RedisOptions;

use super::{
    Credential, NewSession, Replaced, SessionRecord, SessionStore, SessionUpdate, Store,
    StoreFuture, Timestamp, UserSessions,
};
use crate::{error::StoreError, token::SessionId, user_id::UserId};
use keys::Keys;
use router::Router;
use std::{fmt, sync::Arc};

/// Sessions in Redis 6.2 or later, or in Valkey; tested on Redis 7.0 and Valkey 9.1.
///
/// ```no_run
/// # async fn connect() -> Result<(), Box<dyn std::error::Error>> {
/// use locals::{Auth, RedisStore, StoreError, UserId};
///
/// #[derive(Clone)]
/// struct Account { id: i64, email: String }
///
/// /// Redis knows no users: they come from wherever the application has them.
/// async fn find_account(id: UserId) -> Result<Option<Account>, StoreError> {
///     let email = "ada@example.com".to_owned();
///     Ok(id.parse().ok().map(|id| Account { id, email }))
/// }
///
/// let store = RedisStore::connect("redis://127.0.0.1/").await?;
/// let auth: Auth<Account> = Auth::builder(store).users_with(find_account).connect().await?;
/// # Ok(()) }
/// ```
///
/// # What is kept
///
/// All sessions of a user are one hash, `locals:{0123456789abcdef}`, named by a hash of the user's id that is the
/// second half of each session's id: the token leads there, without an index beside it that could be evicted, out
/// of date or left behind. So of the 16 bytes of a session's id 8 are random: should two sessions of a user ever
/// draw the same, the second draws again. What opens a session is the secret beside it, which has all of its 256
/// random bits. Whoever knows a session's id can tell whether it is of a user whose id they guess, and whether two
/// sessions are of one user.
///
/// A key goes by itself a day after the last of its sessions is past its end, by the clocks of the machines that
/// wrote them: that only saves room. Whether a session is alive says its record, by the clock of
/// [`Auth`](crate::Auth). So there is nothing to sweep:
/// [`delete_expired_sessions`](crate::Auth::delete_expired_sessions) removes none and answers 0; a sign-in removes the
/// user's that ended more than a day ago.
///
/// # What it costs
///
/// One connection, or one to each node of a cluster, on which questions do not wait for each other. Each of these
/// is one round trip: a request with a session, by one `HGET`; a sign-in, a renewal and another token, by one script
/// each; a sign-out, by one `HDEL`; a list, by one `HGETALL`. A session takes about 300 bytes of memory. A sign-in
/// looks at every session of its user, so [`max_sessions_per_user`](crate::AuthBuilder::max_sessions_per_user) bounds
/// what it costs.
///
/// A connection that breaks, or on which the server says nothing for a second and a half, is made again in the
/// background; meanwhile a request that asks for its session is answered with 503, and its cookie is left alone.
/// While questions are asked, the server is asked twice a second whether it leads still (`HELLO`).
///
/// # What it promises, and what may be lost
///
/// Each change takes place as a whole or not at all, and the next request on any machine sees it. How durable it is
/// the server decides, and it answers before it is sure:
///
/// - **A crash** loses what is not on its disk: with `appendonly yes` and `appendfsync everysec` up to two seconds,
///   with snapshots alone minutes, with neither everything. What is lost may be a sign-in, and then its user signs
///   in again; or a **sign-out, and then that session is there again**. `appendfsync always` loses nothing.
/// - **A failover** to a replica loses in the same way what the replica did not have yet. No connection is made to a
///   replica, and one to a server that becomes a replica is given up within a second of the next question: until then
///   what it answers may be old.
/// - **Eviction** takes a user's sessions all at once: they sign in again, and no session escapes a sign-out
///   everywhere. Set `maxmemory-policy noeviction`: a server that is full then takes no new session
///   ([`StoreError::Unavailable`]), and those there are go on; on 6.2 without being renewed, and so to their end.
///
/// What the server shows of this is a warning at start.
///
/// # Sentinel
///
/// `redis+sentinel://host:26379,host:26379,host:26379/service` connects to the server that leads, by the last decision
/// that any of these sentinels knows. They are asked again whenever the connection is lost, and twice a second in
/// between: a server that was replaced is told so some ten seconds after its replacement, and until then answers as if
/// it led. It is left by then, and what it took in the second before is lost as in any failover. A server that is cut
/// off together with the machines that use it goes on with them: `min-replicas-to-write 1` keeps it from that.
///
/// # Cluster
///
/// `redis-cluster://host:6379,host:6379` connects to the nodes that have the users between them, of which it is enough
/// to name some. All of a user is on one node, so each verb is one question to it; a node to which keys were moved
/// is found by the node that had them, while they are on their way, too. Replicas are never read. A node that is away
/// is an outage for the users that it has; where a replica takes its place, it is asked as soon as another node says
/// so. At start one node is enough. For `rediss-cluster://` the nodes have `tls-cluster yes`: else they name each
/// other's ports without TLS.
///
/// **One promise of [`SessionStore`] is not kept there**, as its [`spans_users`](SessionStore::spans_users) says: what
/// is done to sessions of several users is not all or nothing, for these are on different servers. A sign-in in the place
/// of another user's session asks first whether the old one's node answers, makes the new one, and then ends the old
/// one. Where that fails in the end, the new one is taken back as far as can be; what it had evicted of its own user's
/// stays ended. Whoever is stopped in between leaves the old one as it was, and a new one whose token nobody has.
///
/// **A node that is cut off from the others but not from this machine** is asked until it notices and answers
/// `CLUSTERDOWN`, which takes as long as `cluster-node-timeout` says: 15 seconds by default. Until then it knows no
/// sign-out that the node in its place has taken from other machines, and what it takes itself is lost. A shorter
/// timeout shortens that, and `min-replicas-to-write 1` keeps it from taking anything once its replicas are away for
/// `min-replicas-max-lag`.
///
/// # Rights
///
/// An ACL user needs no more than this; `+info` and `+config|get` are for the warnings at start and can be left out,
/// `+select` is for a database other than 0, and a cluster asks for `+cluster|slots +asking` as well:
///
/// ```text
/// ACL SETUSER app on >s3cret resetkeys ~locals:* resetchannels -@all
///     +hello +ping +info +config|get +select +eval +evalsha
///     +hget +hgetall +hset +hsetnx +hdel +pttl +pexpire
/// ```
///
/// `~locals:*` is your `prefix`, `~shop:*` for `prefix("shop")`. This is one line, in `redis-cli` as in `users.acl`,
/// where it begins with `user app`; in a cluster, on every node.
///
/// One of a Sentinel needs `+hello +sentinel|master +sentinel|get-master-addr-by-name`.
///
/// # What it cannot do
///
/// - [`delete_by_external_ref`](SessionStore::delete_by_external_ref) is
///   [`Unsupported`](StoreError::Unsupported): the reference is kept, but nothing leads from it to a session.
/// - Users are not brought together with their session: [`users_from`](crate::AuthBuilder::users_from) asks another
///   store for them, and [`users_with`](crate::AuthBuilder::users_with) a function, wherever they are.
///
/// Cloning gives another handle to the same connection, which lives in the runtime in which the store was
/// connected.
#[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
#[derive(Clone)]
pub struct RedisStore {
    inner: Arc<Inner>,
}

struct Inner {
    router: Router,
    keys: Keys,
    warnings: Vec<String>,
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("prefix", &self.inner.keys.prefix())
            .finish_non_exhaustive()
    }
}

impl RedisStore {
    /// Connects with the default options.
    ///
    /// `url` is `redis://user:password@host:6379/0`, `rediss://` for TLS, `redis+sentinel://host:26379/service`,
    /// `redis-cluster://host:6379`, or `unix:///path`; [`RedisOptions`] says what of it is known.
    ///
    /// # Errors
    ///
    /// [`StoreError::Setup`] with what is wrong with it and what to write, and if the server refuses the user or cannot
    /// keep sessions; [`StoreError::Unavailable`] if it cannot be reached.
    pub async fn connect(url: impl AsRef<str>) -> Result<Self, StoreError> {
        Self::options(url)?.connect().await
    }

    /// The options of a URL.
    ///
    /// # Errors
    ///
    /// [`StoreError::Setup`] with what is wrong with it.
    pub fn options(url: impl AsRef<str>) -> Result<RedisOptions, StoreError> {
        RedisOptions::new(url.as_ref())
    }
}

impl SessionStore for RedisStore {
    fn new_id(&self, user: &UserId, random: SessionId) -> SessionId {
        self.inner.keys.new_id(user, random)
    }

    fn replace(&self, new: NewSession, ended: Vec<SessionId>) -> StoreFuture<'_, Replaced> {
        StoreFuture::later(self.inner.replace(new, ended))
    }

    fn load(&self, id: SessionId) -> StoreFuture<'_, Option<SessionRecord>> {
        StoreFuture::later(self.inner.load(id))
    }

    fn update(&self, update: SessionUpdate) -> StoreFuture<'_, bool> {
        StoreFuture::later(async move { self.inner.update(&update).await })
    }

    fn end(&self, sessions: Vec<SessionId>) -> StoreFuture<'_, u64> {
        StoreFuture::later(async move { self.inner.end(&sessions).await })
    }

    fn delete(&self, id: SessionId) -> StoreFuture<'_, bool> {
        StoreFuture::later(async move { Ok(self.inner.end(&[id]).await? > 0) })
    }

    fn delete_of_user(&self, user: UserId, which: UserSessions) -> StoreFuture<'_, u64> {
        StoreFuture::later(async move { self.inner.delete_of_user(&user, which).await })
    }

    fn list(&self, user: UserId, now: Timestamp) -> StoreFuture<'_, Vec<SessionRecord>> {
        StoreFuture::later(async move { self.inner.list(&user, now).await })
    }

    /// None: the server removes them.
    fn delete_expired(&self, _: Timestamp, _: u32) -> StoreFuture<'_, u64> {
        StoreFuture::ready(Ok(0))
    }

    fn sweeps(&self) -> bool {
        false
    }

    /// In a cluster, users are on different servers.
    fn spans_users(&self) -> bool {
        self.inner.router.has_all_keys_together()
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        StoreFuture::later(self.inner.ping())
    }
}

super::no_other_users!(RedisStore);

impl Store<UserId> for RedisStore {
    fn sessions(&self) -> &dyn SessionStore {
        self
    }

    fn load_with_user(
        &self,
        credential: Credential,
    ) -> StoreFuture<'_, Option<(SessionRecord, UserId)>> {
        StoreFuture::later(async move {
            let record = self.inner.load(credential.id).await?;
            Ok(record.and_then(|record| record.opened_by(&credential.secret_hash)))
        })
    }

    fn load_user(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, UserId)>> {
        StoreFuture::ready(Ok(Some((id.clone(), id))))
    }

    fn prepare(&self) -> StoreFuture<'_, ()> {
        self.ping()
    }

    fn warnings(&self) -> Vec<String> {
        self.inner.warnings.clone()
    }
}
