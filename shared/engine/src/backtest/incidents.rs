use std::collections::BTreeMap;

use domain::alert::Alert;
use domain::event::{EventKind, IncidentEvent};
use domain::id::{Fingerprint, IncidentId, ServiceName};
use domain::incident::{Incident, Severity};
use domain::units::Time;
use serde::Serialize;

use super::Told;
use crate::decide::{Decision, Known, alert_changed, correlation_key};
use crate::port::{Commit, OpenPointer};

/// Something that asks for a person: an incident opens, comes back, or becomes worth waking somebody.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Call {
    /// When it was told.
    pub at: Time,
    /// Whether it wakes somebody.
    pub kind: CallKind,
    /// Its incident.
    pub incident: IncidentId,
    /// The monitor whose alert brought it.
    pub monitor: String,
    /// The service.
    pub service: ServiceName,
    /// How bad it is.
    pub severity: Severity,
    /// Why, in a sentence.
    pub reason: String,
    #[serde(skip)]
    pub(super) category: domain::monitor::Category,
}

/// What is expected of a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallKind {
    /// To get up: SEV1 and SEV2.
    Page,
    /// To look at it in working hours: SEV3 and SEV4.
    Ticket,
}

impl CallKind {
    /// What this severity asks for.
    pub const fn of(severity: Severity) -> Self {
        match severity {
            Severity::Sev1 | Severity::Sev2 => Self::Page,
            Severity::Sev3 | Severity::Sev4 => Self::Ticket,
        }
    }
}

/// Alerts and incidents as the decision makes them, in memory: nobody acknowledges, nothing acts.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Incidents {
    alerts: BTreeMap<Fingerprint, Alert>,
    known: BTreeMap<IncidentId, Incident>,
    open: BTreeMap<(ServiceName, String), IncidentId>,
}

impl Incidents {
    /// Decides on a change, and returns the call that it makes, if any. What flapped and was calm for long enough is over
    /// before it.
    pub fn take(&mut self, told: &Told) -> Option<Call> {
        while let Some(calm) = self.first_calm(told.at) {
            self.decide(&calm);
        }
        self.decide(told)
    }

    fn first_calm(&self, now: Time) -> Option<Told> {
        let due = self.alerts.values().filter_map(|alert| Some((alert.next_wake()?, alert)));
        let (at, alert) = due.min_by_key(|(at, _)| *at)?;
        Some(Told { at, change: alert.lapsed(now)? })
    }

    fn decide(&mut self, told: &Told) -> Option<Call> {
        let change = &told.change;
        let alert = self.alerts.get(&change.fingerprint).cloned();
        let last = alert.as_ref().and_then(|alert| alert.incident.as_ref());
        let last = last.and_then(|id| self.known.get(id)).cloned();
        let key = (change.service.clone(), correlation_key(change).to_owned());
        let open = self.open.get(&key).and_then(|id| self.known.get(id)).cloned();
        let before = open.as_ref().or(last.as_ref()).map(|incident| (incident.id.clone(), incident.severity));
        let same = self.known.get(&Incident::id_of(&change.service, correlation_key(change), change.at)).cloned();
        let Decision::Commit(commit) =
            alert_changed(Known { alert, last, open, same, ..Known::default() }, change, told.at)
        else {
            return None;
        };
        let event = commit.events.iter().find_map(|event| call_kind(event, before.as_ref()).map(|kind| (event, kind)));
        let call = event.map(|(event, kind)| Call {
            at: told.at,
            kind,
            incident: event.incident.clone(),
            monitor: change.name.clone(),
            service: event.service.clone(),
            severity: event.severity,
            reason: event.summary.clone(),
            category: event.category,
        });
        self.commit(*commit, key);
        call
    }

    fn commit(&mut self, commit: Commit, key: (ServiceName, String)) {
        for alert in commit.alerts {
            self.alerts.insert(alert.fingerprint.clone(), Alert { version: alert.version + 1, ..alert });
        }
        let Some(incident) = commit.incident else { return };
        match commit.pointer {
            OpenPointer::Open => self.open.insert(key, incident.id.clone()),
            OpenPointer::Close => self.open.remove(&key),
            OpenPointer::Unchanged => None,
        };
        self.known.insert(incident.id.clone(), Incident { version: incident.version + 1, ..incident });
    }
}

fn call_kind(event: &IncidentEvent, before: Option<&(IncidentId, Severity)>) -> Option<CallKind> {
    let kind = CallKind::of(event.severity);
    match event.kind {
        EventKind::IncidentOpened | EventKind::IncidentReopened => Some(kind),
        EventKind::IncidentUpdated => {
            let (_, was) = before.filter(|(id, _)| *id == event.incident)?;
            (kind == CallKind::Page && CallKind::of(*was) == CallKind::Ticket).then_some(kind)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::alert::Status::{Firing, Resolved};
    use domain::incident::Severity::Sev2;

    use super::*;
    use crate::decide::tests::change;

    #[test]
    fn what_flapped_is_over_once_it_was_calm_and_its_next_breach_calls() {
        let mut incidents = Incidents::default();
        let calls = (0..12).chain([600, 601]).filter_map(|minute| {
            let change = change("a", if minute % 2 == 0 { Firing } else { Resolved }, Sev2, minute);
            incidents.take(&Told { at: change.at, change }).map(|call| (minute, call.kind))
        });
        let calls: Vec<_> = calls.collect();
        assert_eq!(calls, [0, 2, 4, 600].map(|minute| (minute, CallKind::Page)), "what flaps is one incident");
    }
}
