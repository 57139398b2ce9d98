//! The store while its server is away, or the line to it: what every store keeps, and what is of MySQL alone
//! (checklist I-05, L-03, L-05).

mod addresses;
mod reads;
mod replicas;

store_tests::outage!(test_servers::MySqlDatabase);
store_tests::limits!(test_servers::MySqlDatabase);
