use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::units::{Span, Time};
use engine::explain::{ExplainError, Subject, explain};
use utoipa::ToSchema;

use crate::App;
use crate::problem::{Kind, Problem};
use crate::request::{Order, Query, Text};
use crate::view::Explanation;

/// How far ahead anything is explained.
const AHEAD_MAX: Span = Span::DAY.times(366);

/// An alert that there is not, or the name of one that there is.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what is read")]
pub(crate) struct ExplainAlert {
    /// The labels of a made-up alert, such as `alertname`, `service` and `severity`.
    #[schema(nullable = false, example = json!({"alertname": "errors", "service": "shop-checkout", "severity": "SEV1"}))]
    labels: Option<BTreeMap<String, String>>,
    /// Instead: the name or fingerprint of a stored alert.
    #[schema(nullable = false, example = "shop-checkout-errors")]
    alert: Option<String>,
    /// As of when, also to come or over, RFC 3339 or seconds since 1970; default now.
    #[schema(nullable = false, example = "2026-01-31T03:00:00Z")]
    at: Option<String>,
}

/// Why an alert was told, or was not: every step between it and people, in order.
#[utoipa::path(get, path = "/v1/alerts/{id}/explain", operation_id = "explain_alert", tag = "alerts",
    params(
        ("id" = String, Path, description = "The alert's fingerprint"),
        ("at" = inline(Option<String>), Query, description = "As of when, also to come or over; default now"),
    ),
    responses((status = 200, description = "The steps", body = Explanation)),
)]
pub(crate) async fn get<A: App>(
    State(app): State<Arc<A>>,
    Query { mut form, path, .. }: Query,
) -> Result<Json<Explanation>, Problem> {
    let at = form.time_until("at", app.now() + AHEAD_MAX);
    form.finish(Some(()))?;
    let what = Subject::Alert(path.alert()?);
    answer(&*app, &what, at).await
}

/// The same for a made-up alert, which begins to fire at that time, or for the stored alert of a name.
#[utoipa::path(post, path = "/v1/explain", operation_id = "explain", tag = "alerts",
    request_body = ExplainAlert,
    responses(
        (status = 200, description = "The steps", body = Explanation),
        (status = 404, description = "There is no alert of that name"),
    ),
)]
pub(crate) async fn post<A: App>(
    State(app): State<Arc<A>>,
    Order { mut form }: Order,
) -> Result<Json<Explanation>, Problem> {
    let at = form.time_until("at", app.now() + AHEAD_MAX);
    let alert = form.optional("alert", Text::LINE);
    let has_labels = form.has("labels");
    let labels = form.labels();
    let what = match (alert, has_labels) {
        (Some(name), false) => Some(Subject::Named(name)),
        (None, true) => Some(Subject::Labels(labels.into())),
        (Some(_), true) => {
            form.wrong("alert", "there are labels too", Some("leave one of alert and labels out".to_owned()));
            None
        }
        (None, false) => {
            form.missing("labels", "give the labels of a made-up alert, or name a stored one as alert");
            None
        }
    };
    let what = form.finish(what)?;
    answer(&*app, &what, at).await
}

async fn answer<A: App>(app: &A, what: &Subject, at: Option<Time>) -> Result<Json<Explanation>, Problem> {
    let setup = app.setup().await?;
    let explained = explain(app.store(), setup, (what, at), app.now()).await;
    explained.map(|explanation| Json(explanation.into())).map_err(|error| match error {
        ExplainError::Unknown(_) => Problem::new(Kind::NotFound, error.to_string()),
        ExplainError::Several { .. } | ExplainError::Labels(_) => Problem::new(Kind::InvalidRequest, error.to_string()),
        ExplainError::UseCase(error) => error.into(),
    })
}
