//! What people do in `PagerDuty`: webhooks v3.
//!
//! Source: <https://developer.pagerduty.com/docs/webhooks-overview>.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use domain::incident::Incident;
use domain::on_call::OnCall;
use domain::units::Time;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Came, Does, Wish, grant, key, not_theirs, read, signature};
use crate::App;
use crate::problem::{Kind, Problem};
use crate::request::shortened;

/// Characters of a name or note that stand in a timeline.
const WORDS_MAX: usize = 500;

#[derive(Deserialize)]
struct Webhook {
    event: Event,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "event_type")]
    kind: String,
    #[serde(default)]
    occurred_at: String,
    #[serde(default)]
    agent: Option<Agent>,
    #[serde(default)]
    data: About,
}

#[derive(Deserialize)]
struct Agent {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    summary: String,
}

#[derive(Deserialize, Default)]
struct About {
    /// Our dedup key, by which the incident is found. Only events about an incident itself have it.
    #[serde(default)]
    incident_key: Option<String>,
    #[serde(default)]
    assignees: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    summary: String,
}

/// What became of an event.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub(crate) struct TakenEvent {
    /// Whether anything was done.
    taken: bool,
    /// What, or why not.
    reason: String,
}

/// Takes what a person did in `PagerDuty`. Signed by `PagerDuty`, not with an AWS signature.
#[utoipa::path(post, path = "/v1/pagerduty/events", operation_id = "pagerduty_event", tag = "vendors",
    request_body(content = Object, description = "A webhook of version 3, as `PagerDuty` sends it"),
    params(("x-pagerduty-signature" = String, Header,
        description = "One or more `v1=` with the HMAC-SHA256 of the body, separated by commas")),
    security(()),
    responses(
        (status = 200, description = "It was taken, or is nothing for us", body = TakenEvent),
        (status = 401, description = "No signature is `PagerDuty`'s"),
        (status = 404, description = "The configuration has no `inbound.pagerduty`"),
    ),
)]
pub(crate) async fn event<A: App>(
    State(app): State<Arc<A>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<TakenEvent>, Problem> {
    let app = app.as_ref();
    let setup = app.setup().await?;
    let key = key(app, setup.inbound.pagerduty.as_ref(), "PagerDuty", "pagerduty").await?;
    let body = read(body).await?;
    let signed = headers.get("x-pagerduty-signature").and_then(|value| value.to_str().ok());
    signature::pagerduty(key.as_bytes(), signed, &body).map_err(not_theirs)?;
    let wrong =
        |error: serde_json::Error| Problem::new(Kind::MalformedBody, format!("the body cannot be read: {error}"));
    let Webhook { event } = serde_json::from_slice(&body).map_err(wrong)?;
    let (taken, reason) = match wish(&event, &setup.on_call) {
        Ok(wish) => match grant(app, &wish).await? {
            Came::Done(words) => (true, words),
            Came::Not(reason) => (false, reason),
        },
        Err(reason) => (false, reason),
    };
    Ok(Json(TakenEvent { taken, reason }))
}

/// In whose name it is noted what somebody does there that is nothing here.
const VENDOR: &str = "PagerDuty";

/// What an event means for us, or why it means nothing.
fn wish(event: &Event, on_call: &OnCall) -> Result<Wish, String> {
    let kind = event.kind.as_str();
    let by = match &event.agent {
        Some(agent) if agent.kind.starts_with("user") => agent.shown(on_call),
        // Our own events come back to us, and so does what PagerDuty does by itself.
        _ if kind.starts_with("incident.") => return Err(format!("{} was done by no person", shortened(kind))),
        _ => String::new(),
    };
    let at: Option<Time> = event.occurred_at.parse().ok();
    let clock = at.map_or_else(String::new, |at| format!(" at {} UTC", at.clock()));
    let done = kind.strip_prefix("incident.").unwrap_or(kind);
    // Whoever hands it on does not say that they have it.
    let mut by = by;
    let mut handed_on = |what: &str| {
        let who = std::mem::replace(&mut by, VENDOR.to_owned());
        Does::Note(format!("{done} by {who}{what}"))
    };
    let does = match kind {
        "incident.acknowledged" => Does::Acknowledge,
        "incident.resolved" => Does::Resolve,
        "incident.escalated" | "incident.reassigned" | "incident.delegated" => {
            let to: Vec<String> = event.data.assignees.iter().map(|one| line(&one.summary)).collect();
            let to = if to.is_empty() { String::new() } else { format!(" to {}", to.join(", ")) };
            handed_on(&format!("{to}{clock}"))
        }
        "incident.reopened" | "incident.unacknowledged" => handed_on(&format!("{clock}; here it is as it was")),
        "pagey.ping" => return Err("pong".to_owned()),
        "incident.annotated" => return Err("a note names no dedup key, so it is nobody's here".to_owned()),
        other => return Err(format!("{} changes nothing here", shortened(other))),
    };
    let incident = event.data.incident_key.as_deref().filter(|key| key.starts_with("inc-") && key.len() <= 128);
    let incident = incident.ok_or_else(|| "its incident is none of ours".to_owned())?;
    Ok(Wish { incident: Incident::of_page_key(incident), by, does, at })
}

impl Agent {
    /// The person who is this user, such as `ann`; of who is none `Ann Example (PagerDuty)`.
    fn shown(&self, on_call: &OnCall) -> String {
        let person = on_call.in_pagerduty(&self.id).map(|person| person.name.to_string());
        person.unwrap_or_else(|| format!("{} (PagerDuty)", line(&self.summary)))
    }
}

fn line(text: &str) -> String {
    let clean = text.replace(char::is_control, " ");
    clean.trim().chars().take(WORDS_MAX).collect()
}
