mod from;
mod kind;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use kind::Kind;

/// Why a request is not answered as asked: a problem document of RFC 9457.
///
/// It travels as an extension of its response; [`render`] writes the body, since only the router knows the request.
#[derive(Clone, PartialEq, Debug)]
pub struct Problem(Box<Inner>);

#[derive(Clone, PartialEq, Debug)]
struct Inner {
    kind: Kind,
    document: Document,
    retry_after_seconds: Option<u32>,
    /// For the log, not for the caller.
    cause: Option<String>,
}

impl Inner {
    fn log(&self) {
        let status = self.document.status;
        if let Some(cause) = &self.cause {
            tracing::error!(status, problem = self.kind.slug(), cause, "The request failed.");
        } else {
            // What the caller wrote may be anything, so it is told to the caller and to no log.
            tracing::info!(status, problem = self.kind.slug(), "The request was refused.");
        }
    }
}

/// The document as it is sent.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Document {
    /// What kind of problem it is: `urn:tocsin:problem:<kind>`, stable.
    #[serde(rename = "type")]
    kind: String,
    /// The kind in words, stable.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong with this request.
    detail: String,
    /// The path of the request.
    instance: String,
    /// The first parameter or body field that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    field: Option<String>,
    /// What would be right.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    hint: Option<String>,
    /// All parameters and fields that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Mistake>,
    /// The incident that stands in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    incident: Option<String>,
}

/// One parameter or body field that is wrong.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Mistake {
    /// Its name.
    pub field: String,
    /// What is wrong with it.
    pub detail: String,
    /// What would be right.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub hint: Option<String>,
}

impl Problem {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        let document = Document {
            kind: format!("urn:tocsin:problem:{}", kind.slug()),
            title: kind.title(),
            status: kind.status().as_u16(),
            detail: detail.into(),
            ..Document::default()
        };
        Self(Box::new(Inner { kind, document, retry_after_seconds: kind.retry_after_seconds(), cause: None }))
    }

    /// All mistakes of a request at once.
    pub(crate) fn of_mistakes(kind: Kind, mistakes: Vec<Mistake>) -> Self {
        let sentences: Vec<_> = mistakes.iter().map(|m| format!("{}: {}", m.field, m.detail)).collect();
        let mut problem = Self::new(kind, sentences.join("; "));
        if let Some(first) = mistakes.first() {
            problem.0.document.field = Some(first.field.clone());
            problem.0.document.hint.clone_from(&first.hint);
        }
        problem.0.document.errors = mistakes;
        problem
    }

    pub(crate) fn with_field(mut self, field: &str) -> Self {
        self.0.document.field = Some(field.to_owned());
        self
    }

    pub(crate) fn with_hint(mut self, hint: Option<String>) -> Self {
        self.0.document.hint = hint;
        self
    }

    pub(crate) fn with_incident(mut self, incident: impl Into<String>) -> Self {
        self.0.document.incident = Some(incident.into());
        self
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        self.0.kind.status()
    }

    /// What is wrong with the request.
    pub(crate) fn detail(&self) -> &str {
        &self.0.document.detail
    }

    /// When to ask again, in seconds; `None`: asking again does not help.
    pub(crate) fn retry_after_seconds(&self) -> Option<u32> {
        self.0.retry_after_seconds
    }

    /// Writes a line of the log.
    pub(crate) fn log(&self) {
        self.0.log();
    }

    pub(crate) fn because(mut self, cause: &impl ToString) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.kind.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the problem that a response carries, if any, into its body; `instance` is the request's path.
pub(crate) fn render(mut response: Response, instance: &str) -> Response {
    let Some(Problem(mut inner)) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    inner.log();
    instance.clone_into(&mut inner.document.instance);
    let body = serde_json::to_vec(&inner.document).expect("texts and numbers can be written as JSON");
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.remove(CONTENT_LENGTH);
    if let Some(seconds) = inner.retry_after_seconds {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    *response.body_mut() = Body::from(body);
    response
}
