//! Two servers, of which one follows the other.

use super::Instance;
use crate::home::run;

impl Instance {
    /// A copy of this server, read-only, that follows it by streaming. It has its own port.
    pub fn standby(&self) -> Self {
        let mut standby = Self::empty(self.programs);
        let mut copy = standby.command("pg_basebackup");
        copy.args(["--write-recovery-conf", "--no-sync", "--checkpoint=fast"]);
        copy.args(["--username", "postgres", "--host"]);
        copy.arg(self.socket_folder());
        run(copy.args(["--port", &self.port().to_string()]));
        standby.first_start();
        standby.wait_for("SELECT status FROM pg_stat_wal_receiver", "streaming");
        standby
    }

    /// Waits until every standby shows what is committed here by now.
    pub fn wait_for_standbys(&self) {
        let written = self.text("SELECT pg_current_wal_lsn()");
        self.wait_for(
            &format!("SELECT bool_and(replay_lsn >= '{written}') FROM pg_stat_replication"),
            "t",
        );
    }

    /// Makes a standby a server of its own, which takes writes when this returns.
    pub fn promote(&self) {
        run(&mut self.pg_ctl("promote"));
        self.wait_for("SELECT pg_is_in_recovery()", "f");
    }
}
