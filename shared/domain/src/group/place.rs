use std::collections::BTreeMap;

use super::counted::{self, Brief};
use super::{Counted, Group, MEMBERS_BYTES_MAX, MEMBERS_MAX, Member, Timing, bytes};
use crate::id::{Fingerprint, IncidentId};
use crate::units::{Span, Time};

/// What became of an alert that was placed in a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Placed {
    /// It began to fire, or is more severe than before: the group has news.
    Fires,
    /// It was firing and is resolved: the group has news.
    Resolved,
    /// The group knew, but for what nobody needs to hear: its clocks stay.
    Known,
    /// It is as the group had it: nothing was changed.
    Unchanged,
    /// The group knows something later: nothing was changed.
    Stale,
    /// It is resolved, and the group never knew it to fire: nothing was changed.
    NeverFired,
    /// More alerts than a group can tell apart: it is not held, only [`super::Counted::beyond`] says that there was one.
    NoRoom,
}

impl Group {
    /// Places an alert as it is now, and sets when the group must be flushed.
    ///
    /// The first alert of an empty group is told after `wait`; later changes no earlier than `interval` after the last
    /// flush; but when all is resolved, it is told at once. (`dispatch.go` tells the last at the next interval: its users
    /// ask for more, issue 1510. It also flushes at once what began to fire longer ago than `wait`: it forgets its groups
    /// when it restarts; these are stored.)
    ///
    /// What was over, and fires again before its end was told, is what was told: nobody hears of either. But it is new if it
    /// belongs to another incident by now.
    ///
    /// `member` is the alert as it is now: a change that its alert refused as too old must not come here.
    pub fn place(&mut self, fingerprint: &Fingerprint, member: Member, timing: &Timing, now: Time) -> Placed {
        let whole = self.members.get(fingerprint);
        if whole.is_some_and(|known| known.changed_at > member.changed_at) {
            return Placed::Stale;
        }
        let [held, awaited] = whole.map_or([false; 2], |known| [known.held, known.awaited]);
        let counted = if whole.is_some() { None } else { self.counted_as(fingerprint) };
        let known = whole.map(Brief::of).or(counted.as_ref().map(|(_, brief)| *brief));
        if known.is_none() && !member.firing {
            return Placed::NeverFired;
        }
        let comes_back = member.firing && known.is_some_and(|known| !known.firing);
        let is_new = comes_back && whole.is_none_or(|known| known.incident != member.incident);
        let told = known.and_then(|known| known.told).filter(|_| !is_new);
        let member = Member { told, held, awaited: awaited && !is_new, ..member };
        if whole == Some(&member) {
            return Placed::Unchanged;
        }
        if self.is_empty() {
            self.begin(timing, now);
        }
        let placed = match known {
            Some(known) if known.firing && !member.firing => Placed::Resolved,
            Some(known) if !member.firing || known.firing && member.severity >= known.severity => Placed::Known,
            _ => Placed::Fires,
        };
        let held_whole = self.members.len();
        if !self.keep(fingerprint, member) {
            return Placed::NoRoom;
        }
        let is_as_counted = counted.is_some() && self.members.len() == held_whole;
        if is_as_counted && self.counted_as(fingerprint) == counted {
            return Placed::Unchanged;
        }
        if placed != Placed::Known {
            self.hasten(timing, now);
        }
        placed
    }

    /// Under which name an alert is counted, and how.
    fn counted_as(&self, fingerprint: &Fingerprint) -> Option<(String, Brief)> {
        if self.counted.is_empty() {
            return None;
        }
        self.counted.get(counted::key(fingerprint)).map(|(name, brief)| (name.to_owned(), brief))
    }

    /// Lets go of an alert that belongs elsewhere now: it is told there, and here nobody hears of it again.
    pub fn depart(&mut self, fingerprint: &Fingerprint) {
        if let Some(member) = self.members.remove(fingerprint) {
            self.members_bytes -= bytes::of(&member);
        }
        self.counted.remove(counted::key(fingerprint));
        if self.is_empty() {
            self.end();
        }
    }

    /// An alert belongs to another incident from now on, of which nobody has heard: it is told as if it were new, at once
    /// if nothing holds it back.
    pub fn part(&mut self, fingerprint: &Fingerprint, incident: &IncidentId, now: Time) {
        self.untell_alert(fingerprint);
        if let Some(member) = self.members.get_mut(fingerprint) {
            member.incident = Some(incident.clone());
        }
        self.look_again(now);
    }

