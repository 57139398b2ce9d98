//! What came back: the response, and the session's cookie in it.

/// A session token as the browser holds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Token(pub(crate) String);

impl Token {
    pub(crate) fn of(session: &locals::Session) -> Self {
        Self(session.token().expose().to_owned())
    }

    /// The public half: what `SessionId` displays.
    pub(crate) fn id(&self) -> &str {
        self.0
            .split_once('.')
            .expect("a token has an id and a secret")
            .0
    }
}

/// A `Set-Cookie` line, taken apart as strictly as it should have been written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SetCookie {
    pub(crate) name: String,
    pub(crate) value: String,
    /// In the order of the line; `None` for one without `=`.
    pub(crate) attributes: Vec<(String, Option<String>)>,
}

impl SetCookie {
    /// Takes `name=value; Attribute; Attribute=value` apart, and panics at anything else.
    pub(crate) fn parse(line: &[u8]) -> Self {
        let line = std::str::from_utf8(line).expect("our Set-Cookie is ASCII");
        assert!(
            line.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
            "a control in {line:?}"
        );
        let mut parts = line.split("; ");
        let (name, value) = parts
            .next()
            .and_then(|pair| pair.split_once('='))
            .expect("a cookie is name=value");
        let attributes = parts
            .map(|part| match part.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (part.to_owned(), None),
            })
            .collect();
        Self {
            name: name.to_owned(),
            value: value.to_owned(),
            attributes,
        }
    }

    /// The value of `Max-Age`, which stands there exactly once.
    pub(crate) fn max_age(&self) -> u64 {
        let mut values = self.attributes.iter().filter(|(name, _)| name == "Max-Age");
        let (Some((_, Some(seconds))), None) = (values.next(), values.next()) else {
            panic!("not one Max-Age in {self:?}");
        };
        seconds.parse().expect("Max-Age is a number of seconds")
    }

    /// Everything but `Max-Age`: what makes a browser take two lines for the same cookie.
    pub(crate) fn identity(&self) -> Vec<(String, Option<String>)> {
        self.attributes
            .iter()
            .filter(|(name, _)| name != "Max-Age")
            .cloned()
            .collect()
    }

    pub(crate) fn is_removal(&self) -> bool {
        self.value.is_empty() && self.max_age() == 0
    }

    /// Whether the browser forgets it when it closes.
    pub(crate) fn goes_with_the_browser(&self) -> bool {
        let mut names = self.attributes.iter().map(|(name, _)| name);
        !names.any(|name| ["Max-Age", "Expires"].contains(&name.as_str()))
    }

    /// The token of a cookie that is no removal.
    pub(crate) fn token(&self) -> Token {
        let stays = self.goes_with_the_browser() || self.max_age() > 0;
        assert!(
            stays && !self.value.is_empty(),
            "a removal has no token: {self:?}"
        );
        Token(self.value.clone())
    }
}

/// One whole response.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// In order, names in lower case, values as they came.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    pub(super) cookie_name: &'static str,
}

impl Reply {
    /// The values of a header, in order.
    pub(crate) fn headers(&self, name: &str) -> Vec<&[u8]> {
        let same = self
            .headers
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name));
        same.map(|(_, value)| value.as_slice()).collect()
    }

    /// The value of a header that stands there at most once.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let values = self.headers(name);
        assert!(values.len() <= 1, "more than one {name}: {self:?}");
        values
            .first()
            .map(|value| std::str::from_utf8(value).expect("a header in ASCII"))
    }

    /// Every `Set-Cookie` line, whoever's cookie it is.
    pub(crate) fn set_cookies(&self) -> Vec<&[u8]> {
        self.headers("set-cookie")
    }

    /// The session's `Set-Cookie`. More than one of that name is a failure of every test.
    pub(crate) fn our_cookie(&self) -> Option<SetCookie> {
        let prefix = format!("{}=", self.cookie_name);
        let lines = self.set_cookies();
        let mut ours = lines
            .iter()
            .filter(|line| line.starts_with(prefix.as_bytes()));
        let first = ours.next().map(|line| SetCookie::parse(line));
        assert!(
            ours.next().is_none(),
            "more than one cookie of ours: {self:?}"
        );
        first
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body in UTF-8")
    }
}
