//! How long the server lets a statement run and wait for a lock: it gives up before its caller does.

use crate::store::sql::filled;

/// Of a connection that serves requests.
///
/// The isolation is that in which a statement sees what was committed while it waited.
pub(super) const LIMITS: &str = "-c statement_timeout=1500 -c lock_timeout=500 \
                                 -c idle_in_transaction_session_timeout=5000 \
                                 -c default_transaction_isolation=read\\ committed";

/// As the server says it.
pub(super) const LOCK_TIMEOUT: &str = "500ms";

/// Of the one that makes the tables, which may have to wait for a transaction of the application.
pub(super) const LIMITS_OF_SETUP: &str = "-c statement_timeout=60000 -c lock_timeout=5000 \
                                          -c idle_in_transaction_session_timeout=60000";

/// The same as for requests, for one transaction, and the durability that a direct connection is given.
pub(super) const BEGIN_WITH_LIMITS: &str = "\
BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = 500; SET LOCAL statement_timeout = 1500;
SELECT pg_catalog.set_config('synchronous_commit', 'on', true)
WHERE pg_catalog.current_setting('synchronous_commit') = 'off'";

/// Where a statement has `{lock_limit}`: its own limit, which holds for the rows that it finds. How long it runs
/// cannot be limited so: what counts is the setting under which it was begun.
const LOCK_LIMIT: &str = "
  AND (SELECT pg_catalog.set_config('lock_timeout', '500ms', true) IS NOT NULL)";

/// Where it has `{durability}`: what a direct connection is given.
const DURABILITY: &str = "
  AND (SELECT pg_catalog.set_config('synchronous_commit',
                                    CASE pg_catalog.current_setting('synchronous_commit') WHEN 'off' THEN 'on'
                                         ELSE pg_catalog.current_setting('synchronous_commit') END, true)
              IS NOT NULL)";

/// As it is for a connection that has the limits.
pub(super) fn without_limits(statement: &str) -> String {
    filled(statement, &[("lock_limit", ""), ("durability", "")])
}

/// As it is where nothing can be set for a connection, and a transaction for the sake of the limits would be two
/// round trips more.
pub(super) fn with_limits(statement: &str) -> String {
    let limits = [("lock_limit", LOCK_LIMIT), ("durability", DURABILITY)];
    filled(statement, &limits)
}
