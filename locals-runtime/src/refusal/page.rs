//! The library's own words for those who read pages and those who read JSON: constants, so there is nothing
//! to escape and nothing to tell.

use super::PlainResponse;
use std::borrow::Cow;

/// A page around the line of text that a refusal has anyway: no script, nothing to load, and light or dark
/// as the reader has it.
pub(super) fn html(plain: PlainResponse) -> PlainResponse {
    let (title, text) = (phrase(plain.status), escaped(plain.body.trim_end()));
    let page = format!(
        "<!doctype html>\n\
         <html lang=\"en\">\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n\
         <h1>{title}</h1>\n\
         <p>{text}</p>\n"
    );
    PlainResponse {
        body: page.into(),
        content_type: Some("text/html; charset=utf-8".into()),
        ..plain
    }
}

/// A problem without a type of its own, whose title is then the status in words (RFC 9457 §4.2.1).
pub(super) fn problem(plain: PlainResponse) -> PlainResponse {
    let (status, title) = (plain.status, phrase(plain.status));
    let problem = format!(r#"{{"type":"about:blank","title":"{title}","status":{status}}}"#);
    PlainResponse {
        body: problem.into(),
        content_type: Some("application/problem+json".into()),
        ..plain
    }
}

/// Of the statuses that a refusal has (RFC 9110 §15).
fn phrase(status: u16) -> &'static str {
    match status {
        401 => "Unauthorized",
        403 => "Forbidden",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}

fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return text.into();
    }
    let escaped = text.replace('&', "&amp;");
    let escaped = escaped.replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace('"', "&quot;").replace('\'', "&#39;").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_escaped_and_loads_nothing() {
        let page = html(PlainResponse::text(403, "<script>&\"'\n"));
        assert!(
            page.body.contains("<p>&lt;script&gt;&amp;&quot;&#39;</p>"),
            "{}",
            page.body
        );
        for word in ["<script", "src=", "href=", "style", "http:", "https:"] {
            assert!(!page.body.contains(word), "{word}");
        }
        assert_eq!((page.status, page.content_type.is_some()), (403, true));
    }

    #[test]
    fn a_problem_is_json_of_rfc_9457() {
        for (status, title) in [
            (401, "Unauthorized"),
            (403, "Forbidden"),
            (500, "Internal Server Error"),
            (503, "Service Unavailable"),
        ] {
            let problem = problem(PlainResponse::text(status, "no"));
            let read: serde_json::Value = serde_json::from_str(&problem.body).expect("JSON");
            let expected =
                serde_json::json!({ "type": "about:blank", "title": title, "status": status });
            assert_eq!(read, expected);
            assert_eq!(
                problem.content_type.as_deref(),
                Some("application/problem+json")
            );
        }
    }
}
