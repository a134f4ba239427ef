use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::id::MonitoredEventId;
use domain::monitored::{Event, EventText};
use domain::units::Time;
use engine::monitored::{observe, oldest};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::App;
use crate::problem::Problem;
use crate::request::{Command, Text};
use crate::view::EventVerdict;

/// The longest event, in bytes of its data and metadata: a hundred of them fit Lambda's answer of 6 MB, escaped.
const EVENT_BYTES_MAX: usize = 32 * 1024;

/// What a service says about a piece of its work.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what `read` reads")]
pub(crate) struct ReportEvent {
    /// Who says it: a module, a job, a service.
    #[schema(example = "api_module")]
    source: String,
    /// What kind of work it is; each type of each source has a history of its own.
    #[schema(example = "api_response")]
    event_type: String,
    /// What happened.
    #[schema(value_type = Object, example = json!({ "response_time": 250, "status_code": 200, "output": "success" }))]
    data: Map<String, Value>,
    /// Around what.
    #[schema(nullable = false, value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// When it was, RFC 3339 or seconds since the epoch; default now.
    #[schema(nullable = false)]
    at: Option<String>,
    /// The sender's own id of the event: sent again with it, an event is the same.
    #[schema(nullable = false)]
    id: Option<String>,
}

/// Judges an event, keeps it, and says what the sender should do next.
#[utoipa::path(post, path = "/v1/events", operation_id = "report_event", tag = "events",
    request_body = ReportEvent,
    responses((status = 200, description = "What is thought of it", body = EventVerdict)),
)]
pub(crate) async fn report<A: App>(State(app): State<Arc<A>>, command: Command) -> Result<Json<EventVerdict>, Problem> {
    let (setup, now) = (app.setup().await?, app.now());
    let event = read(command, oldest(setup, now), now)?;
    let logged = observe(app.store(), app.outlet(), setup, event, now).await?;
    Ok(Json((&logged).into()))
}

fn read(command: Command, oldest: Time, now: Time) -> Result<Event, Problem> {
    let Command { mut form, request, .. } = command;
    let source: Option<EventText> = form.required_parsed("source", "say who it is, such as api_module");
    let event_type: Option<EventText> = form.required_parsed("event_type", "say what kind of work it is");
    let data = form.object("data");
    if data.is_none() {
        form.missing("data", "an object that says what happened");
    }
    let metadata = form.object("metadata").unwrap_or_default();
    let at = form.time("at", now).unwrap_or(now);
    if at < oldest {
        // Its row would expire before it is archived.
        form.wrong("at", format!("{at} is longer ago than events are kept"), None);
    }
    let given = form.optional("id", Text::LINE);
    let event = (|| {
        let (source, event_type, data) = (source?, event_type?, data?);
        let content = serde_json::to_string(&(&data, &metadata)).expect("JSON can be written as JSON");
        if content.len() > EVENT_BYTES_MAX {
            form.wrong(
                "data",
                format!("it has more than {EVENT_BYTES_MAX} bytes"),
                Some("send what matters".to_owned()),
            );
        }
        let id = match (&given, &request) {
            (Some(id), _) => MonitoredEventId::derive(&["given", source.as_str(), id]),
            (None, Some(request)) => MonitoredEventId::derive(&["request", request]),
            (None, None) => {
                let at = at.to_string();
                MonitoredEventId::derive(&["content", source.as_str(), event_type.as_str(), &at, &content])
            }
        };
        Some(Event { id, source, event_type, data, metadata, at })
    })();
    form.finish(event)
}
