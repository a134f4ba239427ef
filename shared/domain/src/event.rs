//! What is published about incidents: the messages on the SNS topics.

mod listener;
mod telling;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{ActionId, EventId, IncidentId, NotificationId, ServiceName};
use crate::incident::{Incident, Severity};
use crate::monitor::Category;
use crate::units::Time;

pub use listener::Listener;
pub use telling::Telling;

/// The layout of [`IncidentEvent`]; a reader refuses others.
pub const EVENT_VERSION: u32 = 1;

/// A fact about an incident that others act on. It names what happened; its reader loads the incident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct IncidentEvent {
    /// [`EVENT_VERSION`].
    pub version: u32,
    /// Derived from the incident, its version, the kind and the subject: a redelivery has the same id.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
    /// When it was committed.
    pub at: Time,
    /// To which incident.
    pub incident: IncidentId,
    /// Its service.
    pub service: ServiceName,
    /// Its severity then.
    pub severity: Severity,
    /// Its category, which chooses the topic.
    pub category: Category,
    /// One line for people.
    pub summary: String,
    /// The action it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<ActionId>,
    /// The notification it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification: Option<NotificationId>,
    /// An alert has caused it: people hear of it by the alert's groups, when their time has come.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_alert: bool,
    /// How severe its readers knew the incident to be, where it has become worse since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worse_than: Option<Severity>,
    /// Who is to be told what, of [`EventKind::NotificationDue`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telling: Option<Telling>,
}

impl IncidentEvent {
    /// The event `kind` of `incident` as it will be committed next (its version plus one).
    pub fn of(incident: &Incident, kind: EventKind, action: Option<ActionId>, summary: String, now: Time) -> Self {
        let version = (incident.version + 1).to_string();
        let subject = action.as_ref().map_or("", ActionId::as_str);
        Self {
            version: EVENT_VERSION,
            id: EventId::derive(&["event", incident.id.as_str(), &version, kind.as_str(), subject]),
            kind,
            at: now,
            incident: incident.id.clone(),
            service: incident.service.clone(),
            severity: incident.severity,
            category: incident.category,
            summary,
            action,
            notification: None,
            by_alert: false,
            worse_than: None,
            telling: None,
        }
    }

    /// What has been decided to tell about `incident`. Its id is that of the decision, so that a redelivery tells nothing
    /// twice.
    pub fn due(incident: &Incident, telling: Telling, summary: String, now: Time) -> Self {
        let id = telling.id(&incident.id);
        Self { id, telling: Some(telling), ..Self::of(incident, EventKind::NotificationDue, None, summary, now) }
    }

    /// What a reader of the notification is told has happened.
    pub fn told_as(&self) -> EventKind {
        match &self.telling {
            Some(Telling::Group { says, .. }) => *says,
            Some(Telling::Page { .. }) => EventKind::IncidentOpened,
            Some(Telling::Reminder { .. }) => EventKind::IncidentUpdated,
            None => self.kind,
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// The kinds of event.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum EventKind { $($(#[$doc])* #[serde(rename = $text)] $name,)* }

        impl EventKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word in the message attribute `kind`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

kinds! {
    /// A new incident.
    IncidentOpened = "incident.opened",
    /// A resolved incident is open again.
    IncidentReopened = "incident.reopened",
    /// An alert joined, or the severity changed.
    IncidentUpdated = "incident.updated",
    /// Somebody took it.
    IncidentAcknowledged = "incident.acknowledged",
    /// It is over.
    IncidentResolved = "incident.resolved",
    /// An action is suggested or waits for approval.
    ActionPlanned = "action.planned",
    /// An action may act.
    ActionApproved = "action.approved",
    /// An action was done.
    ActionPerformed = "action.performed",
    /// The check after an action passed.
    ActionVerified = "action.verified",
    /// An action could not be done, or did not help.
    ActionFailed = "action.failed",
    /// An action made things worse and must be undone.
    ActionUndo = "action.undo",
    /// It is time to tell people, whom the event names.
    NotificationDue = "notification.due",
    /// A notification is due for another try.
    NotificationRetry = "notification.retry",
    /// The post-mortem lies ready.
    PostMortemWritten = "post-mortem.written",
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
