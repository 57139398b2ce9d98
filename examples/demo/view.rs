//! Pages: the templates, and what every page sends along.

use std::{
    sync::LazyLock,
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use minijinja::{Environment, UndefinedBehavior, Value, context};
use time::OffsetDateTime;

use crate::{error::AppError, users::Account};

// The names end in `.html`: that is what turns escaping on.
const SOURCES: [(&str, &str); 9] = [
    ("layout.html", include_str!("templates/layout.html")),
    ("fields.html", include_str!("templates/fields.html")),
    ("home.html", include_str!("templates/home.html")),
    ("signup.html", include_str!("templates/signup.html")),
    ("login.html", include_str!("templates/login.html")),
    ("account.html", include_str!("templates/account.html")),
    ("devices.html", include_str!("templates/devices.html")),
    ("admin.html", include_str!("templates/admin.html")),
    ("missing.html", include_str!("templates/missing.html")),
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

pub(crate) struct Page {
    template: &'static str,
    status: StatusCode,
    personal: bool,
    context: Value,
}

/// A page; with the `account` of a visitor who is signed in, it is theirs alone.
pub(crate) fn page(template: &'static str, account: Option<&Account>, context: Value) -> Page {
    let visitor = account.map(|account| {
        context! { id => account.id, email => &account.email, admin => account.admin }
    });
    Page {
        template,
        status: StatusCode::OK,
        personal: account.is_some(),
        context: context! { template, account => visitor, ..context },
    }
}

impl Page {
    pub(crate) fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let html = TEMPLATES
            .get_template(self.template)
            .and_then(|template| template.render(self.context));
        match html {
            Ok(html) if self.personal => {
                (self.status, SAFETY, NO_STORE, Html(html)).into_response()
            }
            Ok(html) => (self.status, SAFETY, Html(html)).into_response(),
            Err(error) => AppError::internal(error).into_response(),
        }
    }
}

/// The page for an address, or a thing, that is not there.
pub(crate) fn missing(account: Option<&Account>) -> Page {
    page("missing.html", account, context! {}).status(StatusCode::NOT_FOUND)
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
