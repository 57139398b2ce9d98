//! What a server has written for one request of HTTP/1.1, with a body whose length it says.

use std::str;

pub struct Answer<'a> {
    pub status: u16,
    head: &'a str,
    pub body: &'a [u8],
}

impl<'a> Answer<'a> {
    /// `None` until all of it is there.
    pub fn read(received: &'a [u8]) -> Option<Self> {
        const END: &[u8] = b"\r\n\r\n";
        let end = received.windows(END.len()).position(|four| four == END)?;
        let (head, rest) = received.split_at(end + END.len());
        let head = str::from_utf8(head).ok()?;
        let length = lines(head, "content-length").next();
        let length = length.map_or(Some(0), |length| length.parse().ok())?;
        Some(Self {
            status: head.split(' ').nth(1)?.parse().ok()?,
            head,
            body: rest.get(..length)?,
        })
    }

    /// What it sets, as a browser without cookies sends it afterwards.
    pub fn cookie(&self) -> String {
        let pairs = lines(self.head, "set-cookie").filter_map(|line| line.split(';').next());
        // Who sets one to nothing takes it away.
        let kept = pairs.filter(|pair| pair.split_once('=').is_some_and(|(_, it)| !it.is_empty()));
        kept.collect::<Vec<_>>().join("; ")
    }
}

/// The values of a header.
fn lines<'a>(head: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let fields = head.lines().filter_map(|line| line.split_once(':'));
    fields
        .filter_map(move |(field, value)| field.eq_ignore_ascii_case(name).then_some(value.trim()))
}

#[cfg(test)]
mod tests {
    use super::Answer;

    const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nset-cookie: a=1==; Path=/\r\n\
                        Set-Cookie: b=; Max-Age=0\r\nset-cookie: c=3\r\n\r\nyes";

    #[test]
    fn an_answer_is_read_when_its_last_byte_has_come() {
        for end in 0..PAGE.len() {
            assert!(Answer::read(&PAGE.as_bytes()[..end]).is_none(), "{end}");
        }
        let answer = Answer::read(PAGE.as_bytes()).expect("all of it");
        assert_eq!((answer.status, answer.body), (200, &b"yes"[..]));
    }

    #[test]
    fn a_cookie_that_is_taken_away_is_not_sent() {
        let answer = Answer::read(PAGE.as_bytes()).expect("all of it");
        assert_eq!(answer.cookie(), "a=1==; c=3");
    }

    #[test]
    fn an_answer_without_a_body_ends_with_its_head() {
        let answer = Answer::read(b"HTTP/1.1 303 See Other\r\n\r\n").expect("all of it");
        assert_eq!((answer.status, answer.body), (303, &b""[..]));
    }
}
