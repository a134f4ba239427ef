use domain::event::IncidentEvent;
use engine::port::{Outlet, PortError};

use crate::World;

impl Outlet for World {
    async fn publish(&self, event: &IncidentEvent) -> Result<(), PortError> {
        self.call("publish", |inner| inner.bus.push_back(event.clone()))
    }

    async fn archive(&self, key: &str, _content_type: &str, body: Vec<u8>) -> Result<(), PortError> {
        self.call("archive", |inner| {
            inner.archive.insert(key.to_owned(), body);
        })
    }
}
