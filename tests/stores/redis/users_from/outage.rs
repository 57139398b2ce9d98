//! One of both servers is away: that is never "no session".

mod mysql {
    store_tests::apart!(test_servers::MySqlInstance);
}

mod postgres {
    store_tests::apart!(test_servers::Instance);
}
