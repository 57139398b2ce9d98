//! Two servers, of which one follows the other.

use super::{MySqlInstance, MySqlOptions};
use crate::programs;

impl MySqlInstance {
    /// A server that follows this one, which was started with [`MySqlOptions::replicated`], and refuses to write
    /// as [`MySqlInstance::set_read_only`] has it. `None` as from [`MySqlInstance::start`].
    pub fn replica_of(primary: &Self) -> Option<Self> {
        let Some(programs) = programs::mysql() else {
            return programs::skip(programs::NO_MYSQL);
        };
        assert_eq!(primary.text("SELECT @@log_bin"), "1", "not replicated");
        let options = MySqlOptions {
            replicated: true,
            ..MySqlOptions::default()
        };
        let replica = Self::empty(programs, &options);
        replica.administer(&follow(primary.port(), primary.is_mariadb()));
        replica.administer("START REPLICA");
        replica.catch_up_with(primary);
        replica.set_read_only(true);
        Some(replica)
    }

    /// Waits until this replica shows what is committed in the primary by now.
    pub fn catch_up_with(&self, primary: &Self) {
        let (written, wait) = if primary.is_mariadb() {
            ("@@GLOBAL.gtid_binlog_pos", "MASTER_GTID_WAIT")
        } else {
            ("@@GLOBAL.gtid_executed", "WAIT_FOR_EXECUTED_GTID_SET")
        };
        let written = primary.text(&format!("SELECT {written}"));
        let waited = self.administer(&format!("SELECT {wait}('{written}', 20)"));
        assert_eq!(waited, "0", "the replica is late: {}", self.log());
    }

    /// Makes a replica a server of its own, which takes writes when this returns.
    pub fn promote(&self) {
        self.administer("STOP REPLICA");
        self.administer("RESET REPLICA ALL");
        self.set_read_only(false);
    }

    fn is_mariadb(&self) -> bool {
        self.administer("SELECT VERSION()").contains("MariaDB")
    }
}

/// The one statement for which the two servers have no words in common.
fn follow(port: u16, is_mariadb: bool) -> String {
    if is_mariadb {
        format!(
            "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = {port}, MASTER_USER = 'root',
             MASTER_SSL = 0, MASTER_CONNECT_RETRY = 1, MASTER_USE_GTID = slave_pos"
        )
    } else {
        format!(
            "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = {port},
             SOURCE_USER = 'root', SOURCE_CONNECT_RETRY = 1, SOURCE_AUTO_POSITION = 1,
             GET_SOURCE_PUBLIC_KEY = 1"
        )
    }
}
