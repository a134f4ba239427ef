//! Alerts that are told together, and what was told of them.
//!
//! A group is a route and the values of its `group_by` labels. A change of an alert is *placed* in its groups; when a
//! group's time has come it is *flushed*: a pure rule that says what to tell, or why nothing is told, and when to look
//! again. The rules and their order are Alertmanager's (`dispatch/dispatch.go`, `notify/dedup_stage.go`); where they differ
//! it is said at the rule.

mod bytes;
mod counted;
mod flush;
mod judge;
mod outlook;
mod place;
mod reason;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use counted::{COUNTED_MAX, Counted, KINDS_MAX, Kind, NAME_BYTES_MAX};
pub use flush::{Flushed, Tell, View};
pub use outlook::Outlook;
pub use place::Placed;
pub use reason::{Cause, Held, Reason};

use crate::alert::{Alert, Status};
use crate::flapping::Flapping;
use crate::id::{Fingerprint, GroupId, IncidentId, ServiceName};
use crate::incident::Severity;
use crate::label::Labels;
use crate::routing::RoutePath;
use crate::units::{Span, Time};

/// Alerts that a group holds whole; what comes beyond is counted. A message can name far fewer.
pub const MEMBERS_MAX: usize = 300;
/// Bytes of JSON that the whole alerts of a group take at most: with the counted ones and their kinds, a row stays below
/// 350 KB, and so below DynamoDB's 400 KB.
pub const MEMBERS_BYTES_MAX: usize = 176 * 1024;

/// Alerts of one route with the same values of its `group_by` labels. Guarded by its version.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Group {
    /// Its identity: [`Group::id_of`].
    pub id: GroupId,
    /// Counts commits, from 1; 0 before the first.
    pub version: u64,
    /// The route that told its alerts to meet here.
    pub route: RoutePath,
    /// What its alerts have in common.
    pub labels: Labels,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    members: BTreeMap<Fingerprint, Member>,
    /// Bytes of JSON that they take at most.
    #[serde(default)]
    members_bytes: usize,
    #[serde(default, skip_serializing_if = "Counted::is_empty")]
    counted: Counted,
    /// What was last told; `None`: nothing since it opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
    /// Who took what was told; it is not told again until there is something new, or all is resolved and fires again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledged>,
    /// How often something was told in all its life. It never goes back, so group and generation name a notification.
    #[serde(default)]
    pub generation: u32,
    /// When its first alert came; of an empty group: when the last life of it began.
    pub opened_at: Time,
    /// When it was last flushed; `None`: not since it opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flushed_at: Option<Time>,
    /// When it is to be flushed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_flush: Option<Time>,
}

/// An alert in a group.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Member {
    /// As in [`Alert::name`].
    pub name: String,
    /// The service that is wrong.
    pub service: ServiceName,
    /// How bad it is, or was when it resolved.
    pub severity: Severity,
    /// What it is silenced and inhibited by.
    pub labels: Labels,
    /// Firing, or resolved.
    pub firing: bool,
    /// When that last changed.
    pub changed_at: Time,
    /// The incident it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// How restless it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flapping: Option<Flapping>,
    /// It was told as firing, so severely. Kept by the group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Severity>,
    /// It was held back when the group was last flushed. Kept by the group.
    #[serde(default, skip_serializing_if = "is_false")]
    pub held: bool,
    /// Who muted it until it is resolved waits for its end, told that it fired or not. Kept by the group.
    #[serde(default, skip_serializing_if = "is_false")]
    pub awaited: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Member {
    /// `alert` as a group keeps it; `labels` are its routing labels.
    pub fn of(alert: &Alert, labels: Labels) -> Self {
        Self {
            name: alert.name.clone(),
            service: alert.service.clone(),
            severity: alert.severity,
            labels,
            firing: alert.status == Status::Firing,
            changed_at: alert.changed_at,
            incident: alert.incident.clone(),
            flapping: alert.flapping.clone(),
            told: None,
            held: false,
            awaited: false,
        }
    }

    /// Whether somebody is to be told of its end.
    pub fn has_listeners(&self) -> bool {
        self.told.is_some() || self.awaited
    }
}

/// What was last told of a group. Of which alerts stands with each: [`Member::told`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Told {
    /// When.
    pub at: Time,
    /// Why.
    pub reason: Reason,
}

/// Somebody takes it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Who.
    pub by: String,
    /// When.
    pub at: Time,
}

/// The clocks of a route.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timing {
    /// From a group's first alert to its first notification.
    pub wait: Span,
    /// From one flush to the next.
    pub interval: Span,
    /// After which an unchanged group is told again.
    pub repeat: Span,
}

impl Timing {
    /// From one telling of what is unchanged to the next.
    fn repeats(&self) -> Span {
        place::at_least_a_second(self.repeat.max(self.interval))
    }
}

impl Default for Timing {
    /// Alertmanager's: 30 s, 5 m, 4 h.
    fn default() -> Self {
        Self { wait: Span::from_seconds(30), interval: Span::from_minutes(5), repeat: Span::HOUR.times(4) }
    }
}

impl Group {
    /// The identity of the group of `route` and `labels`, which come in their order.
    pub fn id_of<'l>(route: &RoutePath, labels: impl IntoIterator<Item = (&'l String, &'l String)>) -> GroupId {
        let pairs = labels.into_iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]);
        GroupId::derive(&std::iter::once(route.as_str()).chain(pairs).collect::<Vec<_>>())
    }

    /// An empty group: nothing is due until an alert is placed in it.
    pub fn open(route: RoutePath, labels: Labels, now: Time) -> Self {
        Self {
            id: Self::id_of(&route, &labels),
            version: 0,
            route,
            labels,
            members: BTreeMap::new(),
            members_bytes: 0,
            counted: Counted::default(),
            told: None,
            acknowledged: None,
            generation: 0,
            opened_at: now,
            flushed_at: None,
            next_flush: None,
        }
    }

    /// When it last told anything; `None`: it never did.
    pub fn told_at(&self) -> Option<Time> {
        self.told.as_ref().map(|told| told.at)
    }

    /// When it must be flushed; `None`: nothing is due before something changes.
    pub fn next_wake(&self) -> Option<Time> {
        self.next_flush
    }

    /// The alerts that it holds whole, by fingerprint.
    pub fn members(&self) -> &BTreeMap<Fingerprint, Member> {
        &self.members
    }

    /// The alerts that it only counts.
    pub fn counted(&self) -> &Counted {
        &self.counted
    }

    /// Whether there is nothing in it: it is over.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty() && self.counted.is_empty()
    }

    /// How many alerts fire in it, counted ones included.
    pub fn firing(&self) -> usize {
        self.members.values().filter(|member| member.firing).count() + self.counted.firing()
    }

    /// `by` takes what was told: it is not repeated until something is new, or all is resolved and fires again.
    /// (Alertmanager's users ask for it: prometheus/alertmanager issue 1860.)
    pub fn acknowledge(&mut self, by: &str, now: Time) {
        self.acknowledged = Some(Acknowledged { by: bytes::bounded(by, bytes::BY_BYTES_MAX), at: now });
    }
}
