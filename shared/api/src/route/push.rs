mod emf;
mod item;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::metric::PushedValue;
use domain::setup::Setup;
use domain::units::Time;
use engine::push::{Measured, Refused, VALUES_MAX, push, values_of};
use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::App;
use crate::nearest::nearest;
use crate::problem::Problem;
use crate::request::{Command, Form, Text};

/// One value, or many in `metrics`. A document in the Embedded Metric Format (with `_aws`) is taken in either place.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what `read` reads")]
pub(crate) struct PushMetrics {
    /// The metric, as series of a source of kind pushed name it. `name` means the same.
    #[schema(nullable = false, example = "orders")]
    metric: Option<String>,
    /// The same as `metric`.
    #[schema(nullable = false)]
    name: Option<String>,
    /// The value.
    #[schema(nullable = false, example = 12.0)]
    value: Option<f64>,
    /// Its unit, ours or `CloudWatch`'s; default the series' own.
    #[schema(nullable = false)]
    unit: Option<String>,
    /// Only series of this service.
    #[schema(nullable = false)]
    service: Option<String>,
    /// Dimensions; a series may want some of them.
    #[schema(nullable = false, value_type = Option<Object>)]
    dimensions: Option<Map<String, Value>>,
    /// When it was measured, RFC 3339 or seconds since the epoch; default now.
    #[schema(nullable = false)]
    at: Option<String>,
    /// Many of these, or documents in the Embedded Metric Format; up to 1,000 values in all.
    #[schema(nullable = false, value_type = Option<Vec<Object>>)]
    metrics: Option<Vec<Value>>,
    /// The sender's own id of the push: sent again with it, it counts once.
    #[schema(nullable = false)]
    id: Option<String>,
}

/// Values that were taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PushedMetrics {
    /// How many, counted once for each series that wants them.
    accepted: usize,
    /// The series.
    series: Vec<String>,
}

/// Takes values of metrics; the collector reads them with its next ticks. All of them, or none.
#[utoipa::path(post, path = "/v1/metrics", operation_id = "push_metrics", tag = "metrics",
    request_body = PushMetrics,
    responses((status = 202, description = "All values are taken", body = PushedMetrics)),
)]
pub(crate) async fn metrics<A: App>(State(app): State<Arc<A>>, command: Command) -> Result<impl IntoResponse, Problem> {
    let (setup, now) = (app.setup().await?, app.now());
    let Command { mut form, request, .. } = command;
    let given = if form.has(emf::METADATA) { None } else { form.optional("id", Text::LINE) };
    let values = read(form, setup, now)?;
    let id = match (given, request) {
        (Some(id), _) => format!("given-{id}"),
        (None, Some(request)) => format!("request-{request}"),
        (None, None) => format!("content-{}", serde_json::to_string(&values).unwrap_or_default()),
    };
    let id = domain::id::MonitoredEventId::derive(&[&id]);
    let mut series: Vec<String> = values.iter().map(|value| value.series.to_string()).collect();
    let accepted = series.len();
    series.sort();
    series.dedup();
    push(app.store(), app.shards(), id.as_str(), values, now).await?;
    Ok((StatusCode::ACCEPTED, Json(PushedMetrics { accepted, series })))
}

/// Everything that is measured in the form, for the series that want it.
fn read(mut form: Form, setup: &Setup, now: Time) -> Result<Vec<PushedValue>, Problem> {
    let mut measured: Vec<(String, Measured)> = Vec::new();
    if form.has(emf::METADATA) {
        let found = emf::read(&form.rest(), now);
        measured.extend(noted(&mut form, "", found));
    } else if let Some(items) = form.list("metrics") {
        for (number, one) in items.into_iter().enumerate() {
            let place = format!("metrics[{number}]");
            let found = match one {
                Value::Object(one) if one.contains_key(emf::METADATA) => emf::read(&one, now),
                Value::Object(one) => {
                    item::read(Form::of_body(one.into_iter().collect()), setup, now).map(|one| vec![one])
                }
                _ => Err(vec![(String::new(), "it must be an object".to_owned(), None)]),
            };
            measured.extend(noted(&mut form, &place, found));
        }
    } else {
        measured.extend(item::take(&mut form, setup, now).map(|one| ("metric".to_owned(), one)));
    }
    let mut values = Vec::new();
    for (place, one) in &measured {
        match values_of(setup, one, now) {
            Ok(found) => values.extend(found),
            Err(refused) => form.wrong(place, refused.to_string(), hint(&refused)),
        }
    }
    if values.len() > VALUES_MAX {
        form.wrong("metrics", format!("there are {} values; {VALUES_MAX} are taken at once", values.len()), None);
    }
    form.finish(Some(values))
}

/// What is wrong with one part: its field, why, and a hint.
type Mistakes = Vec<(String, String, Option<String>)>;

fn noted(form: &mut Form, place: &str, found: Result<Vec<Measured>, Mistakes>) -> Vec<(String, Measured)> {
    let at = |field: &str| [place, field].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(".");
    match found {
        Ok(found) => found.into_iter().map(|one| (at(&one.metric), one)).collect(),
        Err(mistakes) => {
            for (field, detail, hint) in mistakes {
                form.wrong(&at(&field), detail, hint);
            }
            Vec::new()
        }
    }
}

fn hint(refused: &Refused) -> Option<String> {
    let Refused::Unwanted { metric, known } = refused else { return None };
    match nearest(metric, known.iter().map(String::as_str)) {
        Some(near) => Some(format!("did you mean {near}?")),
        None if known.is_empty() => Some("declare a source of kind pushed, and a series of it".to_owned()),
        None => Some(format!("there are {}", known.join(", "))),
    }
}
