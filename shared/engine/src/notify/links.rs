use domain::event::{IncidentEvent, Telling};
use domain::link::{Claim, WORKS_FOR};
use domain::notification::Destination;
use domain::units::Time;

/// Where readers of a notification can go.
#[derive(Clone, Copy, Default)]
pub struct Links<'l> {
    /// Where the incident can be read; empty where no address is known.
    pub incident: &'l str,
    /// Where pages are answered, such as `https://example.com/acknowledge/`, and the key that signs their links.
    pub acknowledge: Option<(&'l str, &'l [u8])>,
}

impl Links<'_> {
    /// The address that takes the incident for whom a page goes to; `None`: it is no page, or links are not set up.
    pub(super) fn acknowledge(&self, event: &IncidentEvent, to: &Destination, now: Time) -> Option<String> {
        let (base, key) = self.acknowledge?;
        let Some(Telling::Page { generation, .. }) = &event.telling else { return None };
        let person = match to {
            Destination::Channel(_) => None,
            Destination::Person { person, .. } => Some(person.clone()),
        };
        let claim =
            Claim { incident: event.incident.clone(), generation: *generation, expires_at: now + WORKS_FOR, person };
        Some(format!("{base}{}", claim.token(key)))
    }
}
