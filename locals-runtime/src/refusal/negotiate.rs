//! [`Shape`]: in which shape a refusal is answered, by what the request says of who reads the answer.

use super::{Denial, PlainResponse, page};
use crate::{
    login::LoginOptions,
    origin::OriginCheck,
    request::{Field, RequestHead},
};

/// Who reads the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Somebody in front of a browser, who asked for a page by its address or by a link.
    Page,
    /// The same, who sent a form.
    AfterForm,
    /// htmx, which follows its own header to another page.
    Htmx,
    /// A program that prefers JSON.
    Json,
    /// Anybody else.
    Text,
}

/// What the choice depends on.
pub(super) const CHOSEN_BY: &str = "Accept, Sec-Fetch-Mode, HX-Request";

impl Shape {
    /// `Sec-Fetch-Mode` decides what a navigation is where the browser sends it (Fetch Metadata §2.3): a
    /// `fetch` for a piece of HTML is none. htmx comes before the guess for other browsers, as a redirect
    /// would have it put the login page into the middle of another.
    pub(super) fn of(request: &impl RequestHead) -> Self {
        let mode = match request.single(Field::SecFetchMode) {
            Ok(mode) => mode.filter(|mode| !mode.is_empty()),
            // Of no browser: it is said what it is not.
            Err(_) => Some(b"".as_slice()),
        };
        let accepted = Accepted::of(request);
        let is_htmx = matches!(request.single(Field::HxRequest), Ok(Some(b"true")));
        let navigates = match mode {
            Some(mode) => mode == b"navigate",
            None => !is_htmx && accepted.html > 0 && (reads(request) || sends_form(request)),
        };
        if navigates && reads(request) {
            Self::Page
        } else if navigates {
            Self::AfterForm
        } else if is_htmx {
            Self::Htmx
        } else if accepted.prefers_json() {
            Self::Json
        } else {
            Self::Text
        }
    }

    /// The page to come back to after signing in, as the browser knows it.
    pub(super) fn next(
        self,
        request: &impl RequestHead,
        login: &LoginOptions,
        origin: &OriginCheck,
    ) -> Option<String> {
        let field = match self {
            Self::Page => return login.mounted(&request.path_and_query()),
            Self::Htmx => Field::HxCurrentUrl,
            Self::AfterForm | Self::Json | Self::Text => Field::Referer,
        };
        let url = request.single(field).ok().flatten()?;
        origin.own_path(url, request).map(str::to_owned)
    }

    /// The answer to such a reader, from what it is in a line of text.
    pub(super) fn answer(
        self,
        denial: &Denial,
        mut plain: PlainResponse,
        login_url: Option<String>,
    ) -> PlainResponse {
        let login_url = login_url.filter(|_| matches!(denial, Denial::SignedOut));
        match (self, login_url) {
            (Self::Page | Self::AfterForm, Some(login_url)) => {
                if self == Self::AfterForm {
                    plain.vary.push("Referer");
                }
                plain.status = 303;
                plain.with("location", login_url)
            }
            (Self::Htmx, Some(login_url)) => {
                plain.vary.push("HX-Current-URL");
                plain.with("hx-redirect", login_url)
            }
            (Self::Page | Self::AfterForm, None) => page::html(plain),
            (Self::Json, _) => page::problem(plain),
            (Self::Htmx | Self::Text, _) => plain,
        }
    }
}

fn reads(request: &impl RequestHead) -> bool {
    matches!(request.method(), "GET" | "HEAD")
}

/// A form as browsers send it by themselves; `text/plain` says too little.
fn sends_form(request: &impl RequestHead) -> bool {
    let Ok(Some(content_type)) = request.single(Field::ContentType) else {
        return false;
    };
    let media_type = content_type.split(|byte| *byte == b';').next();
    let media_type = media_type.unwrap_or_default().trim_ascii();
    let forms: [&[u8]; 2] = [b"application/x-www-form-urlencoded", b"multipart/form-data"];
    request.method() == "POST"
        && forms
            .iter()
            .any(|form| media_type.eq_ignore_ascii_case(form))
}

/// How much three kinds of media types are wanted, in thousandths; zero is not at all.
#[derive(Default)]
struct Accepted {
    html: u16,
    json: u16,
    text: u16,
}

impl Accepted {
    fn of(request: &impl RequestHead) -> Self {
        let mut accepted = Self::default();
        for line in request.lines(Field::Accept) {
            for range in line.split(|byte| *byte == b',') {
                accepted.add(range);
            }
        }
        accepted
    }

    fn add(&mut self, range: &[u8]) {
        let mut parts = range.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let media_type = parts.next().unwrap_or_default();
        let known = if media_type.eq_ignore_ascii_case(b"text/html") {
            &mut self.html
        } else if media_type.eq_ignore_ascii_case(b"text/plain") {
            &mut self.text
        } else if is_json(media_type) {
            &mut self.json
        } else {
            return;
        };
        let weight = parts.find_map(weight).unwrap_or(1000);
        *known = weight.max(*known);
    }

    /// More than a page, and no less than a text: programs that list both ask for JSON by it.
    fn prefers_json(&self) -> bool {
        self.json > self.html && self.json >= self.text
    }
}

/// `application/json`, and what is written in it (RFC 6839 §3.1).
fn is_json(media_type: &[u8]) -> bool {
    let suffix = media_type.last_chunk::<5>();
    media_type.eq_ignore_ascii_case(b"application/json")
        || suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case(b"+json"))
}

/// The weight that a parameter is (RFC 9110 §12.4.2), in thousandths; one that cannot be read is zero.
fn weight(parameter: &[u8]) -> Option<u16> {
    let value = parameter
        .strip_prefix(b"q=")
        .or_else(|| parameter.strip_prefix(b"Q="))?;
    let (whole, fraction) = match value {
        [whole] => (*whole, b"".as_slice()),
        [whole, b'.', fraction @ ..] => (*whole, fraction),
        _ => return Some(0),
    };
    if !whole.is_ascii_digit() || !fraction.iter().all(u8::is_ascii_digit) {
        return Some(0);
    }
    let digits = std::iter::once(whole).chain(fraction.iter().copied());
    let places = [1000_u16, 100, 10, 1].into_iter();
    let thousandths = digits
        .zip(places)
        .map(|(digit, place)| u16::from(digit - b'0') * place);
    Some(thousandths.sum::<u16>().min(1000))
}

#[cfg(test)]
mod tests;
