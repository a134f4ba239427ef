use domain::incident::{Severity, State};
use domain::monitor::Category;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Action, Alert, Covered, Escalation, Muted, Receipt, Related, TimelineEntry};

/// People's work on what is wrong.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub(crate) struct Incident {
    /// Its id.
    id: String,
    /// Counts its changes.
    version: u64,
    /// The service it belongs to.
    service: String,
    /// What its alerts have in common beside the service; empty: the service alone.
    key: String,
    /// Who cares.
    #[schema(value_type = CategoryWord)]
    category: Category,
    /// The worst it has been.
    #[schema(value_type = SeverityWord)]
    severity: Severity,
    /// Where it stands.
    #[schema(value_type = StateWord)]
    state: State,
    /// One line for people.
    title: String,
    /// When the trouble was first judged.
    #[schema(format = DateTime)]
    opened_at: String,
    /// When somebody first took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    acknowledged_at: Option<String>,
    /// When it last resolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    resolved_at: Option<String>,
    /// Who has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    taken_by: Option<String>,
    /// How it looks for somebody who takes it; absent: no route that told of it has a policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    escalation: Option<Escalation>,
    /// Who wants to hear of it again only when it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    muted: Option<Muted>,
    /// The incident that it was merged into: it goes on there, and is closed itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    merged_into: Option<String>,
    /// Other incidents that it may be one with, or is.
    related: Vec<Related>,
    /// Services and keys beside its own whose alerts join it: those of incidents that were merged into it.
    covers: Vec<Covered>,
    /// Its alerts, in the order they joined.
    alerts: Vec<Alert>,
    /// How many more alerts fire than the list has room for.
    alerts_unlisted: usize,
    /// What was planned and done, in order.
    actions: Vec<Action>,
    /// What happened, in order.
    timeline: Vec<TimelineEntry>,
    /// How many entries did not fit the timeline.
    timeline_dropped: u32,
}

/// An incident and what became of its notifications.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub(crate) struct IncidentWithReceipts {
    #[serde(flatten)]
    pub incident: Incident,
    /// The incident in which it goes on after all merges; absent: it was not merged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub goes_on_in: Option<String>,
    /// One for each notification.
    pub receipts: Vec<Receipt>,
}

/// How bad: SEV1 is down, SEV4 is cosmetic.
#[derive(ToSchema)]
#[schema(as = Severity, rename_all = "UPPERCASE")]
#[allow(dead_code, reason = "it is the schema of a word")]
pub(crate) enum SeverityWord {
    Sev1,
    Sev2,
    Sev3,
    Sev4,
}

/// Where an incident stands.
#[derive(ToSchema)]
#[schema(as = State, rename_all = "kebab-case")]
#[allow(dead_code, reason = "it is the schema of a word")]
pub(crate) enum StateWord {
    Triggered,
    Acknowledged,
    Mitigating,
    Resolved,
    Closed,
}

/// Who cares: engineers, or people who answer for revenue.
#[derive(ToSchema)]
#[schema(as = Category, rename_all = "kebab-case")]
#[allow(dead_code, reason = "it is the schema of a word")]
pub(crate) enum CategoryWord {
    Technical,
    Business,
}

impl From<domain::incident::Incident> for Incident {
    fn from(incident: domain::incident::Incident) -> Self {
        let taken_by = incident.taken_by().map(str::to_owned);
        let alerts = incident.alerts.iter().map(|alert| Alert::listed(alert, &incident)).collect();
        Self {
            id: incident.id.to_string(),
            version: incident.version,
            service: incident.service.to_string(),
            key: incident.key,
            category: incident.category,
            severity: incident.severity,
            state: incident.state,
            title: incident.title,
            opened_at: incident.opened_at.to_string(),
            acknowledged_at: incident.acknowledged_at.map(|at| at.to_string()),
            resolved_at: incident.resolved_at.map(|at| at.to_string()),
            taken_by,
            escalation: incident.escalation.as_ref().map(Into::into),
            muted: incident.muted.as_ref().map(Into::into),
            merged_into: incident.merged_into.as_ref().map(ToString::to_string),
            related: incident.related.iter().map(Into::into).collect(),
            covers: incident.covers.iter().map(Into::into).collect(),
            alerts,
            alerts_unlisted: incident.unlisted.len(),
            actions: incident.actions.iter().map(Into::into).collect(),
            timeline: incident.timeline.iter().map(Into::into).collect(),
            timeline_dropped: incident.timeline_dropped,
        }
    }
}
