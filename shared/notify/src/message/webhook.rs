use std::collections::BTreeMap;

use domain::alert::AlertSummary;
use domain::event::EventKind;
use domain::id::{ActionId, IncidentId, NotificationId, ServiceName};
use domain::incident::{Incident, Related, Severity, What};
use domain::monitor::Category;
use domain::notification::Notification;
use domain::response::{Action, ActionState, Mode};
use domain::units::{Time, Unit};
use serde::Serialize;

use super::Words;
use super::links;
use super::story::Story;
use super::text::plain;

/// The layout of the body.
const VERSION: u32 = 1;
/// Bytes of a body: twice what the lists below can come to, and small enough for any receiver.
pub const BODY_BYTES_MAX: usize = 512 * 1024;
/// Alerts, other incidents, changes and actions that a body lists, the newest; `left_out` counts the others.
pub const LIST_MAX: usize = 20;
/// Bytes of one alert's labels: what a sender may give it; those beyond are left out.
const LABELS_BYTES_MAX: usize = engine::sent::LABELS_BYTES_MAX;
/// UTF-16 units of one text.
const TEXT_MAX: usize = 1000;

/// The body of a webhook request: the team's own, or JSON; `docs/notifications.md` describes it.
pub fn webhook(notification: &Notification, words: &Words) -> Vec<u8> {
    if let Some(body) = &words.body {
        return body.clone().into_bytes();
    }
    let body = Body { note: words.note.as_deref(), ..Body::of(notification) };
    serde_json::to_vec(&body).expect("strings, numbers and lists are always JSON")
}

#[derive(Serialize)]
struct Body<'a> {
    version: u32,
    id: &'a NotificationId,
    kind: EventKind,
    at: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    worse_than: Option<Severity>,
    summary: String,
    do_now: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'a ActionId>,
    incident: Subject<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// Whom it calls, where it calls somebody.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<Call<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
}

#[derive(Serialize)]
struct Subject<'a> {
    id: &'a IncidentId,
    service: &'a ServiceName,
    severity: Severity,
    category: Category,
    state: &'static str,
    title: String,
    opened_at: Time,
    acknowledged_at: Option<Time>,
    resolved_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<&'a IncidentId>,
    related: Vec<Relation<'a>>,
    alerts: Vec<Alert<'a>>,
    changes: Vec<String>,
    actions: Vec<Step<'a>>,
    left_out: usize,
}

#[derive(Serialize)]
struct Call<'a> {
    to: String,
    why: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledge: Option<&'a str>,
}

#[derive(Serialize)]
struct Relation<'a> {
    incident: &'a IncidentId,
    service: &'a ServiceName,
    standing: &'static str,
    why: String,
}

#[derive(Serialize)]
struct Alert<'a> {
    fingerprint: &'a str,
    name: String,
    service: &'a ServiceName,
    severity: Severity,
    fired_at: Time,
    resolved_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reading: Option<Numbers>,
    labels: BTreeMap<String, String>,
    links: BTreeMap<String, &'a str>,
}

#[derive(Serialize)]
struct Numbers {
    signal: String,
    value: f64,
    comparison: &'static str,
    limit: f64,
    unit: Unit,
}

#[derive(Serialize)]
struct Step<'a> {
    id: &'a ActionId,
    summary: String,
    reason: String,
    mode: Mode,
    state: &'static str,
}

