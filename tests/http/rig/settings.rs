//! What a test may ask of the library.

use std::time::Duration;

use locals::{
    Auth, AuthBuilder, CookieOptions, Lifetimes, PlainResponse, Refusal, Renewal,
    store::Store,
    testing::{EntropyError, TestClock},
};

use super::Account;

type OnRefusal = fn(&Refusal<'_>) -> Option<PlainResponse>;
type Entropy = fn(&mut [u8]) -> Result<(), EntropyError>;

/// A renewal has a part of the deadline of a call. One that rotates waits for the disk, on a busy machine longer than
/// usual, and what is not written in time is left to the next request.
const DEADLINE_OF_ROTATIONS: Duration = Duration::from_secs(20);

/// What a test may ask of the library; the rest is the library's default.
pub(crate) struct Settings {
    pub(crate) lifetimes: Lifetimes,
    pub(crate) cookie: Option<CookieOptions>,
    pub(crate) insecure_dev: bool,
    /// The name of the cookie that the rig sends and looks for: it follows from the two above.
    pub(crate) cookie_name: &'static str,
    pub(crate) login_path: Option<&'static str>,
    pub(crate) next_field: Option<&'static str>,
    pub(crate) mounted_at: Option<&'static str>,
    pub(crate) on_refusal: Option<OnRefusal>,
    pub(crate) trusted_origins: Vec<&'static str>,
    pub(crate) trusted_origin_if: Option<fn(&str) -> bool>,
    pub(crate) public_origins: Vec<&'static str>,
    pub(crate) max_sessions_per_user: Option<u32>,
    pub(crate) entropy: Option<Entropy>,
    pub(crate) clear_site_data: bool,
    pub(crate) admits: Option<fn(&Account) -> bool>,
    /// Unless there is one, [`DEADLINE_OF_ROTATIONS`] where renewals are set.
    pub(crate) store_deadline: Option<Duration>,
    pub(crate) max_store_calls: Option<usize>,
    pub(crate) bearer: bool,
    pub(crate) renewal: Option<Renewal>,
    /// A session is made for the user's password.
    pub(crate) security_stamp: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lifetimes: Lifetimes::default(),
            cookie: None,
            insecure_dev: false,
            cookie_name: "__Host-session",
            login_path: None,
            next_field: None,
            mounted_at: None,
            on_refusal: None,
            trusted_origins: Vec::new(),
            trusted_origin_if: None,
            public_origins: Vec::new(),
            max_sessions_per_user: None,
            entropy: None,
            clear_site_data: false,
            admits: None,
            store_deadline: None,
            max_store_calls: None,
            bearer: false,
            renewal: None,
            security_stamp: false,
        }
    }
}

impl Settings {
    pub(super) async fn connect<S: Store<Account>>(
        self,
        mut builder: AuthBuilder<Account, S>,
        clock: TestClock,
    ) -> Auth<Account> {
        builder = builder.lifetimes(self.lifetimes).clock(clock);
        if let Some(cookie) = self.cookie {
            builder = builder.cookie(cookie);
        }
        if self.insecure_dev {
            builder = builder.insecure_dev();
        }
        if let Some(path) = self.login_path {
            builder = builder.login_path(path);
        }
        if let Some(name) = self.next_field {
            builder = builder.next_field(name);
        }
        if let Some(path) = self.mounted_at {
            builder = builder.mounted_at(path);
        }
        if let Some(hook) = self.on_refusal {
            builder = builder.on_refusal(hook);
        }
        if !self.trusted_origins.is_empty() {
            builder = builder.trusted_origins(self.trusted_origins);
        }
        if let Some(trusts) = self.trusted_origin_if {
            builder = builder.trusted_origin_if(trusts);
        }
        if !self.public_origins.is_empty() {
            builder = builder.public_origins(self.public_origins);
        }
        if let Some(limit) = self.max_sessions_per_user {
            builder = builder.max_sessions_per_user(limit);
        }
        if self.clear_site_data {
            builder = builder.clear_site_data();
        }
        if let Some(entropy) = self.entropy {
            builder = builder.entropy(entropy);
        }
        if let Some(admits) = self.admits {
            builder = builder.admits(admits);
        }
        let of_rotations = self.renewal.map(|_| DEADLINE_OF_ROTATIONS);
        if let Some(deadline) = self.store_deadline.or(of_rotations) {
            builder = builder.store_deadline(deadline);
        }
        if let Some(limit) = self.max_store_calls {
            builder = builder.max_store_calls(limit);
        }
        if self.bearer {
            builder = builder.bearer();
        }
        if let Some(renewal) = self.renewal {
            builder = builder.renewal(renewal);
        }
        if self.security_stamp {
            builder = builder.security_stamp(|account: &Account| account.password.as_bytes());
        }
        builder.connect().await.expect("the settings fit together")
    }
}
