use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Address, Channel, Template};
use crate::id::{ChannelName, PersonName};
use crate::units::Zone;

/// Where a page goes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Destination {
    /// To a channel.
    Channel(ChannelName),
    /// To one address of a person.
    Person {
        /// Whom.
        person: PersonName,
        /// Where they are reached.
        address: Address,
    },
}

impl Destination {
    /// Its name on receipts: the channel's, or person and means, such as `ann.phone`.
    ///
    /// # Panics
    /// Never: both parts are names.
    pub fn name(&self) -> ChannelName {
        match self {
            Self::Channel(name) => name.clone(),
            Self::Person { person, address } => {
                let means = match address {
                    Address::Email(_) => "email",
                    Address::Phone(_) => "phone",
                    Address::Slack(_) => "slack",
                };
                let person: String = person.as_str().chars().take(crate::id::NAME_BYTES_MAX - 6).collect();
                format!("{person}.{means}").parse().expect("both parts are names")
            }
        }
    }

    /// The person, for links that say who pressed them.
    pub const fn person(&self) -> Option<&PersonName> {
        match self {
            Self::Person { person, .. } => Some(person),
            Self::Channel(_) => None,
        }
    }

    /// The channel that reaches it, among those that there are; `None`: none does.
    pub fn channel(&self, channels: &[Channel]) -> Option<Channel> {
        match self {
            Self::Channel(name) => channels.iter().find(|channel| &channel.name == name).cloned(),
            Self::Person { address, .. } => {
                let kind = address.kind(channels)?;
                Some(Channel { name: self.name(), kind, template: Template::default(), fallback: None })
            }
        }
    }
}

/// Without the address, which is nobody else's business.
impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Channel(name) => write!(f, "channel {name}"),
            Self::Person { person, address } => {
                let means = match address {
                    Address::Email(_) => "e-mail",
                    Address::Phone(_) => "text message",
                    Address::Slack(_) => "Slack",
                };
                write!(f, "{person} by {means}")
            }
        }
    }
}

/// Why somebody is paged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Page {
    /// Where it goes.
    pub to: Destination,
    /// Why them, such as `on call by schedule shop-primary`.
    pub why: String,
    /// The address whose opening and pressing takes the incident; `None`: links are not set up.
    pub acknowledge: Option<String>,
    /// What the clock shows where the person is; `None`: it goes to a channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
}
