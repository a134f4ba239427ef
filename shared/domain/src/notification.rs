//! Channels, routes to them, messages and their receipts.

mod address;
mod channel;
mod destination;
mod receipt;
mod secret;

pub use address::{Address, AddressError, EmailAddress, PagerDutyId, PhoneNumber, SenderId, SlackId, TopicArn};
pub use channel::{Channel, ChannelKind, Inbound, Template};
pub use destination::{Destination, Page};
pub use receipt::{Delivery, Receipt, ReceiptState};
pub use secret::{Secret, SecretError};

use serde::{Deserialize, Serialize};

use crate::event::IncidentEvent;
use crate::id::{ChannelName, NotificationId};
use crate::incident::{Entry, Incident, State, What};

/// One message to one channel: the event, and the incident as it stood when the message was made.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Notification {
    /// Derived from event and channel.
    pub id: NotificationId,
    /// Where to.
    pub channel: ChannelName,
    /// What happened.
    pub event: IncidentEvent,
    /// To what.
    pub incident: Incident,
    /// Where the incident can be read; empty where no address is known.
    pub link: String,
    /// What the channel gave back for an earlier message about the incident; the next one edits or answers that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
    /// It is to make somebody take the incident; `None`: it says how things stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Page>,
}

impl Notification {
    /// The id of the message about `event` to `channel`.
    pub fn id_of(event: &IncidentEvent, channel: &ChannelName) -> NotificationId {
        NotificationId::derive(&["notification", event.id.as_str(), channel.as_str()])
    }

    /// The same for a page: of two telephones of one person each rings.
    pub fn id_to(event: &IncidentEvent, to: &Destination) -> NotificationId {
        match to {
            Destination::Channel(channel) => Self::id_of(event, channel),
            Destination::Person { person, address } => {
                let address = match address {
                    Address::Email(to) => to.as_str(),
                    Address::Phone(to) => to.as_str(),
                    Address::Slack(to) => to.as_str(),
                };
                NotificationId::derive(&["page", event.id.as_str(), person.as_str(), address])
            }
        }
    }

    /// The id of the message to `channel` that `incident` ended as it has last; it may end twice in a second.
    pub fn id_of_end(incident: &Incident, channel: &ChannelName) -> NotificationId {
        let ends = |entry: &&Entry| matches!(entry.what, What::StateChanged { to: State::Resolved, .. });
        let times = incident.timeline.iter().filter(ends).count().to_string();
        let at = incident.resolved_at.map(|at| at.to_string()).unwrap_or_default();
        NotificationId::derive(&["end", incident.id.as_str(), &at, &times, channel.as_str()])
    }
}
