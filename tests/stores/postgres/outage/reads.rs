//! Whoever asks is gone at once, again and again, and the server answers late.

use std::{
    future::poll_fn,
    pin::pin,
    task::Poll,
    time::{Duration, Instant},
};
use store_tests::{outage::lines::Line, rig::Place};
use test_servers::Schema;

#[tokio::test(flavor = "multi_thread")]
async fn i_05_reads_that_nobody_waits_for_are_bounded() {
    let Some(line) = Line::<Schema>::new().await else {
        return;
    };
    let program = line.program().await;
    line.proxy.delay(Duration::from_millis(200));
    let token = program.sessions[0].token();
    let (mut asked, mut refused) = (0, 0);
    let start = Instant::now();
    while asked + refused < 100_000 {
        let mut read = pin!(program.auth.validate_session(token));
        match poll_fn(|context| Poll::Ready(read.as_mut().poll(context))).await {
            Poll::Pending => asked += 1,
            Poll::Ready(Err(error)) => {
                assert!(error.is_outage(), "{error}");
                refused += 1;
            }
            Poll::Ready(Ok(_)) => panic!("it is answered at once"),
        }
    }
    // One more each 50 ms, and as many again where answers have come meanwhile.
    let most = 1100 + 4 * start.elapsed().as_millis();
    assert!(
        asked >= 1024 && asked < most,
        "{asked} in {:?}",
        start.elapsed()
    );
    line.proxy.pass();
    program.is_back().await;
    line.place.leaves_nothing().await;
}