impl<'a> Body<'a> {
    fn of(notification: &'a Notification) -> Self {
        let Notification { event, incident, .. } = notification;
        let story = Story::of(notification);
        let seen: Vec<&String> = incident
            .timeline
            .iter()
            .filter_map(|entry| match &entry.what {
                What::DeploymentSeen { summary, .. } => Some(summary),
                _ => None,
            })
            .collect();
        let lists = [incident.alerts.len(), incident.related.len(), seen.len(), incident.actions.len()];
        Self {
            version: VERSION,
            id: &notification.id,
            kind: event.kind,
            at: event.at,
            worse_than: event.worse_than,
            summary: if text(&event.summary).is_empty() { story.headline } else { text(&event.summary) },
            do_now: story.next,
            action: event.action.as_ref(),
            incident: Subject {
                id: &incident.id,
                service: &incident.service,
                severity: incident.severity,
                category: incident.category,
                state: incident.state.as_str(),
                title: text(&incident.title),
                opened_at: incident.opened_at,
                acknowledged_at: incident.acknowledged_at,
                resolved_at: incident.resolved_at,
                merged_into: incident.merged_into.as_ref(),
                related: newest(&incident.related).iter().map(Relation::of).collect(),
                alerts: newest(&incident.alerts).iter().map(|alert| Alert::of(alert, incident)).collect(),
                changes: newest(&seen).iter().map(|summary| text(summary)).collect(),
                actions: newest(&incident.actions).iter().map(Step::of).collect(),
                left_out: lists.iter().map(|length| length.saturating_sub(LIST_MAX)).sum(),
            },
            link: story.link,
            page: notification.page.as_ref().map(|page| Call {
                to: page.to.to_string(),
                why: text(&page.why),
                acknowledge: page.acknowledge.as_deref(),
            }),
            note: None,
        }
    }
}

impl<'a> Relation<'a> {
    fn of(related: &'a Related) -> Self {
        let Related { incident, service, why, standing, .. } = related;
        Self { incident, service, standing: standing.as_str(), why: text(why) }
    }
}

impl<'a> Alert<'a> {
    fn of(alert: &'a AlertSummary, incident: &'a Incident) -> Self {
        let links = links::of_alert(alert);
        let is_label = |(name, _): &(&String, &String)| links.iter().all(|(label, ..)| label != *name);
        let mut room = LABELS_BYTES_MAX;
        let mut fits = |(name, value): &(String, String)| {
            let takes = name.len() + value.len();
            room = room.saturating_sub(takes);
            room > 0
        };
        let labels = alert.labels.iter().filter(is_label).map(|(name, value)| (text(name), text(value)));
        Self {
            fingerprint: alert.fingerprint.as_str(),
            name: text(&alert.name),
            service: alert.service.as_ref().unwrap_or(&incident.service),
            severity: alert.severity,
            fired_at: alert.fired_at,
            resolved_at: alert.resolved_at,
            reading: alert.reading.as_ref().map(|reading| Numbers {
                signal: text(&reading.signal),
                value: reading.value,
                comparison: reading.limit.comparison.symbol(),
                limit: reading.limit.threshold,
                unit: reading.unit,
            }),
            labels: labels.take_while(|label| fits(label)).collect(),
            links: links.iter().map(|(_, kind, address)| (kind.to_lowercase(), *address)).collect(),
        }
    }
}

impl<'a> Step<'a> {
    fn of(action: &'a Action) -> Self {
        Self {
            id: &action.id,
            summary: text(&action.summary()),
            reason: text(&action.reason),
            mode: action.mode(),
            state: word(&action.state),
        }
    }
}

const fn word(state: &ActionState) -> &'static str {
    match state {
        ActionState::Shadowed => "shadowed",
        ActionState::Suggested => "suggested",
        ActionState::AwaitingApproval => "awaiting-approval",
        ActionState::Approved { .. } => "approved",
        ActionState::Refused { .. } => "refused",
        ActionState::Acting { .. } => "acting",
        ActionState::Acted { .. } => "acted",
        ActionState::Verified { .. } => "verified",
        ActionState::Ineffective { .. } => "ineffective",
        ActionState::Undoing { .. } => "undoing",
        ActionState::Undone { .. } => "undone",
        ActionState::Failed { .. } => "failed",
    }
}

fn newest<T>(all: &[T]) -> &[T] {
    &all[all.len().saturating_sub(LIST_MAX)..]
}

fn text(words: &str) -> String {
    plain(words, TEXT_MAX)
}
