use serde::{Deserialize, Serialize};

use super::Deployment;
use crate::event::EVENT_VERSION;
use crate::id::{ChannelName, DeploymentId, ServiceName};
use crate::monitor::Category;
use crate::notification::ReceiptState;
use crate::units::Time;

/// A deployment on its way to one channel, and what became of it: outbox and receipt in one. Guarded by its version.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Announcement {
    /// What is told.
    pub deployment: Deployment,
    /// Where to.
    pub channel: ChannelName,
    /// Counts commits, from 1; 0 before the first.
    pub version: u64,
    /// How often it was tried.
    pub tries: u32,
    /// Where it stands.
    pub state: ReceiptState,
    /// When the timekeeper must have it tried; `None`: it is told, or given up.
    pub next_wake: Option<Time>,
}

/// It is time to announce a deployment to a channel: published as JSON, and what the notifier reads.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeploymentEvent {
    /// [`EVENT_VERSION`].
    pub version: u32,
    /// What the event is.
    pub kind: DeploymentEventKind,
    /// When it was published.
    pub at: Time,
    /// Which deployment.
    pub deployment: DeploymentId,
    /// Its service.
    pub service: ServiceName,
    /// Which channel is told.
    pub channel: ChannelName,
}

/// The kinds of event about deployments.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum DeploymentEventKind {
    /// A channel is to be told.
    #[serde(rename = "deployment.due")]
    Due,
}

impl DeploymentEventKind {
    /// The word in the message attribute `kind`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Due => "deployment.due",
        }
    }
}

impl DeploymentEvent {
    /// What a deployment belongs to, whoever cares for its service: the topic of its event.
    pub const CATEGORY: Category = Category::Technical;

    /// The event that has `announcement` tried.
    pub fn of(announcement: &Announcement, now: Time) -> Self {
        Self {
            version: EVENT_VERSION,
            kind: DeploymentEventKind::Due,
            at: now,
            deployment: announcement.deployment.id.clone(),
            service: announcement.deployment.service.clone(),
            channel: announcement.channel.clone(),
        }
    }
}
