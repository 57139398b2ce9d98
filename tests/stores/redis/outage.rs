//! The store while its server is away, or the line to it: what every store keeps, and what is of Redis alone
//! (checklist I-04, I-06, L-03).

mod commands;
mod replicas;
mod sentinels;

store_tests::outage!(store_tests::rig::redis::Keys);
