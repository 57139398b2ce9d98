//! Two nodes are as one.

store_tests::nodes!(test_servers::MySqlDatabase);
