use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::command::{self, CommandError};
use engine::port::Ledger;
use utoipa::ToSchema;

use crate::App;
use crate::problem::{Kind, Problem};
use crate::request::{Command, Text};
use crate::view::Incident;

/// Who does it.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what is read")]
pub(crate) struct By {
    /// Who does it; default the caller.
    #[schema(nullable = false, example = "ann")]
    by: Option<String>,
}

/// Who ends it, and why.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what is read")]
pub(crate) struct Resolve {
    /// Who ends it; default the caller.
    #[schema(nullable = false, example = "ann")]
    by: Option<String>,
    /// Why, for the timeline.
    #[schema(nullable = false, example = "the provider has fixed it")]
    reason: Option<String>,
}

/// Takes the incident: somebody works on it.
#[utoipa::path(post, path = "/v1/incidents/{id}/acknowledge", operation_id = "acknowledge_incident", tag = "incidents",
    params(("id" = String, Path, description = "The incident")),
    request_body = By,
    responses(
        (status = 200, description = "It is acknowledged", body = Incident),
        (status = 409, description = "It does not wait for anybody"),
    ),
)]
pub(crate) async fn acknowledge<A: App>(
    State(app): State<Arc<A>>,
    mut command: Command,
) -> Result<Json<Incident>, Problem> {
    let by = command.by();
    let by = command.form.finish(by)?;
    let id = command.path.incident()?;
    let incident = command::acknowledge(app.store(), app.outlet(), app.setup().await?, (&id, &by), app.now()).await?;
    Ok(Json(incident.into()))
}

/// Ends the incident, whatever its alerts say.
#[utoipa::path(post, path = "/v1/incidents/{id}/resolve", operation_id = "resolve_incident", tag = "incidents",
    params(("id" = String, Path, description = "The incident")),
    request_body = Resolve,
    responses(
        (status = 200, description = "It is resolved", body = Incident),
        (status = 409, description = "It is over already"),
    ),
)]
pub(crate) async fn resolve<A: App>(
    State(app): State<Arc<A>>,
    mut command: Command,
) -> Result<Json<Incident>, Problem> {
    let by = command.by();
    let reason = command.form.optional("reason", Text::WORDS).unwrap_or_default();
    let by = command.form.finish(by)?;
    let id = command.path.incident()?;
    let setup = app.setup().await?;
    let incident = command::resolve(app.store(), app.outlet(), setup, (&id, &by, &reason), app.now()).await?;
    Ok(Json(incident.into()))
}

/// Gives leave to an action that waits for it.
#[utoipa::path(post, path = "/v1/incidents/{id}/actions/{action}/approve", operation_id = "approve_action", tag = "actions",
    params(
        ("id" = String, Path, description = "The incident"),
        ("action" = String, Path, description = "The action"),
    ),
    request_body = By,
    responses(
        (status = 200, description = "It may act", body = Incident),
        (status = 409, description = "It does not wait for leave, or the incident is over"),
    ),
)]
pub(crate) async fn approve<A: App>(State(app): State<Arc<A>>, command: Command) -> Result<Json<Incident>, Problem> {
    decide(app.as_ref(), command, true).await
}

/// Refuses an action that waits for leave.
#[utoipa::path(post, path = "/v1/incidents/{id}/actions/{action}/refuse", operation_id = "refuse_action", tag = "actions",
    params(
        ("id" = String, Path, description = "The incident"),
        ("action" = String, Path, description = "The action"),
    ),
    request_body = By,
    responses(
        (status = 200, description = "It will not act", body = Incident),
        (status = 409, description = "It does not wait for leave, or the incident is over"),
    ),
)]
pub(crate) async fn refuse<A: App>(State(app): State<Arc<A>>, command: Command) -> Result<Json<Incident>, Problem> {
    decide(app.as_ref(), command, false).await
}

async fn decide<A: App>(app: &A, mut command: Command, approve: bool) -> Result<Json<Incident>, Problem> {
    let by = command.by();
    let by = command.form.finish(by)?;
    let (id, action) = (command.path.incident()?, command.path.action()?);
    let decided = command::decide_action(app.store(), app.outlet(), (&id, &action), (approve, &by), app.now()).await;
    match decided {
        Ok(incident) => Ok(Json(incident.into())),
        Err(error @ CommandError::ActionRefused(_)) => {
            let incident = app.store().incident(&id).await?;
            let known = incident.is_some_and(|incident| incident.actions.iter().any(|known| known.id == action));
            Err(if known {
                error.into()
            } else {
                Problem::new(Kind::NotFound, format!("the incident has no action {action}"))
            })
        }
        Err(error) => Err(error.into()),
    }
}
