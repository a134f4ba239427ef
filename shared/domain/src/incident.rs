//! Incidents: people's work on what is wrong.

mod kin;
mod lifecycle;
mod muted;
mod page_key;
mod severity;
mod taken;
mod timeline;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use kin::{MergeRefused, Related, Standing};
pub use lifecycle::{Event as LifecycleEvent, Refused, State};
pub use muted::{Muted, NotKept};
pub use severity::{Severity, SeverityError, SeverityPolicy};
pub use taken::Taken;
pub use timeline::{Entry, What};

use crate::alert::AlertSummary;
use crate::escalation::Escalation;
use crate::id::{Fingerprint, IncidentId, ServiceName};
use crate::monitor::Category;
use crate::response::Action;
use crate::units::{Span, Time};

/// The incident: one per open service and correlation key. Stored whole, guarded by its version.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Incident {
    /// Derived from service, key and `opened_at`.
    pub id: IncidentId,
    /// Counts commits, from 1; 0 before the first.
    pub version: u64,
    /// The service it belongs to.
    pub service: ServiceName,
    /// What its alerts have in common beside the service; empty: the service alone.
    pub key: String,
    /// Who cares.
    pub category: Category,
    /// The worst it has been.
    pub severity: Severity,
    /// Where it stands.
    pub state: State,
    /// One line for people.
    pub title: String,
    /// When the trouble was first judged, not when anybody heard of it.
    pub opened_at: Time,
    /// When somebody first took it.
    pub acknowledged_at: Option<Time>,
    /// How often whoever had it has it no more, while it was open.
    #[serde(default, skip_serializing_if = "crate::units::is_zero")]
    pub releases: u32,
    /// When it last resolved.
    pub resolved_at: Option<Time>,
    /// Its alerts, in the order they joined.
    pub alerts: Vec<AlertSummary>,
    /// Alerts that fire and that the list has no room for, at most [`Incident::UNLISTED_MAX`].
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unlisted: BTreeSet<Fingerprint>,
    /// What was planned and done, in order.
    pub actions: Vec<Action>,
    /// What happened, in order, at most [`Incident::TIMELINE_MAX`] entries.
    pub timeline: Vec<Entry>,
    /// How many entries did not fit the timeline.
    pub timeline_dropped: u32,
    /// When the timekeeper must look at it; `None`: nothing is due.
    pub next_wake: Option<Time>,
    /// How it looks for somebody who takes it; `None`: no route that told of it has a policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Escalation>,
    /// Who took it before there was a policy, since it last came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Taken>,
    /// Who wants to hear of it again only when it is over, and since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted: Option<Muted>,
    /// Incidents that it may be one with, or is, the nearest first; at most [`Incident::RELATED_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// Services and keys beside its own whose alerts join it: those of incidents that were merged into it; at most
    /// [`Incident::COVERS_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covers: Vec<(ServiceName, String)>,
    /// It goes on in this one; it is closed itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<IncidentId>,
    /// When it is looked at whether it is one with others; `None`: that is done, or no service lies near.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlate_at: Option<Time>,
}

impl Incident {
    /// Entries kept; at about 300 bytes each they stay below half of a `DynamoDB` item's 400 KB.
    pub const TIMELINE_MAX: usize = 500;
    /// Alerts that one incident lists; of later ones it knows only that they fire.
    pub const ALERTS_MAX: usize = 100;
    /// Alerts beside the list of which it knows that they fire, 30 KB of its row. Of still more it stands in the timeline
    /// only, and they do not keep it open.
    pub const UNLISTED_MAX: usize = 1000;

    /// Bytes of the labels that the listed alerts have together. Alerts that come later are listed without theirs, which
    /// stand in the alert's own row.
    pub const LABELS_BYTES_MAX: usize = 100 * 1024;

    /// The id of the incident of `service` and `key` that opens at `opened_at`.
    pub fn id_of(service: &ServiceName, key: &str, opened_at: Time) -> IncidentId {
        IncidentId::derive(&["incident", service.as_str(), key, &opened_at.to_string()])
    }

    /// Appends to the timeline. Beyond the limit, of what its alerts did and who was called, which there may be no end of,
    /// the latest makes way for what happened to the incident itself and for people's words; the rest is only counted.
    pub fn note(&mut self, at: Time, what: What) {
        if self.timeline.len() >= Self::TIMELINE_MAX {
            self.timeline_dropped = self.timeline_dropped.saturating_add(1);
            if what.makes_way() {
                return;
            }
            // Where nothing makes way, the oldest does but for the beginning.
            let way = self.timeline.iter().rposition(|entry| entry.what.makes_way()).unwrap_or(1);
            self.timeline.remove(way);
        }
        self.timeline.push(Entry { at, what });
    }

