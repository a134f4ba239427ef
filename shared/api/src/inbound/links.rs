//! Links that Tocsin sends and people follow without signing in: what is in them is signed by us.

use std::collections::BTreeMap;

use domain::link::LinkError;
use http::StatusCode;
use utoipa::IntoResponses;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{Content, ObjectBuilder, RefOr, Response, ResponseBuilder};

use super::page::Page;
use crate::App;
use crate::problem::Problem;

/// Why a link leads to nothing.
pub(crate) enum Failed {
    Link(LinkError),
    Problem(Problem),
}

impl<E: Into<Problem>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Problem(error.into())
    }
}

impl IntoResponses for Failed {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let answers = [
            ("403", "The link is not ours"),
            (
                "404",
                "It is no link, what it shows is gone or not there yet, or the configuration has no `inbound.links`",
            ),
            ("410", "The link has expired"),
        ];
        let page = Content::new(Some(ObjectBuilder::new().schema_type(Type::String)));
        let response =
            |words: &str| ResponseBuilder::new().description(words).content("text/html", page.clone()).build();
        answers.into_iter().map(|(status, words)| (status.to_owned(), response(words).into())).collect()
    }
}

impl Failed {
    /// The same as a page under this title.
    pub(crate) fn page(self, title: &str) -> Page {
        match self {
            Self::Link(error) => {
                let status = match error {
                    LinkError::Malformed => StatusCode::NOT_FOUND,
                    LinkError::Forged => StatusCode::FORBIDDEN,
                    LinkError::Expired(_) => StatusCode::GONE,
                };
                Page::new(status, title, format!("{}.", sentence(&error.to_string())))
            }
            Self::Problem(problem) => {
                let (status, words) = (problem.status(), sentence(problem.detail()));
                let retry_after_seconds = problem.retry_after_seconds();
                let again = if retry_after_seconds.is_some() { " Try it again in a minute." } else { "" };
                problem.log();
                Page { retry_after_seconds, ..Page::new(status, title, format!("{words}.{again}")) }
            }
        }
    }
}

/// With a capital letter.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The key of our links.
///
/// # Errors
/// As [`super::key`].
pub(crate) async fn key<A: App>(app: &A) -> Result<Vec<u8>, Problem> {
    let secret = app.setup().await?.inbound.links.as_ref();
    super::key(app, secret, "links", "links").await.map(String::into_bytes)
}
