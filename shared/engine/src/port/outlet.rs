use std::future::Future;

use domain::deployment::DeploymentEvent;
use domain::event::IncidentEvent;
use domain::id::{DrillId, GroupId, IncidentId};
use domain::units::Span;
use serde::{Deserialize, Serialize};

use super::PortError;

/// What is to be woken.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wake {
    /// A group of alerts, to tell or not.
    Group(GroupId),
    /// An incident, to page or to check.
    Incident(IncidentId),
    /// A drill, to be looked at.
    Drill(DrillId),
}

/// Tells the world: events on the bus, reports in the archive.
pub trait Outlet {
    /// Publishes an event on the topic of its category, with the attributes that subscribers filter by.
    ///
    /// # Errors
    /// When the bus does not take it; the outbox row stays.
    fn publish(&self, event: &IncidentEvent) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Publishes that it is time to announce a deployment.
    ///
    /// # Errors
    /// When the bus does not take it; it stays due.
    fn announce(&self, event: &DeploymentEvent) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Has something woken after a while, to the second where the bus can; what is late or lost is found by the timekeeper.
    ///
    /// # Errors
    /// When the bus does not take it.
    fn wake(&self, wake: &Wake, after: Span) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Stores a report under `key`, replacing an earlier one.
    ///
    /// # Errors
    /// When the archive does not take it.
    fn archive(
        &self,
        key: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> impl Future<Output = Result<(), PortError>> + Send;
}
