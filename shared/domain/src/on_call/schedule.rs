use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::rotation::Roster;
use super::{Change, Hours, Override, Rotation};
use crate::id::{PersonName, RotationName, ScheduleName};
use crate::units::{Span, Time, Zone};

/// Who is on call when: all whose turn it is in one of the rotations.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Schedule {
    /// The name.
    pub name: ScheduleName,
    /// Whose clock handoffs and hours go by.
    pub zone: Zone,
    /// At least one.
    pub rotations: Vec<Rotation>,
}

/// A time over which the same people are on call.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Watch {
    /// Its first instant.
    pub starts_at: Time,
    /// The first one after it.
    pub ends_at: Time,
    /// Who; nobody in a gap, two or more in an overlap.
    pub people: Vec<PersonName>,
}

/// A time over which a person is on call.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Shift {
    /// Its first instant.
    pub starts_at: Time,
    /// Who.
    pub person: PersonName,
    /// The first instant after it.
    pub ends_at: Time,
}

impl Schedule {
    /// Rotations of a schedule at most.
    pub const ROTATIONS_MAX: usize = 20;
    /// How far [`Schedule::next`] looks.
    pub const AHEAD_MAX: Span = Span::DAY.times(400);

    /// Who is on call at `at`: the rotations' people in their order, then those who were added. Overrides of other
    /// schedules change nothing.
    pub fn on_call(&self, overrides: &[Override], at: Time) -> Vec<PersonName> {
        self.on_call_by(&self.rosters(), overrides, at)
    }

