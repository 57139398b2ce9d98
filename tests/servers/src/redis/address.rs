//! Where a server is, and who asks it.

/// Parsed from `redis://user:password@host:port/db`, of which all but the host may be missing.
#[derive(Clone, Default)]
pub(super) struct Address {
    host: String,
    port: u16,
    user: String,
    password: String,
    database: u32,
}

impl Address {
    /// On 127.0.0.1, of whoever comes.
    pub(super) fn of(port: u16) -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port,
            ..Self::default()
        }
    }

    pub(super) fn parse(url: &str) -> Option<Self> {
        let rest = url.strip_prefix("redis://")?;
        let (place, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, place) = place.rsplit_once('@').unwrap_or(("", place));
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let (host, port) = place.rsplit_once(':').unwrap_or((place, "6379"));
        Some(Self {
            host: host.to_owned(),
            port: port.parse().ok()?,
            user: user.to_owned(),
            password: password.to_owned(),
            database: match database {
                "" => 0,
                number => number.parse().ok()?,
            },
        })
    }

    pub(super) fn url(&self) -> String {
        let login = match (&*self.user, &*self.password) {
            ("", "") => String::new(),
            (user, password) => format!("{user}:{password}@"),
        };
        let Self {
            host,
            port,
            database,
            ..
        } = self;
        format!("redis://{login}{host}:{port}/{database}")
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// What comes before the first command.
    pub(super) fn greeting(&self) -> Vec<Vec<String>> {
        let mut greeting = Vec::new();
        if !self.password.is_empty() {
            let user = match &*self.user {
                "" => "default",
                user => user,
            };
            greeting.push(
                ["AUTH", user, self.password.as_str()]
                    .map(str::to_owned)
                    .into(),
            );
        }
        if self.database != 0 {
            greeting.push(vec!["SELECT".to_owned(), self.database.to_string()]);
        }
        greeting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_comes_back_as_it_was() {
        for url in [
            "redis://127.0.0.1:6379/0",
            "redis://:secret@localhost:7000/3",
            "redis://ada:secret@localhost:7000/0",
        ] {
            let address = Address::parse(url).expect("an address");
            assert_eq!(address.url(), url);
        }
        assert!(Address::parse("postgres://localhost").is_none());
        assert!(Address::parse("redis://localhost:port").is_none());
    }

    #[test]
    fn the_greeting_says_who_asks_and_of_what() {
        let greets = |url| Address::parse(url).expect("an address").greeting();
        assert!(greets("redis://localhost").is_empty());
        assert_eq!(
            greets("redis://:secret@localhost/3"),
            [vec!["AUTH", "default", "secret"], vec!["SELECT", "3"]]
        );
    }
}
