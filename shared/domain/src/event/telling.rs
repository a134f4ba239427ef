use serde::{Deserialize, Serialize};

use super::EventKind;
use crate::id::{ChannelName, EventId, GroupId, IncidentId};
use crate::notification::Destination;

/// Who is to be told, and as what. It is decided once; what the configuration says later changes nothing about it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Telling {
    /// A group of alerts has something to say.
    Group {
        /// Which.
        group: GroupId,
        /// How often it has spoken, with this.
        generation: u32,
        /// What its readers are told has happened.
        says: EventKind,
        /// Whom it tells.
        channels: Vec<ChannelName>,
    },
    /// Somebody is to take the incident.
    Page {
        /// How many pages the incident has asked for, with this.
        generation: u32,
        /// Whom, and why them.
        to: Vec<(Destination, String)>,
    },
    /// Whoever has taken the incident has not said for a while how it stands.
    Reminder {
        /// How many pages and reminders the incident has asked for, with this.
        generation: u32,
        /// Whom.
        to: Vec<(Destination, String)>,
    },
}

impl Telling {
    /// Whether it reaches nobody.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Group { channels, .. } => channels.is_empty(),
            Self::Page { to, .. } | Self::Reminder { to, .. } => to.is_empty(),
        }
    }

    /// The id of the event that carries it, about `incident`.
    pub(super) fn id(&self, incident: &IncidentId) -> EventId {
        match self {
            Self::Group { group, generation, .. } => {
                EventId::derive(&["group", group.as_str(), &generation.to_string(), incident.as_str()])
            }
            Self::Page { generation, .. } => EventId::derive(&["page", incident.as_str(), &generation.to_string()]),
            Self::Reminder { generation, .. } => {
                EventId::derive(&["reminder", incident.as_str(), &generation.to_string()])
            }
        }
    }
}
