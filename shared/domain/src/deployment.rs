//! Deployments: changes of what serves.

mod announcement;

use serde::{Deserialize, Serialize};

pub use announcement::{Announcement, DeploymentEvent, DeploymentEventKind};

use crate::id::{DeploymentId, ServiceName};
use crate::service::Resource;
use crate::units::Time;

/// A change of what serves, as seen from outside or as a pipeline told it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Deployment {
    /// Derived from the resource, both versions and `moved_by`.
    pub id: DeploymentId,
    /// The service it belongs to.
    pub service: ServiceName,
    /// What changed; `None` when a pipeline told of it without naming a resource.
    pub resource: Option<Resource>,
    /// What served before; `None` when it is not known.
    pub from: Option<String>,
    /// What serves since.
    pub to: String,
    /// The last instant at which the old version was seen; the change is not before it.
    pub moved_after: Time,
    /// The first instant at which the new version was seen; the change is not after it.
    pub moved_by: Time,
    /// Description, commit or hash of the new version, as its owner gave it.
    pub description: String,
}

impl Deployment {
    /// The id of a move of `resource` (or of a pipeline's `service`) to `to`, seen at `moved_by`.
    pub fn id_of(subject: &str, from: Option<&str>, to: &str, moved_by: Time) -> DeploymentId {
        DeploymentId::derive(&["deployment", subject, from.unwrap_or(""), to, &moved_by.to_string()])
    }

    /// One line for people.
    pub fn summary(&self) -> String {
        let what = self.resource.as_ref().map_or_else(|| self.service.to_string(), ToString::to_string);
        let from = self.from.as_deref().map_or(String::new(), |from| format!(" from version {from}"));
        let when = if self.moved_after == self.moved_by {
            format!("at {}", self.moved_by.clock())
        } else {
            format!("between {} and {}", self.moved_after.clock(), self.moved_by.clock())
        };
        let description = if self.description.is_empty() { String::new() } else { format!(" ({})", self.description) };
        format!("{what} moved{from} to version {}{description} {when} UTC", self.to)
    }
}

/// What a watched resource served when it was last looked at: the memory that makes a move visible.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Serving {
    /// Which.
    pub resource: Resource,
    /// The version.
    pub version: String,
    /// When it was last seen so.
    pub seen_at: Time,
}