    fn rosters(&self) -> Vec<Roster<'_>> {
        self.rotations.iter().map(Rotation::roster).collect()
    }

    fn on_call_by(&self, rosters: &[Roster<'_>], overrides: &[Override], at: Time) -> Vec<PersonName> {
        let mut turns = Vec::new();
        for person in rosters.iter().filter_map(|roster| roster.on_call(self.zone.rules(), at)) {
            if !turns.contains(person) {
                turns.push(person.clone());
            }
        }
        Change::apply(turns, &mut self.held(overrides, at).collect::<Vec<_>>())
    }

    /// Who is on call at `at` in this rotation: whose turn it is, or who is in their place. Who was added is on call on the
    /// schedule, but in none of its rotations. `None`: it has no such rotation.
    pub fn on_call_in(&self, rotation: &RotationName, overrides: &[Override], at: Time) -> Option<Vec<PersonName>> {
        let found = self.rotations.iter().find(|one| &one.name == rotation)?;
        let turns = found.roster().on_call(self.zone.rules(), at).cloned().into_iter().collect();
        let held = self.held(overrides, at).filter(|made| !matches!(made.change, Change::Add { .. }));
        Some(Change::apply(turns, &mut held.collect::<Vec<_>>()))
    }

    fn held<'o>(&self, overrides: &'o [Override], at: Time) -> impl Iterator<Item = &'o Override> {
        overrides.iter().filter(move |made| made.schedule == self.name && made.holds(at))
    }

    /// When somebody else is on call after `at`, and who; `None` if nothing changes for [`Schedule::AHEAD_MAX`].
    pub fn next(&self, overrides: &[Override], at: Time) -> Option<(Time, Vec<PersonName>)> {
        let spans = [Span::DAY, Span::DAY.times(8), Span::DAY.times(64), Self::AHEAD_MAX];
        let mut watches = spans.into_iter().map(|span| self.watches(overrides, at, at + span));
        watches.find_map(|watches| watches.into_iter().nth(1)).map(|next| (next.starts_at, next.people))
    }

    /// Who is on call from `from` up to `until`, without a break: one watch ends where the next begins, with others.
    pub fn watches(&self, overrides: &[Override], from: Time, until: Time) -> Vec<Watch> {
        let rosters = self.rosters();
        let mut watches: Vec<Watch> = Vec::new();
        for at in self.moments(self.zone.rules(), overrides, from, until) {
            let people = self.on_call_by(&rosters, overrides, at);
            match watches.last_mut() {
                Some(last) if last.people == people => {}
                Some(last) => {
                    last.ends_at = at;
                    watches.push(Watch { starts_at: at, ends_at: until, people });
                }
                None => watches.push(Watch { starts_at: at, ends_at: until, people }),
            }
        }
        watches
    }

    /// Each person's times on call from `from` up to `until`, the earliest first; a shift that goes on beyond is cut off.
    pub fn shifts(&self, overrides: &[Override], from: Time, until: Time) -> Vec<Shift> {
        let mut open: BTreeMap<PersonName, Time> = BTreeMap::new();
        let mut shifts = Vec::new();
        for watch in self.watches(overrides, from, until) {
            let over: Vec<PersonName> = open.keys().filter(|person| !watch.people.contains(person)).cloned().collect();
            for person in over {
                let starts_at = open.remove(&person).unwrap_or(watch.starts_at);
                shifts.push(Shift { starts_at, person, ends_at: watch.starts_at });
            }
            for person in watch.people {
                open.entry(person).or_insert(watch.starts_at);
            }
        }
        shifts.extend(open.into_iter().map(|(person, starts_at)| Shift { starts_at, person, ends_at: until }));
        shifts.sort();
        shifts
    }

    /// The times at which nobody is on call.
    pub fn gaps(&self, overrides: &[Override], from: Time, until: Time) -> Vec<Watch> {
        let mut watches = self.watches(overrides, from, until);
        watches.retain(|watch| watch.people.is_empty());
        watches
    }

    /// The times at which two or more are.
    pub fn overlaps(&self, overrides: &[Override], from: Time, until: Time) -> Vec<Watch> {
        let mut watches = self.watches(overrides, from, until);
        watches.retain(|watch| watch.people.len() > 1);
        watches
    }

    /// Every instant from `from` up to `until` at which who is on call may change: `from` itself, handoffs, the edges of
    /// hours, changes of the clocks, and where overrides begin and end.
    fn moments(&self, rules: &TimeZone, overrides: &[Override], from: Time, until: Time) -> BTreeSet<Time> {
        let mut moments = BTreeSet::from([from]);
        for rotation in &self.rotations {
            moments.extend(rotation.handoffs(rules, from, until));
        }
        for made in overrides.iter().filter(|made| made.schedule == self.name) {
            moments.extend([made.starts_at, made.ends_at]);
        }
        let edges: BTreeSet<u16> =
            self.rotations.iter().flat_map(|rotation| &rotation.hours).copied().flat_map(edges_of).collect();
        if let Some((first, last)) = bounds(from, until).filter(|_| !edges.is_empty()) {
            let second = |instant: Timestamp| Time::from_epoch(instant.as_second());
            let changes = rules.following(first).take_while(|change| change.timestamp() <= last);
            moments.extend(changes.map(|change| second(change.timestamp())));
            let day = |instant| rules.to_datetime(instant).date();
            for day in day(first).series(1.day()).take_while(|each| *each <= day(last)) {
                for minutes in &edges {
                    let Ok(wall) = day.at(0, 0, 0, 0).checked_add(i64::from(*minutes).minutes()) else { continue };
                    // A time that the clock shows twice is an edge both times.
                    let found = rules.to_ambiguous_timestamp(wall);
                    moments.extend([found.earlier(), found.later()].into_iter().flatten().map(second));
                }
            }
        }
        moments.into_iter().filter(|at| (from..until).contains(at)).collect()
    }
}

fn edges_of(hours: Hours) -> [u16; 2] {
    [hours.from.minutes(), hours.until.minutes()]
}

fn bounds(from: Time, until: Time) -> Option<(Timestamp, Timestamp)> {
    Timestamp::from_second(from.epoch()).ok().zip(Timestamp::from_second(until.epoch()).ok())
}