    /// What was told of an alert no longer counts: it was told of another incident.
    pub fn untell_alert(&mut self, fingerprint: &Fingerprint) {
        if let Some(member) = self.members.get_mut(fingerprint) {
            (member.told, member.awaited) = (None, false);
        }
    }

    /// What was told of an incident no longer counts: those of its alerts that fire are told as if they were new. False: none was
    /// told.
    pub fn untell(&mut self, incident: &IncidentId) -> bool {
        let fires = |member: &&mut Member| member.firing && member.incident.as_ref() == Some(incident);
        let mut told = self.members.values_mut().filter(fires).filter(|member| member.has_listeners()).peekable();
        let was_told = told.peek().is_some();
        told.for_each(|member| (member.told, member.awaited) = (None, false));
        was_told
    }

    /// Its alerts follow their incidents, of which some go on in others.
    pub fn follow(&mut self, moved: &BTreeMap<IncidentId, IncidentId>) {
        for member in self.members.values_mut() {
            if let Some(into) = member.incident.as_ref().and_then(|id| moved.get(id)) {
                member.incident = Some(into.clone());
            }
        }
    }

    /// Lets go of all its alerts.
    pub fn dissolve(&mut self) {
        self.members.clear();
        self.members_bytes = 0;
        self.counted = Counted::default();
        self.end();
    }

    /// Has it flushed at `now`, if there is anything in it.
    pub fn look_again(&mut self, now: Time) {
        self.next_flush = (!self.is_empty()).then_some(now);
    }

    fn begin(&mut self, timing: &Timing, now: Time) {
        self.opened_at = now;
        self.flushed_at = None;
        self.told = None;
        self.acknowledged = None;
        self.next_flush = Some(now + timing.wait);
    }

    /// It has news: it is flushed no earlier than `interval` after the last flush; at once, if nothing fires any more.
    pub fn hasten(&mut self, timing: &Timing, now: Time) {
        let Some(flushed) = self.flushed_at else { return };
        let due = if self.nothing_fires() { now } else { (flushed + timing.interval).max(now) };
        self.next_flush = Some(self.next_flush.map_or(due, |next| next.min(due)));
    }

    fn nothing_fires(&self) -> bool {
        !self.members.values().any(|member| member.firing) && !self.counted.each().any(|(_, _, brief)| brief.firing)
    }

    /// Holds a member whole while there is room, and else counts it; the first of a name pushes out another's second.
    fn keep(&mut self, fingerprint: &Fingerprint, member: Member) -> bool {
        if let Some(before) = self.members.remove(fingerprint) {
            self.members_bytes -= bytes::of(&before);
        } else if !self.counted.is_empty() {
            self.counted.remove(counted::key(fingerprint));
        }
        let size = bytes::of(&member);
        let is_first = |group: &Self| !group.members.values().any(|other| other.name == member.name);
        if !self.has_room(size) && is_first(self) {
            while !self.has_room(size) && self.demote() {}
        }
        if self.has_room(size) {
            self.members_bytes += size;
            self.members.insert(fingerprint.clone(), member);
            return true;
        }
        self.counted.put(&member.name, counted::key(fingerprint), Brief::of(&member))
    }

    fn has_room(&self, size: usize) -> bool {
        self.members.len() < MEMBERS_MAX && self.members_bytes + size <= MEMBERS_BYTES_MAX
    }

    /// Counts one that was held whole and is not the only one of its name: resolved rather than firing, mild rather than
    /// severe, new rather than old. False: there is none, or no room to count it.
    fn demote(&mut self) -> bool {
        let mut names = BTreeMap::<&str, usize>::new();
        for member in self.members.values() {
            *names.entry(&member.name).or_default() += 1;
        }
        let spare = self.members.iter().filter(|(_, member)| names[member.name.as_str()] > 1);
        let least = spare.max_by_key(|(_, member)| (!member.firing, member.severity, member.changed_at));
        let Some(fingerprint) = least.map(|(fingerprint, _)| fingerprint.clone()) else { return false };
        let Some(member) = self.members.get(&fingerprint) else { return false };
        if !self.counted.put(&member.name, counted::key(&fingerprint), Brief::of(member)) {
            return false;
        }
        self.members_bytes -= bytes::of(member);
        self.members.remove(&fingerprint);
        true
    }
}

/// The time between flushes is at least a second, whatever the configuration says.
pub(super) fn at_least_a_second(span: Span) -> Span {
    span.max(Span::from_seconds(1))
}
