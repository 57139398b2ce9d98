//! The store while its server is away, or the line to it: what every store keeps.

store_tests::outage!(test_servers::MySqlDatabase);
store_tests::limits!(test_servers::MySqlDatabase);
