use domain::incident::{Entry, What};
use serde::Serialize;
use utoipa::ToSchema;

/// One entry of an incident's timeline.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub(crate) struct TimelineEntry {
    /// When it happened.
    #[schema(format = DateTime)]
    at: String,
    /// What kind of entry: `opened`, `reopened`, `alert-fired`, `alert-resolved`, `alert-flaps`, `alert-pending`,
    /// `severity-changed`, `state-changed`, `deployment-seen`, `action`, `paging`, `muted`, `unmuted`,
    /// `notification-failed`, `post-mortem-written`, `related` or `note`.
    what: &'static str,
    /// The entry in words.
    text: String,
    /// The alert, action, deployment or other incident it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    subject: Option<String>,
}

impl From<&Entry> for TimelineEntry {
    fn from(entry: &Entry) -> Self {
        let (what, subject) = match &entry.what {
            What::Opened { .. } => ("opened", None),
            What::Reopened { .. } => ("reopened", None),
            What::AlertFired { alert, .. } => ("alert-fired", Some(alert.to_string())),
            What::AlertResolved { alert, .. } => ("alert-resolved", Some(alert.to_string())),
            What::AlertFlaps { alert, .. } => ("alert-flaps", Some(alert.to_string())),
            What::AlertPending { alert, .. } => ("alert-pending", Some(alert.to_string())),
            What::SeverityChanged { .. } => ("severity-changed", None),
            What::StateChanged { .. } => ("state-changed", None),
            What::DeploymentSeen { deployment, .. } => ("deployment-seen", Some(deployment.to_string())),
            What::Action { action, .. } => ("action", Some(action.to_string())),
            What::Paging { .. } => ("paging", None),
            What::Muted { .. } => ("muted", None),
            What::Unmuted { .. } => ("unmuted", None),
            What::NotificationFailed { .. } => ("notification-failed", None),
            What::PostMortemWritten { .. } => ("post-mortem-written", None),
            What::Related { incident, .. } => ("related", Some(incident.to_string())),
            What::Note { .. } => ("note", None),
        };
        Self { at: entry.at.to_string(), what, text: entry.what.to_string(), subject }
    }
}
