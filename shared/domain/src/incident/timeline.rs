use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Severity, State};
use crate::id::{ActionId, DeploymentId, Fingerprint, IncidentId};
use crate::units::Time;

/// One entry of an incident's timeline.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// When it happened.
    pub at: Time,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What can stand in a timeline.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum What {
    /// The incident began.
    Opened {
        /// How bad.
        severity: Severity,
        /// Why.
        reason: String,
    },
    /// The trouble came back within the cooldown.
    Reopened {
        /// Why.
        reason: String,
    },
    /// An alert joined.
    AlertFired {
        /// Which.
        alert: Fingerprint,
        /// The number against the limit.
        reason: String,
    },
    /// An alert is over.
    AlertResolved {
        /// Which.
        alert: Fingerprint,
        /// Why.
        reason: String,
    },
    /// An alert comes and goes: its end is not believed before it is calm.
    AlertFlaps {
        /// Which.
        alert: Fingerprint,
        /// How often it has fired, and how it goes on.
        reason: String,
    },
    /// An alert fires, and there are no data any more to say whether it still is so.
    AlertPending {
        /// Which.
        alert: Fingerprint,
        /// Why.
        reason: String,
    },
    /// The incident became worse or is judged less bad.
    SeverityChanged {
        /// Before.
        from: Severity,
        /// After.
        to: Severity,
    },
    /// The incident moved on.
    StateChanged {
        /// Before.
        from: State,
        /// After.
        to: State,
        /// Who did it: a person's name, or a function of Tocsin.
        by: String,
    },
    /// A change of what serves that lies shortly before the incident.
    DeploymentSeen {
        /// Which.
        deployment: DeploymentId,
        /// From what to what.
        summary: String,
    },
    /// An action moved on its way.
    Action {
        /// Which.
        action: ActionId,
        /// What happened to it and why.
        summary: String,
    },
    /// Somebody was called, or what a person did about being called.
    Paging {
        /// Who, by whom, why.
        summary: String,
    },
    /// A person wants to hear of it again only when it is over.
    Muted {
        /// Who.
        by: String,
        /// How bad it was then.
        severity: Severity,
    },
    /// It is told again before it is over.
    Unmuted {
        /// By whom.
        by: String,
    },
    /// A message was refused or could not be delivered.
    NotificationFailed {
        /// Channel and answer.
        summary: String,
    },
    /// The post-mortem lies ready.
    PostMortemWritten {
        /// Its key in the bucket.
        key: String,
    },
    /// What is known of another incident: it may be one with this, is one with it, or was split off.
    Related {
        /// Which.
        incident: IncidentId,
        /// What, and why.
        summary: String,
    },
    /// A person's words.
    Note {
        /// Who.
        by: String,
        /// What they say.
        text: String,
    },
}

impl What {
    /// Whether it is one of what there may be no end of, by which nothing is decided once the timeline is full: what alerts
    /// did, who was called, what could not be delivered.
    pub(super) const fn makes_way(&self) -> bool {
        match self {
            Self::AlertFired { .. }
            | Self::AlertResolved { .. }
            | Self::AlertFlaps { .. }
            | Self::AlertPending { .. }
            | Self::DeploymentSeen { .. }
            | Self::Paging { .. }
            | Self::NotificationFailed { .. } => true,
            Self::Opened { .. }
            | Self::Reopened { .. }
            | Self::SeverityChanged { .. }
            | Self::StateChanged { .. }
            | Self::Action { .. }
            | Self::Muted { .. }
            | Self::Unmuted { .. }
            | Self::PostMortemWritten { .. }
            | Self::Related { .. }
            | Self::Note { .. } => false,
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opened { severity, reason } => write!(f, "Incident opened as {severity}: {reason}"),
            Self::Reopened { reason } => write!(f, "Incident reopened: {reason}"),
            Self::AlertFired { reason, .. } => write!(f, "Alert firing: {reason}"),
            Self::AlertResolved { reason, .. } => write!(f, "Alert resolved: {reason}"),
            Self::AlertFlaps { reason, .. } => write!(f, "Alert flaps: {reason}"),
            Self::AlertPending { reason, .. } => write!(f, "Alert without data, still taken to be firing: {reason}"),
            Self::SeverityChanged { from, to } => write!(f, "Severity changed from {from} to {to}"),
            Self::StateChanged { to, by, .. } => write!(f, "Incident {to} by {by}"),
            Self::DeploymentSeen { summary, .. } => write!(f, "Deployment before the incident: {summary}"),
            Self::Action { summary, .. } | Self::Paging { summary } | Self::Related { summary, .. } => {
                f.write_str(summary)
            }
            Self::Muted { by, .. } => write!(f, "Muted until it is over, by {by}"),
            Self::Unmuted { by } => write!(f, "No longer muted, by {by}"),
            Self::NotificationFailed { summary } => write!(f, "Notification not delivered: {summary}"),
            Self::PostMortemWritten { .. } => f.write_str("Post-mortem written"),
            Self::Note { by, text } => write!(f, "{by}: {text}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Incident;
    use crate::sample;

    /// What is decided by the timeline (who had it, how often it ended, since when it is back) is decided so in a storm, too.
    #[test]
    fn what_alerts_did_makes_way_for_what_happened_to_the_incident() {
        let mut incident = sample::incident();
        let begin = incident.timeline.clone();
        let fired = |number: usize| What::AlertFired {
            alert: Fingerprint::derive(&[&number.to_string()]),
            reason: number.to_string(),
        };
        for number in 0..=Incident::TIMELINE_MAX {
            incident.note(sample::after(1_000), fired(number));
        }
        let dropped = incident.timeline_dropped;
        let back = What::Reopened { reason: "again".to_owned() };
        incident.note(sample::after(1_001), back.clone());
        incident.note(sample::after(1_002), What::Note { by: "ann".to_owned(), text: "I look".to_owned() });
        incident.note(sample::after(1_003), fired(0));
        assert_eq!((incident.timeline.len(), incident.timeline_dropped), (Incident::TIMELINE_MAX, dropped + 3));
        let last: Vec<_> = incident.timeline.iter().rev().take(3).map(|entry| entry.what.to_string()).collect();
        let kept = Incident::TIMELINE_MAX - begin.len() - 3;
        assert_eq!(last, ["ann: I look", "Incident reopened: again", &format!("Alert firing: {kept}")]);
        assert_eq!(incident.timeline[..begin.len()], begin);
        // Where nothing makes way the oldest does, but for the beginning.
        for _ in 0..2 * Incident::TIMELINE_MAX {
            incident.note(sample::after(1_004), back.clone());
        }
        assert_eq!((incident.timeline.len(), &incident.timeline[0]), (Incident::TIMELINE_MAX, &begin[0]));
        assert!(incident.timeline[1..].iter().all(|entry| entry.what == back));
    }
}
