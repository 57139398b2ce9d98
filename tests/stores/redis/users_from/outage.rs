//! One of both servers is away: that is never "no session".

mod postgres {
    store_tests::apart!(test_servers::Instance);
}
