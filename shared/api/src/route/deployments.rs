use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::deployment::Deployment;
use engine::announce::announced;
use engine::port::{CommitError, Ledger};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;
use crate::problem::Problem;
use crate::request::{Command, Text};

/// A deployment as a pipeline tells of it.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what `record` reads")]
pub(crate) struct RecordDeployment {
    /// A service of the configuration.
    #[schema(example = "shop-checkout")]
    service: String,
    /// What serves since.
    #[schema(example = "1.4.2")]
    version: String,
    /// What served before.
    #[schema(nullable = false, example = "1.4.1")]
    previous_version: Option<String>,
    /// Description, commit or hash of the version.
    #[schema(nullable = false)]
    description: Option<String>,
    /// When it began to serve, RFC 3339 or seconds since the epoch; default now.
    #[schema(nullable = false)]
    at: Option<String>,
}

/// A recorded deployment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordedDeployment {
    /// Its id; the same deployment told twice has the same.
    deployment: String,
}

/// Records a deployment, so that an incident after it can name it.
#[utoipa::path(post, path = "/v1/deployments", operation_id = "record_deployment", tag = "deployments",
    request_body = RecordDeployment,
    responses(
        (status = 202, description = "It is recorded", body = RecordedDeployment),
        (status = 422, description = "The configuration does not have this service"),
    ),
)]
pub(crate) async fn record<A: App>(
    State(app): State<Arc<A>>,
    Command { mut form, .. }: Command,
) -> Result<impl IntoResponse, Problem> {
    let (setup, now) = (app.setup().await?, app.now());
    let service = form.service(setup);
    let version = form.required("version", Text::LINE, "say what serves now");
    let from = form.optional("previous_version", Text::LINE);
    let description = form.optional("description", Text::LINE).unwrap_or_default();
    let at = form.time("at", now).unwrap_or(now);
    let read = (|| Some((service?, version?)))();
    let (service, to) = form.finish(read)?;
    let id = Deployment::id_of(service.as_str(), from.as_deref(), &to, at);
    let answer = RecordedDeployment { deployment: id.to_string() };
    let resource = None;
    let deployment = Deployment { id, service, resource, from, to, moved_after: at, moved_by: at, description };
    match app.store().commit(&announced(setup, deployment, now)).await {
        // It is there already: the same deployment was told twice.
        Ok(()) | Err(CommitError::Conflict { .. }) => Ok((StatusCode::ACCEPTED, Json(answer))),
        Err(CommitError::Port(error)) => Err(error.into()),
    }
}
