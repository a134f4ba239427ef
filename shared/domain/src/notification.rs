//! Channels, routes to them, messages and their receipts.

mod channel;
mod receipt;

pub use channel::{Channel, ChannelKind, Route, Secret, SecretError};
pub use receipt::{Delivery, Receipt, ReceiptState};

use serde::{Deserialize, Serialize};

use crate::event::IncidentEvent;
use crate::id::{ChannelName, NotificationId};
use crate::incident::Incident;

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
}

impl Notification {
    /// The id of the message about `event` to `channel`.
    pub fn id_of(event: &IncidentEvent, channel: &ChannelName) -> NotificationId {
        NotificationId::derive(&["notification", event.id.as_str(), channel.as_str()])
    }
}
