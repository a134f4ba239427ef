use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::id::{Fingerprint, IncidentId};
use engine::command::{self, CommandError};
use engine::decide::SPLIT_MAX;
use utoipa::ToSchema;

use crate::App;
use crate::problem::{Kind, Mistake, Problem};
use crate::request::{Command, Form, Text, is_id, shortened};
use crate::view::Incident;

/// The incident that goes on.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what is read")]
pub(crate) struct MergeIncident {
    /// The incident in which this one goes on.
    #[schema(example = "inc-5e0a6f4d1c2b3a49")]
    into: String,
    /// Who merges them; default the caller.
    #[schema(nullable = false, example = "ann")]
    by: Option<String>,
}

/// The alerts that leave.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what is read")]
pub(crate) struct SplitIncident {
    /// Fingerprints of alerts that the incident lists and that fire.
    #[schema(example = json!(["alr-5e0a6f4d1c2b3a49"]))]
    alerts: Vec<String>,
    /// Who splits them off; default the caller.
    #[schema(nullable = false, example = "ann")]
    by: Option<String>,
}

/// The incident that this one is not part of.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what is read")]
pub(crate) struct DismissIncident {
    /// An incident that is related to this one.
    #[schema(example = "inc-5e0a6f4d1c2b3a49")]
    related: String,
    /// Who says so; default the caller.
    #[schema(nullable = false, example = "ann")]
    by: Option<String>,
}

/// Has the incident go on in another one, which is the answer. Asked again, it changes nothing.
#[utoipa::path(post, path = "/v1/incidents/{id}/merge", operation_id = "merge_incident", tag = "incidents",
    params(("id" = String, Path, description = "The incident that ends")),
    request_body = MergeIncident,
    responses(
        (status = 200, description = "The incident that goes on", body = Incident),
        (status = 404, description = "There is no such incident; `field` says if it is the one of the body"),
        (status = 409, description = "One of them is over, they differ in category, or an action is under way"),
    ),
)]
pub(crate) async fn merge<A: App>(State(app): State<Arc<A>>, mut command: Command) -> Result<Json<Incident>, Problem> {
    let by = command.by();
    let into = other(&mut command.form, "into", "name the incident that goes on");
    if into.as_ref().is_some_and(|into| into.as_str() == command.path.text("id")) {
        command.form.wrong("into", "an incident is not merged into itself", None);
    }
    let (by, into) = command.form.finish(by.zip(into))?;
    let id = command.path.incident()?;
    let setup = app.setup().await?;
    let merged = command::merge(app.store(), app.outlet(), setup, (&id, &into, &by), app.now()).await;
    Ok(Json(merged.map_err(|error| of_other("into", &into, error))?.into()))
}

/// Splits alerts off into an incident of their own, which is the answer. Asked again, it changes nothing.
#[utoipa::path(post, path = "/v1/incidents/{id}/split", operation_id = "split_incident", tag = "incidents",
    params(("id" = String, Path, description = "The incident that the alerts leave")),
    request_body = SplitIncident,
    responses(
        (status = 200, description = "The incident of their own", body = Incident),
        (status = 409, description = "The incident is over, or does not list them as firing, or nothing that fires would stay"),
    ),
)]
pub(crate) async fn split<A: App>(State(app): State<Arc<A>>, mut command: Command) -> Result<Json<Incident>, Problem> {
    let by = command.by();
    let alerts = alerts(&mut command.form);
    let (by, alerts) = command.form.finish(by.zip(alerts))?;
    let id = command.path.incident()?;
    let setup = app.setup().await?;
    let split = command::split(app.store(), app.outlet(), setup, (&id, &alerts, &by), app.now()).await?;
    Ok(Json(split.into()))
}

/// Says that the incident is not part of a related one: they are not merged but by a person.
#[utoipa::path(post, path = "/v1/incidents/{id}/dismiss", operation_id = "dismiss_related_incident", tag = "incidents",
    params(("id" = String, Path, description = "The incident")),
    request_body = DismissIncident,
    responses(
        (status = 200, description = "The one of both that keeps it in mind", body = Incident),
        (status = 409, description = "Nothing relates them, or they were merged"),
    ),
)]
pub(crate) async fn dismiss<A: App>(
    State(app): State<Arc<A>>,
    mut command: Command,
) -> Result<Json<Incident>, Problem> {
    let by = command.by();
    let related = other(&mut command.form, "related", "name an incident of `related`");
    let (by, related) = command.form.finish(by.zip(related))?;
    let id = command.path.incident()?;
    let dismissed = command::dismiss(app.store(), app.outlet(), (&id, &related, &by), app.now()).await;
    Ok(Json(dismissed.map_err(|error| of_other("related", &related, error))?.into()))
}

/// The incident that a field names.
fn other(form: &mut Form, field: &'static str, hint: &str) -> Option<IncidentId> {
    let text = form.required(field, Text::LINE, hint)?;
    if !is_id(&text) {
        form.wrong(field, format!("{:?} is not the id of an incident", shortened(&text)), Some(hint.to_owned()));
        return None;
    }
    Some(IncidentId::given(&text))
}

fn alerts(form: &mut Form) -> Option<Vec<Fingerprint>> {
    let hint = "name the fingerprints of alerts that the incident lists";
    let texts = form.texts("alerts", Text::LINE, hint)?;
    if texts.len() > SPLIT_MAX {
        form.wrong("alerts", format!("there are {}; at most {SPLIT_MAX} leave together", texts.len()), None);
        return None;
    }
    if let Some(wrong) = texts.iter().find(|text| !is_id(text)) {
        form.wrong("alerts", format!("{:?} is not a fingerprint", shortened(wrong)), Some(hint.to_owned()));
        return None;
    }
    Some(texts.iter().map(Fingerprint::given).collect())
}

/// A problem says so where it is the incident of the body that there is none of.
fn of_other(field: &str, other: &IncidentId, error: CommandError) -> Problem {
    match error {
        CommandError::Unknown(ref id) if id == other => {
            let mistake = Mistake { field: field.to_owned(), detail: error.to_string(), hint: None };
            Problem::of_mistakes(Kind::NotFound, vec![mistake])
        }
        error => error.into(),
    }
}
