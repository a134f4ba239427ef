//! What a request says, read strictly: nothing unknown, nothing twice, all mistakes at once.

mod accept;
mod body;
mod cursor;
mod form;
mod pairs;

use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use domain::id::{ActionId, DrillId, Fingerprint, IncidentId, OverrideId, ServiceName, SilenceId, SloName};
use domain::setup::Setup;
use http::request::Parts;

pub(crate) use accept::{Representation, accepted};
pub(crate) use cursor::{Paging, next_cursor, page_by_name};
pub(crate) use form::{Form, Text, known_service, nearest_service, shortened};

use crate::problem::{Kind, Problem};
use crate::{Caller, RequestId};

/// The longest text that can name anything; ids and names are shorter.
const ID_BYTES_MAX: usize = domain::id::NAME_BYTES_MAX;

/// A question: path and query parameters, and the representations that the caller takes.
pub(crate) struct Query {
    pub path: Path,
    pub form: Form,
    pub accept: String,
}

/// A command: path parameters, the fields of the body, and who sends it.
pub(crate) struct Command {
    pub path: Path,
    pub form: Form,
    pub caller: Option<String>,
    /// The gateway's name of the request.
    pub request: Option<String>,
}

/// A command without much to say: its fields stand in the query or in the body.
pub(crate) struct Order {
    pub form: Form,
}

/// Where the request was sent, such as `https://example.com`; none if it does not say so in a way that can be repeated.
pub(crate) struct Origin(pub Option<String>);

/// What another system sends in a form of its own.
pub(crate) struct Foreign(axum::body::Bytes);

/// The parameters of the path.
pub(crate) struct Path(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::of(parts, state).await?;
        let accept = parts.headers.get_all(http::header::ACCEPT).iter();
        let accept: Vec<_> = accept.filter_map(|value| value.to_str().ok()).collect();
        let form = Form::of_query(parts.uri.query().unwrap_or_default());
        Ok(Self { path, form, accept: accept.join(",") })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let scheme = header("x-forwarded-proto").filter(|scheme| *scheme == "http").unwrap_or("https");
        let is_plain = |c: u8| c.is_ascii_alphanumeric() || b"-.:[]".contains(&c);
        let host = header("host").filter(|host| host.len() <= 255 && !host.is_empty() && host.bytes().all(is_plain));
        Ok(Self(host.map(|host| format!("{scheme}://{host}"))))
    }
}

impl Query {
    /// For routes without parameters.
    pub(crate) fn none(self) -> Result<(), Problem> {
        self.form.finish(Some(()))
    }
}

impl<S: Send + Sync> FromRequest<S> for Command {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let path = Path::of(&mut parts, state).await?;
        Form::of_query(parts.uri.query().unwrap_or_default()).finish(Some(()))?;
        let caller = parts.extensions.get::<Caller>().map(|caller| caller.0.clone());
        let request = parts.extensions.get::<RequestId>().map(|id| id.0.clone());
        let form = Form::of_body(body::read(&parts.headers, body).await?);
        Ok(Self { path, form, caller, request })
    }
}

impl<S: Send + Sync> FromRequest<S> for Order {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let parameters = Form::of_query(parts.uri.query().unwrap_or_default());
        Ok(Self { form: Form::of_body(body::read(&parts.headers, body).await?).and(parameters) })
    }
}

impl<S: Send + Sync> FromRequest<S> for Foreign {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        Ok(Self(body::bytes(&parts.headers, body).await?))
    }
}

impl Foreign {
    /// As it came.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// It may have fields that we do not know, and be more than an object.
    pub(crate) fn json(&self) -> Result<serde_json::Value, Problem> {
        let malformed = |error| Problem::new(Kind::MalformedBody, format!("the body is not JSON: {error}"));
        serde_json::from_slice(&self.0).map_err(malformed)
    }
}

impl Command {
    /// Who does it: as the body says, as the gateway has authenticated them, or both: `ann (arn:aws:iam::...)`.
    pub(crate) fn by(&mut self) -> Option<String> {
        let said = self.form.optional("by", Text::LINE);
        match (said, &self.caller) {
            (Some(said), Some(caller)) => Some(format!("{said} ({caller})")),
            (Some(said), None) => Some(said),
            (None, Some(caller)) => Some(caller.clone()),
            (None, None) => {
                self.form.missing("by", "say who you are");
                None
            }
        }
    }
}

/// Whether a text can be an id of anything.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() <= ID_BYTES_MAX && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

impl Path {
    async fn of<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let malformed = |error: &dyn std::fmt::Display| Problem::new(Kind::InvalidRequest, error.to_string());
        let found = RawPathParams::from_request_parts(parts, state).await;
        let found = found.map_err(|error| malformed(&error))?;
        Ok(Self(found.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()))
    }

    /// A parameter as it stands; empty if there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// The incident that the path names; what cannot be an id names none.
    pub(crate) fn incident(&self) -> Result<IncidentId, Problem> {
        self.id("id").map(IncidentId::given).ok_or_else(|| self.nothing("incident", "id"))
    }

    /// The alert that the path names.
    pub(crate) fn alert(&self) -> Result<Fingerprint, Problem> {
        self.id("id").map(Fingerprint::given).ok_or_else(|| self.nothing("alert", "id"))
    }

    /// The action that the path names.
    pub(crate) fn action(&self) -> Result<ActionId, Problem> {
        self.id("action").map(ActionId::given).ok_or_else(|| self.nothing("action", "action"))
    }

    /// The drill that the path names.
    pub(crate) fn drill(&self) -> Result<DrillId, Problem> {
        self.id("id").map(DrillId::given).ok_or_else(|| self.nothing("drill", "id"))
    }

    /// The silence that the path names.
    pub(crate) fn silence(&self) -> Result<SilenceId, Problem> {
        self.id("id").map(SilenceId::given).ok_or_else(|| self.nothing("silence", "id"))
    }

    /// The override that the path names.
    pub(crate) fn order(&self) -> Result<OverrideId, Problem> {
        self.id("id").map(OverrideId::given).ok_or_else(|| self.nothing("override", "id"))
    }

    /// The service that the path names.
    pub(crate) fn service(&self, setup: &Setup) -> Result<ServiceName, Problem> {
        let text = self.text("name");
        let known = text.parse().ok().filter(|name| setup.service(name).is_some());
        known.ok_or_else(|| {
            let hint = form::nearest_service(text, setup);
            self.nothing("service", "name").with_hint(hint)
        })
    }

    /// The objective that the path names; what cannot be a name names none.
    pub(crate) fn slo(&self) -> Result<SloName, Problem> {
        self.text("id").parse().map_err(|_| self.no_slo())
    }

    /// The answer where there is no such objective.
    pub(crate) fn no_slo(&self) -> Problem {
        self.nothing("objective", "id")
    }

    fn id(&self, name: &str) -> Option<&str> {
        let text = self.text(name);
        is_id(text).then_some(text)
    }

    fn nothing(&self, what: &str, name: &str) -> Problem {
        let text = shortened(self.text(name));
        Problem::new(Kind::NotFound, format!("there is no {what} {text}"))
    }
}
