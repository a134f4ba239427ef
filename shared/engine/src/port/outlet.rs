use std::future::Future;

use domain::event::IncidentEvent;

use super::PortError;

/// Tells the world: events on the bus, reports in the archive.
pub trait Outlet {
    /// Publishes an event on the topic of its category, with the attributes that subscribers filter by.
    ///
    /// # Errors
    /// When the bus does not take it; the outbox row stays.
    fn publish(&self, event: &IncidentEvent) -> impl Future<Output = Result<(), PortError>> + Send;

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
