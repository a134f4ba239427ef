//! The end of an incident, told by the group that lets go of its alerts.
//!
//! An alert may be resolved while it is held back, or before its group has spoken, and be the last of an incident that
//! others told of: a pager would show that for ever.

use std::collections::BTreeMap;

use domain::event::{EventKind, IncidentEvent, Telling};
use domain::group::Group;
use domain::id::{EventId, Fingerprint, IncidentId};
use domain::incident::{Incident, State, What};
use domain::units::Time;

/// The incidents that are over and of which the group let go of an alert, but for those of which it is said already, or which
/// the group tells as over by another alert when it may.
pub(super) fn ended<'i>(
    before: &Group,
    after: &Group,
    incidents: &'i BTreeMap<IncidentId, Incident>,
    is_said: impl Fn(&IncidentId) -> bool,
) -> Vec<&'i Incident> {
    let left = before.members().iter().filter(|(id, member)| !member.firing && !after.members().contains_key(*id));
    let waits = |id: &IncidentId| {
        after.members().values().any(|member| member.has_listeners() && member.incident.as_ref() == Some(id))
    };
    let mut ended: BTreeMap<&IncidentId, &Incident> = BTreeMap::new();
    for (_, member) in left {
        let found = member.incident.as_ref().and_then(|id| incidents.get_key_value(id));
        ended.extend(found.filter(|(id, one)| !one.state.is_open() && !by_hand(one) && !is_said(id) && !waits(id)));
    }
    ended.into_values().collect()
}

/// The end of `incident`, which an alert leaves for another before any of its groups has told that end.
pub(crate) fn left(
    groups: &[Group],
    fingerprint: &Fingerprint,
    incident: &Incident,
    now: Time,
) -> Option<IncidentEvent> {
    let is_unsaid = |group: &&Group| {
        let member = group.members().get(fingerprint);
        member.is_some_and(|member| !member.firing && member.incident.as_ref() == Some(&incident.id))
    };
    let group = groups.iter().find(is_unsaid).filter(|_| !incident.state.is_open() && !by_hand(incident))?;
    let id = EventId::derive(&["left", incident.id.as_str(), &incident.version.to_string(), fingerprint.as_str()]);
    Some(IncidentEvent { id, ..event(group, incident, now) })
}

/// Tells whoever has heard of the incident that it is over.
pub(super) fn event(group: &Group, incident: &Incident, now: Time) -> IncidentEvent {
    let says = EventKind::IncidentResolved;
    let (group, generation) = (group.id.clone(), group.generation);
    let telling = Telling::Group { group, generation, says, channels: Vec::new() };
    IncidentEvent::due(incident, telling, words(incident), now)
}

/// That the incident is over, after how long and why.
pub(super) fn words(incident: &Incident) -> String {
    let lasted = incident.lasted(incident.resolved_at.unwrap_or(incident.opened_at));
    let why = incident.timeline.iter().rev().find_map(|entry| match &entry.what {
        What::AlertResolved { reason, .. } => Some(format!(": {reason}")),
        _ => None,
    });
    format!("resolved by {} after {lasted}{}", crate::OWN_SERVICE, why.unwrap_or_default())
}

/// Whether a person has ended it: who heard of it heard of that then.
fn by_hand(incident: &Incident) -> bool {
    ended_by(incident).is_some()
}

/// The person who has ended it.
pub(super) fn ended_by(incident: &Incident) -> Option<&str> {
    let last = incident.timeline.iter().rev().find_map(|entry| match &entry.what {
        What::StateChanged { to: State::Resolved, by, .. } => Some(by.as_str()),
        _ => None,
    });
    last.filter(|by| *by != crate::OWN_SERVICE)
}
