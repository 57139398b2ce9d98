//! Several addresses behind one name, as a resolver has found them: one that is dead hides no other.

use locals::MySqlStore;
use mysql_async::{Opts, OptsBuilder};
use std::{
    net::{IpAddr, Ipv4Addr, TcpListener},
    time::Duration,
};
use store_tests::{program::Program, rig::Server};
use test_servers::MySqlInstance;

const LIVING: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Addresses of this machine, too: nobody listens at the first on the server's port, and nobody answers at the other.
const CLOSED: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
const SILENT: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));

#[tokio::test(flavor = "multi_thread")]
async fn i_06_an_address_that_is_dead_hides_no_other() {
    let Some(server) = MySqlInstance::lasting() else {
        return;
    };
    let _silent = TcpListener::bind((SILENT, server.port())).expect("nobody else is there");
    for addresses in [
        vec![CLOSED, LIVING],
        vec![LIVING, CLOSED],
        vec![CLOSED, SILENT, LIVING],
    ] {
        let opts = Opts::from_url(&Server::url(&server)).expect("a URL");
        let opts = OptsBuilder::from_opts(opts).resolved_ips(Some(addresses));
        let options = MySqlStore::with_opts(opts).connect_timeout(Duration::from_millis(600));
        let program = Program::on(options.connect().await.expect("a store")).await;
        program.works().await.expect("every answer");
    }
}
