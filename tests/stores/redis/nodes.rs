//! Two nodes are as one.

store_tests::nodes!(store_tests::rig::redis::Keys);
