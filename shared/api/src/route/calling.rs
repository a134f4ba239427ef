use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::escalation::Escalation;
use engine::command::{self, Calling};
use utoipa::ToSchema;

use crate::App;
use crate::problem::Problem;
use crate::request::{Command, Text};
use crate::view::Incident;

/// Who snoozes it, and until when.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what is read")]
pub(crate) struct Snooze {
    /// When to be called again, RFC 3339 or seconds since the epoch, at most 7d ahead; this or `for` must be given.
    #[schema(nullable = false)]
    until: Option<String>,
    /// After how long to be called again.
    #[serde(rename = "for")]
    #[schema(nullable = false, rename = "for", example = "45m")]
    lasts: Option<String>,
    /// Who takes it; default the caller.
    #[schema(nullable = false, example = "ann")]
    by: Option<String>,
}

/// What a person says about an incident.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what is read")]
pub(crate) struct Note {
    /// The words.
    #[schema(example = "rolled back, error rate falls")]
    text: String,
    /// Who says it; default the caller.
    #[schema(nullable = false, example = "ann")]
    by: Option<String>,
}

/// Takes the incident from whoever has it.
#[utoipa::path(post, path = "/v1/incidents/{id}/take-over", operation_id = "take_over_incident", tag = "incidents",
    params(("id" = String, Path, description = "The incident")),
    request_body = super::commands::By,
    responses(
        (status = 200, description = "It is theirs", body = Incident),
        (status = 409, description = "It is over"),
    ),
)]
pub(crate) async fn take_over<A: App>(State(app): State<Arc<A>>, command: Command) -> Result<Json<Incident>, Problem> {
    call(app.as_ref(), command, Calling::TakeOver).await
}

/// Takes the incident, and has its escalation begin again then.
#[utoipa::path(post, path = "/v1/incidents/{id}/snooze", operation_id = "snooze_incident", tag = "incidents",
    params(("id" = String, Path, description = "The incident")),
    request_body = Snooze,
    responses(
        (status = 200, description = "Nobody is called until then", body = Incident),
        (status = 409, description = "It is over, or has no escalation policy"),
    ),
)]
pub(crate) async fn snooze<A: App>(State(app): State<Arc<A>>, mut command: Command) -> Result<Json<Incident>, Problem> {
    let now = app.now();
    let until = command.form.end("until", "for", (now, now + Escalation::SNOOZE_MAX));
    if until.is_some_and(|until| until <= now) {
        command.form.wrong("until", "a snooze must end in the future", None);
    }
    call(app.as_ref(), command, Calling::Snooze { until: until.unwrap_or(now) }).await
}

/// Has the next step of the escalation called now, whoever has it.
#[utoipa::path(post, path = "/v1/incidents/{id}/escalate", operation_id = "escalate_incident", tag = "incidents",
    params(("id" = String, Path, description = "The incident")),
    request_body = super::commands::By,
    responses(
        (status = 200, description = "They are called", body = Incident),
        (status = 409, description = "It is over, or has no escalation policy"),
    ),
)]
pub(crate) async fn escalate<A: App>(State(app): State<Arc<A>>, command: Command) -> Result<Json<Incident>, Problem> {
    call(app.as_ref(), command, Calling::Escalate).await
}

/// Tells nobody of the incident's alerts until it is over.
#[utoipa::path(post, path = "/v1/incidents/{id}/mute", operation_id = "mute_incident", tag = "incidents",
    params(("id" = String, Path, description = "The incident")),
    request_body = super::commands::By,
    responses(
        (status = 200, description = "It is muted", body = Incident),
        (status = 409, description = "It is over"),
    ),
)]
pub(crate) async fn mute<A: App>(State(app): State<Arc<A>>, command: Command) -> Result<Json<Incident>, Problem> {
    call(app.as_ref(), command, Calling::Mute).await
}

/// Tells of a muted incident as ever.
#[utoipa::path(post, path = "/v1/incidents/{id}/unmute", operation_id = "unmute_incident", tag = "incidents",
    params(("id" = String, Path, description = "The incident")),
    request_body = super::commands::By,
    responses(
        (status = 200, description = "It is told of", body = Incident),
        (status = 409, description = "It is over"),
    ),
)]
pub(crate) async fn unmute<A: App>(State(app): State<Arc<A>>, command: Command) -> Result<Json<Incident>, Problem> {
    call(app.as_ref(), command, Calling::Unmute).await
}

/// Writes what a person says into the timeline; a word of whoever has the incident puts the next reminder off.
#[utoipa::path(post, path = "/v1/incidents/{id}/note", operation_id = "note_incident", tag = "incidents",
    params(("id" = String, Path, description = "The incident")),
    request_body = Note,
    responses((status = 200, description = "It stands in the timeline", body = Incident)),
)]
pub(crate) async fn note<A: App>(State(app): State<Arc<A>>, mut command: Command) -> Result<Json<Incident>, Problem> {
    let by = command.by();
    let text = command.form.required("text", Text::WORDS, "say it in words");
    let (by, text) = command.form.finish(by.zip(text))?;
    let id = command.path.incident()?;
    let setup = app.setup().await?;
    let incident = command::note(app.store(), app.outlet(), setup, (&id, &by, &text), app.now()).await?;
    Ok(Json(incident.into()))
}

async fn call<A: App>(app: &A, mut command: Command, wish: Calling) -> Result<Json<Incident>, Problem> {
    let by = command.by();
    let by = command.form.finish(by)?;
    let id = command.path.incident()?;
    let setup = app.setup().await?;
    let incident = command::call(app.store(), app.outlet(), setup, (&id, &by, wish), app.now()).await?;
    Ok(Json(incident.into()))
}
