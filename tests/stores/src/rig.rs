//! What the suites ask of a store: a place of its own for each test on the server that all share, and servers that a
//! test may ill-treat.

pub mod mysql;
pub mod postgres;
pub mod redis;

use crate::{program::Account, served::Served};
use locals::{Auth, RedisStore, StoreError};
use std::{future::ready, time::Duration};
use test_servers::Proxy;

/// What one test has of the server that all share: a schema, a prefix, a database. With the users of a
/// [`Program`](crate::program::Program), where the store takes them from a table.
pub trait Place: Sized + Send + Sync + 'static {
    /// What is tested.
    type Store: Served;
    /// Another server of this kind.
    type Server: Server<Store = Self::Store>;

    /// How much longer than [`Program::is_back`](crate::program::Program::is_back) has it everything may take, where
    /// an attempt to connect has to be given up first.
    const CONNECTING: Duration;
    /// Into the making of a connection, where each answer takes a tenth of a second.
    const BEFORE_IT_IS_READY: Duration;
    /// Bytes of the reply to a read, before its end.
    const CUT_OF_A_READ: usize;
    /// After so many bytes each, the reply to a sign-out is cut before its end.
    const CUTS_OF_A_SIGN_OUT: &'static [usize];

    /// `None` where there is no server, which has been told then.
    fn new() -> Option<Self>;

    /// Where the server listens.
    fn port(&self) -> u16;

    /// A store of what is here, with connections of its own, by a line that listens on this port; or by the port of
    /// the server itself.
    fn store_by(
        &self,
        port: u16,
        manner: Manner,
    ) -> impl Future<Output = Result<Self::Store, StoreError>> + Send;

    /// How many sessions there are.
    fn rows(&self) -> u64;

    /// How many sessions a user has, asked by another way than the line that is tested.
    fn rows_of(&self, user: &str) -> impl Future<Output = u64> + Send;

    /// Waits until no connection of a store of this place holds anything, such as a transaction or a lock.
    fn leaves_nothing(&self) -> impl Future<Output = ()> + Send {
        ready(())
    }

    /// After so many bytes each, a sign-in that ends another session is cut, from its first byte to its last.
    fn cuts_of_a_sign_in() -> Vec<usize>;

    /// The same of its reply.
    fn cuts_of_its_reply() -> Vec<usize>;

    /// Has the line cut before the client reads that a change took place.
    fn cut_on_acknowledgement(proxy: &Proxy);
}

/// How a store is to be connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// By the defaults.
    Usual,
    /// It gives up an attempt to connect sooner, where that can be set.
    Impatient,
    /// With as few connections as there can be.
    Narrow,
}

/// A server of one test, which may ill-treat it. Its functions block.
pub trait Server: Sized + Send + Sync + 'static {
    /// What is tested.
    type Store: Served;

    /// How many connections a store has.
    const CONNECTIONS: usize;

    /// One that keeps what it has acknowledged when it is killed, with the users of a
    /// [`Program`](crate::program::Program). `None` where there is none, which has been told then.
    fn lasting() -> Option<Self>;

    /// Where it is.
    fn url(&self) -> String;

    /// Where it listens, as long as it lives.
    fn port(&self) -> u16;

    /// Stops it where it is: connections stay, and nobody answers.
    fn pause(&self);

    /// Goes on after [`Server::pause`].
    fn resume(&self);

    /// Ends it as a crash would.
    fn kill(&self);

    /// On the same port, with the same data, after [`Server::kill`].
    fn start_again(&self);

    /// Ends it as who maintains it would, and starts it again.
    fn restart(&self);

    /// Has the server end the connections of all stores; how many there were.
    fn kill_connections(&self) -> usize;

    /// Takes from it what it may lose at any time, such as scripts.
    fn forget(&self) {}

    /// Waits until no connection of a store holds anything, such as a transaction or a lock.
    fn leaves_nothing(&self) -> impl Future<Output = ()> + Send {
        ready(())
    }
}

/// One that can be had with few connections, and made to take no writes.
pub trait Limited: Server {
    /// Connections, which end with it.
    type Crowd;

    /// As [`Server::lasting`], with hardly more connections than a store has.
    fn small() -> Option<Self>;

    /// Where it is, for a store that gives up an attempt to connect after a second.
    fn impatient_url(&self) -> String;

    /// Takes every connection that there is.
    fn crowd(&self) -> impl Future<Output = Self::Crowd> + Send;

    /// Whether it has told anybody that there is no connection to spare.
    fn has_turned_away(&self) -> bool;

    /// Whether stores may write, from now on.
    fn set_read_only(&self, is_read_only: bool);
}

/// One that has users for sessions elsewhere.
pub trait KeepsUsers: Server {
    /// How many of a store's connections read.
    const READING: usize;

    /// How many connections stores have now.
    fn connections(&self) -> usize;

    /// Of these sessions, and the users here.
    fn users_of(&self, sessions: RedisStore) -> impl Future<Output = Auth<Account>> + Send;
}

/// The same URL, by a line to the server.
///
/// # Panics
///
/// Where the URL does not have the port of the server.
pub fn through(line: u16, url: &str, server: u16) -> String {
    let port = format!(":{server}/");
    assert!(url.contains(&port), "the URL has the port");
    url.replacen(&port, &format!(":{line}/"), 1)
}
