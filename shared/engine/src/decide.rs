//! The decision: `(aggregate, what happened, now) -> (aggregate', effects, next wake)`.
//!
//! A decision is a [`Commit`](crate::port::Commit): the next state of the aggregates and the outbox rows of the
//! effects, written together or not at all.

mod alert_changed;
pub(crate) mod by_hand;
pub(crate) mod incident_changed;
pub(crate) mod merge;
mod place;
mod restless;
pub(crate) mod split;
#[cfg(test)]
pub(crate) mod tests;
mod without_data;

pub use alert_changed::{CORRELATION_LABEL, Known, SLO_KEY, alert_changed, correlation_key};
pub use by_hand::{escalate, mute, redeem, snooze, take_over, unmute};
pub use incident_changed::{AFTER_RESOLVE_CLOSE, acknowledge, close, decide_action, note, open_by_hand, resolve};

pub use place::{Place, Placing, places, timing};
pub use split::{GROUPS_TOGETHER_MAX, SPLIT_MAX};

use domain::escalation::Escalation;
use domain::event::{EventKind, IncidentEvent};
use domain::id::ActionId;
use domain::incident::{Incident, State};
use domain::response::ActionState;
use domain::units::{Span, Time};

use crate::port::{Commit, Wake};

/// An action that was begun is looked at again after this long, in case its function died.
pub const LOOK_AGAIN_AFTER: Span = Span::from_minutes(2);

/// What was decided, and why.
#[derive(Clone, PartialEq, Debug)]
pub enum Decision {
    /// Nothing changes.
    Nothing {
        /// Why not.
        reason: &'static str,
    },
    /// This is to be committed.
    Commit(Box<Commit>),
}

/// An incident on its way to the next version, and what will be told of it.
pub(crate) struct Draft {
    pub incident: Incident,
    pub events: Vec<IncidentEvent>,
    now: Time,
}

impl Draft {
    pub(crate) fn new(incident: Incident, now: Time) -> Self {
        Self { incident, events: Vec::new(), now }
    }

    /// Tells of what happened, with the incident as it is at the end of the decision.
    pub(crate) fn tell(&mut self, kind: EventKind, action: Option<ActionId>, summary: impl Into<String>) {
        self.events.push(IncidentEvent::of(&self.incident, kind, action, summary.into(), self.now));
    }

    /// Tells of what an alert has caused.
    pub(crate) fn tell_by_alert(&mut self, kind: EventKind, summary: impl Into<String>) {
        self.tell(kind, None, summary);
        self.events.last_mut().expect("it was told just now").by_alert = true;
    }

    pub(crate) fn commit(mut self) -> Commit {
        for event in &mut self.events {
            event.severity = self.incident.severity;
        }
        let wakes = set_wake(&mut self.incident, self.now).into_iter().collect();
        Commit { incident: Some(self.incident), events: self.events, wakes, now: self.now, ..Commit::default() }
    }
}

/// Sets when the incident is to be looked at next; what is to be woken for it, if that is another time than before.
pub(crate) fn set_wake(incident: &mut Incident, now: Time) -> Option<(Wake, Time)> {
    let before = incident.next_wake;
    incident.next_wake = next_wake(incident, now);
    incident.next_wake.filter(|at| Some(*at) != before).map(|at| (Wake::Incident(incident.id.clone()), at))
}

/// Whether more is due of it than a look at others that it may be one with.
pub(crate) fn has_work(incident: &Incident, now: Time) -> bool {
    let alone = Incident { correlate_at: None, ..incident.clone() };
    let is_under_way = alone.actions.iter().any(|action| action.state.is_under_way());
    is_under_way || next_wake(&alone, now).is_some_and(|at| at <= now)
}

/// When the timekeeper must look at the incident next: the first of what its state and its actions wait for. It is
/// worked out from where they stand, so that no decision can forget what another one waits for.
fn next_wake(incident: &Incident, now: Time) -> Option<Time> {
    if incident.state == State::Closed {
        return None;
    }
    let closes = incident.resolved_at.filter(|_| incident.state == State::Resolved);
    let actions = incident.actions.iter().filter_map(|action| match &action.state {
        state if state.is_under_way() => {
            // What else happens to the incident meanwhile does not put it off.
            let set_before = incident.next_wake.filter(|wake| *wake > now);
            Some(set_before.map_or(now + LOOK_AGAIN_AFTER, |wake| wake.min(now + LOOK_AGAIN_AFTER)))
        }
        ActionState::Acted { verify_by, .. } if incident.state.is_open() => Some(*verify_by),
        _ => None,
    });
    let escalation = incident.escalation.as_ref().filter(|_| incident.calls_go_on());
    let pages = escalation.and_then(Escalation::next_wake);
    let look = incident.correlate_at.filter(|_| incident.state.is_open());
    actions.chain(pages).chain(look).chain(closes.map(|at| at + AFTER_RESOLVE_CLOSE)).min()
}
