use domain::event::{IncidentEvent, Telling};
use domain::id::IncidentId;
use domain::link::{Claim, SHOWS_FOR, View, WORKS_FOR};
use domain::notification::Destination;
use domain::units::Time;

/// Where readers of a notification can go without signing in; nowhere by default.
#[derive(Clone, Copy, Default)]
pub struct Links<'l> {
    /// The address of the API, such as `https://example.com`, and the key that signs links; `None`: links are not set up.
    pub signed: Option<(&'l str, &'l [u8])>,
}

impl Links<'_> {
    /// The address that shows the incident to whoever has it; empty: links are not set up.
    pub(super) fn incident(&self, incident: &IncidentId, now: Time) -> String {
        let Some((root, key)) = self.signed else { return String::new() };
        let view = View { incident: incident.clone(), expires_at: now + SHOWS_FOR };
        format!("{root}/incident/{}", view.token(key))
    }

    /// The address that takes the incident for whom a page goes to, or by which whoever has it answers a reminder; `None`:
    /// it is neither, or links are not set up.
    pub(super) fn acknowledge(&self, event: &IncidentEvent, to: &Destination, now: Time) -> Option<String> {
        let (root, key) = self.signed?;
        let (generation, person) = match (&event.telling, to) {
            (Some(Telling::Page { generation, .. }), Destination::Channel(_)) => (generation, None),
            (
                Some(Telling::Page { generation, .. } | Telling::Reminder { generation, .. }),
                Destination::Person { person, .. },
            ) => (generation, Some(person.clone())),
            _ => return None,
        };
        let claim =
            Claim { incident: event.incident.clone(), generation: *generation, expires_at: now + WORKS_FOR, person };
        Some(format!("{root}/acknowledge/{}", claim.token(key)))
    }
}

#[cfg(test)]
mod tests {
    use domain::event::EventKind;
    use domain::sample;
    use domain::units::Span;

    use super::*;

    const KEY: &[u8] = b"thirty-two bytes of a test's key";
    const NOW: Time = Time::from_epoch(1_769_868_000);

    #[test]
    fn a_message_leads_to_its_incident_for_a_month() {
        let incident = sample::incident().id;
        let links = Links { signed: Some(("https://example.com", KEY)) };
        let link = links.incident(&incident, NOW);
        let token = link.strip_prefix("https://example.com/incident/").expect("it leads there");
        let view = View::verify(token, KEY, NOW + SHOWS_FOR - Span::from_seconds(1)).expect("it is ours");
        assert_eq!(view.incident, incident);
        assert!(View::verify(token, KEY, NOW + SHOWS_FOR).is_err());
        assert_eq!(Links::default().incident(&incident, NOW), "");
    }

    #[test]
    fn a_reminder_has_a_link_for_the_person_it_goes_to() {
        let mut event = sample::notification(EventKind::IncidentUpdated, "ops").event;
        event.telling = Some(Telling::Reminder { generation: 7, to: Vec::new() });
        let links = Links { signed: Some(("https://example.com", KEY)) };
        let ann = Destination::Person {
            person: "ann".parse().expect("a name"),
            address: domain::notification::Address::Email("ann@example.com".parse().expect("an address")),
        };
        let link = links.acknowledge(&event, &ann, NOW).expect("she can answer by it");
        let token = link.strip_prefix("https://example.com/acknowledge/").expect("it leads there");
        let claim = Claim::verify(token, KEY, NOW).expect("it is ours");
        assert_eq!((claim.generation, claim.person), (7, Some("ann".parse().expect("a name"))));
        let channel = Destination::Channel("ops".parse().expect("a name"));
        assert_eq!(links.acknowledge(&event, &channel, NOW), None, "who presses it there is nobody's guess");
    }

    #[test]
    fn a_page_has_a_link_that_takes_and_what_calls_nobody_has_none() {
        let to = Destination::Channel("ops".parse().expect("a name"));
        let mut event = sample::notification(EventKind::IncidentOpened, "ops").event;
        let links = Links { signed: Some(("https://example.com", KEY)) };
        assert_eq!(links.acknowledge(&event, &to, NOW), None);
        event.telling = Some(Telling::Page { generation: 7, to: Vec::new() });
        let link = links.acknowledge(&event, &to, NOW).expect("it is a page");
        let token = link.strip_prefix("https://example.com/acknowledge/").expect("it leads there");
        let claim = Claim::verify(token, KEY, NOW).expect("it is ours");
        assert_eq!((claim.incident, claim.generation, claim.person), (event.incident.clone(), 7, None));
        assert_eq!(Links::default().acknowledge(&event, &to, NOW), None);
    }
}
