use super::EventKind;

/// A function that events about incidents call: the topics' filters let through what it hears, and nothing else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Listener {
    /// Plans and does what runbooks say.
    IncidentResponse,
    /// Tells people.
    Notifier,
    /// Writes the post-mortem; of incidents whose severity asks for one.
    PostMortem,
}

impl Listener {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::IncidentResponse, Self::Notifier, Self::PostMortem];

    /// The function's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IncidentResponse => "incident-response",
            Self::Notifier => "notifier",
            Self::PostMortem => "post-mortem",
        }
    }

    /// Whether an event of this kind calls it.
    pub const fn hears(self, kind: EventKind) -> bool {
        use EventKind::{
            ActionApproved, ActionFailed, ActionPerformed, ActionPlanned, ActionUndo, ActionVerified,
            IncidentAcknowledged, IncidentOpened, IncidentReopened, IncidentResolved, IncidentUpdated, NotificationDue,
            NotificationRetry, PostMortemWritten,
        };
        match self {
            Self::IncidentResponse => {
                matches!(kind, IncidentOpened | IncidentReopened | IncidentUpdated | ActionApproved | ActionUndo)
            }
            // What reopens is an alert, of which its groups tell when their time has come.
            Self::Notifier => matches!(
                kind,
                IncidentOpened
                    | IncidentUpdated
                    | IncidentAcknowledged
                    | IncidentResolved
                    | ActionPlanned
                    | ActionPerformed
                    | ActionVerified
                    | ActionFailed
                    | NotificationDue
                    | NotificationRetry
                    | PostMortemWritten
            ),
            // It is over, or what was under way then is settled.
            Self::PostMortem => matches!(kind, IncidentResolved | ActionPerformed | ActionVerified | ActionFailed),
        }
    }
}
