//! A server, its replica, and three that watch them.

use std::iter;

use super::{RedisInstance, RedisOptions, patience::until};

/// What the sentinels call the two.
const SERVICE: &str = "main";

/// Five processes of one test.
///
/// Its functions block.
pub struct RedisSentinel {
    servers: Vec<RedisInstance>,
    sentinels: Vec<RedisInstance>,
}

impl RedisSentinel {
    /// Starts them, and waits until each knows all the others. `None` where no Redis is installed.
    pub fn start() -> Option<Self> {
        let leader =
            RedisInstance::start(RedisOptions::with(&[("repl-diskless-sync-delay", "0")]))?;
        let leads = format!("127.0.0.1 {}", leader.port());
        let follower = RedisInstance::start(RedisOptions::with(&[("replicaof", &leads)]))?;
        follower.wait_for("master_link_status", "up");
        let monitor = format!("monitor {SERVICE} {leads} 2");
        let settings = [
            ("sentinel", monitor.as_str()),
            ("sentinel", "down-after-milliseconds main 1500"),
            ("sentinel", "failover-timeout main 2000"),
        ];
        let sentinels = iter::repeat_with(|| RedisInstance::start(RedisOptions::with(&settings)));
        let started = Self {
            servers: vec![leader, follower],
            sentinels: sentinels.take(3).collect::<Option<_>>()?,
        };
        until("the sentinels know each other", || started.is_complete());
        Some(started)
    }

    fn is_complete(&self) -> bool {
        let knows = |sentinel: &RedisInstance, name: &str, count: &str| {
            let state = sentinel.command(&["SENTINEL", "MASTER", SERVICE]);
            let mut lines = state.lines();
            lines.any(|line| line == name) && lines.next() == Some(count)
        };
        self.sentinels.iter().all(|sentinel| {
            knows(sentinel, "num-slaves", "1") && knows(sentinel, "num-other-sentinels", "2")
        })
    }

    /// Where they are, for who asks them which server leads.
    pub fn url(&self) -> String {
        let places = self.sentinels.iter();
        let places: Vec<_> = places
            .map(|sentinel| format!("127.0.0.1:{}", sentinel.port()))
            .collect();
        format!("redis+sentinel://{}/{SERVICE}/0", places.join(","))
    }

    /// The three that watch.
    pub fn sentinels(&self) -> &[RedisInstance] {
        &self.sentinels
    }

    /// The server that this sentinel names, if it is one of the two.
    fn named_by(&self, sentinel: &RedisInstance) -> Option<&RedisInstance> {
        let question = ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE];
        let named = sentinel.try_command(&question).ok()?;
        let port = named.lines().nth(1)?.to_owned();
        let mut servers = self.servers.iter();
        servers.find(|server| server.port().to_string() == port)
    }

    /// The server that leads, once all the sentinels name the same.
    pub fn leader(&self) -> &RedisInstance {
        let mut leader = None;
        until("one server leads", || {
            let mut named = self.sentinels.iter().map(|it| self.named_by(it));
            leader = named.next().flatten();
            let port = leader.map(RedisInstance::port);
            port.is_some() && named.all(|other| other.map(RedisInstance::port) == port)
        });
        leader.expect("one leads")
    }

    /// The server that follows.
    pub fn follower(&self) -> &RedisInstance {
        let leader = self.leader().port();
        let mut servers = self.servers.iter();
        let follower = servers.find(|server| server.port() != leader);
        follower.expect("there are two")
    }

    /// Waits until the follower has all that the leader has acknowledged by now.
    pub fn wait_for_follower(&self) {
        let offset = |server: &RedisInstance, name| {
            let offset = server.info(name);
            offset.parse::<u64>().expect("a number")
        };
        let goal = offset(self.leader(), "master_repl_offset");
        let follower = self.follower();
        until("the follower has it all", || {
            offset(follower, "slave_repl_offset") >= goal
        });
    }

    /// Has the sentinels make the follower the leader, and waits until all of them name it.
    pub fn fail_over(&self) {
        let follower = self.follower().port();
        let [sentinel, ..] = self.sentinels.as_slice() else {
            panic!("there are three");
        };
        until("the failover has begun", || {
            let begun = sentinel.try_command(&["SENTINEL", "FAILOVER", SERVICE]);
            begun.is_ok()
        });
        until("the follower leads", || self.leader().port() == follower);
    }
}
