//! Pages: the templates, and what every page sends along.

use std::{
    sync::LazyLock,
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use locals::PlainResponse;
use minijinja::{Environment, UndefinedBehavior, Value, context};
use time::OffsetDateTime;

use crate::{Locals, users::Account};

// The names end in `.html`: that is what turns escaping on.
const SOURCES: [(&str, &str); 11] = [
    ("layout.html", include_str!("templates/layout.html")),
    ("fields.html", include_str!("templates/fields.html")),
    ("remember.html", include_str!("templates/remember.html")),
    ("home.html", include_str!("templates/home.html")),
    ("signup.html", include_str!("templates/signup.html")),
    ("login.html", include_str!("templates/login.html")),
    ("account.html", include_str!("templates/account.html")),
    ("password.html", include_str!("templates/password.html")),
    ("devices.html", include_str!("templates/devices.html")),
    ("admin.html", include_str!("templates/admin.html")),
    ("notice.html", include_str!("templates/notice.html")),
];

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    for (name, source) in SOURCES {
        environment
            .add_template(name, source)
            .expect("the templates are part of the program");
    }
    environment
});

const SAFETY: [(HeaderName, &str); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
];

/// Keeps a page out of every cache, so that the back button shows nothing after signing out.
pub(crate) const NO_STORE: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

const FAILED: &str = "Something went wrong here. Please try again in a moment.\n";

pub(crate) struct Page {
    template: &'static str,
    status: StatusCode,
    personal: bool,
    context: Value,
}

/// A page that also shows what the page before had to tell; with the `account` of a visitor who is
/// signed in, it is theirs alone.
pub(crate) fn page<M>(
    locals: &Locals<M>,
    template: &'static str,
    account: Option<&Account>,
    context: Value,
) -> Page {
    let visitor = account.map(|account| {
        context! { id => account.id, email => &account.email, admin => account.admin }
    });
    let stranger = account.is_none();
    let flashes: Vec<Value> = locals
        .flashes()
        .into_iter()
        .map(|flash| context! { kind => flash.kind, text => flash.text })
        .collect();
    Page {
        template,
        status: StatusCode::OK,
        personal: account.is_some(),
        context: context! { template, account => visitor, stranger, flashes, ..context },
    }
}

/// The page for a status, with a link to go on by. Who looks at it is not known.
pub(crate) fn notice(status: StatusCode, title: &str, text: &str, way_on: (&str, &str)) -> Page {
    let (href, link) = way_on;
    Page {
        template: "notice.html",
        status,
        personal: false,
        context: context! { title, text, href, link },
    }
}

/// The page for an address, or a thing, that is not there.
pub(crate) fn missing<M>(locals: &Locals<M>, account: Option<&Account>) -> Page {
    let (href, link) = match account {
        Some(_) => ("/devices", "Your devices"),
        None => ("/", "Home"),
    };
    let title = "Not found";
    let text = "There is nothing at this address, or no longer.";
    let words = context! { title, text, href, link };
    page(locals, "notice.html", account, words).status(StatusCode::NOT_FOUND)
}

impl Page {
    pub(crate) fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// In no framework's types, for the library to send.
    pub(crate) fn into_plain(self) -> PlainResponse {
        let Some(html) = self.html() else {
            return PlainResponse::text(500, FAILED);
        };
        let page = PlainResponse::html(self.status.as_u16(), html);
        SAFETY.into_iter().fold(page, |page, (name, value)| {
            page.header(name.as_str().to_owned(), value)
        })
    }

    fn html(&self) -> Option<String> {
        let html = TEMPLATES
            .get_template(self.template)
            .and_then(|template| template.render(&self.context));
        html.inspect_err(|error| tracing::error!("{error:#}")).ok()
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        match self.html() {
            Some(html) if self.personal => {
                (self.status, SAFETY, NO_STORE, Html(html)).into_response()
            }
            Some(html) => (self.status, SAFETY, Html(html)).into_response(),
            // In words of no template.
            None => (StatusCode::INTERNAL_SERVER_ERROR, FAILED).into_response(),
        }
    }
}

/// A point in time, as `<time>` in UTC to the minute.
pub(crate) fn moment(at: SystemTime) -> Value {
    let since_epoch = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let seconds = i64::try_from(since_epoch).unwrap_or(i64::MAX);
    let Ok(at) = OffsetDateTime::from_unix_timestamp(seconds) else {
        return Value::from("far in the future");
    };
    let day = at.date();
    let (hour, minute) = (at.hour(), at.minute());
    Value::from_safe_string(format!(
        r#"<time datetime="{day}T{hour:02}:{minute:02}Z">{day} {hour:02}:{minute:02}</time>"#
    ))
}
