//! Several addresses behind one name, as a resolver has found them.

use super::*;
use std::net::SocketAddr;

/// How good the server is that is taken of those on these ports.
async fn first_of(ports: &[u16], wants: Wants) -> Result<Fit, Cause> {
    let target = Target::parse(&format!("host=localhost user=u {PLAIN}")).unwrap();
    let tls = Tls::new(&target, false, false).unwrap();
    let how = how();
    let dial = Dial {
        target: &target,
        tls: &tls,
        how: &how,
        wants,
    };
    let [server] = target.hosts() else {
        panic!("one host");
    };
    let address = |port: &u16| Address::Tcp(SocketAddr::from(([127, 0, 0, 1], *port)));
    let addresses: Vec<_> = ports.iter().map(address).collect();
    let dialed = dial.first_of(server, &addresses, how.deadline()).await;
    dialed.map(|(_, fit)| fit)
}

#[tokio::test]
async fn i_06_an_address_that_is_dead_hides_no_other() {
    let living = serve(WRITABLE).await;
    for dead in [closed().await, serve(Script::Silent).await] {
        let start = Instant::now();
        for ports in [[dead, living], [living, dead]] {
            let fit = first_of(&ports, Wants::ReadWrite).await;
            assert!(matches!(fit, Ok(Fit::Best)), "{ports:?}");
        }
        assert!(start.elapsed() < PATIENCE, "it has its share of it");
    }
}

#[tokio::test]
async fn i_06_of_three_addresses_two_may_be_silent() {
    let silent = serve(Script::Silent).await;
    let ports = [silent, silent, serve(WRITABLE).await];
    let fit = first_of(&ports, Wants::ReadWrite).await;
    assert!(matches!(fit, Ok(Fit::Best)));
}

#[tokio::test]
async fn l_03_the_address_of_a_standby_hides_none_that_takes_writes() {
    let (standby, writable) = (serve(STANDBY).await, serve(WRITABLE).await);
    for wants in [Wants::Any, Wants::ReadWrite] {
        for ports in [[standby, writable], [writable, standby]] {
            let fit = first_of(&ports, wants).await;
            assert!(matches!(fit, Ok(Fit::Best)), "{wants:?}");
        }
    }
    let read_only = serve(READ_ONLY).await;
    let fit = first_of(&[read_only, closed().await], Wants::Any).await;
    assert!(matches!(fit, Ok(Fit::Spare)));
}

#[tokio::test]
async fn a_name_of_which_nobody_answers_is_away() {
    let fit = first_of(&[closed().await, closed().await], Wants::Any).await;
    assert!(matches!(fit, Err(Cause::Socket(_))));
    let fit = first_of(&[], Wants::Any).await;
    assert!(matches!(fit, Err(Cause::NoAddress)));
}
