//! Drills: a marked breach goes the whole way, from collection to a person's acknowledgement, and the time of each hop
//! is kept. A path that is not walked is not known to work.

mod hop;
mod plan;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{DrillId, IncidentId, ServiceName};
use crate::incident::{Incident, State};
use crate::label::Labels;
use crate::notification::{Receipt, ReceiptState};
use crate::units::{Span, Time};

pub use hop::Hop;
pub use plan::{MONITORS, Plan};

/// The correlation key of its incidents: what is really wrong never joins them.
pub const KEY: &str = "drill";
/// The label that its alerts carry, with the value `true`.
pub const LABEL: &str = "drill";

/// How long one hop between functions may take: twice what the slowest takes, which waits for a minute's tick, for a
/// period to settle and for a second tick.
pub const HOP_TAKES_AT_MOST: Span = Span::from_minutes(5);
/// How soon somebody should acknowledge, unless the configuration says so.
pub const ACKNOWLEDGE_WITHIN: Span = Span::from_minutes(15);
/// A drill that runs is looked at again after this long.
pub const LOOK_EVERY: Span = Span::from_seconds(30);

/// Whether labels are those of a drill's alert.
pub fn marks(labels: &Labels) -> bool {
    labels.get(LABEL).is_some_and(|value| value == "true")
}

/// One drill. Guarded by its version.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Drill {
    /// Derived from the service and the minute it was asked for in.
    pub id: DrillId,
    /// Counts commits, from 1; 0 before the first.
    pub version: u64,
    /// What is tried.
    #[serde(flatten)]
    pub plan: Plan,
    /// Who asked for it.
    pub by: String,
    /// When.
    pub asked_at: Time,
    /// When each hop was done.
    pub hops: BTreeMap<Hop, Time>,
    /// Where it stands.
    pub standing: Standing,
    /// The marked incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// From when on the breach is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_back_at: Option<Time>,
    /// When the timekeeper must look at it; `None`: nothing is left to do.
    pub next_wake: Option<Time>,
}

/// Where a drill stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Standing {
    /// Under way.
    Running,
    /// Every hop was done in time.
    Passed {
        /// When it was known.
        at: Time,
    },
    /// A hop was not done in time.
    Broken {
        /// When it was known.
        at: Time,
        /// The hop.
        hop: Hop,
        /// What is known of it, in a sentence.
        reason: String,
    },
}

/// What is stored that shows how far a drill has come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen<'a> {
    /// The tick that read the breach.
    pub collected: Option<Time>,
    /// The marked incident.
    pub incident: Option<&'a Incident>,
    /// What became of its notifications.
    pub receipts: &'a [Receipt],
    /// How long the route waits before it tells of a new group.
    pub group_wait: Span,
}

impl Drill {
    /// A drill that begins now.
    pub fn begin(plan: Plan, by: &str, now: Time) -> Self {
        Self {
            id: Self::id_of(&plan.service, now),
            version: 0,
            plan,
            by: by.to_owned(),
            asked_at: now,
            hops: BTreeMap::new(),
            standing: Standing::Running,
            incident: None,
            taken_back_at: None,
            next_wake: Some(now),
        }
    }

    /// The id of the drill of `service` that is asked for at `now`: the same for a whole minute, so that who asks twice
    /// gets one.
    pub fn id_of(service: &ServiceName, now: Time) -> DrillId {
        DrillId::derive(&["drill", service.as_str(), &now.floor(Span::MINUTE).to_string()])
    }

    /// The period that the breach lies in.
    pub fn breach_at(&self) -> Time {
        self.asked_at.floor(Span::MINUTE)
    }

    /// Whether it is under way.
    pub fn is_running(&self) -> bool {
        self.standing == Standing::Running
    }

    /// Notes what is seen, and judges: passed, broken, or to be looked at again.
    pub fn observe(&mut self, seen: &Seen<'_>, now: Time) {
        for (hop, at) in hop::done(self, seen) {
            self.hops.entry(hop).or_insert(at);
        }
        self.incident = self.incident.take().or_else(|| seen.incident.map(|incident| incident.id.clone()));
        if self.is_running() {
            self.judge(seen, now);
        }
        if !self.is_running() || self.hops.contains_key(&Hop::Acknowledged) {
            // The breach and its end lie in two periods.
            self.taken_back_at.get_or_insert(now.floor(Span::MINUTE).max(self.breach_at() + Span::MINUTE));
        }
        let is_open = seen.incident.is_some_and(|incident| incident.state.is_open());
        let is_left = self.is_running() || is_open;
        self.next_wake = is_left.then(|| now + LOOK_EVERY);
    }

    /// The next hop that is not done, and until when it may take; `None`: all are done.
    pub fn awaited(&self, seen: &Seen<'_>) -> Option<(Hop, Time)> {
        let last = self.hops.keys().next_back().copied();
        let is_ahead = |hop: &&Hop| last.is_none_or(|last| **hop > last) && hop.is_wanted(seen);
        let hop = *Hop::ALL.iter().find(is_ahead)?;
        let since = last.and_then(|last| self.hops.get(&last)).map_or(self.asked_at, |at| (*at).max(self.asked_at));
        // Taking back begins when the acknowledgement is seen, not when it is made.
        let since = self.taken_back_at.filter(|_| hop == Hop::Ended).map_or(since, |at| at.max(since));
        Some((hop, since + hop.allowed(&self.plan, seen.group_wait)))
    }

    fn judge(&mut self, seen: &Seen<'_>, now: Time) {
        self.standing = match self.awaited(seen) {
            None => Standing::Passed { at: now },
            Some((hop, until)) if now > until => {
                Standing::Broken { at: now, hop, reason: hop.missed(&self.plan, seen) }
            }
            Some(_) => return,
        };
    }
}

impl Incident {
    /// Whether a drill has caused it: nothing is wrong, and nothing is to be done but to acknowledge it.
    pub fn is_drill(&self) -> bool {
        self.key == KEY && !self.alerts.is_empty() && self.alerts.iter().all(|alert| marks(&alert.labels))
    }
}

/// When somebody took the incident, or ended it, which shows as well that a person was reached.
fn taken_at(incident: &Incident, taken_back_at: Option<Time>) -> Option<Time> {
    let over = incident.resolved_at.filter(|_| matches!(incident.state, State::Resolved | State::Closed));
    incident.acknowledged_at.or(over.filter(|at| taken_back_at.is_none_or(|back| *at < back)))
}

/// When the first notification arrived that `counts`.
fn first_delivered(receipts: &[Receipt], counts: impl Fn(&Receipt) -> bool) -> Option<Time> {
    let at = receipts.iter().filter(|receipt| counts(receipt)).filter_map(|receipt| match receipt.state {
        ReceiptState::Delivered { at, .. } => Some(at),
        _ => None,
    });
    at.min()
}