    /// Takes the latest of what makes way out of a timeline of more than `entries`.
    pub fn make_room(&mut self, entries: usize) {
        while self.timeline.len() > entries {
            let Some(way) = self.timeline.iter().rposition(|entry| entry.what.makes_way()) else { return };
            self.timeline.remove(way);
        }
    }

    /// Why the alert last fired, by the timeline.
    pub fn why_fired(&self, fingerprint: &Fingerprint) -> Option<&str> {
        self.timeline.iter().rev().find_map(|entry| match &entry.what {
            What::AlertFired { alert, reason } if alert == fingerprint => Some(reason.as_str()),
            _ => None,
        })
    }

    /// Whether any of its alerts is still firing.
    pub fn has_firing_alerts(&self) -> bool {
        !self.unlisted.is_empty() || self.alerts.iter().any(|alert| alert.resolved_at.is_none())
    }

    /// Whether each of its alerts that is taken to fire is over for now.
    pub fn is_quiet(&self) -> bool {
        let mut firing = self.alerts.iter().filter(|alert| alert.resolved_at.is_none()).peekable();
        self.unlisted.is_empty() && firing.peek().is_some() && firing.all(|alert| alert.quiet_since.is_some())
    }

    /// Whether people may be called for it now: it is open, and not over for now.
    pub fn calls_go_on(&self) -> bool {
        self.state.is_open() && !self.is_quiet()
    }

    /// The listed alert with this fingerprint.
    pub fn alert_mut(&mut self, fingerprint: &Fingerprint) -> Option<&mut AlertSummary> {
        self.alerts.iter_mut().find(|alert| &alert.fingerprint == fingerprint)
    }

    /// Whether the alert is listed, and as over.
    pub fn lists_as_over(&self, fingerprint: &Fingerprint) -> bool {
        self.alerts.iter().any(|listed| &listed.fingerprint == fingerprint && listed.resolved_at.is_some())
    }

    /// Its alerts that are taken to fire and are over for now.
    pub fn quiet_alerts(&self) -> impl Iterator<Item = &AlertSummary> {
        self.alerts.iter().filter(|listed| listed.resolved_at.is_none() && listed.quiet_since.is_some())
    }

    /// Its alerts that are over for now are over.
    pub fn believe_ends(&mut self) {
        for listed in self.alerts.iter_mut().filter(|listed| listed.resolved_at.is_none()) {
            listed.resolved_at = listed.quiet_since.take();
        }
    }

    /// An alert of it is over since `at`.
    pub fn alert_resolved(&mut self, fingerprint: &Fingerprint, at: Time) {
        self.unlisted.remove(fingerprint);
        if let Some(listed) = self.alert_mut(fingerprint) {
            (listed.resolved_at, listed.quiet_since) = (Some(at), None);
        }
    }

    /// Lists an alert, in the place of what was listed of it, while there is room; otherwise it remembers that it fires.
    pub fn list(&mut self, mut alert: AlertSummary) {
        let place = self.alerts.iter().position(|listed| listed.fingerprint == alert.fingerprint);
        let others = self.alerts.iter().filter(|listed| listed.fingerprint != alert.fingerprint);
        if others.map(labels_bytes).sum::<usize>() + labels_bytes(&alert) > Self::LABELS_BYTES_MAX {
            alert.labels.clear();
        }
        match place {
            Some(place) => {
                alert.returns = alert.returns.saturating_add(self.alerts[place].returns);
                self.alerts[place] = alert;
            }
            None if self.alerts.len() < Self::ALERTS_MAX => self.alerts.push(alert),
            None if alert.resolved_at.is_none() && self.unlisted.len() < Self::UNLISTED_MAX => {
                self.unlisted.insert(alert.fingerprint);
            }
            None => {}
        }
    }

    /// Whether somebody should take it: nobody has, or only we are acting on it and people are still called.
    pub fn waits_for_somebody(&self) -> bool {
        let called = self.escalation.as_ref().is_some_and(|paging| paging.holder().is_none());
        self.state == State::Triggered || (self.state == State::Mitigating && called)
    }

    /// How long it lasted, up to its resolve or to `now`.
    pub fn lasted(&self, now: Time) -> Span {
        self.resolved_at.unwrap_or(now).since(self.opened_at)
    }
}

fn labels_bytes(alert: &AlertSummary) -> usize {
    alert.labels.iter().map(|(name, value)| name.len() + value.len()).sum()
}
