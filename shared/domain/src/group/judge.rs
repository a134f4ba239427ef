//! What a flush would decide: `needsUpdate` and `needsUpdateMuteAware` of Alertmanager's `notify/dedup_stage.go`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::counted::{self, Brief};
use super::place::at_least_a_second;
use super::{Group, Held, Member, Reason, Timing, View};
use crate::id::Fingerprint;
use crate::units::Time;

/// How an alert of a group stands at a flush.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Standing<'a> {
    /// It fires, and may be told.
    Shown,
    /// It fires, and may not be told.
    Held(Cow<'a, Held>),
    /// It is resolved, which is told to whom its firing was told.
    Over,
    /// It came and went while it was held: there is nothing to tell.
    Passed,
}

/// A group as a view lets it be seen.
pub(super) struct Sight<'a> {
    view: &'a View,
    keys: BTreeMap<u64, &'a Held>,
    kinds: BTreeMap<String, Option<Held>>,
}

impl<'a> Sight<'a> {
    pub(super) fn of(group: &Group, view: &'a View) -> Self {
        let mut sight = Self { view, keys: BTreeMap::new(), kinds: BTreeMap::new() };
        if group.counted.is_empty() {
            return sight;
        }
        sight.keys = view.held.iter().map(|(fingerprint, held)| (counted::key(fingerprint), held)).collect();
        for (fingerprint, member) in group.members.iter().filter(|(_, member)| member.firing) {
            let held = match sight.whole(fingerprint, member) {
                Standing::Held(held) => Some(held.into_owned()),
                _ => None,
            };
            let all = sight.kinds.entry(counted::kind_of(&member.name)).or_insert_with(|| held.clone());
            if held.is_none() {
                *all = None;
            }
        }
        sight
    }

    /// How a member stands.
    pub(super) fn whole(&self, fingerprint: &Fingerprint, member: &Member) -> Standing<'a> {
        let held = self.view.held.get(fingerprint);
        if member.firing {
            held.map(Cow::Borrowed).map_or(Standing::Shown, Standing::Held)
        } else if !member.has_listeners() && (member.held || held.is_some()) {
            Standing::Passed
        } else {
            Standing::Over
        }
    }

    /// How a counted alert stands: held if the view says so of it, or of all of its name that are held whole.
    pub(super) fn brief(&self, name: &str, key: u64, brief: Brief) -> Standing<'a> {
        let held = || {
            let own = self.keys.get(&key).map(|held| Cow::Borrowed(*held));
            own.or_else(|| Some(Cow::Owned(self.kinds.get(name)?.clone()?)))
        };
        if brief.firing {
            held().map_or(Standing::Shown, Standing::Held)
        } else if brief.told.is_some() || held().is_none() {
            Standing::Over
        } else {
            Standing::Passed
        }
    }
}

/// A group in numbers.
#[derive(Default, Debug)]
pub(super) struct Tally {
    /// Alerts that fire, shown or held.
    pub(super) firing: usize,
    pub(super) shown: usize,
    pub(super) held: usize,
    /// The first that is held, and why.
    first_held: Option<Held>,
    /// When the first hold ends that has a known end.
    ends: Option<Time>,
    /// Alerts that somebody was told of as firing, or has muted.
    known: usize,
    /// Shown and never told.
    fresh: usize,
    /// Of these, those that were held at the flush before.
    fresh_were_held: usize,
    /// Shown and told as less severe.
    worse: usize,
    /// Resolved, to be told.
    over: usize,
}

impl Tally {
    pub(super) fn of(group: &Group, sight: &Sight<'_>, now: Time) -> Self {
        let mut tally = Self::default();
        for (fingerprint, member) in &group.members {
            tally.known += usize::from(member.has_listeners());
            tally.add(sight.whole(fingerprint, member), Brief::of(member), member.held, now);
        }
        for (name, key, brief) in group.counted.each() {
            tally.known += usize::from(brief.told.is_some());
            tally.add(sight.brief(name, key, brief), brief, false, now);
        }
        tally
    }

    fn add(&mut self, standing: Standing<'_>, brief: Brief, was_held: bool, now: Time) {
        match standing {
            Standing::Shown => {
                let fresh = brief.told.is_none();
                self.firing += 1;
                self.shown += 1;
                self.fresh += usize::from(fresh);
                self.fresh_were_held += usize::from(fresh && was_held);
                self.worse += usize::from(brief.told.is_some_and(|told| brief.severity < told));
            }
            Standing::Held(held) => {
                self.firing += 1;
                self.held += 1;
                let ends = held.until.filter(|until| *until > now);
                self.ends = self.ends.into_iter().chain(ends).min();
                self.first_held.get_or_insert_with(|| held.into_owned());
            }
            Standing::Over => self.over += 1,
            Standing::Passed => {}
        }
    }

    /// When held alerts must be looked at again: when the first hold ends, and no later than the interval, since a
    /// silence may be taken back and an inhibiting alert may resolve.
    pub(super) fn look_again(&self, timing: &Timing, now: Time) -> Option<Time> {
        (self.held > 0).then(|| soonest(self.ends, timing, now))
    }
}

pub(super) fn soonest(until: Option<Time>, timing: &Timing, now: Time) -> Time {
    let next = now + at_least_a_second(timing.interval);
    until.filter(|until| *until > now).map_or(next, |until| until.min(next))
}

impl Group {
    /// What a flush at `now` decides; the order of the questions is Alertmanager's.
    pub(super) fn judge(&self, tally: &Tally, view: &View, timing: &Timing, now: Time) -> Reason {
        if let Some(until) = self.next_flush.filter(|next| *next > now) {
            return Reason::TooEarly { until };
        }
        if tally.firing == 0 && tally.known == 0 {
            return Reason::NothingFiring;
        }
        if let Some(held) = &view.muted {
            return Reason::Muted { held: held.clone() };
        }
        if tally.fresh + tally.worse > 0 {
            return match tally {
                Tally { known: 0, .. } => Reason::First,
                Tally { fresh: 0, .. } => Reason::Worse,
                Tally { fresh, fresh_were_held, worse: 0, .. } if fresh == fresh_were_held => Reason::NoLongerHeld,
                _ => Reason::NewAlerts,
            };
        }
        if tally.firing == 0 {
            return Reason::AllResolved;
        }
        if tally.over > 0 && tally.known > 0 {
            return Reason::Resolved;
        }
        if let Some(held) = tally.first_held.as_ref().filter(|_| tally.shown == 0) {
            return Reason::AllHeld { held: held.clone(), count: tally.held };
        }
        if let Some(acknowledged) = &self.acknowledged {
            return Reason::Acknowledged { by: acknowledged.by.clone() };
        }
        let until = self.repeats_at(timing);
        if until <= now { Reason::Repeat } else { Reason::NothingNew { until } }
    }

    /// When what was told is told again. Alertmanager looks once each group interval whether the repeat interval is over;
    /// here it is told when it is over, but no sooner than the group interval.
    pub(super) fn repeats_at(&self, timing: &Timing) -> Time {
        let told_at = self.told.as_ref().map_or(self.opened_at, |told| told.at);
        told_at + timing.repeats()
    }
}
