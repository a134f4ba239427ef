use domain::deployment::DeploymentEvent;
use domain::event::IncidentEvent;
use domain::units::Span;
use engine::port::{Outlet, PortError, Wake};

use crate::World;

impl Outlet for World {
    async fn publish(&self, event: &IncidentEvent) -> Result<(), PortError> {
        self.call("publish", |inner| inner.bus.push_back(event.clone()))
    }

    async fn announce(&self, event: &DeploymentEvent) -> Result<(), PortError> {
        self.call("announce", |inner| inner.due.push_back(event.clone()))
    }

    async fn wake(&self, wake: &Wake, after: Span) -> Result<(), PortError> {
        self.call("wake", |inner| {
            let at = inner.now + after;
            inner.wakes.insert((at, wake.clone()));
        })
    }

    async fn archive(&self, key: &str, _content_type: &str, body: Vec<u8>) -> Result<(), PortError> {
        self.call("archive", |inner| {
            inner.archive.insert(key.to_owned(), body);
        })
    }
}
